"""Recordings of a JSON API: a container is opened as one, and an envelope is never judged as if it were the message.

The responses are those of examples/rest, whose facts no message states; so the view is stated by an option.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from support.command import whosees
from support.traffic import (
    ARCHIVES,
    Call,
    arrow_file,
    arrow_stream,
    har,
    journal,
    json_lines,
    mappings,
    outcomes,
    parquet,
    raw_http,
    ruby_vcr,
    vcrpy,
)
from whosees.checker.batch.pool import check_all
from whosees.checker.checking.checker import Checker
from whosees.checker.checking.results import Skipped
from whosees.checker.checking.settings import Settings
from whosees.checker.recordings import find_batches, find_recordings
from whosees.engine.claims import Precedence, read_claim
from whosees.engine.result import ResponseResult
from whosees.rules import builtin_rulebook

REST = Path(__file__).parents[3] / "examples" / "rest"
RULES = "webex-rest-meeting"
GOOD = (REST / "admin.response.json").read_bytes()
LEAKING = (REST / "admin-leak.response.json").read_bytes()
OTHER = b'{"items": [{"displayName": "a synthetic room"}]}'
PAGE = b"<!doctype html><html><body>signed out</body></html>"
MEETING = "https://example.test/v1/meetings/1?current=true"
CALLS = (
    Call(GOOD, b"", method="GET", url=MEETING),
    Call(LEAKING, b'{"password": null}', method="GET", url=MEETING),
    Call(OTHER, b"", method="GET", url="https://example.test/v1/rooms"),
    Call(PAGE, b"", method="GET", url="https://example.test/"),
)
EXPECTED = ["conformant", "violating", "skipped", "skipped"]


def embedded_lines(calls: tuple[Call, ...]) -> bytes:
    """JSON Lines whose responses are JSON as it is, as logs of JSON services have it."""
    lines = (
        json.dumps({"id": number, "status": 200, "response": json.loads(call.response)})
        for number, call in enumerate(calls)
        if call.response != PAGE
    )
    return "\n".join(lines).encode()


def json_mappings(calls: tuple[Call, ...]) -> bytes:
    """WireMock's mappings whose responses are JSON as it is."""
    entries = [
        {
            "request": {"method": call.method, "urlPath": urlsplit(call.url).path},
            "response": {"status": 200, "jsonBody": json.loads(call.response)},
        }
        for call in calls
        if call.response != PAGE
    ]
    return json.dumps({"mappings": entries}).encode()


CONTAINERS: dict[str, Callable[[tuple[Call, ...]], bytes]] = {
    "HAR": har,
    "HAR, base64": partial(har, as_base64=True),
    "vcrpy": vcrpy,
    "vcrpy, compressed": partial(vcrpy, packed=True),
    "Ruby VCR": ruby_vcr,
    "Ruby VCR, base64": partial(ruby_vcr, as_base64=True),
    "WireMock journal": journal,
    "WireMock journal, base64": partial(journal, as_base64=True),
    "WireMock mappings": mappings,
    "WireMock mappings, base64": partial(mappings, as_base64=True),
    "WireMock mappings, jsonBody": json_mappings,
    "JSON Lines, embedded": embedded_lines,
}

STATED: dict[str, Callable[[tuple[Call, ...]], bytes]] = {
    "JSON Lines": json_lines,
    "Parquet": parquet,
    "Parquet, text": partial(parquet, as_text=True),
    "Arrow file": arrow_file,
    "Arrow stream": arrow_stream,
}
"""Whoever writes these chose what is in them, so every entry counts."""


def settings() -> Settings:
    view = read_claim(Settings(RULES).rulebook(), "view", "admin", "--fact", Precedence.FLAG)
    return Settings(RULES, claims=(view,))


def judged(path: Path) -> list[ResponseResult | Skipped]:
    checker = Checker(settings())
    return [result for found in find_recordings([str(path)], wire="json") for result in checker.check(found)]


def verdicts(path: Path) -> list[str]:
    return [verdict for _, verdict in outcomes(judged(path))]


@pytest.mark.parametrize("name", CONTAINERS)
@pytest.mark.parametrize("file", ["recording", "recording.json", "recording.gz"])
def test_a_container_is_opened_under_a_json_rulebook(name: str, file: str, tmp_path: Path) -> None:
    content = CONTAINERS[name](CALLS)
    expected = EXPECTED[: 3 if b"signed out" not in content and name in SHORT else 4]
    (tmp_path / file).write_bytes(gzip.compress(content) if file.endswith(".gz") else content)
    assert verdicts(tmp_path / file) == verdicts(tmp_path) == expected


SHORT = ("WireMock mappings, jsonBody", "JSON Lines, embedded")


@pytest.mark.parametrize("name", STATED)
def test_what_was_written_for_the_checker_counts_entry_by_entry(name: str, tmp_path: Path) -> None:
    (tmp_path / "recording").write_bytes(STATED[name](CALLS))
    assert verdicts(tmp_path) == ["conformant", "violating", "not-a-message", "not-json"]


@pytest.mark.parametrize("kind", ARCHIVES)
def test_an_archive_is_opened_under_a_json_rulebook(kind: str, tmp_path: Path) -> None:
    members = [
        ("a.response.json", LEAKING),
        ("a.context.toml", b'view = "user"\n'),
        ("b.json", GOOD),
        ("c/log", json_lines(CALLS[1:2])),
        ("d.response.http", raw_http(CALLS[1])),
    ]
    (tmp_path / "night").write_bytes(ARCHIVES[kind](members))
    found = outcomes(judged(tmp_path / "night"), tmp_path)
    assert sorted(found) == [
        ("night!a.response.json", "violating"),
        ("night!b.json", "conformant"),
        ("night!c/log:1", "violating"),
        ("night!d.response.http", "violating"),
    ]


def test_a_bare_document_is_a_message_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(LEAKING)
    (tmp_path / "b.json").write_bytes(b"\xef\xbb\xbf" + GOOD)
    (tmp_path / "c.json").write_bytes(OTHER)
    (tmp_path / "d.json").write_bytes(b'{"id": 1,')
    (tmp_path / "e.xml").write_bytes(b"<message/>")
    assert outcomes(judged(tmp_path), tmp_path) == [
        ("a", "violating"),
        ("b.json", "conformant"),
        ("c.json", "skipped"),
        ("d.json", "not-json"),
        ("e.xml", "skipped"),
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'[build-system]\nrequires = ["x"]\n', []),
        (b'[submodule "x"]\n\tpath = x\n', []),
        (b"[*.py]\nindent_size = 4\n", []),
        (b"; settings\n[core]\n\tbare = false\n", []),
        (b"[[package]] # the first\r\nname = 1\n", []),
        (b"[login]", ["not-json"]),
        (b"{login: 1}\n", ["not-json"]),
    ],
)
def test_settings_in_a_folder_are_no_broken_json(content: bytes, expected: list[str], tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes(content)
    found = verdicts(tmp_path)
    assert [each for each in found if each != "skipped"] == expected
    assert found, "it is counted"


def test_an_xml_rulebook_opens_the_same_containers_and_judges_no_json(tmp_path: Path) -> None:
    (tmp_path / "a.har").write_bytes(har(CALLS))
    (tmp_path / "b.json").write_bytes(LEAKING)
    run = whosees("check", tmp_path, "--no-config", "--format", "json")
    assert (run.code, run.json["responses"], run.json["summary"]["skipped"]) == (3, [], 5)


def test_standard_input_and_the_command_open_containers_too(tmp_path: Path) -> None:
    options = ("--rules", RULES, "--fact", "view=admin", "--no-config", "--format", "json")
    run = whosees("check", "-", *options, stdin=json_lines(CALLS[:2]))
    assert [(r["source"], r["outcome"]) for r in run.json["responses"]] == [
        ("-:1", "conformant"),
        ("-:2", "violating"),
    ]
    (tmp_path / "leak.jsonl").write_bytes(json_lines(CALLS[1:2]))
    leaks = whosees("check", tmp_path, *options).json["responses"][0]["findings"]
    assert {leak["path"] for leak in leaks if leak["rule"] == "leaked"} == {"hostKey", "telephony/accessCode"}


def test_batches_are_the_same_as_one_by_one(tmp_path: Path) -> None:
    for number in range(6):
        (tmp_path / f"{number}.response.json").write_bytes((GOOD, LEAKING)[number % 2])
        (tmp_path / f"{number}.context.toml").write_bytes(b'view = "admin"\n')
    (tmp_path / "a.har.json").write_bytes(har(CALLS))
    (tmp_path / "b.jsonl").write_bytes(json_lines(CALLS))
    one = list(check_all(settings(), find_recordings([str(tmp_path)], wire="json"), 1))
    assert list(check_all(settings(), find_batches([str(tmp_path)], wire="json"), 2)) == one
    assert len(one) == 6 + 4 + 4


def test_rulebooks_of_both_formats_find_the_messages_of_both(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(GOOD)
    (tmp_path / "b.xml").write_bytes(b"<message/>")
    names = [found.source for found in find_recordings([str(tmp_path)], wire=("xml", "json"))]
    assert names == [f"{tmp_path}/a.json", f"{tmp_path}/b.xml"]
    assert builtin_rulebook().document.wire.format == "xml"


QUERY = {"query": "query Search", "variables": {"q": "synthetic"}}
LONG = {"X-Padding": "x" * 60_000}


@pytest.mark.parametrize(
    "line",
    [
        {"id": 1, "request": QUERY},
        {"method": "POST", "url": MEETING, "request": QUERY},
        {"request_headers": {"Accept": "*/*"}, "request": QUERY},
        {"context": {"view": "admin"}, "request": {"method": "a member of a message"}},
        {"time": "2024-01-01", "url": MEETING, "request_headers": {}, "response_headers": {}},
        {"method": "GET", "url": MEETING, "status": 200, "response_headers": LONG},
        {"request_headers": {}, "request": {"query": "x" * 70_000}},
    ],
)
def test_lines_whose_messages_are_objects(tmp_path: Path, line: dict[str, object]) -> None:
    """docs/reference/recordings.md: messages as text or JSON, HTTP facts; only `response` is required."""
    message = json.loads(LEAKING) | {"note": "beyond the head, by which a file is recognised" * 2_000}
    (tmp_path / "calls.log").write_text(json.dumps(line | {"response": message}) + "\n")
    found = [each.source for each in find_recordings([str(tmp_path)], wire="json")]
    assert found == [f"{tmp_path}/calls.log:1"]


@pytest.mark.parametrize(
    "document",
    [
        {"request": {"method": "GET", "url": "/"}, "response": {"jsonBody": {"title": "x"}}},
        {"id": "1", "name": "m", "request": {"urlPath": "/"}, "response": {"jsonBody": {}}},
        {"id": "1", "request": {"url": "/", "loggedDate": 1}, "responseDefinition": {}, "response": {}},
        {"status": "COMPLETE", "method": "GET", "host": "a.test", "request": {"sizes": {}}, "response": {}},
    ],
)
def test_a_document_of_one_line_in_another_format_is_no_line(
    tmp_path: Path, document: dict[str, object]
) -> None:
    """WireMock's mappings and journal, and Charles' transactions, have requests and responses that are objects too."""
    (tmp_path / "one.json").write_text(json.dumps(document) + "\n")
    assert not any(each.source.endswith(":1") for each in find_recordings([str(tmp_path)], wire="json"))


BODILESS = [
    {"method": "GET", "url": "/user", "status": 200, "response": ""},
    {"method": "HEAD", "url": "/user", "status": 200, "response": None},
    {"method": "GET", "url": "/favicon.ico", "status": 304, "response": None},
    {"method": None, "url": None, "status": None, "response": None},
]


@pytest.mark.parametrize("name", ["calls.jsonl", "calls.parquet"])
def test_a_call_without_a_body_is_what_it_is_in_other_formats(tmp_path: Path, name: str) -> None:
    """Logs of servers have such calls. What says nothing at all stays unreadable."""
    lines = "".join(json.dumps(line) + "\n" for line in BODILESS)
    (tmp_path / "calls.jsonl").write_text(lines)
    pq.write_table(pa.Table.from_pylist(BODILESS), tmp_path / "calls.parquet")
    run = whosees("check", name, "--rules", "github-user", "--format", "json", cwd=tmp_path)
    assert [each["reason"] for each in run.json["responses"]] == ["not-a-message", "unreadable"]
    assert run.json["summary"]["skipped"] == 2
