"""Suggest what to record next: the contexts that would decide most of what is open, and of which objects."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping

from .cells import Cell, Suggestion
from .conditions import Minimizer
from .counts import Counter
from .space import FactSpace, bits

MAX_OBJECTS = 2_000
"""Objects among which one that is worth recording again is looked for."""

ENOUGH = 3
"""Different objects of a context with which most cells are settled."""


def suggestions(
    counter: Counter, space: FactSpace, cells: Mapping[tuple[str, str], Cell], minimizer: Minimizer
) -> Iterator[Suggestion]:
    """Return the contexts worth recording, those that decide most first."""
    number = {path: index for index, path in enumerate(counter.paths)}
    open_: dict[tuple[str, int], int] = {}
    rivals: dict[tuple[str, int], int] = {}
    for cell in cells.values():
        if not cell.unknown:
            continue
        for context in bits(cell.unknown):
            where = (cell.column, context)
            open_[where] = open_.get(where, 0) | 1 << number[cell.path]
        for context in bits(_disputed_contexts(cell, minimizer)):
            rivals[cell.column, context] = rivals.get((cell.column, context), 0) + 1
    seen = _objects_by_context(counter)
    examples = _Examples(counter)
    ranked = sorted(
        open_,
        key=lambda where: (
            -open_[where].bit_count() - rivals.get(where, 0),
            space.columns.index(where[0]),
            where[1],
        ),
    )
    for where in ranked:
        column, context = where
        yield Suggestion(
            column=column,
            facts=space.facts_of(context),
            cells=open_[where].bit_count(),
            rivals=rivals.get(where, 0),
            objects=max(1, ENOUGH - len(seen.get(where, ()))),
            like=examples.best(column, open_[where], seen.get(where, set())),
        )


def _disputed_contexts(cell: Cell, minimizer: Minimizer) -> int:
    """Return the open contexts in which conditions that explain a cell as well as each other disagree."""
    if not cell.granted or not cell.withheld:
        return 0
    members = [condition.members for condition in minimizer.shortest(cell.granted, cell.withheld)]
    somewhere, everywhere = 0, -1
    for mask in members:
        somewhere, everywhere = somewhere | mask, everywhere & mask
    return somewhere & ~everywhere & cell.unknown


def _objects_by_context(counter: Counter) -> dict[tuple[str, int], set[Hashable]]:
    seen: dict[tuple[str, int], set[Hashable]] = {}
    for number, group in enumerate(counter.groups):
        if group.context is not None:
            key = number if group.key is None else group.key
            seen.setdefault((group.column, group.context), set()).add(key)
    return seen


class _Examples:
    """Recordings of objects that have many elements: to see these again in other contexts tells most."""

    def __init__(self, counter: Counter) -> None:
        self._objects: dict[str, dict[Hashable, tuple[int, str]]] = {}
        for group in counter.groups:
            known = self._objects.setdefault(group.column, {})
            if group.key is not None and group.key not in known and len(known) < MAX_OBJECTS:
                known[group.key] = counter.objects.has[group.key], group.tally.sources[0]

    def best(self, column: str, wanted: int, seen: set[Hashable]) -> str | None:
        """Return a recording of the object that has most of the wanted elements and was not seen there yet."""
        best, source = 0, None
        for key, (has, example) in self._objects.get(column, {}).items():
            if key not in seen and (has & wanted).bit_count() > best:
                best, source = (has & wanted).bit_count(), example
        return source
