"""Gzip streams: what they unpack to is read as if it were there itself."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from typing import BinaryIO

from ..base import ReadContent, Reader, Source
from ..model import Discovered
from .streams import CHUNK_SIZE, HEAD, ByteSource, OneShotByteSource, read_up_to
from .unpack_budget import UnpackBudget

_SIGNATURE = b"\x1f\x8b\x08"


class GzipReader(Reader):
    """Reads what a gzip stream unpacks to; ``read_content`` reads content of any format."""

    def __init__(self, read_content: ReadContent) -> None:
        self._read_content = read_content

    def recognises(self, head: bytes) -> bool:
        """Return whether content begins with gzip's signature."""
        return head.startswith(_SIGNATURE)

    def read(self, data: ByteSource, source: Source) -> Iterator[Discovered]:
        """Yield the recordings in it, which have the source of the stream."""
        unpacked, inside = GzipByteSource(data, source.budget), source.inside()
        if data.rereadable:
            yield from self._read_content(unpacked, inside)
            return
        with unpacked.open() as stream:
            yield from self._read_content(OneShotByteSource(stream), inside)


class GzipByteSource:
    """The content of a gzip stream, charged to a budget."""

    def __init__(self, packed: ByteSource, budget: UnpackBudget) -> None:
        self._packed = packed
        self._budget = budget

    @property
    def rereadable(self) -> bool:
        """True if it can be opened more than once."""
        return self._packed.rereadable

    def head(self) -> bytes:
        """Unpack the first bytes."""
        with self.open() as stream:
            return read_up_to(stream, HEAD)

    def open(self) -> BinaryIO:
        """Unpack from the first byte on."""
        return io.BufferedReader(_GunzipStream(self._packed.open(), self._budget), CHUNK_SIZE)


class _CountingStream:
    """A stream that counts what is read from it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.size = 0

    def read(self, size: int = -1) -> bytes:
        content = self._stream.read(size)
        self.size += len(content)
        return content


class _GunzipStream(io.RawIOBase):
    """Unpacks gzip, and charges for each piece before returning it."""

    def __init__(self, packed: BinaryIO, budget: UnpackBudget) -> None:
        self._packed = packed
        self._counting = _CountingStream(packed)
        self._charged = 0
        # To read, gzip needs nothing but `read`, whatever its type says.
        self._gzip = gzip.GzipFile(fileobj=self._counting, mode="rb")  # type: ignore[call-overload]  # see above
        self._budget = budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # narrower than any buffer
        size: int = self._gzip.readinto(buffer)
        self._budget.charge(self._counting.size - self._charged, size)
        self._charged = self._counting.size
        return size

    def close(self) -> None:
        if not self.closed:
            self._gzip.close()
            self._packed.close()
        super().close()
