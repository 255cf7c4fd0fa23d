"""The output of HTTPie's ``-v`` and ``-vv``: each request, and the response to it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..base import FormatInfo, Reader, Source
from ..containers.streams import ByteSource, read_whole
from ..http_exchange import NO_RESPONSE_KEPT, raw_exchange
from ..model import Discovered

_REQUEST_LINE = rb"[A-Z]{3,10} \S{1,8192} HTTP/\d(?:\.\d)?\r?\n"
_STATUS_LINE = rb"HTTP/\d(?:\.\d)? \d{3}[^\r\n]*\r?\n"
_BEGINS = re.compile(rb"\A\s*" + _REQUEST_LINE + rb".*\n\r?\n" + _STATUS_LINE, re.DOTALL)
_GLUED_REQUEST = (
    rb"(?:DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT) \S{1,8192} HTTP/1\.[01]\r\n"
    rb"(?=(?:[!-9;-~]{1,256}:[^\r\n]*\r\n){0,100}?Host:[^\r\n]*\r\n)"
)
"""A request that begins on the last line of a body: whatever a body has like it makes it incomplete, so that it is unchecked."""
_MESSAGE = re.compile(
    rb"(?:\A\s*|(?<=\n\n)|(?<=\n\r\n))(?:(" + _REQUEST_LINE + rb")|" + _STATUS_LINE + rb")"
    rb"|(" + _GLUED_REQUEST + rb")"
)
_NEXT = re.compile(rb"\s*(?:(" + _REQUEST_LINE + rb")|" + _STATUS_LINE + rb"|\Z)")
_LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,15})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")


_META = re.compile(rb"\r?\n\r?\nElapsed time: [\d.]{1,30}s\Z")
"""The times that `-vv` and `--meta` write after a response."""


class HttpieReader(Reader):
    """Reads HTTPie's output."""

    info = FormatInfo("HTTPie output", "httpie.txt#exchange-0", "0")

    def recognises(self, head: bytes) -> bool:
        """Return whether content is a request in HTTP/1 syntax that a response follows."""
        return _BEGINS.match(head) is not None

    def read(self, data: ByteSource, source: Source) -> Iterator[Discovered]:
        """Yield the recording of each request with the response after it."""
        sent: bytes | None = None
        index = 0
        for is_request, message in _messages(read_whole(data, source.limits)):
            if is_request and sent is None:
                sent = message
                continue
            received = NO_RESPONSE_KEPT if is_request else message
            yield raw_exchange(source, f"#exchange-{index}", sent, received)
            sent, index = (message if is_request else None), index + 1
        if sent is not None:
            yield raw_exchange(source, f"#exchange-{index}", sent, NO_RESPONSE_KEPT)


def _messages(content: bytes) -> Iterator[tuple[bool, bytes]]:
    """Yield each message, and whether it is a request."""
    found = list(_starts(content))
    ends = [*(match.start() for match in found[1:]), len(content)]
    for match, end in zip(found, ends, strict=True):
        is_request, message = any(match.groups()), _trim(content[match.start() : end])
        yield is_request, message if is_request else _without_meta(message)


def _starts(content: bytes) -> Iterator[re.Match[bytes]]:
    """Yield where each message starts.

    Nothing is written between the output of one run and that of the next in the same file, so that a body ends by its
    length if it has one. HTTPie decodes compressed and chunked bodies: the next request is looked for then, on the last line too.
    """
    match = _MESSAGE.search(content)
    while match is not None and match.end() < len(content):
        yield match
        following = _after_body(content, match.end())
        match = following or _MESSAGE.search(content, match.end())


def _after_body(content: bytes, start: int) -> re.Match[bytes] | None:
    """Return the start of the message after a body, or the end, if the body's length leads there."""
    head = _BLANK_LINE.search(content, start)
    length = head and _LENGTH.search(content, start, head.start())
    return _NEXT.match(content, head.end() + int(length[1])) if head and length else None


def _without_meta(response: bytes) -> bytes:
    return _trim(_META.sub(b"", response))


def _trim(message: bytes) -> bytes:
    """Remove the empty lines that HTTPie writes after a message, unless they end its headers."""
    trimmed = message.strip(b"\r\n")
    return trimmed if _BLANK_LINE.search(trimmed) else trimmed + b"\r\n\r\n"
