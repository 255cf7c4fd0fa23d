"""Lots: recordings that were found together and are still to be read, so that another process can do it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from .recording import Found, Recording, Stray

LOT = 256
"""Recordings in a lot: so many that handing one over takes little beside judging it."""

LOT_BYTES = 4 * 1024 * 1024
"""Bytes that make a lot full before it has as many recordings as that."""


class Lot(Protocol):
    """Recordings that are still to be read. It can be sent to another process."""

    def __len__(self) -> int:
        """How many recordings there are in it, as far as that is known before they are read."""
        ...

    @property
    def at_hand(self) -> int:
        """How many bytes it holds in memory."""
        ...

    def halves(self) -> tuple[Lot, Lot]:
        """Give it in two, where it has more than one recording."""
        ...

    def read(self) -> Iterator[Found | Lot]:
        """Read the recordings, one by one; what may hold many more is given as a lot by itself."""
        ...


def read_all(entries: Iterable[Found | Lot]) -> Iterator[Found]:
    """Give recordings in their order, lots being read as they come."""
    for entry in entries:
        if isinstance(entry, (Recording, Stray)):
            yield entry
        else:
            yield from read_all(entry.read())
