"""Streams that content comes from: begun again where that can be, with their first bytes known."""

from __future__ import annotations

import gzip
import io
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from ...core.errors import Limits, limit_exceeded
from .unpack_budget import Expansion

HEAD = 64 * 1024
"""How many first bytes tell what a content is."""

PIECE = 64 * 1024


class Origin(Protocol):
    """Where content comes from. ``again`` says that it can be begun more than once."""

    @property
    def again(self) -> bool:
        """Whether it can be begun more than once."""
        ...

    def head(self) -> bytes:
        """Give the first bytes, up to `HEAD`."""
        ...

    def begin(self) -> BinaryIO:
        """Give a stream from the first byte on; whoever asked for it closes it."""
        ...


@dataclass(frozen=True, slots=True)
class FileOrigin:
    """A file on disk."""

    path: str
    again: bool = True

    def head(self) -> bytes:
        """Read the first bytes; raises OSError."""
        with self.begin() as stream:
            return stream.read(HEAD)

    def begin(self) -> BinaryIO:
        """Open the file; raises OSError."""
        return open(self.path, "rb")


@dataclass(frozen=True, slots=True)
class HeldOrigin:
    """Content that is at hand."""

    content: bytes
    again: bool = True

    def head(self) -> bytes:
        """Give the first bytes."""
        return self.content[:HEAD]

    def begin(self) -> BinaryIO:
        """Give a stream over them."""
        return io.BytesIO(self.content)


class OnceOrigin:
    """A stream that goes by once, such as standard input or a member of an archive; it is not closed here."""

    again = False

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._head: bytes | None = None

    def head(self) -> bytes:
        """Read the first bytes, and keep them for `begin`."""
        if self._head is None:
            self._head = read_up_to(self._stream, HEAD)
        return self._head

    def begin(self) -> BinaryIO:
        """Give the stream, its first bytes included."""
        return io.BufferedReader(_Rejoined(self.head(), self._stream), PIECE)


class GunzippedOrigin:
    """What a gzip stream unpacks to, charged to the expansion that it is part of."""

    def __init__(self, origin: Origin, expansion: Expansion) -> None:
        self._origin = origin
        self._expansion = expansion

    @property
    def again(self) -> bool:
        """Whether what it unpacks can be begun again."""
        return self._origin.again

    def head(self) -> bytes:
        """Unpack the first bytes."""
        with self.begin() as stream:
            return read_up_to(stream, HEAD)

    def begin(self) -> BinaryIO:
        """Unpack from the first byte on."""
        return io.BufferedReader(_Gunzipped(self._origin.begin(), self._expansion), PIECE)


class _Rejoined(io.RawIOBase):
    """The first bytes of a stream, and then the rest of it."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = memoryview(head)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # narrower than any buffer
        view = memoryview(buffer)
        if self._head:
            given = min(len(view), len(self._head))
            view[:given] = self._head[:given]
            self._head = self._head[given:]
            return given
        content = self._rest.read(len(view))
        view[: len(content)] = content
        return len(content)


class _Counted:
    """A stream that knows how much of it was read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.taken = 0

    def read(self, size: int = -1) -> bytes:
        content = self._stream.read(size)
        self.taken += len(content)
        return content


class _Gunzipped(io.RawIOBase):
    """Unpacks gzip, and charges for it before it gives anything."""

    def __init__(self, packed: BinaryIO, expansion: Expansion) -> None:
        self._packed = packed
        self._counted = _Counted(packed)
        self._charged = 0
        # gzip asks for read alone where it only reads, whatever the type says.
        self._gzip = gzip.GzipFile(fileobj=self._counted, mode="rb")  # type: ignore[call-overload]  # see above
        self._expansion = expansion

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # narrower than any buffer
        given: int = self._gzip.readinto(buffer)
        self._expansion.charge(self._counted.taken - self._charged, given)
        self._charged = self._counted.taken
        return given

    def close(self) -> None:
        if not self.closed:
            self._gzip.close()
            self._packed.close()
        super().close()


def read_up_to(stream: BinaryIO, size: int) -> bytes:
    """Read as many bytes, or all there are: a pipe gives fewer at a time."""
    pieces = []
    while size > 0 and (piece := stream.read(min(size, PIECE))):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def read_whole(origin: Origin, limits: Limits) -> bytes:
    """Read content whose format is only read whole; raises Refusal (too-large)."""
    with origin.begin() as stream:
        content = read_up_to(stream, limits.container + 1)
    if len(content) > limits.container:
        raise limit_exceeded(f"it is read whole, and is larger than {limits.container:,} bytes", "size")
    return content


def repeatable(origin: Origin, limits: Limits) -> Origin:
    """Give content that can be begun again: it is held where it goes by only once; raises Refusal (too-large)."""
    return origin if origin.again else HeldOrigin(read_whole(origin, limits))
