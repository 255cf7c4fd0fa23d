"""Coverage: the obligations of the table that the judged responses exercised.

A cell is one obligation for each decision of its marker: one if it has no condition, else two, granted and withheld.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from ..rules.model import Marker, Row, Rulebook
from .context import Context
from .expectation import Evaluator, Expectation


class Obligation(NamedTuple):
    """An expectation of a row in a column."""

    column: str
    path: str
    marker: str
    expectation: Expectation


def obligations(rulebook: Rulebook) -> tuple[Obligation, ...]:
    """Return every obligation of a rulebook, column by column in printed order."""
    return tuple(
        Obligation(column.id, row.path, marker.id, Expectation(decided))
        for column in rulebook.columns
        for row in rulebook.rows
        for marker in (rulebook.markers[row.cells[column.id]],)
        for decided in _decisions(marker)
        if _can_be_broken(row, Expectation(decided))
    )


def exercised(evaluator: Evaluator, contexts: Iterable[Context]) -> frozenset[Obligation]:
    """Return the obligations that responses in these contexts exercised: those that were decided."""
    rulebook = evaluator.rulebook
    return frozenset(
        Obligation(column, row.path, row.cells[column], expectation)
        for context in contexts
        for column in (context[rulebook.column_fact],)
        for row in rulebook.rows
        for expectation in (evaluator.expectations(context)[row.path],)
        if expectation is not Expectation.MAY and _can_be_broken(row, expectation)
    )


class Kind(NamedTuple):
    """A marker and one of its decisions."""

    marker: str
    expectation: Expectation


@dataclass(frozen=True, slots=True)
class Ratio:
    """The number of exercised obligations among a number of obligations."""

    obligations: int = 0
    exercised: int = 0

    @property
    def percent(self) -> float:
        """The ratio in percent, rounded down to a tenth, so that 100 means all; 100 if there are none."""
        return self.exercised * 1000 // self.obligations / 10 if self.obligations else 100.0

    def reaches(self, percent: float) -> bool:
        """Return whether the ratio is at least this, without rounding."""
        return self.exercised * 100 >= percent * self.obligations


@dataclass(frozen=True, slots=True)
class Coverage:
    """Ratios over all obligations, by column, by kind of obligation, and by kind in a column."""

    total: Ratio
    by_column: Mapping[str, Ratio]
    by_kind: Mapping[Kind, Ratio]
    by_cell: Mapping[tuple[str, Kind], Ratio]


def measure(evaluator: Evaluator, contexts: Iterable[Context]) -> Coverage:
    """Measure the coverage of responses in these contexts; columns and kinds are in the rulebook's order."""
    rulebook = evaluator.rulebook
    all_obligations, done = obligations(rulebook), exercised(evaluator, contexts)

    def ratio(column: str | None, kind: Kind | None) -> Ratio:
        selected = [
            entry
            for entry in all_obligations
            if column in (None, entry.column) and kind in (None, Kind(entry.marker, entry.expectation))
        ]
        return Ratio(len(selected), sum(entry in done for entry in selected))

    columns = [column.id for column in rulebook.columns]
    kinds = [
        Kind(marker.id, Expectation(decided))
        for marker in rulebook.document.markers
        for decided in _decisions(marker)
    ]
    return Coverage(
        total=ratio(None, None),
        by_column={column: ratio(column, None) for column in columns},
        by_kind={kind: ratio(None, kind) for kind in kinds},
        by_cell={(column, kind): ratio(column, kind) for column in columns for kind in kinds},
    )


def _can_be_broken(row: Row, expectation: Expectation) -> bool:
    """Return whether a response can break an expectation of a row: no member of a map is missed."""
    return not (row.is_free_key and expectation.is_expected)


def _decisions(marker: Marker) -> tuple[str, ...]:
    """Return the decisions of a marker that a response can break."""
    decisions = (marker.when_granted, marker.otherwise) if marker.granted_if else (marker.when_granted,)
    return tuple(decision for decision in dict.fromkeys(decisions) if decision != "may")
