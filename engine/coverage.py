"""Coverage: which obligations of the table the judged responses exercised.

A cell is an obligation for each way in which its marker can be decided: one where it has no condition, else one
granted and one withheld.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from ..rules.model import Marker, Rulebook
from .context import Context
from .expectation import Evaluator, Expectation


class Obligation(NamedTuple):
    """A row has to be shown, or hidden, in a column."""

    column: str
    path: str
    marker: str
    expectation: Expectation


def obligations(rulebook: Rulebook) -> tuple[Obligation, ...]:
    """Give every obligation of a rulebook, column by column in printed order."""
    return tuple(
        Obligation(column.id, row.path, marker.id, Expectation(decided))
        for column in rulebook.columns
        for row in rulebook.rows
        for marker in (rulebook.markers[row.cells[column.id]],)
        for decided in _decisions(marker)
    )


def exercised(evaluator: Evaluator, contexts: Iterable[Context]) -> frozenset[Obligation]:
    """Give the obligations that judging responses in these contexts exercised: those that were not left open."""
    rulebook = evaluator.rulebook
    return frozenset(
        Obligation(column, row.path, row.cells[column], expectation)
        for context in contexts
        for column in (context[rulebook.column_fact],)
        for row in rulebook.rows
        for expectation in (evaluator.expectations(context)[row.path],)
        if expectation is not Expectation.MAY
    )


class Kind(NamedTuple):
    """A marker, decided in one way."""

    marker: str
    expectation: Expectation


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many of some obligations were exercised."""

    obligations: int = 0
    exercised: int = 0

    @property
    def percent(self) -> float:
        """The share in percent, rounded down to a tenth, so that 100 means all; 100 where there are none."""
        return self.exercised * 1000 // self.obligations / 10 if self.obligations else 100.0

    def reaches(self, percent: float) -> bool:
        """Whether at least this much was exercised, without rounding."""
        return self.exercised * 100 >= percent * self.obligations


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was exercised: of all, of each column, of each kind of obligation, and of each kind in a column."""

    total: Ratio
    by_column: Mapping[str, Ratio]
    by_kind: Mapping[Kind, Ratio]
    by_cell: Mapping[tuple[str, Kind], Ratio]


def measure(evaluator: Evaluator, contexts: Iterable[Context]) -> Coverage:
    """Measure what judging responses in these contexts exercised; columns and kinds come in the rulebook's order."""
    rulebook = evaluator.rulebook
    owed, done = obligations(rulebook), exercised(evaluator, contexts)

    def share(column: str | None, kind: Kind | None) -> Ratio:
        meant = [
            entry
            for entry in owed
            if column in (None, entry.column) and kind in (None, Kind(entry.marker, entry.expectation))
        ]
        return Ratio(len(meant), sum(entry in done for entry in meant))

    columns = [column.id for column in rulebook.columns]
    kinds = [
        Kind(marker.id, Expectation(decided))
        for marker in rulebook.document.markers
        for decided in _decisions(marker)
    ]
    return Coverage(
        total=share(None, None),
        by_column={column: share(column, None) for column in columns},
        by_kind={kind: share(None, kind) for kind in kinds},
        by_cell={(column, kind): share(column, kind) for column in columns for kind in kinds},
    )


def _decisions(marker: Marker) -> tuple[str, ...]:
    return (marker.granted, marker.withheld) if marker.granted_if else (marker.granted,)
