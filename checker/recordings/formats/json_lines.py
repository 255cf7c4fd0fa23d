"""JSON Lines: an object a line, with ``response`` and, where known, ``id``, ``request`` and ``context``.

``request`` and ``response`` are the messages as text; ``context`` has the keys of a sidecar.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec
from msgspec.structs import replace

from ...core.display import os_error_text
from ...core.errors import Limits, Reason, limit_option
from ..base import Place
from ..batch import BATCH_BYTES, BATCH_SIZE, Batch
from ..containers.streams import PIECE, Origin
from ..encoding import bytes_of_text
from ..model import AttachmentContent, Discovered, Recording, UnreadableContent
from ..stated import sidecar_of
from .json_document import decoded, try_decoded

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_LOOKED_AT = 20
_OURS = re.compile(rb'\s*\{\s*"(?:id|request|response|context)"\s*:')
_MESSAGE = re.compile(rb'"(?:request|response)"\s*:\s*(?:"|null)')

_CHANGED = UnreadableContent(
    Reason.UNREADABLE, "the file was cut short while it was read; the rest of it was not judged"
)
_NO_RESPONSE = UnreadableContent(Reason.UNREADABLE, "the line has no `response`")


class _Line(msgspec.Struct):
    id: str | int | float | None = None
    request: str | None = None
    response: str | None = None
    context: msgspec.Raw = msgspec.Raw(b"null")


class JsonLinesReader:
    """Reads JSON Lines, a line at a time."""

    def recognises(self, head: bytes) -> bool:
        """Whether one of the first lines is an object by itself whose request or response is text."""
        lines = head.removeprefix(_BYTE_ORDER_MARK).splitlines()
        return any(_is_ours(line) for line in lines[:_LOOKED_AT])

    def read(self, origin: Origin, place: Place) -> Iterator[Discovered]:
        """Give each line's recording; lines are counted from 1, and empty ones hold none."""
        with origin.begin() as stream:
            for number, line in enumerate(_lines(stream, place.limits.line), 1):
                if isinstance(line, UnreadableContent):
                    yield _broken(place, number, line)
                else:
                    yield from _read(line, place.source, number)

    def lots(self, path: str, place: Place) -> Iterator[Discovered | Batch]:
        """Give the lines of a file in lots; a line that is too long is said of by itself. Raises OSError."""
        begin, first = 0, 1
        with open(path, "rb", buffering=0) as stream:
            while block := _at(stream, begin, BATCH_BYTES):
                size, lines = len(block), block.count(b"\n")
                if size == BATCH_BYTES:  # there may be more, and it is cut after a line
                    size = block.rfind(b"\n") + 1
                if not lines:
                    line, size = _line_at(path, begin, place.limits.line)
                    lines = 1
                    if isinstance(line, UnreadableContent):
                        yield _broken(place, first, line)
                        begin, first = begin + size, first + 1
                        continue
                yield LineBatch(path, place.source, begin, size, first, place.limits)
                begin, first = begin + size, first + lines


def _line_at(path: str, begin: int, limit: int) -> tuple[bytes | UnreadableContent, int]:
    """Read the line that begins at a place, and give how many bytes it has with its end."""
    with open(path, "rb") as stream:
        stream.seek(begin)
        return next(_lines(stream, limit)), stream.tell() - begin


def _at(stream: io.RawIOBase | io.FileIO, begin: int, size: int) -> bytes:
    """Read so many bytes from a place on, or all there are."""
    stream.seek(begin)
    pieces = []
    while size and (piece := stream.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


class LineBatch(msgspec.Struct, frozen=True):
    """Lines of a file: so many bytes from a place on, and the number of the first; ``name`` is the file's for people."""

    path: str
    name: str
    begin: int
    size: int
    first: int
    limits: Limits

    @property
    def source(self) -> str:
        """What its first recording is called for people."""
        return f"{self.name}:{self.first}"

    def __len__(self) -> int:
        return BATCH_SIZE  # it is as large as one, however many lines there are

    def halves(self) -> tuple[LineBatch, LineBatch] | None:
        """Give it in two; None where it is one line, or cannot be read any more."""
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
        """Give each line's recording."""
        content = self._content()
        if isinstance(content, UnreadableContent):
            yield Recording(self.source, content, named=False)
            return
        for number, line in enumerate(_lines(io.BytesIO(content), self.limits.line), self.first):
            if isinstance(line, UnreadableContent):
                yield Recording(f"{self.name}:{number}", line, named=False)
            else:
                yield from _read(line, self.name, number)

    def _content(self) -> bytes | UnreadableContent:
        try:
            with open(self.path, "rb", buffering=0) as stream:
                content = _at(stream, self.begin, self.size)
        except OSError as error:
            return UnreadableContent(Reason.UNREADABLE, f"it cannot be read: {os_error_text(error)}")
        return content if len(content) == self.size else _CHANGED


def _read(line: bytes, source: str, number: int) -> Iterator[Recording]:
    """Give a line's recording; an empty one holds none."""
    content = line.removeprefix(_BYTE_ORDER_MARK if number == 1 else b"").strip()
    if content:
        yield recording_of_line(content, f"{source}:{number}")[1]


def _is_ours(line: bytes) -> bool:
    if _OURS.match(line) is None or _MESSAGE.search(line) is None:
        return False
    try:
        members = decoded(line, dict[str, msgspec.Raw], "it")
    except Exception:  # noqa: BLE001 - whatever is wrong with the line: it began as ours, and may go on beyond the head
        return True
    return any(_is_text(members.get(name)) for name in ("request", "response"))


def _is_text(raw: msgspec.Raw | None) -> bool:
    return raw is not None and bytes(memoryview(raw)[:1]) in (b'"', b"n")


def _lines(stream: BinaryIO, limit: int) -> Iterator[bytes | UnreadableContent]:
    """Give lines up to a length; of a longer one nothing is kept, and the next is read after it."""
    while line := stream.readline(limit + 1):
        if len(line) <= limit or line.endswith(b"\n"):
            yield line
            continue
        while (rest := stream.readline(PIECE)) and not rest.endswith(b"\n"):
            pass
        yield UnreadableContent(
            Reason.TOO_LARGE, f"the line is longer than {limit:,} bytes; {limit_option('size')} allows more"
        )


def recording_of_line(content: bytes, source: str) -> tuple[str | None, Recording]:
    """Read one line by itself: its ``id`` and its recording, which is unusable where the line is."""
    line = try_decoded(content, _Line, "the line")
    if isinstance(line, UnreadableContent):
        return None, Recording(source, line, named=False)
    return None if line.id is None else str(line.id), _recording_of(line, source)


def _recording_of(line: _Line, source: str) -> Recording:
    if not line.response and not line.request:
        return Recording(source, _NO_RESPONSE, named=False)
    return Recording(
        source=source,
        response=bytes_of_text(line.response or ""),
        request=None if line.request is None else bytes_of_text(line.request),
        sidecar=_sidecar(line.context),
        named=False,
    )


def _broken(place: Place, number: int, os_error_text: UnreadableContent) -> Recording:
    return Recording(f"{place.source}:{number}", os_error_text, named=False)


def _sidecar(context: msgspec.Raw) -> AttachmentContent:
    """Give a context as the sidecar that it stands for, None for none."""
    if bytes(context) == b"null":
        return None
    shape: Any = dict[str, str | None] | None
    stated: dict[str, str | None] | UnreadableContent | None = try_decoded(context, shape, "`context`")
    if stated is None or isinstance(stated, UnreadableContent):
        return stated
    return sidecar_of(stated)
