"""Tests of what curl writes: `-v` with bodies, and traces."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.tool_formats import curl_verbose
from support.traffic import CALLS, Call, context, detail, entries, judged, outcomes
from whosees.engine.result import ResponseResult


def test_the_output_of_curl_has_everything_but_the_body_of_the_request(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(curl_verbose(CALLS[:2]))
    assert [(found.http.method, found.http.status, found.request) for found in entries(tmp_path)] == [
        ("POST", 200, None)
    ] * 2
    results = judged(tmp_path)
    assert outcomes(results, tmp_path) == [("a#transfer-0", "conformant"), ("a#transfer-1", "violating")]
    assert context(results[0])["caller"] == "unknown"


CURL_SENT = b"> GET /x HTTP/1.1\r\n> Host: x\r\n> \r\n"


CURL_METER = (
    b"  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n"
    b"                                 Dload  Upload   Total   Spent    Left  Speed\n"
    b"\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0"
)


CURL_DONE = b"\r100    14  100    14    0     0   1587      0 --:--:-- --:--:-- --:--:--  1604\n"


CURL_LEFT = b"* Connection #0 to host 127.0.0.1 left intact\n"


CURL_AGAIN = (
    b"* Found bundle for host: 0x560aba038f50 [serially]\n"
    b"* Can not multiplex, even if we wanted to\n* Re-using existing connection #0 with host 127.0.0.1\n"
)


CURL_NEW = b"*   Trying 127.0.0.1:80...\n* Connected to 127.0.0.1 (127.0.0.1) port 80 (#0)\n"


@pytest.mark.parametrize("length", [b"Content-Length: 14", b"Transfer-Encoding: chunked"])
@pytest.mark.parametrize("between", [CURL_AGAIN, CURL_NEW], ids=["reused", "new"])
@pytest.mark.parametrize(
    ("before", "during", "after"),
    [
        (b"", b"%s", b""),
        (CURL_METER, CURL_DONE + b"%s", b""),
        (b"Note: Unnecessary use of -X or --request, GET is already inferred.\n", b"%s", b""),
        (b"", b"\r####################  100.0%%%s", b"\n"),
    ],
    ids=["silent", "meter", "note", "bar"],
)
def test_the_output_of_curl_is_read_as_files_have_it(
    before: bytes, during: bytes, after: bytes, between: bytes, length: bytes, tmp_path: Path
) -> None:
    """In a file the body follows the lines about the connection, and the output of a next call begins on the body's last line."""
    received = (
        b"< HTTP/1.1 200 OK\r\n< Content-Type: text/plain\r\n< %s\r\n< \r\n{ [14 bytes data]\n" % length
    )
    one = CURL_SENT + received + during % CURL_LEFT + b'{"a":"> <b/>"}' + after
    (tmp_path / "a").write_bytes(before + CURL_NEW + one + between + before + one)
    assert [found.response for found in entries(tmp_path)] == [b'{"a":"> <b/>"}' + after] * 2


@pytest.mark.parametrize(
    "end",
    ["Closing connection 0", "Closing connection", "closing connection #0", "shutting down connection #0"],
)
def test_the_end_of_a_connection_is_no_part_of_the_body(end: str, tmp_path: Path) -> None:
    """As old and new releases write it, on the last line of the body or before it."""
    received = b"< HTTP/1.1 200 OK\r\n< Connection: close\r\n< \r\n"
    for name, content in (("a", b"{}* %s\n"), ("b", b"* %s\n{}")):
        (tmp_path / name).write_bytes(CURL_NEW + CURL_SENT + received + content % end.encode())
    assert [found.response for found in entries(tmp_path)] == [b"{}", b"{}"]


def test_a_line_of_a_body_that_begins_like_a_header_of_curl_stays_in_it(tmp_path: Path) -> None:
    headers = b"< HTTP/1.1 100 Continue\r\n< \r\n< HTTP/1.1 200 OK\r\n< Transfer-Encoding: chunked\r\n< \r\n"
    body = b"<a>\n> <secret/>\n<![CDATA[\n< \n]]></a>\n"
    (tmp_path / "a").write_bytes(CURL_NEW + CURL_SENT + headers + body)
    (found,) = entries(tmp_path)
    assert (found.response, found.http.status) == (body, 200)


def test_output_of_curl_without_the_body_is_unchecked(tmp_path: Path) -> None:
    """It was written to another file, or in another order than the headers."""
    (tmp_path / "a").write_bytes(curl_verbose(CALLS[:1]).replace(CALLS[0].response, b""))
    (tmp_path / "b").write_bytes(curl_verbose(CALLS[:1]).replace(CALLS[0].response, CALLS[0].response * 2))
    results = judged(tmp_path)
    assert [outcome for _, outcome in outcomes(results)] == ["unreadable"] * 2
    assert {detail(result) for result in results} == {
        "the output does not contain the response body that its headers announce; record it with `curl -i`"
    }


def test_a_trace_in_text_is_judged_only_if_it_replaced_nothing(tmp_path: Path) -> None:
    template = (
        "=> Send header, 27 bytes (0x1b)\n0000: GET /users/x.y HTTP/1.1\n0019: \n"
        "<= Recv header, 17 bytes (0x11)\n0000: HTTP/1.1 200 OK\n<= Recv header, 2 bytes (0x2)\n0000: \n"
    )
    exact = '<= Recv data, 19 bytes (0x13)\n0000: {"a": 1,\n000a:   "b": 2}\n== Info: done\n'
    replaced = '<= Recv data, 8 bytes (0x8)\n0000: {"a":."}\n'
    (tmp_path / "a").write_text(template + exact)
    (tmp_path / "b").write_text(template + replaced)
    (tmp_path / "c").write_text(template + replaced.replace("8 bytes", "9 bytes"))
    first, second, third = entries(tmp_path)
    assert (first.http.method, first.http.url, first.http.status) == ("GET", "/users/x.y", 200)
    assert first.response == b'{"a": 1,\r\n  "b": 2}'
    assert getattr(second.response, "detail", "") == (
        "`--trace-ascii` writes line breaks and other bytes of the body as dots; record it with `--trace` or `curl -i`"
    )
    assert getattr(third.response, "detail", "") == "the trace is broken or cut off"


def test_a_line_of_a_body_that_looks_like_one_of_curl_is_judged(tmp_path: Path) -> None:
    """Without a Content-Length nothing else shows that it belongs to the body."""
    leaking = CALLS[1].response.replace(b"<ep:programName>", b"\n* see <ep:programName>")
    output = curl_verbose([Call(leaking)]).replace(b"< Content-Length: %d\r\n" % len(leaking), b"")
    (tmp_path / "a").write_bytes(output)
    (result,) = judged(tmp_path)
    assert isinstance(result, ResponseResult)
    assert "programName" in [finding.path for finding in result.findings]
