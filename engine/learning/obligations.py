"""Elements that are never left out where they are shown: those that must be there, against those that should."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from .cells import Cell
from .counts import Counts
from .space import bits

MANY_OBJECTS = 99
"""Objects all of which show a conditional element where it is granted, from which on it counts as never left out:
if one in thirty-three lacked it, that would be seen with a probability of 95 %."""

_LOSSES_PER_CELL = 0.33


class Obligations:
    """Tells required from optional elements by how often they are absent in the contexts that grant them."""

    def __init__(
        self, counts: Mapping[tuple[str, int], Counts], columns: Sequence[str], noise: float
    ) -> None:
        self._counts, self._columns, self._noise = counts, columns, noise

    def apply(self, cells: dict[tuple[str, str], Cell], numbers: Mapping[str, int]) -> None:
        """Find out which elements are never left out, containers before what is in them."""
        losses = {path: self._losses(number, path, cells) for path, number in numbers.items()}
        for (path, column), cell in cells.items():
            container = cells.get((path.rpartition("/")[0], column))
            if cell.granted and (container is None or container.required):
                shown, absent = self._count_granted(numbers[path], cell)
                if cell.withheld:
                    required = not absent and shown >= MANY_OBJECTS
                else:
                    required = not absent or absent <= losses[path] * (shown + absent)
                cells[path, column] = replace(cell, required=required)

    def _losses(self, number: int, path: str, cells: Mapping[tuple[str, str], Cell]) -> float:
        """Return the share of objects up to which an element may be absent and count as lost by wrong recordings.

        That is nothing if all columns together show that it is often left out.
        """
        shown = absent = 0
        for column in self._columns:
            cell = cells[path, column]
            yes, no = (0, 0) if cell.withheld else self._count_granted(number, cell)
            if no <= self._noise * (yes + no):
                shown, absent = shown + yes, absent + no
        lost = shown and absent <= self._noise * _LOSSES_PER_CELL * (shown + absent)
        return self._noise if lost else 0.0

    def _count_granted(self, number: int, cell: Cell) -> tuple[int, int]:
        shown = absent = 0
        for context in bits(cell.granted):
            counts = self._counts[cell.column, context]
            shown += counts.shown[number]
            absent += counts.withheld[number] + counts.absent[number] + counts.unset[number]
            absent += counts.partly[number]
        return shown, absent
