"""Differences between two contexts: the rows with another expectation in the second."""

from __future__ import annotations

from dataclasses import dataclass

from ...rules.model import Row
from ..context import Context
from ..expectation import Evaluator, Expectation


@dataclass(frozen=True, slots=True)
class Difference:
    """A row with different expectations in two contexts."""

    row: Row
    before: Expectation
    after: Expectation


def differences(evaluator: Evaluator, before: Context, after: Context) -> tuple[Difference, ...]:
    """Return the rows with different expectations in two contexts, in printed order."""
    old, new = evaluator.expectations(before), evaluator.expectations(after)
    return tuple(
        Difference(row, old[row.path], new[row.path])
        for row in evaluator.rulebook.rows
        if old[row.path] is not new[row.path]
    )
