"""A shelf of what is remembered by shape; its size is bounded."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

HELD = 2048
"""Shapes that are held; the one that was asked for longest ago goes first."""

KEPT = 16 * 1024 * 1024
"""Bytes of skeletons that are held."""

EAGER = 256
"""Shapes that are held as soon as they come; beyond that, only when they come again."""

SEEN = 1 << 16
"""Shapes that are known to have been there once, and are not held yet."""

S = TypeVar("S")


class Shelf(Generic[S]):
    """Holds what belongs to a shape, by skeleton."""

    def __init__(self) -> None:
        self._held: OrderedDict[bytes, S] = OrderedDict()
        self._size = 0
        self._seen: set[int] = set()

    def get(self, skeleton: bytes) -> tuple[S | None, bool]:
        """Give what is held for a skeleton, and whether it should be held from now on, if it is not."""
        known = self._held.get(skeleton)
        if known is not None:
            self._held.move_to_end(skeleton)
            return known, True
        mark = hash(skeleton)
        if len(self._held) < EAGER or mark in self._seen:
            return None, True
        if len(self._seen) >= SEEN:
            self._seen.clear()
        self._seen.add(mark)
        return None, False

    def put(self, skeleton: bytes, known: S) -> None:
        """Hold what belongs to a shape, in place of what was held for it."""
        if skeleton not in self._held:
            self._size += len(skeleton)
        self._held[skeleton] = known
        while len(self._held) > HELD or self._size > KEPT:
            gone, _ = self._held.popitem(last=False)
            self._size -= len(gone)
