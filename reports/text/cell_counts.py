"""What was seen of each cell of the table: how its obligation was kept, counted over responses."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from ...engine.context import Context
from ...engine.result import ResponseResult
from ...rules.model import Row, Rulebook


@dataclass(frozen=True, slots=True)
class Cell:
    """Responses that were judged by a cell: how many, and in how many of them what was found."""

    judged: int = 0
    leaked: int = 0
    missing: int = 0
    omitted: int = 0
    open: int = 0

    @property
    def kept(self) -> int:
        """Responses that show what they should."""
        return self.judged - self.leaked - self.missing - self.omitted - self.open

    @property
    def state(self) -> str:
        """The gravest thing that was seen, `unseen` where no response was judged by this cell."""
        for state in ("leaked", "missing", "omitted", "kept", "open"):
            if getattr(self, state):
                return state
        return "unseen"


class Seen:
    """Counts responses by cell; its size does not grow with their number."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._judged: Counter[str] = Counter()
        self._open_in: Counter[tuple[Context, tuple[str, ...]]] = Counter()
        self._found: Counter[tuple[str, str, str]] = Counter()

    def add(self, result: ResponseResult) -> None:
        """Count a response, if it was judged."""
        if not result.judged:
            return
        context = result.resolved.context
        column = context[self._rulebook.column_fact]
        self._judged[column] += 1
        if result.undetermined:
            self._open_in[context, result.undetermined] += 1
        for rule, path in {(f.rule, f.path) for f in result.findings if f.expectation is not None}:
            self._found[rule, path or "", column] += 1

    def cells(self) -> dict[tuple[str, str], Cell]:
        """Give what was seen, by path and column."""
        left_open: Counter[tuple[str, str]] = Counter()
        for (context, paths), number in self._open_in.items():
            for path in paths:
                left_open[path, context[self._rulebook.column_fact]] += number
        return {
            (row.path, column.id): self._cell(row, column.id, left_open[row.path, column.id])
            for row in self._rulebook.rows
            for column in self._rulebook.columns
        }

    def _cell(self, row: Row, column: str, left_open: int) -> Cell:
        return Cell(
            self._judged[column],
            self._found["leaked", row.path, column],
            self._found["missing", row.path, column],
            self._found["omitted", row.path, column],
            left_open,
        )
