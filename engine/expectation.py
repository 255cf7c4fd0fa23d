"""The evaluator: what a context should see. Everything that needs a decision asks it."""

from __future__ import annotations

from enum import StrEnum

from ..rules.model import UNKNOWN, Marker, Row, Rulebook
from .context import Context, change, possible_contexts


class Expectation(StrEnum):
    """What a rulebook says of an element in a context.

    MUST: always there. SHOULD: may be shown and is expected, its absence is no breach. MAY: the known facts
    leave it open. MUST_NOT: never there.
    """

    MUST = "must"
    SHOULD = "should"
    MAY = "may"
    MUST_NOT = "must-not"

    @property
    def is_expected(self) -> bool:
        """Whether the element is expected to be there."""
        return self in (Expectation.MUST, Expectation.SHOULD)


class Evaluator:
    """Decides for one rulebook; decisions are remembered for each context."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self._column_index = rulebook.fact_ids.index(rulebook.column_fact)
        self._of_context: dict[Context, dict[str, Expectation]] = {}
        self._left_open: dict[Context, tuple[tuple[str, ...], tuple[str, ...]]] = {}

    def expectation(self, path: str, context: Context) -> Expectation:
        """Decide for the row with this path; KeyError where the rulebook has no such row."""
        return self.expectations(context)[path]

    def expectations(self, context: Context) -> dict[str, Expectation]:
        """Decide for every row, by path, in printed order; ValueError where the column is unknown."""
        known = self._of_context.get(context)
        if known is None:
            column = context.values[self._column_index]
            if column == UNKNOWN:
                raise ValueError(f"without a {self.rulebook.column_fact} there is no column to look in")
            by_marker = {
                marker.id: self._decide(marker, context) for marker in self.rulebook.document.markers
            }
            known = {row.path: by_marker[row.cells[column]] for row in self.rulebook.rows}
            self._of_context[context] = known
        return known

    def undetermined(self, context: Context) -> tuple[str, ...]:
        """Give the paths of the rows that the known facts leave open."""
        return self._open(context)[0]

    def marker(self, row: Row, context: Context) -> Marker:
        """Give the marker that stands in the row's cell for the context's column."""
        return self.rulebook.markers[row.cells[context.values[self._column_index]]]

    def depends_on(self, row: Row, context: Context) -> tuple[str, ...]:
        """Give the unknown facts of which a value would settle, or help to settle, what is left open."""
        if self.expectation(row.path, context) is not Expectation.MAY:
            return ()
        marker = self.marker(row, context)
        return tuple(
            fact
            for fact, value in context.items()
            if value == UNKNOWN and fact != self.rulebook.column_fact and self._matters(marker, context, fact)
        )

    def open_facts(self, context: Context) -> tuple[str, ...]:
        """Give the unknown facts that would settle any of the rows that are left open, in declared order."""
        return self._open(context)[1]

    def _open(self, context: Context) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Give what a context leaves open, and the facts that would settle it; remembered, as decisions are."""
        known = self._left_open.get(context)
        if known is None:
            decided = self.expectations(context).items()
            paths = tuple(path for path, expectation in decided if expectation is Expectation.MAY)
            rows = [self.rulebook.row_by_path[path] for path in paths]
            by_marker = {self.marker(row, context).id: row for row in rows}
            facts = {fact for row in by_marker.values() for fact in self.depends_on(row, context)}
            known = self._left_open[context] = paths, tuple(f for f in context.facts if f in facts)
        return known

    def _decide(self, marker: Marker, context: Context) -> Expectation:
        """Join the decisions of all that the context can turn out to be: they agree, or it is left open."""
        decided = {
            self._decide_known(marker, completed)
            for completed in possible_contexts(self.rulebook, context, marker.facts)
        }
        return decided.pop() if len(decided) == 1 else Expectation.MAY

    @staticmethod
    def _decide_known(marker: Marker, context: Context) -> Expectation:
        granted = not marker.granted_if or any(
            all(context[fact] in values for fact, values in entry.items()) for entry in marker.granted_if
        )
        return Expectation(marker.granted if granted else marker.withheld)

    def _matters(self, marker: Marker, context: Context, fact: str) -> bool:
        """Whether what the fact turns out to be changes what the rest of the context can come to."""
        outcomes = set()
        for value in self.rulebook.fact(fact).value_ids:
            changed = change(self.rulebook, context, {fact: value})
            if changed is not None:
                outcomes.add(self._decide(marker, changed))
        return len(outcomes) > 1 or Expectation.MAY not in outcomes
