"""Undecided: an element is there, and what is known of the call does not decide whether the caller may see it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from ...rules.model import Row
from ...rules.names import join_names
from ..context import Context
from ..expectation import Evaluator, Expectation
from ..finding import Severity
from ..observation import Observation
from ..places import row_bits
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


class Undecided(NamedTuple):
    """The paths of the rows that are there and stay undecided, and the facts that would decide them."""

    rows: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()


MAX_COMBINATIONS = 1_024
"""Combinations of undecided rows that are remembered in a context."""


class UndecidedRows:
    """Looks for the undecided rows of a context in what was seen, whatever a policy reports of them."""

    def __init__(self, evaluator: Evaluator, context: Context) -> None:
        self._evaluator = evaluator
        self._context = context
        rulebook, bits = evaluator.rulebook, row_bits(evaluator.rulebook)
        undecided = frozenset(evaluator.undecided_rows(context))
        self._bits = {
            container: sum(bits[row.path] for row in rows if row.path in undecided)
            for container, rows in rulebook.rows_below.items()
        }
        self._known: dict[frozenset[tuple[str | None, int]], Undecided] = {}

    def found_in(self, seen: Observation) -> Undecided:
        """Return those that are there; equal ones are the same object."""
        bits = self._bits
        present = [(row, found) for row, _, inside in seen.containers if (found := inside & bits[row])]
        key = frozenset(present)
        if key not in self._known:
            if len(self._known) >= MAX_COMBINATIONS:
                self._known.clear()
            self._known[key] = self._undecided(key)
        return self._known[key]

    def _undecided(self, present: frozenset[tuple[str | None, int]]) -> Undecided:
        rulebook, bits = self._evaluator.rulebook, row_bits(self._evaluator.rulebook)
        paths = {
            row.path
            for container, found in present
            for row in rulebook.rows_below[container]
            if found & bits[row.path]
        }
        rows = [row for row in rulebook.rows if row.path in paths]
        facts = {fact for row in rows for fact in self._evaluator.undecided_facts(row, self._context)}
        ordered = tuple(fact for fact in self._context.facts if fact in facts)
        return Undecided(tuple(row.path for row in rows), ordered)


RULE = FindingRule(
    id="undecided",
    severity=Severity.NOTE,
    when="present, and the known facts do not decide",
    meaning="The response shows an element that some callers must not see, and too little is known of this one.",
    remedy="State the missing facts of the call; --require FACT makes a response without one unchecked.",
    find=_find,
)
