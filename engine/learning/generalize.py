"""Deciding contexts that were not recorded, by the shortest condition of each cell: an assumption that users have to ask for."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from operator import and_, or_

from .cells import Cell, Matrix
from .conditions import Minimizer
from .space import bits


def generalize(matrix: Matrix) -> Matrix:
    """Decide the contexts of which nothing was recorded as the shortest conditions of their cells do, if these agree."""
    minimizer = Minimizer(matrix.space)
    cells = {where: _generalize(matrix, minimizer, cell) for where, cell in matrix.cells.items()}
    open_ = {(cell.column, context) for cell in cells.values() for context in bits(cell.unknown)}
    numbers = {tuple(matrix.space.facts_of(n).items()): n for n in range(len(matrix.space.contexts))}
    return replace(
        matrix,
        cells=cells,
        suggestions=tuple(
            each for each in matrix.suggestions if (each.column, numbers[tuple(each.facts.items())]) in open_
        ),
    )


def _generalize(matrix: Matrix, minimizer: Minimizer, cell: Cell) -> Cell:
    never_recorded = cell.unknown & ~matrix.observed.get(cell.column, 0)
    if not never_recorded or not (cell.granted or cell.withheld):
        return cell
    members = [condition.members for condition in minimizer.shortest(cell.granted, cell.withheld)]
    granted = reduce(and_, members) & never_recorded
    withheld = never_recorded & ~reduce(or_, members)
    return replace(cell, granted=cell.granted | granted, withheld=cell.withheld | withheld)
