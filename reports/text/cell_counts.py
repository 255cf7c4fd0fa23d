"""Counts per cell of the table: how many responses met its obligation, and how many did not."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from ...engine.context import Context
from ...engine.expectation import Evaluator, Expectation
from ...engine.result import ResponseResult
from ...rules.model import Row, Rulebook

_SHOWN = ("leaked", "unmasked")
"""The rules about a row that is shown and must not be: as such, or with its text."""


@dataclass(frozen=True, slots=True)
class CellCount:
    """Counts of a cell: the responses that it applied to, and how many of them had which finding.

    What is there with its text and has to be masked counts as leaked.
    """

    judged: int = 0
    leaked: int = 0
    missing: int = 0
    omitted: int = 0
    undecided: int = 0

    @property
    def met(self) -> int:
        """Number of responses that meet the obligation."""
        return self.judged - self.leaked - self.missing - self.omitted - self.undecided

    @property
    def state(self) -> str:
        """The most severe state that occurred; `untested` if no judged response is in this column."""
        for state in ("leaked", "missing", "omitted", "met", "undecided"):
            if getattr(self, state):
                return state
        return "untested"


class CellCounts:
    """Counter of responses by cell; its size does not grow with their number."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._judged: Counter[str] = Counter()
        self._evaluator = Evaluator(rulebook)
        self._judged_in: Counter[Context] = Counter()
        self._found: Counter[tuple[str, str, str]] = Counter()
        self._decided: Counter[tuple[str, str]] = Counter()

    def add(self, result: ResponseResult) -> None:
        """Count a response if it was judged."""
        if not result.judged:
            return
        context = result.resolved.context
        column = context[self._rulebook.column_fact]
        self._judged[column] += 1
        self._judged_in[context] += 1
        for rule, path, expectation in {(f.rule, f.path, f.expectation) for f in result.findings}:
            if expectation is not None:
                self._found["leaked" if rule in _SHOWN else rule, path or "", column] += 1
            if (
                rule in _SHOWN and expectation is Expectation.MAY
            ):  # it is wrong whatever the unknown facts are
                self._decided[path or "", column] += 1

    def cells(self) -> dict[tuple[str, str], CellCount]:
        """Return the counts by path and column."""
        undecided: Counter[tuple[str, str]] = Counter()
        for context, number in self._judged_in.items():
            for path in self._evaluator.undecided_rows(context):
                undecided[path, context[self._rulebook.column_fact]] += number
        undecided.subtract(self._decided)
        return {
            (row.path, column.id): self._cell(row, column.id, undecided[row.path, column.id])
            for row in self._rulebook.rows
            for column in self._rulebook.columns
        }

    def _cell(self, row: Row, column: str, undecided: int) -> CellCount:
        return CellCount(
            self._judged[column],
            self._found["leaked", row.path, column],
            self._found["missing", row.path, column],
            self._found["omitted", row.path, column],
            undecided,
        )
