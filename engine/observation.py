"""Observations: the elements that a response has, and their places. They contain no element's text."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from itertools import repeat
from typing import NamedTuple

import msgspec

from .places import Place

Container = tuple[str | None, int, int]
"""An occurrence of a container: its path, None for the body itself; its position; and the bits of the rows judged in it that are
there (see `engine.places.row_bits`). Those of an element in no row that leads to some are left out if they lack none of them."""

Unlisted = tuple[Place, int]
"""An element that no row lists, and its position."""


class Occurrence(NamedTuple):
    """A container that is there, wherever that is: its path, how many of that path end before it, and the bits of its rows."""

    path: str | None
    number: int
    present: int


def split_located(unlisted: Sequence[Unlisted]) -> tuple[list[Place], list[int]]:
    """Return the places of elements, and their positions."""
    return [place for place, _ in unlisted], [at for _, at in unlisted]


def rows_of(containers: Sequence[Container]) -> Hashable:
    """Return the rows in containers without any position, to compare them by; only of containers that repeat the order counts."""
    if len(containers) == 1:  # as in most messages
        ((path, _, present),) = containers
        return ((path, present),)
    shown = tuple([(path, present) for path, _, present in containers])
    if len(dict(shown)) == len(shown):
        return frozenset(shown)
    return shown


class Observation(msgspec.Struct, frozen=True, eq=False):
    """The elements seen in one body.

    ``containers`` come as they end, the body itself last; the places of ``unlisted`` elements as they begin. A position is the
    reader's number of an element, ascending with the document: ``line`` gives the line where the element begins (1 is the first),
    and ``find`` the positions of the elements with each of some paths, or of all. Both are worked out when they are asked for.
    ``unlisted_at`` are the positions of ``unlisted``; () if they all begin on ``only_line``, the line on which all elements begin.
    That is None if they are known to begin on several or nobody has looked.
    ``rows`` is what `rows_of` returns of the containers, None if nobody has asked.
    """

    containers: Sequence[Container]
    unlisted: Sequence[Place]
    unlisted_at: Sequence[int]
    line: Callable[[int], int]
    find: Callable[[frozenset[str] | None], dict[str, list[int]]]
    only_line: int | None = None
    rows: Hashable | None = None

    def located_unlisted(self) -> list[Unlisted]:
        """Return the elements that no row lists, each with its position, or with any if all begin on one line."""
        return [*zip(self.unlisted, self.unlisted_at or repeat(0, len(self.unlisted)), strict=True)]

    def lines(self, path: str) -> tuple[int, ...]:
        """Return every line where an element with this path begins."""
        return tuple(sorted({self.line(at) for at in self.find(frozenset({path})).get(path, ())}))
