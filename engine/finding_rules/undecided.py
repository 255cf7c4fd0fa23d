"""Undecided: an element is there, and what is known of the call does not decide whether the caller may see it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...rules.model import Row
from ...rules.names import join_names
from ..expectation import Expectation
from ..finding import Severity
from ..observation import Observation
from .base import FindingRule, Hit

if TYPE_CHECKING:
    from ..judge import Judge


def _find(judge: Judge, seen: Observation) -> Iterator[Hit]:
    for row, positions in judge.present_rows(seen, Expectation.MAY):
        text = judge.worded(row, _text)
        if text:
            yield Hit(row.path, positions, text, judge.grounds(row), row, target=row.path)


def _text(judge: Judge, row: Row) -> str:
    """Return the words about a row that is there; none if the rulebook itself allows it."""
    facts = judge.evaluator.undecided_facts(row, judge.context)
    return (
        f"is there, and whether it may be depends on {join_names(facts)}: {judge.grounds(row)}"
        if facts
        else ""
    )


RULE = FindingRule(
    id="undecided",
    severity=Severity.NOTE,
    when="present, and the known facts do not decide",
    meaning="The response shows an element that some callers must not see, and too little is known of this one.",
    remedy="State the missing facts of the call; --require FACT makes a response without one unchecked.",
    find=_find,
)
