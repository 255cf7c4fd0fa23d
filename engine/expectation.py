"""The evaluator, the only place that decides which elements a context should see."""

from __future__ import annotations

from enum import StrEnum

from ..rules.model import UNKNOWN, Marker, Row, Rulebook
from .context import Context, change_facts, possible_contexts


class Expectation(StrEnum):
    """The expectation of an element in a context.

    MUST: always present. SHOULD: expected, but its absence is no violation. MAY: the known facts leave it open.
    MUST_NOT: never present.
    """

    MUST = "must"
    SHOULD = "should"
    MAY = "may"
    MUST_NOT = "must-not"

    @property
    def is_expected(self) -> bool:
        """Whether the element is expected to be present."""
        return self in (Expectation.MUST, Expectation.SHOULD)


class Evaluator:
    """Decides for one rulebook; decisions are cached by context."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self._column_index = rulebook.fact_ids.index(rulebook.column_fact)
        self._by_context: dict[Context, dict[str, Expectation]] = {}
        self._undecided_by_context: dict[Context, tuple[tuple[str, ...], tuple[str, ...]]] = {}

    def expectation(self, path: str, context: Context) -> Expectation:
        """Return the expectation of the row with this path; raises KeyError if the rulebook has no such row."""
        return self.expectations(context)[path]

    def expectations(self, context: Context) -> dict[str, Expectation]:
        """Return the expectation of every row, by path, in printed order.

        Raises ValueError if the context has no column.
        """
        decided = self._by_context.get(context)
        if decided is None:
            column = context.values[self._column_index]
            if column == UNKNOWN:
                raise ValueError(f"the context has no {self.rulebook.column_fact}, so it has no column")
            by_marker = {
                marker.id: self._decide(marker, context) for marker in self.rulebook.document.markers
            }
            decided = {row.path: by_marker[row.cells[column]] for row in self.rulebook.rows}
            self._by_context[context] = decided
        return decided

    def undecided_rows(self, context: Context) -> tuple[str, ...]:
        """Return the paths of the rows that the known facts leave open."""
        return self._undecided(context)[0]

    def marker(self, row: Row, context: Context) -> Marker:
        """Return the marker of the row in the context's column."""
        return self.rulebook.markers[row.cells[context.values[self._column_index]]]

    def undecided_facts(self, row: Row, context: Context) -> tuple[str, ...]:
        """Return the unknown facts whose values would decide, or help to decide, an undecided row."""
        if self.expectation(row.path, context) is not Expectation.MAY:
            return ()
        marker = self.marker(row, context)
        return tuple(
            fact
            for fact, value in context.items()
            if value == UNKNOWN and fact != self.rulebook.column_fact and self._matters(marker, context, fact)
        )

    def all_undecided_facts(self, context: Context) -> tuple[str, ...]:
        """Return the unknown facts whose values would decide any undecided row, in declared order."""
        return self._undecided(context)[1]

    def _undecided(self, context: Context) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the undecided rows of a context and the facts that would decide them."""
        undecided = self._undecided_by_context.get(context)
        if undecided is None:
            expectations = self.expectations(context).items()
            paths = tuple(path for path, expectation in expectations if expectation is Expectation.MAY)
            rows = [self.rulebook.row_by_path[path] for path in paths]
            by_marker = {self.marker(row, context).id: row for row in rows}
            facts = {fact for row in by_marker.values() for fact in self.undecided_facts(row, context)}
            undecided = self._undecided_by_context[context] = (
                paths,
                tuple(f for f in context.facts if f in facts),
            )
        return undecided

    def _decide(self, marker: Marker, context: Context) -> Expectation:
        """Return the decision that all possible contexts agree on, or MAY if they differ."""
        decided = {
            self._decide_known(marker, completed)
            for completed in possible_contexts(self.rulebook, context, marker.facts)
        }
        return decided.pop() if len(decided) == 1 else Expectation.MAY

    @staticmethod
    def _decide_known(marker: Marker, context: Context) -> Expectation:
        if _applies(marker.undecided_if, context):
            return Expectation.MAY
        granted = not marker.granted_if or _applies(marker.granted_if, context)
        return Expectation(marker.when_granted if granted else marker.otherwise)

    def _matters(self, marker: Marker, context: Context, fact: str) -> bool:
        """Whether the value of the fact changes the possible decisions of the marker."""
        outcomes = set()
        for value in self.rulebook.fact(fact).value_ids:
            changed = change_facts(self.rulebook, context, {fact: value})
            if changed is not None:
                outcomes.add(self._decide(marker, changed))
        return len(outcomes) > 1 or Expectation.MAY not in outcomes


def _applies(entries: tuple[dict[str, tuple[str, ...]], ...], context: Context) -> bool:
    return any(all(context[fact] in values for fact, values in entry.items()) for entry in entries)
