"""Lots: recordings that were found together and are still to be read, so that another process can do it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from .model import Discovered, Recording, SkippedFile

BATCH_SIZE = 512
"""Recordings in a lot: so many that handing one over takes little beside judging it."""

BATCH_BYTES = 1024 * 1024
"""Bytes in a lot of lines, which are about as many recordings."""


class Batch(Protocol):
    """Recordings that are still to be read, all of them on disk. It can be sent to another process."""

    @property
    def source(self) -> str:
        """What its first recording is called for people."""
        ...

    def __len__(self) -> int:
        """How many recordings there are in it, roughly."""
        ...

    def halves(self) -> tuple[Batch, Batch] | None:
        """Give it in two; None where it has one recording."""
        ...

    def read(self) -> Iterator[Discovered | Batch]:
        """Read the recordings, one by one; what may hold many more is given as a lot by itself."""
        ...


def read_all(entries: Iterable[Discovered | Batch]) -> Iterator[Discovered]:
    """Give recordings in their order, lots being read as they come."""
    for entry in entries:
        if isinstance(entry, (Recording, SkippedFile)):
            yield entry
        else:
            yield from read_all(entry.read())
