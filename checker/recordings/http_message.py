"""What HTTP wraps around a message: header blocks, chunks, compression, and forms of old clients."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from ..core.errors import Limits, Reason
from .model import UnreadableContent

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})(?:[ \t][^\r\n]*)?\r?\n")
_REQUEST_LINE = re.compile(rb"[A-Z]{3,10} \S{1,8192} HTTP/\d(?:\.\d)?\r?\n")
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?\r?\n")
_END_OF_LINE = re.compile(rb"\r?\n")
_FORM = re.compile(rb"\s*(?:[\w.%+-]{1,100}=[^&<>\s]{0,1000000}&){0,99}?XML=", re.IGNORECASE)
_GZIP = b"\x1f\x8b"
_HEADERS = 256 * 1024
_FIELDS = 100
_BLOCKS = 100

_UNPACKED_HERE = {"gzip": 31, "x-gzip": 31, "deflate": 15}
"""What zlib needs to know of a content coding."""

_PACKED_ELSEWHERE = {*_UNPACKED_HERE, "br", "compress", "x-compress", "zstd", "dcb", "dcz", "identity"}
"""Content codings that are registered and may be named, unpacked here or not."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP response: its status, its headers by names in lower case, its body as it was recorded."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def read_answer(content: bytes) -> Answer | UnreadableContent:
    """Read a response as it goes over the wire. Of several header blocks, the last tells.

    An interim response (100 Continue), a proxy's and each redirect have a block of their own before it.
    """
    found: tuple[int, bytes] | None = None
    position = 0
    for _ in range(_BLOCKS):
        status = _STATUS.match(content, position)
        if status is None:
            break
        headers = _header_block(content, status.end())
        if headers is None:
            return UnreadableContent(Reason.UNREADABLE, "its HTTP headers do not end: is it cut off?")
        block, position = headers
        found = int(status[1]), block
    if found is None:
        return UnreadableContent(Reason.UNREADABLE, "it has no HTTP status line")
    return Answer(found[0], _fields(found[1]), content[position:])


def status_of(recorded: object) -> int | None:
    """Give a recorded status as a number; None where it was not recorded, for which recorders also write 0."""
    try:
        number = int(recorded) if isinstance(recorded, int | float | str) else 0
    except (ValueError, OverflowError):
        return None
    return number if 0 < number < 1000 else None  # noqa: PLR2004 - three digits, as HTTP has them


def begins_answer(head: bytes) -> bool:
    """Whether content is an HTTP response with its headers."""
    return _STATUS.match(head) is not None


def body_of(answer: Answer, limits: Limits) -> bytes | UnreadableContent:
    """Give the body of a response as the client saw it: put together from its chunks, and unpacked."""
    body: bytes | UnreadableContent = answer.body
    if "chunked" in answer.headers.get("transfer-encoding", "").lower():
        body = _dechunked(answer.body)
    if isinstance(body, UnreadableContent):
        return body
    return unpacked(body, answer.headers.get("content-encoding", ""), limits)


def unpacked(body: bytes, coding: str, limits: Limits) -> bytes | UnreadableContent:
    """Unpack a body by its content coding, up to the largest size of a message and a byte more.

    Recorders store bodies unpacked under headers that say otherwise, and the other way round: gzip is known by its
    first bytes, and what begins as XML does is XML.
    """
    if body.startswith(_GZIP):
        return _inflated(body, _UNPACKED_HERE["gzip"], limits)
    coding = coding.strip().lower()
    if coding in ("", "identity") or not body or body.lstrip()[:1] in (b"<", b"\xef", b"\xff", b"\xfe"):
        return body
    if coding in _UNPACKED_HERE:
        return _inflated(body, _UNPACKED_HERE[coding], limits)
    # Named only where it is one of those that there are: any other text is somebody's, and is not shown.
    known = all(part.strip() in _PACKED_ELSEWHERE for part in coding.split(","))
    shown = f"`{coding}`" if known else "something unknown"
    return UnreadableContent(
        Reason.UNREADABLE, f"its body is packed with {shown}; record it with gzip, deflate or unpacked"
    )


def message_sent(content: bytes) -> bytes:
    """Give the message of a request, which may stand in a form's field XML and below HTTP headers."""
    if content.lstrip()[:1] == b"<":
        return content
    if (line := _REQUEST_LINE.match(content)) and (headers := _header_block(content, line.end())):
        block, start = headers
        body = content[start:]
        if "chunked" in _fields(block).get("transfer-encoding", "").lower():
            whole = _dechunked(body)
            body = body if isinstance(whole, UnreadableContent) else whole
        return message_sent(body) if body else body
    form = _FORM.match(content)
    if form is None:
        return content
    if content[form.end() :].lstrip()[:1] == b"<":  # sent as it is, without the escapes that a form needs
        return content[form.end() :].lstrip()
    return _form_field(content) or content


def _form_field(content: bytes) -> bytes | None:
    """Give the field XML of a form; each byte stays the byte that it was, in whatever encoding."""
    try:
        fields = parse_qsl(content.strip().decode("latin-1"), encoding="latin-1", max_num_fields=_FIELDS)
    except ValueError:
        return None
    return next((value.encode("latin-1") for name, value in fields if name.upper() == "XML"), None)


def _header_block(content: bytes, start: int) -> tuple[bytes, int] | None:
    """Give the header lines from a place on, and where what follows them begins; None where they do not end."""
    if first := _END_OF_LINE.match(content, start):
        return b"", first.end()
    end = _BLANK_LINE.search(content, start, start + _HEADERS)
    return (content[start : end.start()], end.end()) if end else None


def _fields(block: bytes) -> dict[str, str]:
    fields = {}
    for line in block.splitlines():
        name, colon, value = line.partition(b":")
        if colon:
            fields[name.strip().lower().decode("latin-1")] = value.strip().decode("latin-1")
    return fields


def _dechunked(body: bytes) -> bytes | UnreadableContent:
    """Put chunks together; a body that does not begin with one was put together by whoever recorded it."""
    pieces: list[bytes] = []
    position = 0
    while chunk := _CHUNK.match(body, position):
        length, start = int(chunk[1], 16), chunk.end()
        if length == 0:
            return b"".join(pieces)
        piece = body[start : start + length]
        end = _END_OF_LINE.match(body, start + length)
        if len(piece) < length or end is None:
            return UnreadableContent(Reason.UNREADABLE, "its chunked body is cut off or broken")
        pieces.append(piece)
        position = end.end()
    if not pieces:
        return body
    return UnreadableContent(Reason.UNREADABLE, "its chunked body is cut off or broken")


def _inflated(body: bytes, window: int, limits: Limits) -> bytes | UnreadableContent:
    for bits in (window, -zlib.MAX_WBITS) if window == zlib.MAX_WBITS else (window,):
        unpacker = zlib.decompressobj(bits)  # deflate is sent with and without the frame that it should have
        try:
            content = unpacker.decompress(body, limits.size + 1)
        except zlib.error:
            continue
        if not unpacker.eof and len(content) <= limits.size:
            return UnreadableContent(Reason.UNREADABLE, "its packed body is cut off")
        return content
    return UnreadableContent(Reason.UNREADABLE, "its packed body is broken")
