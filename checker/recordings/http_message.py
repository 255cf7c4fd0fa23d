"""HTTP messages as recorders keep them: header blocks, chunked and compressed bodies, and form-encoded requests.

Libraries such as h11 and http.client read what arrives on a connection, and hold it to the protocol. Recorders change
messages: they unpack a body and keep the header that says it is packed, write ``HTTP/2`` as if it had lines, or cut a
body off. Here such a message is read if it has one meaning, and refused with its own reason if it has none.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from urllib.parse import parse_qsl

from ..core.errors import Reason
from ..core.limits import Limits
from .http_facts import NO_HTTP_FACTS, Headers, HttpFacts
from .model import UnreadableContent
from .optional_codings import decode_optional, library_remedy

_STATUS_LINE = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})(?:[ \t][^\r\n]*)?\r?\n")
_REQUEST_LINE = re.compile(rb"[A-Z]{3,10} \S{1,8192} HTTP/\d(?:\.\d)?\r?\n")
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?\r?\n")
_PADDING = re.compile(rb"[\0\s]*+")
_END_OF_LINE = re.compile(rb"\r?\n")
_FORM = re.compile(rb"\s*(?:[\w.%+-]{1,100}=[^&<>\s]{0,1000000}&){0,99}?XML=", re.IGNORECASE)
_GZIP = b"\x1f\x8b"
_MAX_HEADER_BYTES = 256 * 1024
_MAX_FORM_FIELDS = 100
_MAX_HEADER_BLOCKS = 100
_MAX_CODINGS = 4
_CHUNK_SIZE = 4096

_WINDOW_BITS = {"gzip": 31, "x-gzip": 31, "deflate": 15}
"""The content codings that are decoded, with the window bits that zlib needs for each."""

_REGISTERED_CODINGS = {*_WINDOW_BITS, "br", "compress", "x-compress", "zstd", "dcb", "dcz", "identity"}
"""The content codings that a message may name: any other text is a value, and is not shown."""

_TRAILERS = re.compile(rb"(?:[\w!#$%&'*+.^`|~-]+:[^\r\n]*\r?\n)*+")
"""Header fields after the last chunk. Their names are tokens (RFC 9110), so that no line of XML or JSON is taken for one."""

_BROKEN_CHUNKS = UnreadableContent(Reason.UNREADABLE, "its chunked body is cut off or broken")
_AFTER_CHUNKS = UnreadableContent(Reason.UNREADABLE, "its chunked body is followed by other bytes")
_AFTER_COMPRESSED = UnreadableContent(Reason.UNREADABLE, "its compressed body is followed by other bytes")


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """An HTTP response: its status and headers, and its body as it was recorded."""

    http: HttpFacts
    body: bytes


def parse_response(content: bytes) -> HttpResponse | UnreadableContent:
    """Parse a response in HTTP/1 syntax. Of several header blocks the last one counts.

    Interim responses (100 Continue), proxies and redirects each have a block of their own before it.
    """
    found: tuple[int, bytes] | None = None
    position = 0
    for _ in range(_MAX_HEADER_BLOCKS):
        status = _STATUS_LINE.match(content, position)
        if status is None:
            break
        headers = _header_block(content, status.end())
        if headers is None:
            return UnreadableContent(Reason.UNREADABLE, "its HTTP headers do not end: is it cut off?")
        block, position = headers
        found = int(status[1]), block
    if found is None:
        return UnreadableContent(Reason.UNREADABLE, "it has no HTTP status line")
    http = HttpFacts(status=found[0], response_headers=_fields(found[1]))
    return HttpResponse(http, content[position:])


def has_body(method: str | None, status: int | None) -> bool:
    """Return whether a response can have a body, as far as its status and its request's method tell."""
    return method != "HEAD" and status not in (204, 304) and (status is None or status >= 200)  # noqa: PLR2004 - RFC 9110


def begins_with_status_line(head: bytes) -> bool:
    """Return whether content is an HTTP response with its headers."""
    return _STATUS_LINE.match(head) is not None


def decode_body(response: HttpResponse, limits: Limits) -> bytes | UnreadableContent:
    """Return the body of a response with its chunks joined and its content coding decoded."""
    body: bytes | UnreadableContent = response.body
    if _is_chunked(response.http.response_header("transfer-encoding")):
        body = _join_chunks(response.body)
    if isinstance(body, UnreadableContent):
        return body
    coding = ",".join(response.http.response_header("content-encoding") or ())
    return decode_content_encoding(body, coding, limits)


def parse_request_facts(content: bytes) -> HttpFacts:
    """Return the HTTP facts of a request in HTTP/1 syntax; none if it is a body without its headers."""
    line = _REQUEST_LINE.match(content)
    headers = _header_block(content, line.end()) if line else None
    if line is None or headers is None:
        return NO_HTTP_FACTS
    method, url, _ = line[0].decode("latin-1").split(" ", 2)
    return HttpFacts(method, url, request_headers=_fields(headers[0]))


def decode_content_encoding(body: bytes, coding: str, limits: Limits) -> bytes | UnreadableContent:
    """Decode a body by its content codings, the last first, up to one byte more than the maximum size of a message."""
    codings = coding.lower().split(",")
    if len(codings) > _MAX_CODINGS:
        return UnreadableContent(
            Reason.UNREADABLE, f"its body is compressed with more than {_MAX_CODINGS} codings"
        )
    decoded: bytes | UnreadableContent = body
    for each in reversed(codings):
        if isinstance(decoded, UnreadableContent) or len(decoded) > limits.size:
            break
        decoded = _decode(decoded, each.strip(), limits)
    return decoded


def _decode(body: bytes, coding: str, limits: Limits) -> bytes | UnreadableContent:
    """Decode a body by one content coding.

    Recorders keep decoded bodies under headers that still name a coding, and the other way round: gzip is recognised
    by its first bytes, and a body that is XML or JSON already is not decoded.
    """
    if body.startswith(_GZIP):
        return _decompress(body, _WINDOW_BITS["gzip"], limits)
    if coding in ("", "identity") or _is_decoded(body):
        return body
    if coding in _WINDOW_BITS:
        return _decompress(body, _WINDOW_BITS[coding], limits)
    if (decoded := decode_optional(body, coding, limits.size)) is not None:
        return decoded
    shown = f"`{coding}`" if coding in _REGISTERED_CODINGS else "an unknown coding"
    return UnreadableContent(
        Reason.UNREADABLE,
        f"its body is compressed with {shown}; record it with gzip, deflate or uncompressed"
        + library_remedy(coding),
    )


def extract_request_body(content: bytes) -> bytes:
    """Return the message of a request, which may be in the form field XML and below HTTP headers."""
    if content.lstrip()[:1] == b"<":
        return content
    if (line := _REQUEST_LINE.match(content)) and (headers := _header_block(content, line.end())):
        block, start = headers
        body = content[start:]
        if _is_chunked(HttpFacts(request_headers=_fields(block)).request_header("transfer-encoding")):
            joined = _join_chunks(body)
            body = body if isinstance(joined, UnreadableContent) else joined
        return extract_request_body(body) if body else body
    form = _FORM.match(content)
    if form is None:
        return content
    if content[form.end() :].lstrip()[:1] == b"<":  # sent without the escapes that a form needs
        return content[form.end() :].lstrip()
    return _form_field(content) or content


def _form_field(content: bytes) -> bytes | None:
    """Return the form field XML; Latin-1 keeps every byte as it is, whatever its encoding."""
    try:
        fields = parse_qsl(
            content.strip().decode("latin-1"), encoding="latin-1", max_num_fields=_MAX_FORM_FIELDS
        )
    except ValueError:
        return None
    return next((value.encode("latin-1") for name, value in fields if name.upper() == "XML"), None)


def _header_block(content: bytes, start: int) -> tuple[bytes, int] | None:
    """Return the header lines from ``start`` on, and where the body begins; None if the block does not end."""
    if first := _END_OF_LINE.match(content, start):
        return b"", first.end()
    end = _BLANK_LINE.search(content, start, start + _MAX_HEADER_BYTES)
    return (content[start : end.start()], end.end()) if end else None


def _fields(block: bytes) -> Headers:
    fields = (line.decode("latin-1").partition(":") for line in block.splitlines())
    return Headers.of([(name.strip(), value.strip()) for name, colon, value in fields if colon])


def _is_chunked(codings: tuple[str, ...] | None) -> bool:
    return "chunked" in ",".join(codings or ()).lower()


def _is_decoded(body: bytes) -> bool:
    first = body.lstrip()[:1]
    if first in (b"", b"<", b"\xef", b"\xff", b"\xfe"):
        return True
    if first not in (b"{", b"["):  # other JSON values are no messages
        return False
    try:
        body.decode("utf-8")  # which compressed bytes are not
    except UnicodeDecodeError:
        return False
    return True


def _join_chunks(body: bytes) -> bytes | UnreadableContent:
    """Join chunks; a body that does not begin with one was joined by its recorder."""
    pieces: list[bytes] = []
    position = 0
    while chunk := _CHUNK.match(body, position):
        length, start = int(chunk[1], 16), chunk.end()
        if length == 0:
            end = _TRAILERS.match(body, start)
            rest = body[end.end() if end else start :]
            return _AFTER_CHUNKS if rest.strip() else b"".join(pieces)
        piece = body[start : start + length]
        end = _END_OF_LINE.match(body, start + length)
        if len(piece) < length or end is None:
            return _BROKEN_CHUNKS
        pieces.append(piece)
        position = end.end()
    return _BROKEN_CHUNKS if pieces else body


def _decompress(body: bytes, window_bits: int, limits: Limits) -> bytes | UnreadableContent:
    """Decompress a body, in gzip all of its members, up to one byte more than the limit."""
    content, position = bytearray(), 0
    while True:
        decompressor = _decompressor(body, window_bits)
        while not decompressor.eof and position < len(body):
            # In small chunks, because zlib copies what follows a member.
            chunk = body[position : position + _CHUNK_SIZE]
            try:
                content += decompressor.decompress(chunk, limits.size + 1 - len(content))
            except zlib.error:
                return UnreadableContent(Reason.UNREADABLE, "its compressed body is broken")
            if len(content) > limits.size:
                return bytes(content)
            position += len(chunk) - len(decompressor.unused_data) - len(decompressor.unconsumed_tail)
        if not decompressor.eof:
            return UnreadableContent(Reason.UNREADABLE, "its compressed body is cut off")
        padding = _PADDING.match(body, position)
        position = padding.end() if padding else position
        if position == len(body):
            return bytes(content)
        if not body.startswith(_GZIP, position):
            return _AFTER_COMPRESSED


def _decompressor(body: bytes, window_bits: int) -> zlib._Decompress:
    """Return a decompressor for a body; deflate is sent with and without the zlib header that it should have."""
    if window_bits == zlib.MAX_WBITS:
        try:
            zlib.decompressobj(window_bits).decompress(body, 1)
        except zlib.error:
            return zlib.decompressobj(-zlib.MAX_WBITS)
    return zlib.decompressobj(window_bits)
