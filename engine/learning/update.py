"""Adding evidence to a rulebook that people have reviewed: what they decided stays, and is compared with the recordings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ...rules.model import Rulebook
from ..expectation import Evaluator, Expectation
from .cells import Cell, Matrix
from .draft import context_in
from .space import bits
from .unseen import merge_paths


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A cell that a person decided, and that recordings contradict; it stays as it is.

    ``shown`` are contexts in which recordings show what the rulebook hides, ``hidden`` those of the reverse.
    """

    path: str
    column: str
    marker: str
    shown: tuple[Mapping[str, str], ...]
    hidden: tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class Update:
    """A matrix with the cells of a reviewed rulebook: ``kept`` has the markers of those that people decided."""

    matrix: Matrix
    kept: Mapping[tuple[str, str], str]
    disagreements: tuple[Disagreement, ...]
    changed: tuple[tuple[str, str], ...]


def update(matrix: Matrix, reviewed: Rulebook) -> Update:
    """Add what was learnt to a rulebook: cells that nobody has decided are filled in, new rows are added."""
    return _Updater(matrix, reviewed).update()


class _Updater:
    def __init__(self, matrix: Matrix, reviewed: Rulebook) -> None:
        self._matrix, self._reviewed = matrix, reviewed
        self._evaluator = Evaluator(reviewed)

    def update(self) -> Update:
        """Go through the rows of both."""
        kept: dict[tuple[str, str], str] = {}
        cells: dict[tuple[str, str], Cell] = {}
        disagreements: list[Disagreement] = []
        changed: list[tuple[str, str]] = []
        paths = merge_paths([row.path for row in self._reviewed.rows], self._matrix.paths)
        for path in paths:
            row = self._reviewed.row_by_path.get(path)
            for column in self._matrix.space.columns:
                learnt = self._matrix.cells.get((path, column))
                if row is None and learnt is not None:
                    cells[path, column] = learnt
                    changed.append((path, column))
                    continue
                if row is None:
                    raise ValueError(f"`{path}` is a row of neither")
                marker = self._reviewed.markers[row.cells[column]]
                old = self._as_cell(path, column)
                merged = old if learnt is None else self._merge(old, learnt)
                decided = marker.undecided is None
                if learnt is not None and (found := self._disagreement(old, learnt, marker.id)):
                    disagreements.append(found)
                if decided or merged == old:
                    kept[path, column] = marker.id
                else:
                    changed.append((path, column))
                cells[path, column] = old if decided else merged
        matrix = replace(self._matrix, paths=paths, cells=cells)
        return Update(matrix, kept, tuple(disagreements), tuple(changed))

    def _as_cell(self, path: str, column: str) -> Cell:
        """Return what a rulebook says of a cell as if it had been learnt."""
        space = self._matrix.space
        granted = withheld = 0
        required = True
        for context in bits(space.possible[column]):
            decided = self._evaluator.expectation(path, context_in(self._reviewed, space, column, context))
            if decided.is_expected:
                granted |= 1 << context
                required &= decided is Expectation.MUST
            elif decided is Expectation.MUST_NOT:
                withheld |= 1 << context
        return Cell(
            path=path,
            column=column,
            possible=space.possible[column],
            granted=granted,
            withheld=withheld,
            required=required and bool(granted),
        )

    @staticmethod
    def _merge(old: Cell, learnt: Cell) -> Cell:
        """Fill in the contexts that were not decided."""
        open_ = old.unknown
        granted = old.granted | (learnt.granted & open_)
        return replace(
            learnt,
            granted=granted,
            withheld=old.withheld | (learnt.withheld & open_),
            contradictory=learnt.contradictory & open_,
            required=(learnt.required or not learnt.granted) and (old.required or not old.granted),
        )

    def _disagreement(self, old: Cell, learnt: Cell, marker: str) -> Disagreement | None:
        shown, hidden = learnt.granted & old.withheld, learnt.withheld & old.granted
        if not shown and not hidden:
            return None
        return Disagreement(
            old.path, old.column, marker, tuple(self._facts(shown)), tuple(self._facts(hidden))
        )

    def _facts(self, contexts: int) -> Iterator[Mapping[str, str]]:
        return (self._matrix.space.facts_of(context) for context in bits(contexts))
