"""Recordings that stand out: what they show or lack goes against what all the others say."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from functools import reduce
from operator import and_

from .cells import Cell, Contradiction, Outlier
from .counts import Counter, Group
from .space import FactSpace, bits

Cells = Mapping[tuple[str, str], Cell]


class _Masks:
    """Elements by column and context, for one property of cells."""

    def __init__(self, counter: Counter, cells: Cells, contexts_of: str) -> None:
        self._masks: dict[tuple[str, int], int] = {}
        number = {path: index for index, path in enumerate(counter.paths)}
        for (path, column), cell in cells.items():
            contexts = getattr(cell, contexts_of)
            if contexts_of == "granted" and not cell.required:
                continue
            for context in bits(contexts):
                self._masks[column, context] = self._masks.get((column, context), 0) | 1 << number[path]

    def of(self, column: str, context: int) -> int:
        """Return the elements that have the property in a context."""
        return self._masks.get((column, context), 0)


def outliers(counter: Counter, space: FactSpace, cells: Cells) -> Iterator[Outlier]:
    """Return the recordings that show what is hidden, or lack what is never left out."""
    hidden, required = _Masks(counter, cells, "withheld"), _Masks(counter, cells, "granted")
    for group in counter.groups:
        contexts = _contexts(group, space)
        if not contexts:
            continue
        never = reduce(and_, (hidden.of(group.column, context) for context in contexts))
        always = reduce(and_, (required.of(group.column, context) for context in contexts))
        leaked = group.shape.present & never
        missing = (counter.missing(group.shape) | group.shape.partial) & always
        if leaked or missing:
            yield Outlier(
                sources=tuple(group.tally.sources),
                count=group.tally.count,
                column=group.column,
                facts=_facts(group, space),
                leaked=_paths(counter, leaked),
                missing=_paths(counter, missing),
            )


def contradictions(
    counter: Counter, space: FactSpace, cells: Cells, contexts_of: str = "contradictory"
) -> Iterator[Contradiction]:
    """Return the recordings that show elements in a context in which others of the same context do not."""
    open_ = _Masks(counter, cells, contexts_of)
    for group in counter.groups:
        if group.context is not None:
            yield from _showing(group, open_.of(group.column, group.context), counter, space)


def showing(counter: Counter, space: FactSpace, paths: Container[str]) -> Iterator[Contradiction]:
    """Return the recordings that show some elements, whatever their context."""
    wanted = sum(1 << number for number, path in enumerate(counter.paths) if path in paths)
    for group in counter.groups:
        yield from _showing(group, wanted, counter, space)


def _showing(group: Group, wanted: int, counter: Counter, space: FactSpace) -> Iterator[Contradiction]:
    if paths := group.shape.present & wanted:
        yield Contradiction(
            sources=tuple(group.tally.sources),
            count=group.tally.count,
            column=group.column,
            facts=_facts(group, space),
            paths=_paths(counter, paths),
        )


def _contexts(group: Group, space: FactSpace) -> list[int]:
    if group.context is not None:
        return [group.context]
    return list(bits(space.contexts_with(dict(group.facts)) & space.possible[group.column]))


def _facts(group: Group, space: FactSpace) -> dict[str, str]:
    return {fact: value for fact, value in group.facts if fact in space.values}


def _paths(counter: Counter, mask: int) -> tuple[str, ...]:
    return tuple(counter.paths[number] for number in bits(mask))
