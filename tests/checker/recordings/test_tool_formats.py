"""The formats of test tools and proxies: no leak is lost in them, and a broken entry stops no other."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from support.judging import RULEBOOK
from support.messages import response
from support.tool_formats import (
    TOOL_FORMATS,
    burp,
    mitmproxy,
    mitmproxy_flow,
    newman,
    response_http,
    tnetstring,
)
from support.traffic import CALLS, GOOD, SHOWN, Call, detail, judged, outcomes
from whosees.checker.core.limits import Limits
from whosees.checker.recordings import Recording, find_recordings
from whosees.engine.result import ResponseResult

HIDDEN = [row.path for row in RULEBOOK.rows if row.cells["MC"] != "always"]
"""The rows that an anonymous caller without a password is not shown in Meeting Center."""

LEAKS = tuple(Call(response("MC", [*SHOWN, path])) for path in HIDDEN)


def entries(path: Path) -> list[Recording]:
    """The recordings in a file."""
    return [found for found in find_recordings([str(path)]) if isinstance(found, Recording)]


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
    for length in range(len(whole) // 2 + 100, len(whole) * 9 // 10, len(whole) // 9):
        (tmp_path / "recorded").write_bytes(whole[:length])
        found = [outcome for _, outcome in outcomes(judged(tmp_path / "recorded"))]
        assert found, length
        assert found[-1] != "conformant", length


def test_a_flow_that_is_no_flow_stops_no_other(tmp_path: Path) -> None:
    broken = b"9:3:abc,9:z}"
    (tmp_path / "a").write_bytes(
        mitmproxy(CALLS[:1])
        + b"%d:%s}" % (len(broken), broken)
        + tnetstring({"type": "tcp", "messages": []})
        + tnetstring(mitmproxy_flow(CALLS[0], response=None, error={"msg": "reset"}))
        + mitmproxy(CALLS[1:2])
    )
    results = judged(tmp_path)
    assert outcomes(results, tmp_path) == [
        ("a#flow-0", "conformant"),
        ("a#flow-1", "unreadable"),
        ("a#flow-3", "unreadable"),
        ("a#flow-4", "violating"),
    ]
    assert [detail(result) for result in results[1:3]] == [
        "the flow is not a typed netstring of its length",
        "the recording contains no response to this request",
    ]


def test_a_flow_of_an_unknown_version_with_other_types_is_read(tmp_path: Path) -> None:
    """Versions wrote text and bytes in turn, and add members."""
    flow = mitmproxy_flow(CALLS[1], version=99, novel={"levels": [[[1.5, None, True]]]})
    flow["request"] |= {"method": "POST", "scheme": "https", "host": b"example.test", "path": "/x"}
    flow["response"]["headers"] = [["Content-Type", "text/xml"]]
    (tmp_path / "a").write_bytes(tnetstring({key.encode(): value for key, value in flow.items()}))
    (found,) = entries(tmp_path)
    assert (found.http.method, found.http.url) == ("POST", "https://example.test:443/x")
    assert outcomes(judged(tmp_path), tmp_path) == [("a#flow-0", "violating")]


def test_a_deep_flow_and_a_huge_one_are_refused(tmp_path: Path) -> None:
    deep: object = None
    for _ in range(100):
        deep = [deep]
    flows = tnetstring(mitmproxy_flow(CALLS[0], deep=deep)) + mitmproxy(
        (Call(GOOD + b" " * 200_000), CALLS[1])
    )
    (tmp_path / "a").write_bytes(flows)
    results = judged(tmp_path, limits=Limits(size=40_000))
    assert outcomes(results, tmp_path) == [
        ("a#flow-0", "unreadable"),
        ("a#flow-1", "too-large"),
        ("a#flow-2", "violating"),
    ]
    assert detail(results[1]) == "the flow is larger than 160,000 bytes; --max-size allows more"


def test_burp_declares_no_entity(tmp_path: Path) -> None:
    content = burp(CALLS[:1]).replace(b"<!ELEMENT items (item*)>", b'<!ENTITY a "aaaa">')
    (tmp_path / "a").write_bytes(content)
    (result,) = judged(tmp_path / "a")
    assert outcomes([result], tmp_path) == [("a", "unsafe-xml")]
    assert detail(result) == "it declares an entity, which is not read"


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
