"""Counting, for every element at once: in how many recordings of a context it is shown, hidden or merely not set."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field

from .evidence import Evidence, Shape, Tally
from .space import FactSpace

_LANE = 4
_SPREAD = [b"".join(bytes((byte >> bit & 1, 0, 0, 0)) for bit in range(8)) for byte in range(256)]
"""For each byte its eight bits as counters of four bytes: sums of such numbers count every bit by itself."""


@dataclass(frozen=True, slots=True)
class Group:
    """Recordings that show the same of one object in one context; ``weight`` is how many objects they count as.

    ``context`` is None if not every fact is known; ``facts`` then has the known ones.
    """

    column: str
    context: int | None
    facts: tuple[tuple[str, str], ...]
    key: Hashable | None
    shape: Shape
    tally: Tally

    @property
    def weight(self) -> int:
        """Recordings of one object count once; without a key each recording counts as an object of its own."""
        return self.tally.count if self.key is None else 1


@dataclass(slots=True)
class Counts:
    """Objects by element, of one column and context.

    ``shown``: the element is there. ``withheld``: it is not, though the object is known to have it. ``absent``: it is not,
    and nothing says whether the object has it. ``unset``: it is not, since the object does not have it. ``partly``: it
    is in some occurrences of its container and not in others. An element counts only where its container is there.
    """

    shown: Sequence[int]
    withheld: Sequence[int]
    absent: Sequence[int]
    unset: Sequence[int]
    partly: Sequence[int]


@dataclass(slots=True)
class Objects:
    """The evidence about objects over all their recordings, by key.

    ``has`` is what was ever seen of one, ``lacks`` what it does not show in a context where others do, and ``lacks_twice``
    what it does not show in two such contexts.
    """

    has: dict[Hashable, int] = field(default_factory=dict)
    lacks: dict[Hashable, int] = field(default_factory=dict)
    lacks_twice: dict[Hashable, int] = field(default_factory=dict)


class Counter:
    """Counts groups of recordings by column and context."""

    def __init__(self, evidence: Evidence, space: FactSpace) -> None:
        self.paths = evidence.paths
        self.groups = list(_groups(evidence, space))
        self._children = _children(evidence.paths)
        self._applicable: dict[Shape, int] = {}
        self._lanes: dict[int, int] = {}
        self._bytes = (len(evidence.paths) + 7) // 8
        self._visible: dict[tuple[str, int], int] = {}
        self.objects = Objects()
        for group in self.groups:
            if group.key is not None:
                self.objects.has[group.key] = self.objects.has.get(group.key, 0) | group.shape.present

    def missing(self, shape: Shape) -> int:
        """Return the elements that are not shown though their containers are."""
        return self.applicable(shape) & ~shape.present

    def applicable(self, shape: Shape) -> int:
        """Return the elements whose container is there, and is not empty."""
        found = self._applicable.get(shape)
        if found is None:
            found = self._children[-1]
            for number, below in self._children.items():
                if number >= 0 and shape.present >> number & 1 and not shape.empty >> number & 1:
                    found |= below
            self._applicable[shape] = found
        return found

    def note_unset(self, visible: dict[tuple[str, int], int]) -> None:
        """Note what objects lack, given the elements that are visible in each column and context."""
        self._visible = visible
        once: dict[Hashable, int] = {}
        twice: dict[Hashable, int] = {}
        for (key, _), lacking in self._absent_by_object().items():
            before = once.get(key, 0)
            twice[key] = twice.get(key, 0) | (before & lacking)
            once[key] = before | lacking
        self.objects.lacks, self.objects.lacks_twice = once, twice

    def _absent_by_object(self) -> dict[tuple[Hashable, tuple[str, int]], int]:
        """Return what objects do not show where others do, and never show elsewhere, by object and context."""
        found: dict[tuple[Hashable, tuple[str, int]], int] = {}
        for group in self.groups:
            if group.key is not None and group.context is not None:
                where = (group.column, group.context)
                lacking = self._absent_here(group) & ~self.objects.has[group.key]
                found[group.key, where] = found.get((group.key, where), 0) | lacking
        return found

    def _absent_here(self, group: Group) -> int:
        visible = 0 if group.context is None else self._visible.get((group.column, group.context), 0)
        return self.missing(group.shape) & visible

    def by_context(self) -> dict[tuple[str, int], Counts]:
        """Count the groups of each column and context whose facts are all known."""
        sums: dict[tuple[str, int], list[int]] = {}
        for group in self.groups:
            if group.context is None:
                continue
            total = sums.setdefault((group.column, group.context), [0] * 5)
            for place, mask in enumerate(self._masks(group)):
                if mask:
                    total[place] += self._spread(mask) * group.weight
        return {key: Counts(*(self._unpack(number) for number in numbers)) for key, numbers in sums.items()}

    def unproved_objects(self) -> dict[str, Sequence[int]]:
        """Count for each column the different objects of which nothing says whether they have an element."""
        by_object: dict[tuple[str, Hashable], int] = {}
        sums: dict[str, int] = {}
        for group in self.groups:
            if group.context is None:
                continue
            absent = self._masks(group)[2]
            if group.key is None:
                sums[group.column] = sums.get(group.column, 0) + self._spread(absent) * group.weight
            else:
                key = (group.column, group.key)
                by_object[key] = by_object.get(key, 0) | absent
        for (column, _), mask in by_object.items():
            sums[column] = sums.get(column, 0) + self._spread(mask)
        return {column: self._unpack(number) for column, number in sums.items()}

    def count_having_and_lacking(self) -> tuple[Sequence[int], Sequence[int]]:
        """Count for each element the objects that have it, and those that do not show it where others do."""
        having = sum(self._spread(mask) for mask in self.objects.has.values())
        lacking = sum(self._spread(mask & ~self.objects.has[key]) for key, mask in self.objects.lacks.items())
        return self._unpack(having), self._unpack(lacking)

    def _masks(self, group: Group) -> tuple[int, int, int, int, int]:
        shape = group.shape
        missing = self.missing(shape)
        has = lacks = 0
        if group.key is not None:
            has = self.objects.has[group.key]
            # Only other contexts tell: what is not shown here alone may be hidden here.
            elsewhere = self.objects.lacks.get(group.key, 0) & ~self._absent_here(group)
            lacks = elsewhere | self.objects.lacks_twice.get(group.key, 0)
        return (
            shape.present,
            missing & has,
            missing & ~has & ~lacks,
            missing & lacks,
            shape.partial,
        )

    def _spread(self, mask: int) -> int:
        lanes = self._lanes.get(mask)
        if lanes is None:
            content = mask.to_bytes(self._bytes, "little")
            lanes = int.from_bytes(b"".join([_SPREAD[byte] for byte in content]), "little")
            if len(self._lanes) < _LANES_KEPT:
                self._lanes[mask] = lanes
        return lanes

    def _unpack(self, lanes: int) -> Sequence[int]:
        content = lanes.to_bytes(self._bytes * 8 * _LANE, "little")
        return [
            int.from_bytes(content[at : at + _LANE], "little")
            for at in range(0, len(self.paths) * _LANE, _LANE)
        ]


_LANES_KEPT = 5_000


def _children(paths: Sequence[str]) -> dict[int, int]:
    """Return the elements directly below each element, and below none (-1), by its number."""
    number = {path: index for index, path in enumerate(paths)}
    below: dict[int, int] = {-1: 0}
    for path, index in number.items():
        parent = path.rpartition("/")[0]
        at = number[parent] if parent else -1
        below[at] = below.get(at, 0) | 1 << index
    return below


def _groups(evidence: Evidence, space: FactSpace) -> Iterable[Group]:
    for (facts, key, shape), tally in evidence.seen.items():
        known = dict(facts)
        column = known.pop(space.column, None)
        if column not in space.possible:
            continue
        assignment = tuple(known.get(fact, "") for fact in space.facts)
        context = space.index.get(assignment)
        if context is not None and not space.possible[column] >> context & 1:
            context = None
        yield Group(column, context, facts, key, shape, tally)
