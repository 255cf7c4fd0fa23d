"""Missing and omitted: an element is not there that must be, or should be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ...rules.model import Row
from ..expectation import Expectation
from ..finding import Severity
from ..observation import Occurrence
from .base import MESSAGES, Hit, RowRule, Within

if TYPE_CHECKING:
    from ..judge import Judge


def _find_missing(judge: Judge, seen: Sequence[Occurrence]) -> Iterator[Hit]:
    return _absences(judge, seen, (Expectation.MUST, Expectation.MASKED), MESSAGES["missing"])


def _find_omitted(judge: Judge, seen: Sequence[Occurrence]) -> Iterator[Hit]:
    return _absences(judge, seen, (Expectation.SHOULD,), MESSAGES["omitted"])


def _absences(
    judge: Judge, seen: Sequence[Occurrence], expectations: tuple[Expectation, ...], text: str
) -> Iterator[Hit]:
    for container in seen:
        for row in judge.absent_rows(container):
            at = container if len(row.steps) == 1 else Within(container, row.path)
            for absent, cause in _with_children(judge, row, None):
                if judge.expected[absent.path] in expectations:
                    yield _hit(judge, absent, at, cause, text)


def _with_children(judge: Judge, row: Row, cause: str | None) -> Iterator[tuple[Row, str | None]]:
    """Yield a row that is not there and the expected rows that would be in it, each with the row that explains its absence."""
    yield row, cause
    for below in judge.rulebook.rows_below[row.path]:
        # Whether a condition fits cannot be said of what is not there.
        is_conditional = bool(judge.rulebook.row_options[below.path].when)
        if judge.expected[below.path].expects_presence and not is_conditional:
            yield from _with_children(judge, below, row.path)


def _hit(judge: Judge, row: Row, at: Occurrence | Within, cause: str | None, text: str) -> Hit:
    because = judge.grounds(row)
    text = f"{text}: {because}" if cause is None else f"is not there, because `{cause}` is not"
    return Hit(row.path, text, because, row, at, cause, row.path)


MISSING = RowRule(
    id="missing",
    severity=Severity.ERROR,
    when="absent, and must be there",
    meaning="The response lacks an element that is always returned.",
    remedy="Make the server return it; a client that relies on it fails.",
    find=_find_missing,
)

OMITTED = RowRule(
    id="omitted",
    severity=Severity.WARNING,
    when="absent, and should be there",
    meaning="The response lacks an element that this caller may see.",
    remedy=(
        "Find out whether the server hides it or the session has no value for it; --strict makes this an error."
    ),
    find=_find_omitted,
)
