"""Batches: recordings that were found together and are still to be read, so that another process can read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from .model import Discovered, Recording, SkippedFile

BATCH_SIZE = 512
"""Recordings in a batch: enough that handing one over costs little compared with judging it."""

BATCH_BYTES = 1024 * 1024
"""Bytes in a batch of lines, which are about as many recordings."""


class Batch(Protocol):
    """Recordings on disk that are still to be read. It can be sent to another process."""

    @property
    def source(self) -> str:
        """The name of its first recording for people."""
        ...

    def __len__(self) -> int:
        """Return the approximate number of its recordings."""
        ...

    def split(self) -> tuple[Batch, Batch] | None:
        """Return its two halves; None if it contains one recording."""
        ...

    def read(self) -> Iterator[Discovered | Batch]:
        """Yield its recordings one by one, and as a batch what may contain many more."""
        ...


def read_all(entries: Iterable[Discovered | Batch]) -> Iterator[Discovered]:
    """Yield recordings in their order, reading each batch in its place."""
    for entry in entries:
        if isinstance(entry, (Recording, SkippedFile)):
            yield entry
        else:
            yield from read_all(entry.read())
