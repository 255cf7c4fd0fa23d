"""Coverage: which obligations of the table the judged responses exercised.

A cell is an obligation for each way in which its marker can be decided: one where it has no condition, else one
granted and one withheld.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ..rules.model import Rulebook
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
        for decided in ((marker.granted, marker.withheld) if marker.granted_if else (marker.granted,))
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
