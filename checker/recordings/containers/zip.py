"""Zip archives."""

from __future__ import annotations

import contextlib
import io
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, BinaryIO

from ...core.errors import Limits, Reason
from ..model import UnreadableContent
from ..read_errors import BROKEN, BROKEN_OFF
from .archive import Member
from .streams import PIECE, OnceOrigin, Origin, read_up_to
from .unpack_budget import BudgetExceededError, Expansion

_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")
_END = b"PK\x05\x06"
_END_64 = b"PK\x06\x06"
_LOCATOR_64 = b"PK\x06\x07"
_END_SIZE, _END_64_SIZE, _LOCATOR_SIZE, _COMMENT = 22, 56, 20, 65535
_ELSEWHERE = 0xFFFFFFFF
_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

_SECRET = UnreadableContent(
    Reason.UNREADABLE, "it is encrypted; unpack the archive with its password, and check what was in it"
)
_PACKED = UnreadableContent(
    Reason.UNREADABLE, "it is packed in a way that is not read here; pack it with deflate"
)


def is_zip(head: bytes) -> bool:
    """Whether content that begins so is a zip archive."""
    return head.startswith(_SIGNATURES)


@dataclass(frozen=True, slots=True)
class ZipArchive:
    """A zip archive; what it comes from can be begun again and goes back and forth."""

    origin: Origin
    limits: Limits
    expansion: Expansion

    def names(self) -> Iterator[str]:
        """Give the names of its members; raises BadZipFile and BudgetExceededError."""
        with self.origin.begin() as stream:
            self._require_bounded(stream)
            with zipfile.ZipFile(stream) as archive:
                yield from (info.filename for info in archive.infolist() if not info.is_dir())

    def members(self) -> Iterator[Member]:
        """Give its members in the order of its directory."""
        with self.origin.begin() as stream, zipfile.ZipFile(stream) as archive:
            for info in archive.infolist():
                if info.is_dir():
                    continue
                with contextlib.ExitStack() as opened:
                    yield Member(info.filename, self._content(archive, info, opened))

    def _content(
        self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, opened: contextlib.ExitStack
    ) -> Origin | UnreadableContent:
        if info.flag_bits & _ENCRYPTED:
            return _SECRET
        if info.compress_type not in _METHODS:
            return _PACKED
        try:
            packed = opened.enter_context(archive.open(info))
        except BROKEN:
            return UnreadableContent(Reason.UNREADABLE, BROKEN_OFF)
        self.expansion.charge(info.compress_size, 0)
        return OnceOrigin(io.BufferedReader(_Charged(packed, self.expansion), PIECE))

    def _require_bounded(self, stream: BinaryIO) -> None:
        """See that its directory is no larger than one of as many members as are allowed: it is read at once."""
        size = _directory_size(stream)
        if size > self.limits.held:
            raise BudgetExceededError(f"its directory is larger than {self.limits.held:,} bytes", "held")
        stream.seek(0)


class _Charged(io.RawIOBase):
    """A member that is charged for as it is unpacked."""

    def __init__(self, unpacked: IO[bytes], expansion: Expansion) -> None:
        self._unpacked = unpacked
        self._expansion = expansion

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # narrower than any buffer
        content = self._unpacked.read(len(buffer))
        self._expansion.charge(0, len(content))
        buffer[: len(content)] = content
        return len(content)


def _directory_size(stream: BinaryIO) -> int:
    """Give the size of the directory as its end says, the way zipfile looks for it; 0 where no end is found."""
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
