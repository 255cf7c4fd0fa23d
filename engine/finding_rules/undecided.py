"""Undecided: an element is there, and what is known of the call does not decide whether the caller may see it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ...rules.model import Row
from ...rules.names import join_names
from ..expectation import Expectation
from ..finding import Severity
from ..observation import Occurrence
from .base import Hit, RowRule

if TYPE_CHECKING:
    from ..judge import Judge


def _find(judge: Judge, seen: Sequence[Occurrence]) -> Iterator[Hit]:
    for row, facts in _undecided_rows(judge, seen):
        because = judge.grounds(row)
        text = f"is there, and whether it may be depends on {join_names(facts)}: {because}"
        yield Hit(row.path, text, because, row, target=row.path)


def _undecided_rows(judge: Judge, seen: Sequence[Occurrence]) -> Iterator[tuple[Row, tuple[str, ...]]]:
    """Yield the rows that are there and undecided, and the facts that would decide each."""
    for row in judge.present_rows(seen, Expectation.MAY):
        facts = judge.evaluator.undecided_facts(row, judge.context)
        # Without facts the rulebook itself allows it; what may be masked at most is `unmasked`, whatever the facts are.
        if facts and not judge.evaluator.is_masked_at_most(row, judge.context):
            yield row, facts


class Undecided(NamedTuple):
    """The paths of the rows that are there and stay undecided, and the facts that would decide them."""

    rows: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()


def undecided_among(judge: Judge, seen: Sequence[Occurrence]) -> Undecided:
    """Return the undecided rows that are there, whatever a policy reports of them."""
    found = sorted(_undecided_rows(judge, seen), key=lambda each: each[0].number)
    wanted = {fact for _, facts in found for fact in facts}
    return Undecided(
        tuple(row.path for row, _ in found), tuple(fact for fact in judge.context.facts if fact in wanted)
    )


RULE = RowRule(
    id="undecided",
    severity=Severity.NOTE,
    when="present, and the known facts do not decide",
    meaning="The response shows an element that some callers must not see, and too little is known of this one.",
    remedy="State the missing facts of the call; --require FACT makes a response without one unchecked.",
    find=_find,
)
