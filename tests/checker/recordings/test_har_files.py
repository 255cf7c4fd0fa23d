"""Additions to HAR: bodies in files beside it (`attach`) and no bodies (`omit`), of Playwright; bodies in pieces, of Polly.js."""

from __future__ import annotations

import gzip
import hashlib
import json
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.traffic import (
    ARCHIVES,
    ASKED,
    CALLS,
    GOOD,
    LEAKING,
    PASSWORD,
    Call,
    context,
    detail,
    entries,
    judged,
    only,
    outcomes,
    zipped,
)

PAIRS = (Call(LEAKING, ASKED), Call(GOOD, PASSWORD))
VERDICTS = [("#entry-0", "violating"), ("#entry-1", "conformant")]


def attached(calls: tuple[Call, ...] = PAIRS, *, reference: str = "_file") -> dict[str, bytes]:
    """The files that `recordHar: {content: "attach"}` writes; each is named by its content."""
    files: dict[str, bytes] = {}

    def attach(content: bytes) -> dict[str, str]:
        name = f"{hashlib.sha1(content, usedforsecurity=False).hexdigest()}.xml"
        files[name] = content
        return {reference: name}

    entries = [
        {
            "request": {
                "method": "POST",
                "url": "https://example.invalid/",
                "headers": [],
                "postData": {"mimeType": "text/xml", "text": "", "params": [], **attach(call.request)},
            },
            "response": {
                "status": call.status,
                "headers": [],
                "content": {"size": len(call.response), "mimeType": "text/xml", **attach(call.response)},
            },
        }
        for call in calls
    ]
    return {**files, "har.har": json.dumps({"log": {"version": "1.2", "entries": entries}}).encode()}


def write(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def test_bodies_in_a_folder_are_judged_with_their_entries_and_once(tmp_path: Path) -> None:
    folder = write(tmp_path / "run", attached())
    results = judged(folder)
    assert outcomes(results, folder) == [(f"har.har{mark}", verdict) for mark, verdict in VERDICTS]
    assert [context(result)["caller"] for result in results] == ["anonymous", "anonymous"]
    assert context(results[1])["password"] == "supplied"
    assert outcomes(judged(folder / "har.har"), folder) == outcomes(results, folder)


@pytest.mark.parametrize("kind", ARCHIVES)
@pytest.mark.parametrize("order", [1, -1])
def test_bodies_in_an_archive_are_judged_with_their_entries_and_once(
    kind: str, order: int, tmp_path: Path
) -> None:
    members = [*attached().items()][::order]
    path = tmp_path / "har.zip"
    path.write_bytes(ARCHIVES[kind]([(f"run/{name}", content) for name, content in members]))
    results = judged(path)
    assert outcomes(results, tmp_path) == [
        (f"har.zip!run/har.har{mark}", verdict) for mark, verdict in VERDICTS
    ]
    assert context(results[1])["password"] == "supplied"


def test_other_files_beside_a_har_stand_for_themselves(tmp_path: Path) -> None:
    folder = write(tmp_path / "run", {**attached(), "other.xml": LEAKING})
    (tmp_path / "run.zip").write_bytes(zipped([*attached().items(), ("other.xml", LEAKING)]))
    assert ("other.xml", "violating") in outcomes(judged(folder), folder)
    assert ("run.zip!other.xml", "violating") in outcomes(judged(tmp_path / "run.zip"), tmp_path)


def _entry(**content: Any) -> bytes:
    request = {"method": "POST", "headers": [], "postData": {"text": ASKED.decode()}}
    response = {"status": 200, "headers": [], "content": content}
    return json.dumps({"log": {"entries": [{"request": request, "response": response}]}}).encode()


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("../secret.xml", "its `_file` leads out of the folder of its recording, and is not followed"),
        ("/etc/hostname", "its `_file` leads out of the folder of its recording, and is not followed"),
        ("absent.xml", "its `_file` names no file in the folder of its recording"),
        ("a\0b", "its `_file` names no file in the folder of its recording"),
    ],
)
def test_a_file_outside_or_absent_is_unreadable(name: str, problem: str, tmp_path: Path) -> None:
    (tmp_path / "secret.xml").write_bytes(GOOD)
    folder = write(tmp_path / "run", {"har.har": _entry(size=3, _file=name)})
    result = only(judged(folder))
    assert (result.reason, result.detail) == ("unreadable", problem)


def test_pieces_in_base64_are_joined_whatever_the_headers_say(tmp_path: Path) -> None:
    packed = gzip.compress(LEAKING)
    pieces = [b64encode(each).decode() for each in (packed[:50], packed[50:])]
    (tmp_path / "a.har").write_bytes(_entry(encoding="base64", text=json.dumps(pieces)))
    (tmp_path / "b.har").write_bytes(_entry(encoding="base64", text=json.dumps([*pieces, "%"])))
    assert outcomes(judged(tmp_path), tmp_path) == [
        ("a.har#entry-0", "violating"),
        ("b.har#entry-0", "unreadable"),
    ]


def test_bodies_left_out_are_unchecked_and_said_to_be_left_out(tmp_path: Path) -> None:
    """Playwright's `omit`, and the HAR that browsers save without content."""
    sent = {"text": "", "params": [], "mimeType": "text/xml"}
    for name, size, post in (("a", len(GOOD), sent), ("b", -1, {"text": ASKED.decode()})):
        request = {"method": "POST", "headers": [], "bodySize": len(ASKED), "postData": post}
        response = {"status": 200, "headers": [], "content": {"size": size, "mimeType": "text/xml"}}
        entries = [{"request": request, "response": response}]
        (tmp_path / name).write_text(json.dumps({"log": {"entries": entries}}))
    results = judged(tmp_path)
    assert [outcome for _, outcome in outcomes(results)] == ["unreadable", "unreadable"]
    problem = "the recording contains no response bodies; record it again with them"
    assert {detail(result) for result in results} == {
        f"{problem} (in Playwright with the content `attach` or `embed`)"
    }


@pytest.mark.parametrize(
    ("method", "status", "size"),
    [("HEAD", 200, 700), ("POST", 204, -1), ("POST", 304, 700), ("POST", 200, 0)],
)
def test_a_response_that_has_no_body_is_not_said_to_be_left_out(
    method: str, status: int, size: int, tmp_path: Path
) -> None:
    request = {"method": method, "headers": [], "postData": {"text": ASKED.decode()}}
    response = {"status": status, "headers": [], "content": {"size": size}}
    (tmp_path / "a").write_text(
        json.dumps({"log": {"entries": [{"request": request, "response": response}]}})
    )
    assert only(judged(tmp_path)).reason == "not-a-message"


def _in_pieces(coding: str, text: str, **marks: Any) -> bytes:
    entry = json.loads(_entry(text=text, **marks))
    entry["log"]["entries"][0]["response"]["headers"] = [{"name": "content-encoding", "value": coding}]
    return json.dumps(entry).encode()


@pytest.mark.parametrize(
    ("encode", "marks"),
    [
        (lambda piece: b64encode(piece).decode(), {"encoding": "base64"}),
        (bytes.hex, {"_isBinary": True}),
        (bytes.hex, {"encoding": "hex"}),
        (bytes.hex, {}),
    ],
    ids=["release 6", "releases 3 to 5", "converted", "release 1"],
)
def test_a_compressed_body_in_the_pieces_in_which_it_came_is_joined(
    encode: Callable[[bytes], str], marks: dict[str, Any], tmp_path: Path
) -> None:
    """So Polly.js records what came with a content coding; the text is a list in JSON, and the message is not."""
    packed = gzip.compress(LEAKING)
    pieces = [encode(packed[:50]), encode(packed[50:])]
    (tmp_path / "a.har").write_bytes(_in_pieces("gzip", json.dumps(pieces), **marks))
    assert only(judged(tmp_path)).outcome == "violating"
    (tmp_path / "a.har").write_bytes(_in_pieces("gzip", json.dumps(pieces)[:-9], **marks))
    assert only(judged(tmp_path)).detail == (
        "the text of its response is no list of pieces in base64 or hexadecimal digits, or is cut off"
    )


def test_a_list_that_is_the_message_is_no_list_of_pieces(tmp_path: Path) -> None:
    """Browsers keep the name of the content coding with a body that they have decoded."""
    (tmp_path / "a.har").write_bytes(_in_pieces("gzip", '["cafe", "1f8b"]'))
    (recording,) = entries(tmp_path / "a.har")
    assert recording.response == b'["cafe", "1f8b"]'


def test_a_har_without_references_is_read_as_the_others_are(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(
        zipped([("a.har", _entry(text=GOOD.decode())), ("b.xml", CALLS[1].response)])
    )
    assert outcomes(judged(tmp_path / "a.zip"), tmp_path) == [
        ("a.zip!a.har#entry-0", "conformant"),
        ("a.zip!b.xml", "violating"),
    ]
