"""Zip archives."""

from __future__ import annotations

import contextlib
import io
import struct
import zipfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, BinaryIO

from ...core.errors import Reason
from ...core.limits import Limits
from ..base import ReadContent, Reader, Source
from ..model import Discovered, UnreadableContent
from ..read_errors import BROKEN, CUT_OFF
from .archive import DUPLICATE_NAME, Member, read_archive
from .streams import CHUNK_SIZE, ByteSource, OneShotByteSource, make_rereadable, read_up_to
from .unpack_budget import BudgetExceededError, UnpackBudget
from .zip_layout import ZipLayout

_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")
_END = b"PK\x05\x06"
_END_64 = b"PK\x06\x06"
_LOCATOR_64 = b"PK\x06\x07"
_END_SIZE, _END_64_SIZE, _LOCATOR_SIZE, _COMMENT = 22, 56, 20, 65535
_ELSEWHERE = 0xFFFFFFFF
_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

_ENCRYPTED_MEMBER = UnreadableContent(
    Reason.UNREADABLE, "it is encrypted; unpack the archive with its password, and check what was in it"
)
_UNSUPPORTED_METHOD = UnreadableContent(
    Reason.UNREADABLE, "it is compressed with a method that is not supported; use deflate"
)


class ZipReader(Reader):
    """Reads zip archives; ``read_content`` reads a member of any format unless one of ``layouts`` matches."""

    def __init__(self, read_content: ReadContent, layouts: tuple[ZipLayout, ...]) -> None:
        self._read_content = read_content
        self._layouts = layouts

    def recognises(self, head: bytes) -> bool:
        """Return whether content begins with one of zip's signatures."""
        return head.startswith(_SIGNATURES)

    def read(self, data: ByteSource, source: Source) -> Iterator[Discovered]:
        """Yield the recordings in its members."""
        archive = ZipArchive(make_rereadable(data, source.limits), source.limits, source.budget)
        names = set(archive.names())
        layout = next((layout for layout in self._layouts if layout.matches(names)), None)
        if layout is None:
            yield from read_archive(archive, source, self._read_content)
            return
        with archive.open() as opened:
            yield from layout.entries(opened, source)


@dataclass(frozen=True, slots=True)
class ZipArchive:
    """A zip archive in a rereadable, seekable source."""

    data: ByteSource
    limits: Limits
    budget: UnpackBudget

    def names(self) -> Iterator[str]:
        """Yield the names of its members; raises BadZipFile and BudgetExceededError."""
        with self.data.open() as stream:
            self._require_bounded(stream)
            with zipfile.ZipFile(stream) as archive:
                yield from (info.filename for info in archive.infolist() if not info.is_dir())

    def members(self) -> Iterator[Member]:
        """Yield its members in the order of its directory."""
        with self.data.open() as stream, zipfile.ZipFile(stream) as archive:
            for info in archive.infolist():
                if info.is_dir():
                    continue
                with contextlib.ExitStack() as opened:
                    yield Member(info.filename, self.content(archive, info, opened))

    @contextlib.contextmanager
    def open(self) -> Iterator[OpenedZip]:
        """Open it to read members by their names; raises BudgetExceededError if there are too many."""
        with self.data.open() as stream, zipfile.ZipFile(stream) as archive:
            members: dict[str, zipfile.ZipInfo | None] = {}
            for info in archive.infolist():
                self.budget.count_member()
                members[info.filename] = None if info.filename in members else info
            yield OpenedZip(self, archive, members)

    def content(
        self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, opened: contextlib.ExitStack
    ) -> ByteSource | UnreadableContent:
        """Return a member's content, which ``opened`` closes."""
        if info.flag_bits & _ENCRYPTED:
            return _ENCRYPTED_MEMBER
        if info.compress_type not in _METHODS:
            return _UNSUPPORTED_METHOD
        try:
            packed = opened.enter_context(archive.open(info))
        except BROKEN:
            return UnreadableContent(Reason.UNREADABLE, CUT_OFF)
        self.budget.charge(info.compress_size, 0)
        return OneShotByteSource(io.BufferedReader(_MeteredStream(packed, self.budget), CHUNK_SIZE))

    def _require_bounded(self, stream: BinaryIO) -> None:
        """Raise BudgetExceededError if its directory, which zipfile reads at once, is too large."""
        size = _directory_size(stream)
        if size > self.limits.buffered:
            raise BudgetExceededError(
                f"its directory is larger than {self.limits.buffered:,} bytes", "buffered"
            )
        stream.seek(0)


@dataclass(frozen=True, slots=True)
class OpenedZip:
    """A zip archive whose members are read by their names; None stands for a name that occurs twice."""

    archive: ZipArchive
    opened: zipfile.ZipFile
    members: Mapping[str, zipfile.ZipInfo | None]

    @property
    def names(self) -> Collection[str]:
        """The names of its members."""
        return self.members

    def read(self, name: str, size: int) -> bytes | UnreadableContent:
        """Read a member, up to one byte more than ``size``; raises KeyError and BudgetExceededError."""
        info = self.members[name]
        if info is None:
            return DUPLICATE_NAME
        with contextlib.ExitStack() as opened:
            content = self.archive.content(self.opened, info, opened)
            if isinstance(content, UnreadableContent):
                return content
            try:
                return read_up_to(content.open(), size + 1)
            except BudgetExceededError:
                raise
            except BROKEN:
                return UnreadableContent(Reason.UNREADABLE, CUT_OFF)


class _MeteredStream(io.RawIOBase):
    """A member that is charged to the budget as it is unpacked."""

    def __init__(self, stream: IO[bytes], budget: UnpackBudget) -> None:
        self._stream = stream
        self._budget = budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # narrower than any buffer
        content = self._stream.read(len(buffer))
        self._budget.charge(0, len(content))
        buffer[: len(content)] = content
        return len(content)


def _directory_size(stream: BinaryIO) -> int:
    """Return the size of the directory as its end record states it, found as zipfile does; 0 if there is none."""
    length = stream.seek(0, io.SEEK_END)
    start = max(0, length - _END_SIZE - _COMMENT - _LOCATOR_SIZE)
    stream.seek(start)
    tail = read_up_to(stream, length - start)
    end = tail.rfind(_END)
    if end < 0 or end + _END_SIZE > len(tail):
        return 0
    size: int = struct.unpack_from("<L", tail, end + 12)[0]
    locator = end - _LOCATOR_SIZE
    if locator >= 0 and tail.startswith(_LOCATOR_64, locator):
        offset: int = struct.unpack_from("<Q", tail, locator + 8)[0]
        stream.seek(min(offset, length))
        record = stream.read(_END_64_SIZE)
        if record.startswith(_END_64) and len(record) == _END_64_SIZE:
            size = struct.unpack_from("<Q", record, 40)[0] if size == _ELSEWHERE else size
    return min(size, length)
