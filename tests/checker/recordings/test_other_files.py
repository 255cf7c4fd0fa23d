"""Content that is no recording: named, it says what to do; in a folder, it is counted by kind."""

from __future__ import annotations

import gzip
import json
import os
from collections import Counter
from pathlib import Path

import pytest

from support.traffic import CALLS, har, json_lines, outcomes
from whosees.checker.checking.checker import Checker
from whosees.checker.checking.dispatch import open_checker
from whosees.checker.checking.results import Skipped
from whosees.checker.checking.settings import Settings
from whosees.checker.messages.json.unrelated import is_unrelated
from whosees.checker.recordings import find_recordings, format_names
from whosees.checker.recordings.registry import format_infos
from whosees.rules import builtin_rulebook

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
    "7-Zip": (
        b"7z\xbc\xaf\x27\x1c" + bytes(26),
        "it is of a kind that is not read (archive that is neither zip, tar nor gzip); pack its files as zip or tar.gz; the",
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
    (tmp_path / "linked").symlink_to(tmp_path)
    (tmp_path / "gone").symlink_to("nowhere")
    (tmp_path / "device").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "pipe")
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
        "archive that is neither zip, tar nor gzip": 1,
        "binary file": 1,
        "empty file": 1,
        "image": 1,
        "link to a file that does not exist": 1,
        "link to a folder": 1,
        "other JSON": 2,
        "other XML": 1,
        "packet capture": 2,
        "pipe, socket or device": 2,
        "text": 2,
    }


SETTINGS = b'{"compilerOptions": {"strict": true}}'
STRANGERS = {
    "tsconfig.json": SETTINGS,
    "package.json": b'{"name": "x", "version": "1"}',
    "list.json": b'["a"]',
    "text.json": b'"a"',
}
"""JSON in which nothing is of the operation: `name` is one of the rulebook's common names."""
RELATED = {
    "empty-object.json": (b"{}", "not-a-message"),
    "error.json": (b'{"error": {"reason": "x"}}', "not-a-message"),
    "declared-error.json": (b'{"message": "x", "documentation_url": "x"}', "failure-response"),
    "leak-in-an-error.json": (b'{"because": [{"two_factor_authentication": true}]}', "not-a-message"),
    "common-names-alone.json": (b'{"email": "x", "name": "x"}', "not-a-message"),
    "cut-off.json": (b'{"other": {"na', "not-json"),
    "said.response.json": (SETTINGS, "not-a-message"),
    "with-a-request.json": (SETTINGS, "not-a-message"),
    "with-a-sidecar.json": (SETTINGS, "not-a-message"),
}
"""JSON that can be an answer of the operation, which no report may pass over."""


@pytest.mark.parametrize("others", [(), ("webex-rest-meeting",), ("getsessioninfo",)])
def test_other_json_in_a_folder_is_counted_and_what_can_be_an_answer_is_unchecked(
    others: tuple[str, ...], tmp_path: Path
) -> None:
    """So for any number of rulebooks; a file that is named is never passed over."""
    for name, content in STRANGERS.items():
        (tmp_path / name).write_bytes(content)
    for name, (content, _) in RELATED.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "with-a-request.request.json").write_bytes(b"{}")
    (tmp_path / "with-a-sidecar.context.toml").write_bytes(b'profile = "by-name"\n')
    checker = open_checker(Settings("github-user", others=tuple(Settings(each) for each in others)))

    wires = ("json", "xml") if "getsessioninfo" in others else ("json",)

    def verdicts(path: Path) -> list[tuple[str, str]]:
        found = find_recordings([str(path)], wire=wires)
        return outcomes((result for each in found for result in checker.check(each)), tmp_path)

    expected = dict.fromkeys(STRANGERS, "skipped") | {name: reason for name, (_, reason) in RELATED.items()}
    assert dict(verdicts(tmp_path)) == expected
    named = [verdict for name in STRANGERS for verdict in verdicts(tmp_path / name)]
    assert [reason for _, reason in named] == ["other-operation" if others else "not-a-message"] * len(
        STRANGERS
    )


def test_a_list_of_another_kind_in_a_folder_is_counted_once(tmp_path: Path) -> None:
    """Were each of its items unchecked, a word list beside recordings would bring a result for each word."""
    for name, content in {
        "words.json": b'["C", "D"]',
        "others.json": b'[{"x": 1}, {"x": 2}]',
        "one-of-ours.json": b'[{"full_name": "x"}, {"x": 2}]',
        "sign-below.json": b'[{"x": {"full_name": "x"}}, {"x": 2}]',
        "errors.json": b'[{"x": 1}, {"message": "x", "errorCode": "x"}]',
        "said.response.json": b'["C"]',
    }.items():
        (tmp_path / name).write_bytes(content)
    checker = Checker(Settings("github-repos"))
    found = find_recordings([str(tmp_path)], wire="json")
    assert outcomes((result for each in found for result in checker.check(each)), tmp_path) == [
        ("errors.json[0]", "not-a-message"),
        ("errors.json[1]", "failure-response"),
        ("one-of-ours.json[0]", "unknown-service"),
        ("one-of-ours.json[1]", "not-a-message"),
        ("others.json", "skipped"),
        ("said.response.json[0]", "not-a-message"),
        ("sign-below.json[0]", "not-a-message"),
        ("sign-below.json[1]", "not-a-message"),
        ("words.json", "skipped"),
    ]
    (named,) = find_recordings([str(tmp_path / "words.json")], wire="json")
    assert [reason for _, reason in outcomes(checker.check(named), tmp_path)] == ["not-a-message"] * 2


def test_a_list_of_another_kind_is_counted_once_whatever_its_name_and_with_several_rulebooks(
    tmp_path: Path,
) -> None:
    for name in ("words", "words.json"):
        (tmp_path / name).write_bytes(b'["C", "D"]')
    for others in ((), (Settings("github-user"),)):
        checker = open_checker(Settings("github-repos", others=others))
        results = [
            result for each in find_recordings([str(tmp_path)], wire="json") for result in checker.check(each)
        ]
        assert outcomes(results, tmp_path) == [("words", "skipped"), ("words.json", "skipped")]


def test_the_path_of_a_row_as_one_name_is_a_sign_of_its_operation() -> None:
    rulebook = builtin_rulebook("webex-rest-meeting")
    assert not is_unrelated(rulebook, b'{"x": [{"telephony_accessCode": 1}]}')
    assert is_unrelated(rulebook, b'{"x": [{"telephony_other": 1}]}')
    assert not is_unrelated(rulebook, b'{"x": ' + b"[" * 100_000), "what cannot be read may be anything"
