"""Undecided: an element is there, and what is known of the call does not decide whether the caller may see it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ...rules.names import listed
from ..expectation import Expectation
from ..finding import Severity
from ..observation import Occurrence
from .base import Hit, RowRule

if TYPE_CHECKING:
    from ..judge import Judge


def _find(judge: Judge, seen: Sequence[Occurrence]) -> Iterator[Hit]:
    for row in judge.present_rows(seen, Expectation.MAY):
        facts = judge.evaluator.undecided_facts(row, judge.context)
        if facts:  # otherwise the rulebook itself allows it
            because = judge.grounds(row)
            text = f"is there, and whether it may be depends on {listed(facts)}: {because}"
            yield Hit(row.path, text, because, row, target=row.path)


RULE = RowRule(
    id="undecided",
    severity=Severity.NOTE,
    when="present, and the known facts do not decide",
    meaning="The response shows an element that some callers must not see, and too little is known of this one.",
    remedy="State the missing facts of the call; --require FACT makes a response without one unchecked.",
    find=_find,
)
