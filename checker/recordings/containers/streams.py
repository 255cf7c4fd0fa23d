"""The byte sources that content is read from: each knows its first bytes, and most can be opened again."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from ...core.limits import Limits, limit_exceeded

HEAD = 64 * 1024
"""The number of first bytes by which content is recognised."""

CHUNK_SIZE = 64 * 1024


class ByteSource(Protocol):
    """A source of bytes."""

    @property
    def rereadable(self) -> bool:
        """True if it can be opened more than once."""
        ...

    def head(self) -> bytes:
        """Return the first bytes, up to `HEAD`."""
        ...

    def open(self) -> BinaryIO:
        """Return a stream from the first byte on, which the caller closes."""
        ...


@dataclass(frozen=True, slots=True)
class FileByteSource:
    """A file on disk."""

    path: str
    rereadable: bool = True

    def head(self) -> bytes:
        """Read the first bytes; raises OSError."""
        with self.open() as stream:
            return stream.read(HEAD)

    def open(self) -> BinaryIO:
        """Open the file; raises OSError."""
        return open(self.path, "rb")


@dataclass(frozen=True, slots=True)
class MemoryByteSource:
    """Content in memory."""

    content: bytes
    rereadable: bool = True

    def head(self) -> bytes:
        """Return the first bytes."""
        return self.content[:HEAD]

    def open(self) -> BinaryIO:
        """Return a stream over the content."""
        return io.BytesIO(self.content)


class OneShotByteSource:
    """A stream that can be read once, such as standard input or a member of an archive; it is not closed here."""

    rereadable = False

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._head: bytes | None = None

    def head(self) -> bytes:
        """Read the first bytes, and keep them for `open`."""
        if self._head is None:
            self._head = read_up_to(self._stream, HEAD)
        return self._head

    def open(self) -> BinaryIO:
        """Return the stream with its first bytes in place."""
        return io.BufferedReader(_PrefixedStream(self.head(), self._stream), CHUNK_SIZE)


class _PrefixedStream(io.RawIOBase):
    """The first bytes of a stream, and then the rest of it."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = memoryview(head)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # narrower than any buffer
        view = memoryview(buffer)
        if self._head:
            size = min(len(view), len(self._head))
            view[:size] = self._head[:size]
            self._head = self._head[size:]
            return size
        content = self._rest.read(len(view))
        view[: len(content)] = content
        return len(content)


def read_up_to(stream: BinaryIO, size: int) -> bytes:
    """Read ``size`` bytes, or all there are: a pipe returns fewer at a time."""
    chunks = []
    while size > 0 and (chunk := stream.read(min(size, CHUNK_SIZE))):
        chunks.append(chunk)
        size -= len(chunk)
    return b"".join(chunks)


def read_whole(data: ByteSource, limits: Limits) -> bytes:
    """Read content whose format has no separate parts; raises UncheckedError (too-large)."""
    with data.open() as stream:
        content = read_up_to(stream, limits.container + 1)
    if len(content) > limits.container:
        raise limit_exceeded(f"it is read whole, and is larger than {limits.container:,} bytes", "size")
    return content


def make_rereadable(data: ByteSource, limits: Limits) -> ByteSource:
    """Return content that can be opened again, in memory if necessary; raises UncheckedError (too-large)."""
    return data if data.rereadable else MemoryByteSource(read_whole(data, limits))
