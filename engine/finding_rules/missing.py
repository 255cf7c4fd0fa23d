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

_REQUIRED = (Expectation.MUST, Expectation.MASKED)


def _find_missing(judge: Judge, seen: Sequence[Occurrence]) -> Iterator[Hit]:
    return _absences(judge, seen, required=True, text=MESSAGES["missing"])


def _find_omitted(judge: Judge, seen: Sequence[Occurrence]) -> Iterator[Hit]:
    return _absences(judge, seen, required=False, text=MESSAGES["omitted"])


def _absences(judge: Judge, seen: Sequence[Occurrence], *, required: bool, text: str) -> Iterator[Hit]:
    for container in seen:
        for row in judge.absent_rows(container):
            is_directly_in = row.path.rpartition("/")[0] == (container.path or "")
            at = container if is_directly_in else Within(container, row.path)
            for absent, cause, is_required in _with_children(judge, row):
                if is_required is required:
                    yield _hit(judge, absent, at, cause, text)


def _with_children(
    judge: Judge, row: Row, cause: str | None = None, *, in_required: bool = True
) -> Iterator[tuple[Row, str | None, bool]]:
    """Yield a row that is not there and the expected rows that would be in it.

    Each comes with the row that explains its absence, and with whether it is required. What is always in a container is not if
    the container is not required itself: a response may do without both. Of a map that is not there no member is expected.
    """
    is_required = in_required and judge.expected[row.path] in _REQUIRED
    yield row, cause, is_required
    for below in judge.rulebook.rows_judged_in[row.path]:
        # Whether a condition fits cannot be said of what is not there.
        is_conditional = bool(judge.rulebook.row_options[below.path].when)
        is_expected = judge.expected[below.path].expects_presence and not below.is_free_key
        if is_expected and not is_conditional:
            yield from _with_children(judge, below, row.path, in_required=is_required)


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
