"""Tar archives, read forwards only, so that a compressed one is never unpacked to anywhere."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from ...core.errors import Reason, UncheckedError
from ..model import UnreadableContent
from ..read_errors import BROKEN, BROKEN_OFF
from .archive import Member
from .streams import OnceOrigin, Origin

_BLOCK = 512
_HEADERS = 256 * 1024
"""How many bytes may describe one member: its name and its attributes, which are read at once."""

_SPECIAL = UnreadableContent(
    Reason.UNREADABLE, "it is a link, a device or the like, and is not followed; pack the file itself"
)
_SPARSE = UnreadableContent(Reason.UNREADABLE, "it is stored with holes, which is not read; pack it without")


def is_tar(head: bytes) -> bool:
    """Whether content that begins so is a tar archive: its first block is a header with the right sum."""
    if b"\0" not in head[:_BLOCK]:  # text, most often: every header is padded
        return False
    try:
        tarfile.TarInfo.frombuf(head[:_BLOCK], "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class TarArchive:
    """A tar archive; what it comes from can be begun again."""

    origin: Origin

    def names(self) -> Iterator[str]:
        """Give the names of its members; raises Refusal where the archive is broken or cut off."""
        with self.origin.begin() as stream:
            yield from (info.name for info, _ in _infos(_Forwards(stream)))

    def members(self) -> Iterator[Member]:
        """Give its members in their order."""
        with self.origin.begin() as stream:
            for info, archive in _infos(_Forwards(stream)):
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
        return Member(info.name, UnreadableContent(Reason.UNREADABLE, BROKEN_OFF))
    # A file object of tarfile reads as any binary stream does.
    return Member(info.name, OnceOrigin(io.BufferedReader(content)))  # type: ignore[type-var]  # see above


def _infos(stream: _Forwards) -> Iterator[tuple[tarfile.TarInfo, tarfile.TarFile]]:
    """Give the headers of members one by one, folders left out, and keep none of them."""
    stream.describe()
    with tarfile.TarFile(fileobj=stream, mode="r", errorlevel=0) as archive:  # type: ignore[arg-type]  # it reads and seeks
        while True:
            stream.describe()
            info = archive.next()
            stream.describe(of=None)
            if info is None:
                break
            archive.members.clear()  # type: ignore[attr-defined]  # it is there, and grows with every member
            if not info.isdir():
                yield info, archive
        _require_end(archive, stream)


def _require_end(archive: tarfile.TarFile, stream: _Forwards) -> None:
    """See that the archive ended where its reading did: tarfile takes a broken header and a cut for the end."""
    stream.seek(archive.offset)
    if stream.read(_BLOCK) != bytes(_BLOCK):
        raise UncheckedError(
            Reason.UNREADABLE, f"{BROKEN_OFF}: what follows its last whole member is not read"
        )


class _Forwards:
    """A stream as tarfile wants it, on one that goes forwards alone: a step back is one within the last block.

    While a header is read, only so much may be read in all: names and attributes are held in memory.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._position = 0
        self._last = b""
        self._back = 0
        self._left: int | None = None

    def describe(self, of: int | None = _HEADERS) -> None:
        """Allow so many bytes for the next header; None for what is no header."""
        self._left = of

    def tell(self) -> int:
        return self._position - self._back

    def read(self, size: int) -> bytes:
        if self._left is not None:
            self._left -= size
            if self._left < 0:
                raise UncheckedError(
                    Reason.TOO_LARGE,
                    f"a member of it has more than {_HEADERS:,} bytes of name and attributes",
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
