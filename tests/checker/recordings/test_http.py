"""Messages wrapped in HTTP, and the status of the answer."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from urllib.parse import quote_plus

import pytest

from support.traffic import (
    ASKED,
    GOOD,
    LEAKING,
    OTHER_REQUEST,
    OTHER_RESPONSE,
    PAGE,
    PASSWORD,
    Call,
    context,
    har,
    judged,
    only,
    outcomes,
    raw_http,
)
from whosees.checker.checking.checker import Checker
from whosees.checker.checking.settings import Settings
from whosees.checker.core.limits import Limits
from whosees.checker.recordings import Recording, UnreadableContent, extract_request_body
from whosees.checker.recordings.http_message import decode_content_encoding


def test_curl_writes_a_block_for_each_response_on_the_way(tmp_path: Path) -> None:
    """A proxy's, an interim one and a redirect come before the answer; its lines count from its own first one."""
    before = (
        b"HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
        b"HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n"
    )
    (tmp_path / "a").write_bytes(before + raw_http(Call(LEAKING)))
    (tmp_path / "b").write_bytes(b"HTTP/2 200 \n\n" + LEAKING)
    (tmp_path / "c.xml").write_bytes(LEAKING)
    a, b, c = (only(judged(tmp_path / name)) for name in ("a", "b", "c.xml"))
    assert a.findings == b.findings == c.findings != ()


def chunked(content: bytes, size: int = 100) -> bytes:
    pieces = [content[start : start + size] for start in range(0, len(content), size)]
    return (
        b"".join(b"%x;a=b\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\nTrailer: x\r\n\r\n"
    )


BARE = zlib.compressobj(wbits=-15)
PACKED = {
    "chunked": (b"Transfer-Encoding: chunked\r\n", chunked(LEAKING)),
    "chunked, put together already": (b"Transfer-Encoding: chunked\r\n", LEAKING),
    "gzip": (b"Content-Encoding: gzip\r\n", gzip.compress(LEAKING)),
    "gzip, chunked": (
        b"content-encoding: GZIP\r\nTRANSFER-ENCODING: gzip, chunked\r\n",
        chunked(gzip.compress(LEAKING)),
    ),
    "gzip, unpacked already": (b"Content-Encoding: gzip\r\nContent-Length: 3\r\n", LEAKING),
    "gzip, not said": (b"", gzip.compress(LEAKING)),
    "deflate": (b"Content-Encoding: deflate\r\n", zlib.compress(LEAKING)),
    "deflate, bare": (b"Content-Encoding: deflate\r\n", BARE.compress(LEAKING) + BARE.flush()),
    "brotli, unpacked already": (b"Content-Encoding: br\r\n", LEAKING),
    "identity": (b"Content-Encoding: identity\r\nno header\r\n", LEAKING),
}


@pytest.mark.parametrize("name", PACKED)
def test_bodies_are_put_together_and_unpacked(name: str, tmp_path: Path) -> None:
    headers, content = PACKED[name]
    (tmp_path / "a").write_bytes(raw_http(Call(content), headers))
    (tmp_path / "b.xml").write_bytes(LEAKING)
    assert only(judged(tmp_path / "a")).findings == only(judged(tmp_path / "b.xml")).findings != ()


def test_another_status_is_unchecked(tmp_path: Path) -> None:
    (tmp_path / "a.http").write_bytes(raw_http(Call(PAGE, status=503)))
    (tmp_path / "b.http").write_bytes(raw_http(Call(GOOD, status=500)))
    (tmp_path / "c.http").write_bytes(raw_http(Call(b"")))
    (tmp_path / "d.http").write_bytes(raw_http(Call(OTHER_RESPONSE, status=500)))
    assert [only(judged(tmp_path / f"{name}.http")).detail for name in "abc"] == [
        "the server answered with HTTP status 503, and a message comes with 200",
        "the server answered with HTTP status 500, and a message comes with 200",
        "the answer has no body",
    ]
    assert outcomes(judged(tmp_path), tmp_path) == [
        ("a.http", "skipped"),
        ("b.http", "not-a-message"),
        ("c.http", "skipped"),
        ("d.http", "skipped"),
    ]
    (tmp_path / "a.request.xml").write_bytes(ASKED)
    (tmp_path / "c.request.xml").write_bytes(OTHER_REQUEST)
    assert outcomes(judged(tmp_path), tmp_path)[0] == ("a.http", "not-a-message")
    assert outcomes(judged(tmp_path), tmp_path)[2] == ("c.http", "skipped")


@pytest.mark.parametrize(
    "sent",
    [
        b"XML=" + quote_plus(PASSWORD).encode(),
        b"AT=x&XML=" + quote_plus(PASSWORD).encode() + b"&z=1",
        b"AT=x&" * 99 + b"XML=" + PASSWORD,
        b"xml=" + PASSWORD,
        b"POST /WBXService/XMLService HTTP/1.1\r\nHost: example.test\r\n\r\n" + PASSWORD,
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(PASSWORD),
        b"POST / HTTP/1.1\r\nA: b\r\n\r\nXML=" + quote_plus(PASSWORD).encode(),
    ],
)
def test_the_message_of_a_request_is_found(sent: bytes, tmp_path: Path) -> None:
    """FACTS 3: old clients send a form field named XML."""
    assert extract_request_body(sent) == PASSWORD
    (tmp_path / "a.request.xml").write_bytes(sent)
    (tmp_path / "a.response.xml").write_bytes(GOOD)
    assert context(only(judged(tmp_path)))["password"] == "supplied"
    (tmp_path / "b").write_bytes(har([Call(GOOD, sent)]))
    assert context(only(judged(tmp_path / "b")))["password"] == "supplied"


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"XML=",
        b"a=b",
        b"XML=" + b"&a=b" * 200,
        b"a=b&" * 100 + b"XML=" + PASSWORD,  # each field before it would wait in memory
        b"POST / HTTP/1.1\r\n",
        b"\xff\xfe",
        b"POST / HTTP/1.1\r\n\r\n",
    ],
)
def test_what_holds_no_message_stays_as_it_is_or_is_empty(sent: bytes) -> None:
    assert extract_request_body(sent) in (sent, b"")


def test_bytes_of_a_form_stay_the_bytes_they_were() -> None:
    latin = "<?xml version='1.0' encoding='ISO-8859-1'?><a>é</a>".encode("latin-1")
    assert extract_request_body(b"XML=" + quote_plus(latin).encode()) == latin


def test_a_request_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    """An answer that cannot be judged, to a request that cannot be read: nothing says that it is not ours."""
    (tmp_path / "a.response.http").write_bytes(raw_http(Call(GOOD, status=500)))
    (tmp_path / "a.request.xml").symlink_to(tmp_path / "nowhere")
    (tmp_path / "b.http").write_bytes(raw_http(Call(GOOD[:300], status=500)))
    assert outcomes(judged(tmp_path), tmp_path) == [
        ("a.response.http", "not-a-message"),
        ("b.http", "not-a-message"),
    ]
    broken = ASKED[:-20]
    (tmp_path / "c").write_bytes(har([Call(GOOD, broken), Call(b"", broken)]))
    assert outcomes(judged(tmp_path / "c"), tmp_path) == [
        ("c#entry-0", "not-xml"),
        ("c#entry-1", "not-a-message"),
    ]


def test_a_file_of_a_mapping_that_is_gone_is_said(tmp_path: Path) -> None:
    """It was there when it was found; what cannot be read is not passed over."""
    path = tmp_path / "gone.xml"
    (result,) = Checker(Settings()).check(Recording("a", path, explicit=False, traffic=True))
    assert outcomes([result]) == [("a", "unreadable")]


def _chunks(*pieces: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)


CHUNKED, GZIP = b"Transfer-Encoding: chunked\r\n", b"Content-Encoding: gzip\r\n"
SPLIT = len(GOOD) // 2
ENDINGS = {
    "chunks": (CHUNKED, _chunks(GOOD) + b"0\r\n\r\n", "conformant"),
    "chunks with trailers": (CHUNKED, _chunks(GOOD) + b"0\r\nX-Sum: 1\r\nX-B: 2\r\n\r\n", "conformant"),
    "chunks and an empty line": (CHUNKED, _chunks(GOOD) + b"0\r\n\r\n\r\n", "conformant"),
    "bytes after the last chunk": (CHUNKED, _chunks(GOOD) + b"0\r\n\r\n" + LEAKING, "unreadable"),
    "a message as a trailer": (CHUNKED, _chunks(GOOD) + b"0\r\n<a:x>s</a:x>\r\n\r\n", "unreadable"),
    "an object as a trailer": (CHUNKED, _chunks(GOOD) + b'0\r\n{"x":1}\r\n\r\n', "unreadable"),
    "bytes after trailers": (CHUNKED, _chunks(GOOD) + b"0\r\nX: 1\r\n\r\n<x/>", "unreadable"),
    "two gzip members": (GZIP, gzip.compress(GOOD[:SPLIT]) + gzip.compress(GOOD[SPLIT:]), "conformant"),
    "a leak in the second member": (
        GZIP,
        gzip.compress(LEAKING[:SPLIT]) + gzip.compress(LEAKING[SPLIT:]),
        "violating",
    ),
    "another message in the second member": (GZIP, gzip.compress(GOOD) + gzip.compress(LEAKING), "not-xml"),
    "bytes after the gzip member": (GZIP, gzip.compress(GOOD) + b"<x/>", "unreadable"),
    "padding after the gzip member": (GZIP, gzip.compress(GOOD) + b"\0\0\r\n", "conformant"),
    "a second member cut off": (GZIP, gzip.compress(GOOD) + gzip.compress(b" " * 99)[:-9], "unreadable"),
    "bytes after deflate": (b"Content-Encoding: deflate\r\n", zlib.compress(GOOD) + b"<x/>", "unreadable"),
}


@pytest.mark.parametrize("name", ENDINGS)
def test_nothing_after_a_body_is_ignored(name: str, tmp_path: Path) -> None:
    """Bytes after the last chunk, or after the first gzip member, are joined or make the response unchecked."""
    headers, body, verdict = ENDINGS[name]
    (tmp_path / "a.http").write_bytes(b"HTTP/1.1 200 OK\r\n" + headers + b"\r\n" + body)
    assert outcomes(judged(tmp_path), tmp_path) == [("a.http", verdict)]


def test_thousands_of_gzip_members_cost_what_their_bytes_cost(tmp_path: Path) -> None:
    members = gzip.compress(GOOD) + gzip.compress(b"\n") * 50_000
    (tmp_path / "a.http").write_bytes(b"HTTP/1.1 200 OK\r\n" + GZIP + b"\r\n" + members)
    assert only(judged(tmp_path)).outcome == "conformant"


def test_a_decoded_json_body_under_a_coding_is_taken_as_it_is() -> None:
    """Recorders decode bodies, and keep the header that named their coding."""
    for body in (b'{"id": 1}', b' [{"id": "\xc3\xbc"}]', GOOD):
        for coding in ("br", "deflate", "gzip, br"):
            assert decode_content_encoding(body, coding, Limits()) == body
    assert isinstance(decode_content_encoding(b"[\xff\xfe\x01", "br", Limits()), UnreadableContent)


def test_a_page_is_passed_over_and_what_pretends_to_be_one_is_not(tmp_path: Path) -> None:
    """A client's parser would find the message below a DOCTYPE, or in an entity that it declares."""
    inside = LEAKING[LEAKING.index(b"<serv:message") :]
    entity = b"<!DOCTYPE html [<!ENTITY m '&#60;serv:message/>'>]>\n<html>&m;</html>"
    xhtml = (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<!-- signed out -->\n'
        b'<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">\n'
        b'<html xmlns="http://www.w3.org/1999/xhtml"><body>signed out</body></html>'
    )
    html = b"\xef\xbb\xbf\n<html><p>2 messages</p></html>"
    pages = [PAGE, html, xhtml, b"<!DOCTYPE html>\n" + inside, entity]
    (tmp_path / "a.har").write_bytes(har(Call(page, b"") for page in pages))
    assert [verdict for _, verdict in outcomes(judged(tmp_path))] == [
        "skipped",
        "skipped",
        "skipped",
        "unsafe-xml",
        "unsafe-xml",
    ]
