"""The evaluator, the only place that decides which elements a context should see."""

from __future__ import annotations

from enum import StrEnum

from ..rules.model import UNKNOWN, Marker, Row, Rulebook
from .context import Context, change_facts, possible_contexts, related_facts


class Expectation(StrEnum):
    """The expectation of an element in a context.

    MUST: always present. SHOULD: expected, but its absence is no violation. MAY: allowed, or left open by the known
    facts. MASKED: present, with its text withheld. MUST_NOT: never present.
    """

    MUST = "must"
    SHOULD = "should"
    MAY = "may"
    MASKED = "masked"
    MUST_NOT = "must-not"

    @property
    def is_expected(self) -> bool:
        """True if the element is expected with its text."""
        return self in (Expectation.MUST, Expectation.SHOULD)

    @property
    def expects_presence(self) -> bool:
        """True if the element is expected, with its text or masked."""
        return self.is_expected or self is Expectation.MASKED


class Evaluator:
    """Decides for one rulebook; decisions are cached by context."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self._column_index = rulebook.fact_ids.index(rulebook.column_fact)
        self._by_context: dict[Context, dict[str, Expectation]] = {}
        self._facts_by_marker: dict[tuple[str, Context], tuple[str, ...]] = {}
        self._related_by_marker: dict[str, tuple[int, ...]] = {}
        self._possible_by_values: dict[tuple[str, tuple[str, ...]], frozenset[Expectation]] = {}
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
            column = self._column(context)
            by_marker = {
                marker.id: self._decide(marker, context) for marker in self.rulebook.document.markers
            }
            decided = {row.path: by_marker[row.cells[column]] for row in self.rulebook.rows}
            self._by_context[context] = decided
        return decided

    def _column(self, context: Context) -> str:
        column = context.values[self._column_index]
        if column == UNKNOWN:
            raise ValueError(f"the context has no {self.rulebook.column_fact}, so it has no column")
        return column

    def marker(self, row: Row, context: Context) -> Marker:
        """Return the marker of the row in the context's column."""
        return self.rulebook.markers[row.cells[context.values[self._column_index]]]

    def is_undecided(self, row: Row, context: Context) -> bool:
        """Return whether the known facts leave a row open: a marker that grants `may` does not."""
        return self._is_open(self.marker(row, context), context)

    def _is_open(self, marker: Marker, context: Context) -> bool:
        return len(self._possible(marker, context)) != 1

    def is_masked_at_most(self, row: Row, context: Context) -> bool:
        """Return whether an undecided row has to be masked or absent, whatever the unknown facts are."""
        possible = self._possible(self.marker(row, context), context)
        return len(possible) > 1 and possible <= {Expectation.MASKED, Expectation.MUST_NOT}

    def undecided_rows(self, context: Context) -> tuple[str, ...]:
        """Return the paths of the rows that the known facts leave open."""
        return self._find_undecided(context)[0]

    def undecided_facts(self, row: Row, context: Context) -> tuple[str, ...]:
        """Return the unknown facts whose values would decide, or help to decide, an undecided row."""
        marker = self.marker(row, context)
        facts = self._facts_by_marker.get((marker.id, context))
        if facts is None:
            facts = self._facts_by_marker[marker.id, context] = self._facts_that_decide(marker, context)
        return facts

    def _facts_that_decide(self, marker: Marker, context: Context) -> tuple[str, ...]:
        if not self._is_open(marker, context):
            return ()
        column = self.rulebook.column_fact
        unknown = [fact for fact, value in context.items() if value == UNKNOWN and fact != column]
        deciding = tuple(fact for fact in unknown if self._matters(marker, context, fact))
        # Of two facts that decide only together neither changes anything by itself.
        return deciding or tuple(fact for fact in unknown if fact in marker.facts)

    def all_undecided_facts(self, context: Context) -> tuple[str, ...]:
        """Return the unknown facts whose values would decide any undecided row, in declared order."""
        return self._find_undecided(context)[1]

    def _find_undecided(self, context: Context) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the undecided rows of a context and the facts that would decide them."""
        undecided = self._undecided_by_context.get(context)
        if undecided is None:
            column = self._column(context)
            markers = {each.id for each in self.rulebook.document.markers if self._is_open(each, context)}
            rows = [row for row in self.rulebook.rows if row.cells[column] in markers]
            by_marker = {row.cells[column]: row for row in rows}
            facts = {fact for row in by_marker.values() for fact in self.undecided_facts(row, context)}
            undecided = tuple(row.path for row in rows), tuple(f for f in context.facts if f in facts)
            self._undecided_by_context[context] = undecided
        return undecided

    def _decide(self, marker: Marker, context: Context) -> Expectation:
        """Return the decision that all possible contexts agree on, or MAY if they differ."""
        possible = self._possible(marker, context)
        return next(iter(possible)) if len(possible) == 1 else Expectation.MAY

    def _possible(self, marker: Marker, context: Context) -> frozenset[Expectation]:
        """Return the decisions in the contexts that this one may be, once the marker's facts are known."""
        related = self._related_by_marker.get(marker.id)
        if related is None:  # the other facts have no part in it
            names = related_facts(self.rulebook, marker.facts)
            related = tuple(number for number, fact in enumerate(context.facts) if fact in names)
            self._related_by_marker[marker.id] = related
        key = marker.id, tuple([context.values[number] for number in related])
        possible = self._possible_by_values.get(key)
        if possible is None:
            possible = self._possible_by_values[key] = frozenset(
                self._decide_known(marker, completed)
                for completed in possible_contexts(self.rulebook, context, marker.facts)
            )
        return possible

    @staticmethod
    def _decide_known(marker: Marker, context: Context) -> Expectation:
        if _applies(marker.undecided_if, context):
            return Expectation.MAY
        granted = not marker.granted_if or _applies(marker.granted_if, context)
        return Expectation(marker.when_granted if granted else marker.otherwise)

    def _matters(self, marker: Marker, context: Context, fact: str) -> bool:
        """Return whether the value of the fact changes the possible decisions of the marker."""
        outcomes = set()
        for value in self.rulebook.fact(fact).value_ids:
            changed = change_facts(self.rulebook, context, {fact: value})
            if changed is not None:
                outcomes.add(self._possible(marker, changed))
        return len(outcomes) != 1


def _applies(entries: tuple[dict[str, tuple[str, ...]], ...], context: Context) -> bool:
    return any(all(context[fact] in values for fact, values in entry.items()) for entry in entries)
