"""Content that is no recording: named, it says what to do; in a folder, it is counted by kind."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from support.traffic import CALLS, har, json_lines
from whosees.checker.checking.checker import Checker, Skipped
from whosees.checker.checking.settings import Settings
from whosees.checker.recordings import find_recordings, format_names
from whosees.checker.recordings.registry import format_infos

TOOLS = {
    "pcap": (
        b"\xd4\xc3\xb2\xa1\x02\0\x04\0" + bytes(16),
        "it is of a kind that is not read (packet capture); record HAR with a proxy instead,",
    ),
    "pcapng": (
        b"\x0a\x0d\x0d\x0a" + bytes(24),
        "it is of a kind that is not read (packet capture); record HAR",
    ),
    "Postman": (
        json.dumps({"info": {"schema": "https://schema.getpostman.com/v2.1.0"}, "item": []}).encode(),
        "it is of a kind that is not read (Postman collection); record HAR with a proxy instead",
    ),
    "a request": (
        b"GET /x HTTP/1.1\r\nHost: example.invalid\r\n\r\n",
        "it is of a kind that is not read (HTTP request without its response); record the response with `curl -i`",
    ),
}


@pytest.mark.parametrize("wire", ["xml", "json"])
@pytest.mark.parametrize("name", TOOLS)
def test_a_recording_of_another_tool_says_how_to_get_one_that_is_read(
    name: str, wire: str, tmp_path: Path
) -> None:
    content, problem = TOOLS[name]
    (tmp_path / "a").write_bytes(content)
    checker = Checker(Settings("webex-rest-meeting" if wire == "json" else None))
    (recording,) = find_recordings([str(tmp_path / "a")], wire=wire)
    (result,) = checker.check(recording)
    assert not isinstance(result, Skipped)
    assert (result.reason, (result.detail or "").startswith(problem)) == ("unreadable", True), result.detail
    assert "the formats that are read: " in (result.detail or "")


def test_the_message_names_every_format() -> None:
    assert format_names() == ", ".join(info.name for info in format_infos())
    assert "plain XML" in format_names()
    assert "newman reports" in format_names()


def test_a_folder_counts_by_kind_what_it_does_not_judge(tmp_path: Path) -> None:
    """So a folder is never green about files that were not read."""
    for number, (content, _) in enumerate(TOOLS.values()):
        (tmp_path / f"tool-{number}").write_bytes(content)
    for name, content in {
        "README.md": b"# Text\n",
        "empty": b"",
        "logo.png": b"\x89PNG\r\n\x1a\n",
        "page.html": b"<!-- saved --><!DOCTYPE html>\n<html></html>",
        "drawing.svg": b"\xef\xbb\xbf<svg xmlns='http://www.w3.org/2000/svg'/>",
        "package.json": b'{"name": "x"}',
        "list.json": b"[1, 2]",
        "random.bin": bytes(range(256)),
        "notes.gz": gzip.compress(b"notes"),
        "a.har": har(CALLS[:1]),
        "b.jsonl": json_lines(CALLS[:1]),
    }.items():
        (tmp_path / name).write_bytes(content)
    checker = Checker(Settings())
    results = [result for found in find_recordings([str(tmp_path)]) for result in checker.check(found)]
    skipped = Counter(
        result.why.removeprefix("not a recording: ") for result in results if isinstance(result, Skipped)
    )
    assert len(results) - skipped.total() == 2
    assert {kind.partition(";")[0]: number for kind, number in skipped.items()} == {
        "HTML": 1,
        "HTTP request without its response": 1,
        "Postman collection": 1,
        "binary file": 1,
        "empty file": 1,
        "image": 1,
        "other JSON": 2,
        "other XML": 1,
        "packet capture": 2,
        "text": 2,
    }
