"""The formats of test tools and proxies: no leak is lost in them, and a broken entry stops no other."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from support.judging import RULEBOOK
from support.messages import response
from support.tool_documents import newman
from support.tool_formats import (
    TOOL_FORMATS,
    burp,
    response_http,
    warc,
)
from support.traffic import CALLS, GOOD, SHOWN, Call, detail, entries, judged, outcomes
from whosees.checker.recordings import Recording, find_recordings
from whosees.engine.result import ResponseResult

HIDDEN = [row.path for row in RULEBOOK.rows if row.cells["MC"] != "always"]
"""The rows that an anonymous caller without a password is not shown in Meeting Center."""

LEAKS = tuple(Call(response("MC", [*SHOWN, path])) for path in HIDDEN)


@pytest.mark.parametrize("name", TOOL_FORMATS)
def test_every_leak_of_a_single_row_is_found(name: str, tmp_path: Path) -> None:
    pack, _ = TOOL_FORMATS[name]
    (tmp_path / "recorded").write_bytes(pack(LEAKS))
    leaked = [
        [finding.path for finding in result.findings if finding.rule == "leaked"]
        for result in judged(tmp_path)
        if isinstance(result, ResponseResult)
    ]
    assert len(leaked) == len(HIDDEN)
    assert [path for path, found in zip(HIDDEN, leaked, strict=True) if path not in found] == []


@pytest.mark.parametrize("name", TOOL_FORMATS)
def test_http_facts_survive(name: str, tmp_path: Path) -> None:
    pack, _ = TOOL_FORMATS[name]
    (tmp_path / "recorded").write_bytes(pack(CALLS[5:]))
    (found,) = entries(tmp_path)
    assert (found.http.method, found.http.status) == ("POST", 503)
    assert found.http.url is not None
    assert "/WBXService/XMLService" in found.http.url
    assert found.http.request_header("content-type") == ("text/xml",)
    assert found.http.response_header("Content-Type") == ("text/xml",)


@pytest.mark.parametrize("name", TOOL_FORMATS)
def test_a_file_that_is_cut_off_anywhere_is_never_green(name: str, tmp_path: Path) -> None:
    """Cut within its last entry, it says so, or the entries that are left are judged."""
    pack, _ = TOOL_FORMATS[name]
    whole = pack((Call(GOOD), Call(GOOD)))
    for length in range(len(whole) // 2 + 250, len(whole) * 9 // 10, len(whole) // 9):
        (tmp_path / "recorded").write_bytes(whole[:length])
        found = [outcome for _, outcome in outcomes(judged(tmp_path / "recorded"))]
        assert found, length
        assert found[-1] != "conformant", length


def test_an_item_that_is_broken_stops_no_other(tmp_path: Path) -> None:
    bad = base64.b64encode(response_http(CALLS[0]))
    content = burp((CALLS[0], CALLS[0], CALLS[1])).replace(bad, bad[:-5] + b"*", 1)
    (tmp_path / "a.xml").write_bytes(content)
    results = judged(tmp_path)
    assert outcomes(results, tmp_path) == [
        ("a.xml#item-0", "unreadable"),
        ("a.xml#item-1", "conformant"),
        ("a.xml#item-2", "violating"),
    ]
    assert detail(results[0]) == "its response is not base64, or is cut off"


def test_an_execution_without_a_response_or_with_numbers_that_are_no_bytes_is_unchecked(
    tmp_path: Path,
) -> None:
    report = json.loads(newman((CALLS[0], CALLS[0], CALLS[0], CALLS[1])))
    executions = report["run"]["executions"]
    del executions[0]["response"]
    executions[1]["response"]["stream"]["data"] = [1, 256]
    executions[2] = {"request": [], "response": 3}
    (tmp_path / "a.json").write_bytes(json.dumps(report).encode())
    results = judged(tmp_path)
    assert [outcome for _, outcome in outcomes(results)] == ["unreadable"] * 3 + ["violating"]
    assert [detail(result) for result in results[:3]] == [
        "the recording contains no response to this request",
        "the stream of its response is not a list of bytes",
        "the execution does not have the structure of its format: expected `object | null`, got `array` - at `$.request`",
    ]


@pytest.mark.parametrize("name", ["nock", "Charles", "MockServer", "Bruno"])
def test_an_item_of_an_array_that_is_broken_stops_no_other(name: str, tmp_path: Path) -> None:
    pack, _ = TOOL_FORMATS[name]
    items = json.loads(pack(CALLS[:2]))
    (tmp_path / "a").write_bytes(json.dumps([3, items[0], {"results": 1}, None, items[1]]).encode())
    results = judged(tmp_path / "a")
    assert [outcome for _, outcome in outcomes(results)] == [
        "unreadable",
        "conformant",
        "unreadable",
        "unreadable",
        "violating",
    ]
    assert "does not have the structure of its format" in detail(results[0])


def test_bodies_in_json_are_judged_as_they_are(tmp_path: Path) -> None:
    """Tools write a JSON body parsed; null is no body."""
    body = {"a": [1, None, "ü"]}
    result = {"test": {}, "request": {}, "response": {"status": 200, "data": body}}
    bruno = [{"summary": {}, "results": [result]}]
    expectation = [{"httpRequest": {"path": "/x"}, "httpResponse": {"body": {"type": "JSON", "json": body}}}]
    plain = [{"httpRequest": {"path": "/x"}, "httpResponse": {"body": body}}]
    imposter = {"protocol": "http", "port": 1, "stubs": [{"responses": [{"is": {"body": body}}]}]}
    call = [
        {"scope": "https://x.test", "method": "GET", "path": "/", "body": "", "status": 200, "response": body}
    ]
    for number, document in enumerate((bruno, expectation, plain, imposter, call)):
        (tmp_path / f"{number}").write_bytes(json.dumps(document).encode())
    found = entries(tmp_path)
    assert len(found) == 5
    assert [json.loads(entry.response) for entry in found if isinstance(entry.response, bytes)] == [body] * 5


def test_a_report_without_bodies_says_how_to_keep_them(tmp_path: Path) -> None:
    result = {"test": {}, "request": {"url": "https://x.test/"}, "response": {"status": 200}}
    (tmp_path / "a").write_bytes(json.dumps([{"summary": {}, "results": [result]}]).encode())
    (found,) = entries(tmp_path)
    assert getattr(found.response, "detail", "") == (
        "the report contains no response bodies; run Bruno without `--reporter-skip-body`"
    )


def test_a_page_of_results_with_a_summary_is_a_message_and_no_report(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b'{"summary": {"total": 1}, "results": [{"id": 1, "name": "x"}]}')
    (found,) = find_recordings([str(tmp_path)], wire="json")
    assert isinstance(found, Recording)
    assert found.source == str(tmp_path / "a.json")


@pytest.mark.parametrize("name", TOOL_FORMATS)
def test_every_format_is_read_for_rulebooks_about_json(name: str, tmp_path: Path) -> None:
    pack, mark = TOOL_FORMATS[name]
    (tmp_path / "a").write_bytes(pack(CALLS[:2]))
    found = list(find_recordings([str(tmp_path / "a")], wire="json"))
    assert [entry.source for entry in found] == [f"{tmp_path}/a{mark.format(number)}" for number in (0, 1)]


def test_every_leak_is_found_in_a_web_archive(tmp_path: Path) -> None:
    (tmp_path / "a.warc").write_bytes(warc(LEAKS))
    results = judged(tmp_path)
    assert [
        path
        for path, result in zip(HIDDEN, results, strict=True)
        if isinstance(result, ResponseResult)
        and path not in [f.path for f in result.findings if f.rule == "leaked"]
    ] == []
