"""The counted evidence of recordings: distinct facts of (context, object, presence), and a few sources of each."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

SOURCES = 5
"""Sources that are kept of a fact; the others are only counted."""

MAX_PATHS = 20_000
"""Elements that are told apart; what has more has ids for keys."""

Facts = tuple[tuple[str, str], ...]
"""The known facts of a call, sorted by name."""


@dataclass(frozen=True, slots=True)
class Presence:
    """The elements that one recording shows. No element's text is in it.

    ``key`` tells objects apart, None if it is not known which object it is. ``paths`` are in the order of the message, each
    once. An element is in ``partial`` if it is in some occurrences of its container and not in others, and in
    ``empty`` if it is a container without anything in it, so that its children are not missing.
    """

    source: str
    key: Hashable | None
    facts: Mapping[str, str]
    paths: Sequence[str]
    partial: Sequence[str] = ()
    empty: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """Sets of elements, as numbers whose bits they are."""

    present: int
    partial: int = 0
    empty: int = 0


@dataclass(slots=True)
class Tally:
    """The count of a recorded fact, and the first sources of it."""

    count: int = 0
    sources: list[str] = field(default_factory=list)

    def add(self, count: int, sources: Iterable[str]) -> None:
        """Count further recordings."""
        self.count += count
        for source in sources:
            if len(self.sources) < SOURCES:
                self.sources.append(source)


Seen = tuple[Facts, Hashable | None, Shape]
"""The key by which recordings count as one: the facts of the call, the object, and what is shown of it."""


class Evidence:
    """Everything that is learnt from. Its size grows with distinct facts, not with recordings."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.recordings = 0
        self.too_many_paths = False
        self.seen: dict[Seen, Tally] = {}
        self._number: dict[str, int] = {}
        self._order: dict[str, list[str]] = {}
        self._facts: dict[Facts, Facts] = {}

    def add(self, presence: Presence) -> None:
        """Count a recording."""
        self._note_order(presence.paths)
        shape = Shape(*(self._set(some) for some in (presence.paths, presence.partial, presence.empty)))
        facts = tuple(sorted(presence.facts.items()))
        self._tally(facts, presence.key, shape).add(1, (presence.source,))
        self.recordings += 1

    def merge(self, other: Evidence) -> None:
        """Count what another one has counted, after what this one has."""
        self._note_order(other.ordered_paths())
        renumbered = [self._index(path) for path in other.paths]
        for (facts, key, shape), tally in other.seen.items():
            moved = Shape(
                *(_renumber(mask, renumbered) for mask in (shape.present, shape.partial, shape.empty))
            )
            self._tally(facts, key, moved).add(tally.count, tally.sources)
        self.recordings += other.recordings
        self.too_many_paths |= other.too_many_paths

    def _tally(self, facts: Facts, key: Hashable | None, shape: Shape) -> Tally:
        facts = self._facts.setdefault(facts, facts)
        return self.seen.setdefault((facts, key, shape), Tally())

    def _set(self, paths: Iterable[str]) -> int:
        mask = 0
        for path in paths:
            number = self._index(path)
            if number >= 0:
                mask |= 1 << number
        return mask

    def _index(self, path: str) -> int:
        """Return the number of an element, with its containers before it; -1 if there are too many elements."""
        number = self._number.get(path)
        if number is None:
            parent = path.rpartition("/")[0]
            if len(self.paths) >= MAX_PATHS or (parent and self._index(parent) < 0):
                self.too_many_paths = True
                return -1
            number = self._number[path] = len(self.paths)
            self.paths.append(path)
        return number

    def _note_order(self, paths: Iterable[str]) -> None:
        """Put elements that were not seen before after the sibling that they follow."""
        before: dict[str, str] = {}
        for path in paths:
            parent = path.rpartition("/")[0]
            if path not in self._number:
                siblings = self._order.setdefault(parent, [])
                place = siblings.index(before[parent]) + 1 if parent in before else 0
                siblings.insert(place, path)
                self._index(path)
            before[parent] = path

    def ordered_paths(self) -> list[str]:
        """Return all elements in the order of the messages, each container before what is in it."""
        return list(self._below(""))

    def _below(self, parent: str) -> Iterator[str]:
        for path in self._order.get(parent, ()):
            yield path
            yield from self._below(path)

    def values(self) -> dict[str, list[str]]:
        """Return the values that each fact was recorded with, sorted."""
        found: dict[str, set[str]] = {}
        for facts in self._facts:
            for fact, value in facts:
                found.setdefault(fact, set()).add(value)
        return {fact: sorted(values) for fact, values in sorted(found.items())}


def _renumber(mask: int, numbers: Sequence[int]) -> int:
    moved = 0
    while mask:
        low = mask & -mask
        number = numbers[low.bit_length() - 1]
        if number >= 0:
            moved |= 1 << number
        mask ^= low
    return moved
