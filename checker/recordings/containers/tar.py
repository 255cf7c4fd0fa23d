"""Tar archives, read forwards only, so that a compressed one is never unpacked to disk."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from ...core.errors import Reason, UncheckedError
from ..base import ReadContent, Reader, Source
from ..model import Discovered, UnreadableContent
from ..read_errors import BROKEN, CUT_OFF
from .archive import Member, read_archive
from .streams import ByteSource, OneShotByteSource, make_rereadable

_BLOCK = 512
_MAX_HEADER = 256 * 1024
"""The maximum size in bytes of a member's name and attributes, which tarfile reads at once."""

_SPECIAL = UnreadableContent(
    Reason.UNREADABLE, "it is a link or a special file, and is not followed; pack the file itself"
)
_SPARSE = UnreadableContent(
    Reason.UNREADABLE, "it is stored as a sparse file, which is not supported; pack it without `--sparse`"
)


class TarReader(Reader):
    """Reads tar archives; ``read_content`` reads a member of any format."""

    def __init__(self, read_content: ReadContent) -> None:
        self._read_content = read_content

    def recognises(self, head: bytes) -> bool:
        """Return whether the first block is a header with the right checksum."""
        if b"\0" not in head[:_BLOCK]:  # most content is text, and every header is padded
            return False
        try:
            tarfile.TarInfo.frombuf(head[:_BLOCK], "utf-8", "surrogateescape")
        except tarfile.HeaderError:
            return False
        return True

    def read(self, data: ByteSource, source: Source) -> Iterator[Discovered]:
        """Yield the recordings in its members."""
        yield from read_archive(TarArchive(make_rereadable(data, source.limits)), source, self._read_content)


@dataclass(frozen=True, slots=True)
class TarArchive:
    """A tar archive in a rereadable source."""

    data: ByteSource

    def names(self) -> Iterator[str]:
        """Yield the names of its members; raises UncheckedError if the archive is broken or cut off."""
        with self.data.open() as stream:
            yield from (info.name for info, _ in _infos(_ForwardStream(stream)))

    def members(self) -> Iterator[Member]:
        """Yield its members in their order."""
        with self.data.open() as stream:
            for info, archive in _infos(_ForwardStream(stream)):
                yield _member(info, archive)


def _member(info: tarfile.TarInfo, archive: tarfile.TarFile) -> Member:
    if not info.isreg():
        return Member(info.name, _SPECIAL, special=True)
    if info.issparse():
        return Member(info.name, _SPARSE)
    try:
        content = archive.extractfile(info)
    except BROKEN:
        content = None
    if content is None:
        return Member(info.name, UnreadableContent(Reason.UNREADABLE, CUT_OFF))
    # Tarfile types its file objects too narrowly.
    return Member(info.name, OneShotByteSource(io.BufferedReader(content)))  # type: ignore[type-var]  # see above


def _infos(stream: _ForwardStream) -> Iterator[tuple[tarfile.TarInfo, tarfile.TarFile]]:
    """Yield the headers of members one by one, without folders, and keep none of them."""
    stream.limit_header()
    with tarfile.TarFile(fileobj=stream, mode="r", errorlevel=0) as archive:  # type: ignore[arg-type]  # it reads and seeks
        while True:
            stream.limit_header()
            info = archive.next()
            stream.unlimit()
            if info is None:
                break
            archive.members.clear()  # type: ignore[attr-defined]  # it exists, and grows with every member
            if not info.isdir():
                yield info, archive
        _require_end(archive, stream)


def _require_end(archive: tarfile.TarFile, stream: _ForwardStream) -> None:
    """Raise UncheckedError if reading stopped before the end: tarfile takes a broken header or a cut for the end."""
    stream.seek(archive.offset)
    if stream.read(_BLOCK) != bytes(_BLOCK):
        raise UncheckedError(
            Reason.UNREADABLE, f"{CUT_OFF}: the rest after its last complete member is not read"
        )


class _ForwardStream:
    """Gives tarfile the stream that it needs, from one that only goes forwards: it steps back within the last block.

    While a header is read, its total size is limited, because names and attributes are kept in memory.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._position = 0
        self._last = b""
        self._back = 0
        self._left: int | None = None

    def limit_header(self) -> None:
        """Limit what is read until `unlimit` to the size of a header."""
        self._left = _MAX_HEADER

    def unlimit(self) -> None:
        """Read without a limit of its own, as the content of a member is."""
        self._left = None

    def tell(self) -> int:
        return self._position - self._back

    def read(self, size: int) -> bytes:
        if self._left is not None:
            self._left -= size
            if self._left < 0:
                raise UncheckedError(
                    Reason.TOO_LARGE,
                    f"one of its members has more than {_MAX_HEADER:,} bytes of name and attributes",
                )
        again = self._last[len(self._last) - self._back :][:size] if self._back else b""
        self._back -= len(again)
        pieces = [again]
        missing = size - len(again)
        while missing > 0 and (piece := self._stream.read(missing)):
            pieces.append(piece)
            missing -= len(piece)
            self._position += len(piece)
            self._last = (self._last + piece)[-_BLOCK:]
        return b"".join(pieces)

    def seek(self, position: int) -> int:
        if 0 <= self._position - position <= len(self._last):
            self._back = self._position - position
            return position
        self._back = 0
        if position < self._position:
            raise ValueError("a step back in a stream")
        self._left, left = None, self._left
        while self._position < position and self.read(min(position - self._position, 1 << 16)):
            pass
        self._left = left
        return self._position
