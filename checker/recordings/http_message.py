"""HTTP messages as recorders keep them: header blocks, chunked and compressed bodies, and form-encoded requests."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from ..core.errors import Reason
from ..core.limits import Limits
from .model import UnreadableContent

_STATUS_LINE = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})(?:[ \t][^\r\n]*)?\r?\n")
_REQUEST_LINE = re.compile(rb"[A-Z]{3,10} \S{1,8192} HTTP/\d(?:\.\d)?\r?\n")
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?\r?\n")
_END_OF_LINE = re.compile(rb"\r?\n")
_FORM = re.compile(rb"\s*(?:[\w.%+-]{1,100}=[^&<>\s]{0,1000000}&){0,99}?XML=", re.IGNORECASE)
_GZIP = b"\x1f\x8b"
_MAX_HEADER_BYTES = 256 * 1024
_MAX_FORM_FIELDS = 100
_MAX_HEADER_BLOCKS = 100

_WINDOW_BITS = {"gzip": 31, "x-gzip": 31, "deflate": 15}
"""The content codings that are decoded, with the window bits that zlib needs for each."""

_REGISTERED_CODINGS = {*_WINDOW_BITS, "br", "compress", "x-compress", "zstd", "dcb", "dcz", "identity"}
"""The content codings that a message may name: any other text is a value, and is not shown."""

_BROKEN_CHUNKS = UnreadableContent(Reason.UNREADABLE, "its chunked body is cut off or broken")


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """An HTTP response: its status, its headers by lower-case names, its body as it was recorded."""

    status: int
    headers: Mapping[str, str]
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
    return HttpResponse(found[0], _fields(found[1]), content[position:])


def parse_status(recorded: object) -> int | None:
    """Return a recorded status as a number; None if it was not recorded, for which recorders also write 0."""
    try:
        number = int(recorded) if isinstance(recorded, int | float | str) else 0
    except (ValueError, OverflowError):
        return None
    return number if 0 < number < 1000 else None  # noqa: PLR2004 - three digits, as HTTP has them


def begins_with_status_line(head: bytes) -> bool:
    """Return whether content is an HTTP response with its headers."""
    return _STATUS_LINE.match(head) is not None


def decode_body(response: HttpResponse, limits: Limits) -> bytes | UnreadableContent:
    """Return the body of a response with its chunks joined and its content coding decoded."""
    body: bytes | UnreadableContent = response.body
    if "chunked" in response.headers.get("transfer-encoding", "").lower():
        body = _join_chunks(response.body)
    if isinstance(body, UnreadableContent):
        return body
    return decode_content_encoding(body, response.headers.get("content-encoding", ""), limits)


def decode_content_encoding(body: bytes, coding: str, limits: Limits) -> bytes | UnreadableContent:
    """Decode a body by its content coding, up to one byte more than the maximum size of a message.

    Recorders keep decoded bodies under headers that still name a coding, and the other way round: gzip is recognised
    by its first bytes, and a body that begins as XML is XML.
    """
    if body.startswith(_GZIP):
        return _decompress(body, _WINDOW_BITS["gzip"], limits)
    coding = coding.strip().lower()
    if coding in ("", "identity") or not body or body.lstrip()[:1] in (b"<", b"\xef", b"\xff", b"\xfe"):
        return body
    if coding in _WINDOW_BITS:
        return _decompress(body, _WINDOW_BITS[coding], limits)
    known = all(part.strip() in _REGISTERED_CODINGS for part in coding.split(","))
    shown = f"`{coding}`" if known else "an unknown coding"
    return UnreadableContent(
        Reason.UNREADABLE,
        f"its body is compressed with {shown}; record it with gzip, deflate or uncompressed",
    )


def extract_request_body(content: bytes) -> bytes:
    """Return the message of a request, which may be in the form field XML and below HTTP headers."""
    if content.lstrip()[:1] == b"<":
        return content
    if (line := _REQUEST_LINE.match(content)) and (headers := _header_block(content, line.end())):
        block, start = headers
        body = content[start:]
        if "chunked" in _fields(block).get("transfer-encoding", "").lower():
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


def _fields(block: bytes) -> dict[str, str]:
    fields = {}
    for line in block.splitlines():
        name, colon, value = line.partition(b":")
        if colon:
            fields[name.strip().lower().decode("latin-1")] = value.strip().decode("latin-1")
    return fields


def _join_chunks(body: bytes) -> bytes | UnreadableContent:
    """Join chunks; a body that does not begin with one was joined by its recorder."""
    pieces: list[bytes] = []
    position = 0
    while chunk := _CHUNK.match(body, position):
        length, start = int(chunk[1], 16), chunk.end()
        if length == 0:
            return b"".join(pieces)
        piece = body[start : start + length]
        end = _END_OF_LINE.match(body, start + length)
        if len(piece) < length or end is None:
            return _BROKEN_CHUNKS
        pieces.append(piece)
        position = end.end()
    return _BROKEN_CHUNKS if pieces else body


def _decompress(body: bytes, window_bits: int, limits: Limits) -> bytes | UnreadableContent:
    # Deflate is sent with and without the zlib frame that it should have.
    for bits in (window_bits, -zlib.MAX_WBITS) if window_bits == zlib.MAX_WBITS else (window_bits,):
        decompressor = zlib.decompressobj(bits)
        try:
            content = decompressor.decompress(body, limits.size + 1)
        except zlib.error:
            continue
        if not decompressor.eof and len(content) <= limits.size:
            return UnreadableContent(Reason.UNREADABLE, "its compressed body is cut off")
        return content
    return UnreadableContent(Reason.UNREADABLE, "its compressed body is broken")
