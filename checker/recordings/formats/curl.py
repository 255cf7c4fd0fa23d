"""Logs of curl's ``-v``, ``--trace`` and ``--trace-ascii``.

Source: curl's ``src/tool_cb_dbg.c``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from msgspec import structs

from ...core.errors import Reason
from ..base import FormatInfo, Reader, Source
from ..containers.streams import ByteSource, read_whole
from ..http_exchange import NO_RESPONSE_KEPT, raw_exchange
from ..http_facts import HttpFacts
from ..http_message import has_body
from ..model import Discovered, Part, UnreadableContent

_PREFIX = rb"(?:\d\d:\d\d:\d\d\.\d{6} )?(?:\[[\dx-]{1,40}\] )?"
"""``--trace-time`` and ``--trace-ids`` put the time and the numbers of transfer and connection before each line."""

_TRACE = re.compile(
    rb"\A(?:" + _PREFIX + rb"== Info:[^\n]*\n)*" + _PREFIX + rb"(?:== Info:|=> Send header, )"
)
_EVENT = re.compile(_PREFIX + rb"(?:=>|<=) (?P<kind>(?:Send|Recv) (?:header|data)), (?P<size>\d{1,15}) bytes")
_OTHER_EVENT = re.compile(_PREFIX + rb"(?:== Info:|=> |<= )")
_HEX = re.compile(rb"([0-9a-f]{4,15}): ((?:[0-9a-f]{2} ){1,16})")
_ASCII = re.compile(rb"([0-9a-f]{4,15}): ?([^\n]*)")

_REPLACED = UnreadableContent(
    Reason.UNREADABLE,
    "`--trace-ascii` writes line breaks and other bytes of the body as dots; record it with `--trace` or `curl -i`",
)
_INCOMPLETE = UnreadableContent(
    Reason.UNREADABLE,
    "the output does not contain the response body that its headers announce; record it with `curl -i`",
)
_CUT_OFF = UnreadableContent(Reason.UNREADABLE, "the trace is broken or cut off")


@dataclass(slots=True)
class _Transfer:
    """The part of a trace that is one exchange, or why a part of it cannot be restored."""

    sent_header: bytearray = field(default_factory=bytearray)
    sent: bytearray = field(default_factory=bytearray)
    received_header: bytearray = field(default_factory=bytearray)
    received: bytearray = field(default_factory=bytearray)
    problem: UnreadableContent | None = None
    problem_sent: UnreadableContent | None = None

    def add(self, kind: bytes, content: bytes | UnreadableContent) -> None:
        sends, is_header = kind.startswith(b"Send"), kind.endswith(b"header")
        if isinstance(content, UnreadableContent):
            if sends and not is_header:
                self.problem_sent = content
            else:
                self.problem = content
        elif sends:
            (self.sent_header if is_header else self.sent).extend(content)
        else:
            (self.received_header if is_header else self.received).extend(content)


class CurlTraceReader(Reader):
    """Reads traces. In hexadecimal digits they keep every byte that was sent and received."""

    info = FormatInfo("curl traces", "curl.trace#transfer-0", "0")

    def recognises(self, head: bytes) -> bool:
        """Return whether content begins with an event of a trace."""
        return _TRACE.match(head) is not None

    def read(self, data: ByteSource, source: Source) -> Iterator[Discovered]:
        """Yield the recording of each transfer."""
        for index, transfer in enumerate(_transfers(read_whole(data, source.limits))):
            sent = transfer.problem_sent or bytes(transfer.sent_header + transfer.sent)
            received = transfer.problem or bytes(transfer.received_header + transfer.received)
            yield raw_exchange(source, f"#transfer-{index}", sent, received or NO_RESPONSE_KEPT)


def _transfers(content: bytes) -> Iterator[_Transfer]:
    transfer: _Transfer | None = None
    for kind, part in _events(content):
        begins = kind == b"Send header" and (transfer is None or transfer.received_header)
        if begins:
            if transfer is not None:
                yield transfer
            transfer = _Transfer()
        if transfer is not None:
            transfer.add(kind, part)
    if transfer is not None:
        yield transfer


def _events(content: bytes) -> Iterator[tuple[bytes, bytes | UnreadableContent]]:
    """Yield the headers and the data in their order."""
    kind, size, lines = b"", 0, list[bytes]()
    for line in content.splitlines():
        if _OTHER_EVENT.match(line):
            if kind:
                yield kind, _restore(lines, size, is_header=kind.endswith(b"header"))
            event, lines = _EVENT.match(line), []
            kind, size = (event["kind"], int(event["size"])) if event else (b"", 0)
        elif kind:
            lines.append(line)
    if kind:
        yield kind, _restore(lines, size, is_header=kind.endswith(b"header"))


def _restore(lines: list[bytes], size: int, *, is_header: bool) -> bytes | UnreadableContent:
    if lines and all(map(_HEX.match, lines)):
        pieces = [match[2] for line in lines if (match := _HEX.match(line))]
        content = bytes.fromhex(b"".join(pieces).decode("ascii"))
        return content if len(content) == size else _CUT_OFF
    return _restore_ascii(lines, size, is_header=is_header)


def _restore_ascii(lines: list[bytes], size: int, *, is_header: bool) -> bytes | UnreadableContent:
    """Restore text, in which the offsets show the line breaks of two bytes that were left out."""
    content = bytearray()
    for line in lines:
        match = _ASCII.match(line)
        if match is None:
            return _CUT_OFF
        content += b"\r\n" if int(match[1], 16) == len(content) + 2 else b""
        if int(match[1], 16) != len(content):
            return _CUT_OFF
        content += match[2]
    content += b"\r\n" if size == len(content) + 2 else b""
    if size != len(content):
        return _CUT_OFF
    return bytes(content) if is_header or b"." not in content else _REPLACED


_VERBOSE = re.compile(
    rb"\A(?:(?:[*{}<]|Note: |Warning: |  %| {20}|[\r ]*\d|\r[#=O -])[^\n]*\n)*+> [A-Z]{3,10} \S+ HTTP/\d"
)
_REQUEST = re.compile(rb"^> [A-Z]{3,10} \S{1,8192} HTTP/\d[^\n]*\n", re.MULTILINE)
_NOISE = re.compile(
    rb"[{}] \[\d+ bytes data\]\r?\n"
    rb"|  % Total[^\n]*\n[^\n]*Dload[^\n]*\n"
    rb"|(?:\r *\d+ [-\d:.kMGTP ]{60,90}|\r(?:#* *\d{1,3}\.\d%|[-=O# ]{40,400}))(?:\r?\n(?=\* |\Z))?"
    rb"|Note: Unnecessary use of -X or --request, [A-Z]{3,10} is already inferred\.\n"
)
"""Texts that curl writes between the bytes of a body; they begin in the middle of a line if the bytes do not end one."""

_END = re.compile(
    rb"\* (?:Connection #\d+ to host \S{1,300} left intact|(?:[Cc]losing|shutting down) connection(?: #?\d+)?)\r?(?:\n|\Z)"
)
_NEXT = re.compile(
    rb"\* (?:  Trying |Host \S{1,300} was resolved|Found bundle for|Re-?using existing|Hostname \S{1,300} was found|Uses proxy env)"
    rb"[^\n]*\n(?:\* [^\n]*\n)*\Z"
)
"""The lines about the connection of the next transfer."""

_BREAK = b"\0\n"
"""Stands for the end of a transfer, so that what follows it begins a line although the body does not end one."""


_NOT_OF_BODY = (b"* ", _BREAK)


class CurlVerboseReader(Reader):
    """Reads the output of ``curl -v`` with the body in it. Request bodies are not in it."""

    info = FormatInfo("curl -v output", "curl.txt#transfer-0", "0", lacks=(Part.REQUEST_BODY,))

    def recognises(self, head: bytes) -> bool:
        """Return whether a request line follows the lines about the connection."""
        return _VERBOSE.match(head) is not None

    def read(self, data: ByteSource, source: Source) -> Iterator[Discovered]:
        """Yield the recording of each transfer."""
        content = _NOISE.sub(b"", read_whole(data, source.limits))
        starts = [match.start() for match in _REQUEST.finditer(content)]
        for index, (start, end) in enumerate(zip(starts, [*starts[1:], len(content)], strict=True)):
            yield _verbose(content[start:end], f"#transfer-{index}", source)


def _verbose(content: bytes, fragment: str, source: Source) -> Discovered:
    lines = content.splitlines(keepends=True)
    end = _end_of_headers(lines)
    sent = b"".join(line[2:] for line in lines[:end] if line.startswith(b"> "))
    headers = b"".join(line[2:] for line in lines[:end] if line.startswith(b"< "))
    body = _body([line for line in lines[:end] if not line.startswith((b"> ", b"< "))] + lines[end:])
    if not headers:
        return structs.replace(raw_exchange(source, fragment, sent, NO_RESPONSE_KEPT), request=None)
    recording = raw_exchange(source, fragment, sent, headers + body)
    if not _is_complete(recording.http, body):
        recording = structs.replace(recording, response=_INCOMPLETE)
    return structs.replace(recording, request=None)


def _end_of_headers(lines: list[bytes]) -> int:
    """Return the number of lines before the body, in which a line may begin as a header does."""
    ends = [number for number, line in enumerate(lines, 1) if line.rstrip() == b"<"]
    for end in ends:
        following = next(
            (line for line in lines[end:] if not line.startswith((b"* ", b"> ", b"{", b"}"))), b""
        )
        if not following.startswith(b"< HTTP/"):
            return end
    return len(lines)


def _body(lines: list[bytes]) -> bytes:
    """Return the body: lines about the connection are before it and after it, and inside it only progress."""
    rest = _END.sub(_BREAK, _NEXT.sub(_BREAK, b"".join(lines))).splitlines(keepends=True)
    start, end = 0, len(rest)
    while start < end and rest[start].startswith(_NOT_OF_BODY):
        start += 1
    while end > start and rest[end - 1].startswith(_NOT_OF_BODY):
        end -= 1
    return b"".join(rest[start:end]).replace(_BREAK, b"")


def _is_complete(http: HttpFacts, body: bytes) -> bool:
    """Return whether a body is as long as its headers say; curl may have decoded a compressed one."""
    if not has_body(http.method, http.status):
        return True
    lengths = http.response_header("content-length")
    if not lengths or http.response_header("content-encoding"):
        return bool(body) or lengths == ("0",)
    return lengths[-1] in (str(len(body)), str(len(body.removesuffix(b"\n"))))  # `-#` ends with a line break
