"""JSON Lines: an object on each line, with ``response`` and optionally ``id``, ``request`` and ``context``.

``request`` and ``response`` are the messages as text, or JSON messages as they are; ``context`` has the keys of a
sidecar. The HTTP facts are ``method``, ``url``, ``status``, ``request_headers`` and ``response_headers``.
"""

from __future__ import annotations

import io
from codecs import BOM_UTF8
from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec
from msgspec import structs
from msgspec.structs import replace

from ....rules.files import os_error_text
from ...core.errors import Reason, UncheckedError
from ...core.limits import Limits, limit_option
from ..base import BatchReader, FormatInfo, Source
from ..batch import BATCH_BYTES, BATCH_SIZE, Batch
from ..containers.streams import CHUNK_SIZE, ByteSource
from ..encoding import encode_sidecar, encode_text
from ..http_facts import NO_HTTP_FACTS
from ..model import AttachmentContent, Discovered, Recording, UnreadableContent
from .arrow_rows import http_facts_of
from .json_document import Members, decode_as, decode_members, try_decode_as
from .json_lines_signature import is_exchange

_MAX_LINES_RECOGNISED = 20
_MAX_DIGITS = 18
"""Digits of a number that every decoder takes for the same."""

_CHANGED = UnreadableContent(
    Reason.UNREADABLE, "the file was truncated while it was read; the rest was not judged"
)
_NO_RESPONSE = UnreadableContent(Reason.UNREADABLE, "the line has no `response`")


_NULL = msgspec.Raw(b"null")
_TEXT_OR_NULL: msgspec.json.Decoder[str | None] = msgspec.json.Decoder(str | None)


class _Facts(msgspec.Struct):
    """The members of a line besides its messages."""

    id: str | int | float | None = None
    method: str | None = None
    url: str | None = None
    status: int | float | str | None = None
    request_headers: Any = None
    response_headers: Any = None


_FACTS = frozenset(_Facts.__struct_fields__)
_NO_FACTS = _Facts()


class JsonLinesReader(BatchReader):
    """Reads JSON Lines, a line at a time."""

    info = FormatInfo("JSON Lines", "log.jsonl:3", "1, as editors count lines")

    def recognises(self, head: bytes) -> bool:
        """Return whether one of the first lines is an exchange."""
        lines = head.removeprefix(BOM_UTF8).splitlines()
        return any(is_exchange(line) for line in lines[:_MAX_LINES_RECOGNISED])

    def read(self, data: ByteSource, source: Source) -> Iterator[Discovered]:
        """Yield the recording of each line that is not empty."""
        with data.open() as stream:
            for number, line in enumerate(_lines(stream, source.limits.line), 1):
                if isinstance(line, UnreadableContent):
                    yield _broken(source, number, line)
                elif (recording := _read(line, source.name, number)) is not None:
                    yield recording

    def batches(self, path: str, source: Source) -> Iterator[Discovered | Batch]:
        """Yield the lines of a file in batches; a line that is too long is reported by itself. Raises OSError."""
        begin, first = 0, 1
        with open(path, "rb", buffering=0) as stream:
            while block := _at(stream, begin, BATCH_BYTES):
                size, lines = len(block), block.count(b"\n")
                if size == BATCH_BYTES:  # there may be more, so it ends with a line
                    size = block.rfind(b"\n") + 1
                if not lines:
                    line, size = _line_at(path, begin, source.limits.line)
                    lines = 1
                    if isinstance(line, UnreadableContent):
                        yield _broken(source, first, line)
                        begin, first = begin + size, first + 1
                        continue
                yield LineBatch(path, source.name, begin, size, first, source.limits)
                begin, first = begin + size, first + lines


def _line_at(path: str, begin: int, limit: int) -> tuple[bytes | UnreadableContent, int]:
    """Read the line at an offset, and return it with its length in the file."""
    with open(path, "rb") as stream:
        stream.seek(begin)
        return next(_lines(stream, limit)), stream.tell() - begin


def _at(stream: io.RawIOBase | io.FileIO, begin: int, size: int) -> bytes:
    """Read ``size`` bytes from an offset on, or all there are."""
    stream.seek(begin)
    pieces = []
    while size and (piece := stream.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


class LineBatch(msgspec.Struct, frozen=True):
    """Lines of a file: ``size`` bytes from ``begin`` on; ``first`` is the first line's number, ``name`` the file's for people."""

    path: str
    name: str
    begin: int
    size: int
    first: int
    limits: Limits

    @property
    def source(self) -> str:
        """The name of its first recording for people."""
        return f"{self.name}:{self.first}"

    def __len__(self) -> int:
        return BATCH_SIZE  # it has as many bytes as a batch of so many recordings

    def split(self) -> tuple[LineBatch, LineBatch] | None:
        """Return its two halves; None if it is one line, or can no longer be read."""
        content = self._content()
        if isinstance(content, UnreadableContent):
            return None
        middle = content.find(b"\n", len(content) // 2) + 1
        if middle in (0, len(content)):
            middle = content.rfind(b"\n", 0, len(content) - 1) + 1
        if middle == 0:
            return None
        rest = replace(self, begin=self.begin + middle, size=self.size - middle)
        return replace(self, size=middle), replace(rest, first=self.first + content.count(b"\n", 0, middle))

    def read(self) -> Iterator[Discovered | Batch]:
        """Yield the recording of each line."""
        content = self._content()
        if isinstance(content, UnreadableContent):
            yield Recording(self.source, content, explicit=False)
            return
        for number, line in enumerate(_lines(io.BytesIO(content), self.limits.line), self.first):
            if isinstance(line, UnreadableContent):
                yield Recording(f"{self.name}:{number}", line, explicit=False)
            elif (recording := _read(line, self.name, number)) is not None:
                yield recording

    def _content(self) -> bytes | UnreadableContent:
        try:
            with open(self.path, "rb", buffering=0) as stream:
                content = _at(stream, self.begin, self.size)
        except OSError as error:
            return UnreadableContent(Reason.UNREADABLE, f"it cannot be read: {os_error_text(error)}")
        return content if len(content) == self.size else _CHANGED


def _read(line: bytes, source: str, number: int) -> Recording | None:
    """Return the recording of a line; None if it is empty."""
    content = line.removeprefix(BOM_UTF8 if number == 1 else b"").strip()
    return recording_of_line(content, f"{source}:{number}")[1] if content else None


def _lines(stream: BinaryIO, limit: int) -> Iterator[bytes | UnreadableContent]:
    """Yield lines up to a length; a longer one is skipped, and the next is read after it."""
    while line := stream.readline(limit + 1):
        if len(line) <= limit or line.endswith(b"\n"):
            yield line
            continue
        while (rest := stream.readline(CHUNK_SIZE)) and not rest.endswith(b"\n"):
            pass
        yield UnreadableContent(
            Reason.TOO_LARGE, f"the line is longer than {limit:,} bytes; {limit_option('size')} allows more"
        )


def recording_of_line(content: bytes, source: str) -> tuple[str | None, Recording]:
    """Return the ``id`` and the recording of one line, which is unreadable if the line is."""
    try:
        members = decode_members(content, "the line")
        facts = _facts(members)
    except UncheckedError as error:
        return None, Recording(source, UnreadableContent(error.reason, error.detail), explicit=False)
    return None if facts.id is None else str(facts.id), _recording_of(members, facts, source)


def _facts(members: Members) -> _Facts:
    stated = {name: raw for name, raw in members.items() if name in _FACTS}
    if not stated:
        return _NO_FACTS
    if len(stated) == 1 and "id" in stated:  # as in most of them
        number = bytes(stated["id"])
        if number.isdigit() and len(number) <= _MAX_DIGITS:
            return _Facts(int(number))
    return decode_as(msgspec.json.encode(stated), _Facts, "the line")


def _recording_of(members: Members, facts: _Facts, source: str) -> Recording:
    response, is_document = _message(members.get("response", _NULL), "`response`")
    request, _ = _message(members.get("request", _NULL), "`request`")
    is_mere_message = _is_mere_message(facts)
    if not response and not request and is_mere_message:
        return Recording(source, _NO_RESPONSE, explicit=False)
    http = NO_HTTP_FACTS if is_mere_message else http_facts_of(structs.asdict(facts))
    if isinstance(http, UnreadableContent):
        return Recording(source, http, explicit=False)
    return Recording(
        source=source,
        response=b"" if response is None else response,
        request=request,
        sidecar=_sidecar(members.get("context", _NULL)),
        explicit=False,
        # Logs of any program may have a JSON document there.
        traffic=is_document,
        http=http,
    )


def _is_mere_message(facts: _Facts) -> bool:
    """Return whether a line says nothing of HTTP."""
    return (
        facts.method is None
        and facts.url is None
        and facts.status is None
        and facts.request_headers is None
        and facts.response_headers is None
    )


def _message(raw: msgspec.Raw, what: str) -> tuple[bytes | UnreadableContent | None, bool]:
    """Return a message that is text, or a JSON document, None if it is null; and whether it is a document."""
    if raw is _NULL:
        return None, False
    content = bytes(raw)
    if content.startswith((b"{", b"[")):
        return content, True
    try:
        text: str | UnreadableContent | None = _TEXT_OR_NULL.decode(content)
    except (msgspec.MsgspecError, ValueError):
        shape: Any = str | None
        text = try_decode_as(content, shape, what)
    return encode_text(text) if isinstance(text, str) else text, False


def _broken(source: Source, number: int, problem: UnreadableContent) -> Recording:
    return Recording(f"{source.name}:{number}", problem, explicit=False)


def _sidecar(context: msgspec.Raw) -> AttachmentContent:
    """Return a context as a sidecar; None if there is none."""
    if context is _NULL or bytes(context) == b"null":
        return None
    shape: Any = dict[str, str | None] | None
    stated: dict[str, str | None] | UnreadableContent | None = try_decode_as(context, shape, "`context`")
    if stated is None or isinstance(stated, UnreadableContent):
        return stated
    return encode_sidecar(stated)
