"""Peculiarities of the recordings of single tools."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest

from support.tool_documents import newman
from support.tool_formats import (
    TOOL_FORMATS,
    burp,
    mitmproxy,
    mitmproxy_flow,
    playwright,
    request_http,
    response_http,
    tnetstring,
    warc,
)
from support.traffic import CALLS, GOOD, Call, context, detail, entries, judged, outcomes, zipped
from whosees.checker.core.limits import Limits
from whosees.checker.recordings import Headers


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
        "the flow is not a typed netstring of its length, or contains a name more than once",
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


def test_the_recorder_of_nock_keeps_all_headers_that_fetch_is_given(tmp_path: Path) -> None:
    """Host is none of them: it is added later."""
    (call,) = json.loads(TOOL_FORMATS["nock"][0](CALLS[:1]))
    del call["reqheaders"]["host"]
    (tmp_path / "a").write_bytes(json.dumps([call]).encode())
    assert [found.http.request_headers for found in entries(tmp_path)] == [
        Headers(("content-type",), ("text/xml",))
    ]


@pytest.mark.parametrize(
    ("stated", "query"),
    [
        (
            {"a": {"hasExactly": [{"equalTo": "1"}, {"equalTo": "ü&"}]}, "b": {"equalTo": ""}},
            "?a=1&a=%C3%BC%26&b=",
        ),
        ({"a": {"matches": ".*"}, "b": 3, "c": {"hasExactly": [4]}}, ""),
        (None, ""),
    ],
)
def test_a_mapping_of_wiremock_states_the_query_apart_from_the_path(
    stated: object, query: str, tmp_path: Path
) -> None:
    mapping = {
        "request": {"method": "GET", "urlPath": "/x", "queryParameters": stated},
        "response": {"body": "{}"},
    }
    (tmp_path / "a").write_bytes(json.dumps(mapping).encode())
    assert [found.http.url for found in entries(tmp_path)] == [f"/x{query}"]


def test_what_a_stub_requires_of_a_request_is_not_all_that_it_had(tmp_path: Path) -> None:
    """No fact follows from the absence of a header in a stub that somebody wrote."""
    (expectation,) = json.loads(TOOL_FORMATS["MockServer"][0](CALLS[:1]))
    del expectation["httpRequest"]["headers"]["Host"]
    expectation["httpRequest"]["path"] = {"not": True, "value": "/x"}
    (call,) = json.loads(TOOL_FORMATS["nock"][0](CALLS[:1]))
    del call["reqheaders"]["host"], call["responseIsBinary"]
    for number, document in enumerate((expectation, call)):
        (tmp_path / f"{number}").write_bytes(json.dumps([document]).encode())
    facts = [found.http for found in entries(tmp_path)]
    assert [(http.request_headers, http.status) for http in facts] == [(None, 200), (None, 200)]
    assert facts[0].url is None


def test_a_session_or_a_body_that_is_missing_stops_no_other(tmp_path: Path) -> None:
    request, answer = request_http(CALLS[0]), response_http(CALLS[1])
    (tmp_path / "a.saz").write_bytes(
        zipped([("raw/2_c.txt", request), ("raw/10_c.txt", request), ("raw/10_s.txt", answer)])
    )
    trace = playwright(CALLS[:2])
    with zipfile.ZipFile(io.BytesIO(trace)) as archive:
        kept = [
            (name, archive.read(name)) for name in archive.namelist() if name != f"resources/{0:040x}.xml"
        ]
    (tmp_path / "b.zip").write_bytes(
        zipped([(name, content.replace(b'{"type"', b'{"type": 3}\n{"type"', 1)) for name, content in kept])
    )
    results = judged(tmp_path)
    assert outcomes(results, tmp_path) == [
        ("a.saz#session-2", "unreadable"),
        ("a.saz#session-10", "violating"),
        ("b.zip#request-0", "unreadable"),
        ("b.zip#request-1", "unreadable"),
        ("b.zip#request-2", "violating"),
    ]
    assert detail(results[3]) == "its `_sha1` names no file in the folder `resources`"


@pytest.mark.parametrize("by_file", [False, True])
def test_a_body_of_a_trace_is_never_looked_up_outside_of_it(by_file: bool, tmp_path: Path) -> None:
    name = f"{0:040x}.xml"
    with zipfile.ZipFile(io.BytesIO(playwright(CALLS[:1], by_file=by_file))) as archive:
        members = [(member, archive.read(member)) for member in archive.namelist()]
    (tmp_path / "secret.xml").write_bytes(GOOD)
    (tmp_path / "b.zip").write_bytes(
        zipped([(member, content.replace(name.encode(), b"../../secret.xml")) for member, content in members])
    )
    assert outcomes(judged(tmp_path / "b.zip"), tmp_path) == [("b.zip#request-0", "unreadable")]


@pytest.mark.parametrize("request_first", [True, False])
def test_records_of_a_web_archive_are_paired_by_their_links(request_first: bool, tmp_path: Path) -> None:
    """Also if it is packed, with a gzip member for each record, and if records of other kinds are between them."""
    records = warc(CALLS[:2], request_first=request_first).split(b"WARC/1.1\r\n")[1:]
    info = b"WARC-Type: warcinfo\r\nContent-Type: application/warc-fields\r\nContent-Length: 5\r\n\r\na: b\n\r\n\r\n"
    mixed = [info, records[0], info, records[2], records[1], records[3]]
    (tmp_path / "a.warc.gz").write_bytes(
        b"".join(gzip.compress(b"WARC/1.1\r\n" + record) for record in mixed)
    )
    results = judged(tmp_path)
    assert [outcome for _, outcome in outcomes(results)] == ["conformant", "violating"]
    assert {context(result)["caller"] for result in results} == {"anonymous"}
    assert {found.http.url for found in entries(tmp_path)} == {"https://example.test/WBXService/XMLService"}


def test_a_record_that_is_alone_is_judged_as_far_as_it_goes(tmp_path: Path) -> None:
    parts = warc(CALLS[:2]).split(b"WARC/1.1\r\n")
    revisit = parts[4].replace(b"WARC-Type: response", b"WARC-Type: revisit")
    (tmp_path / "a.warc").write_bytes(
        b"WARC/1.1\r\n" + b"WARC/1.1\r\n".join([parts[2], parts[1], parts[3], revisit])
    )
    (tmp_path / "b.warc").write_bytes(b"WARC/1.1\r\n" + b"WARC/1.1\r\n".join([parts[3], parts[2]]))
    results = judged(tmp_path)
    assert outcomes(results, tmp_path) == [
        ("a.warc#record-1", "conformant"),
        ("a.warc#record-4", "unreadable"),
        ("b.warc#record-1", "unreadable"),
        ("b.warc#record-2", "conformant"),
    ]
    assert [detail(result) for result in results[1:3]] == [
        "the response was stored with an earlier record, and this one contains no body",
        "the recording contains no response to this request",
    ]
    assert context(results[3]).get("caller", "unknown") == "unknown"


def test_a_web_archive_that_is_cut_off_is_never_green(tmp_path: Path) -> None:
    whole = warc(CALLS[:1])
    for length in range(100, len(whole) - 4, 97):
        (tmp_path / "a.warc").write_bytes(whole[:length])
        found = [outcome for _, outcome in outcomes(judged(tmp_path / "a.warc"))]
        assert found, length
        assert "conformant" not in found, length


def test_variables_of_a_path_are_replaced_as_newman_sent_them(tmp_path: Path) -> None:
    report = json.loads(newman(CALLS[:1]))
    report["run"]["executions"][0]["request"]["url"] |= {
        "path": ["users", ":id", ":unknown"],
        "query": [{"key": "a", "value": "1"}, {"key": "b", "value": "2", "disabled": True}],
        "variable": [{"key": "id", "value": 17}],
    }
    (tmp_path / "a").write_bytes(json.dumps(report).encode())
    assert [found.http.url for found in entries(tmp_path)] == ["https://example.test/users/17/:unknown?a=1"]


def test_predicates_that_mountebank_generated_for_each_field_are_one_request(tmp_path: Path) -> None:
    predicates = [
        {"equals": {"method": "GET"}},
        {"deepEquals": {"path": "/x", "query": {"a": ["1", "2"]}}},
        {"and": []},
    ]
    stub = {"predicates": predicates, "responses": [{"is": {"body": "{}"}}]}
    (tmp_path / "a").write_bytes(json.dumps({"protocol": "https", "port": 1, "stubs": [stub]}).encode())
    (found,) = entries(tmp_path)
    assert (found.http.method, found.http.url, found.http.status) == ("GET", "/x?a=1&a=2", 200)


def test_the_output_of_several_runs_of_httpie_in_one_file_is_read(tmp_path: Path) -> None:
    """Nothing is between them, so that a body ends by its length; what is in it begins no other message."""

    def output(call: Call) -> bytes:
        length = b"\r\nContent-Length: %d\r\n\r\n" % len(call.response)
        return request_http(call) + b"\n\n" + response_http(call).replace(b"\r\n\r\n", length, 1)

    quoting = Call(GOOD.replace(b"</serv:header>", b"</serv:header><!--\n\nGET /x HTTP/1.1\n\n-->"))
    (tmp_path / "a").write_bytes(b"".join(map(output, (CALLS[0], quoting, CALLS[1]))))
    assert outcomes(judged(tmp_path), tmp_path) == [
        ("a#exchange-0", "conformant"),
        ("a#exchange-1", "conformant"),
        ("a#exchange-2", "violating"),
    ]


@pytest.mark.parametrize(
    "header", [b"Content-Encoding: gzip\r\nContent-Length: 9", b"Transfer-Encoding: chunked"]
)
def test_a_run_of_httpie_after_a_decoded_body_begins_on_its_last_line(header: bytes, tmp_path: Path) -> None:
    """HTTPie writes a body decoded and nothing after it, so that its length is unknown."""
    sent = b"GET /x?n=%d HTTP/1.1\r\nAccept: */*\r\nHost: 127.0.0.1:80\r\n\r\n\n\n"
    received = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n%s\r\n\r\n" % header
    body = b'{"say": "GET /x HTTP/1.1"}'
    (tmp_path / "a").write_bytes(b"".join(sent % number + received + body for number in range(3)))
    found = entries(tmp_path)
    assert [(each.http.url, each.response) for each in found] == [(f"/x?n={n}", body) for n in range(3)]


@pytest.mark.parametrize("body", [b'{"say": 1}', b""])
def test_the_times_that_httpie_writes_after_responses_are_no_part_of_them(
    body: bytes, tmp_path: Path
) -> None:
    sent = b"GET /x HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n\n\n"
    received = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\n" + body
    (tmp_path / "a").write_bytes((sent + received + b"\n\nElapsed time: 0.00342878s\n\n") * 2)
    assert [each.response for each in entries(tmp_path)] == [body, body]
