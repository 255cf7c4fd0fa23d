"""Differences between two rulebooks: every decision over all contexts, by row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from ...rules.model import UNKNOWN, Row, Rulebook
from ..context import Context, ContextError, context_of, require_enumerable
from ..cubes import Assignment, ContextSpace, Cube
from ..expectation import Evaluator, Expectation


class IncomparableError(ValueError):
    """Two rulebooks have no context in common; the text says why."""


class Kind(StrEnum):
    """The kind of a difference.

    WIDENED: an element may be shown that could not be, or is expected where that was open. NARROWED: the reverse.
    CHANGED: it is shown as before, but the obligation to show it differs.
    """

    WIDENED = "widened"
    NARROWED = "narrowed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """A difference between the decisions for a row, with its contexts.

    ``before`` or ``after`` is None if that rulebook does not list the row, and so does not judge it.
    """

    kind: Kind
    before: Expectation | None
    after: Expectation | None
    contexts: int
    cubes: tuple[Cube, ...]


@dataclass(frozen=True, slots=True)
class RowDiff:
    """A row whose decisions differ; ``old`` or ``new`` is None if that rulebook does not list it."""

    path: str
    old: Row | None
    new: Row | None
    changes: tuple[Change, ...]

    @property
    def row(self) -> Row:
        """The row as in the newer rulebook that lists it."""
        row = self.new or self.old
        if row is None:
            raise ValueError(f"`{self.path}` is a row of neither rulebook")
        return row


@dataclass(frozen=True, slots=True)
class Inventory:
    """The content of one rulebook that the other lacks: paths of rows, ids of columns and facts, ``fact=value``."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    facts: tuple[str, ...]
    values: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.rows or self.columns or self.facts or self.values)


@dataclass(frozen=True, slots=True)
class RulebookDiff:
    """The differences between two rulebooks.

    ``contexts`` is the number of contexts that they have in common, in which decisions are compared. ``only_old`` and
    ``only_new`` count the contexts that one rulebook allows and the other excludes as contradictory.
    """

    old: Rulebook
    new: Rulebook
    contexts: int
    rows: tuple[RowDiff, ...]
    removed: Inventory
    added: Inventory
    only_old: int = 0
    only_new: int = 0

    def count(self, kind: Kind) -> int:
        """Return the number of decisions that differ in this way: one for each row and context."""
        return sum(change.contexts for row in self.rows for change in row.changes if change.kind is kind)

    @property
    def differs(self) -> bool:
        """True if anything other than texts differs: a decision, or the rows, columns, facts, values or contexts."""
        return bool(self.rows or self.removed or self.added or self.only_old or self.only_new)


def diff(old: Rulebook, new: Rulebook) -> RulebookDiff:
    """Compare two rulebooks, decision by decision; raises IncomparableError if they have no context in common."""
    if old.column_fact != new.column_fact:
        raise IncomparableError(
            f"one picks its column by `{old.column_fact}`, the other by `{new.column_fact}`"
        )
    pairs = _Pairs(old, new)
    if not pairs.common:
        raise IncomparableError(f"no `{new.column_fact}` is a column of both")
    return RulebookDiff(
        old=old,
        new=new,
        contexts=len(pairs.common),
        rows=tuple(_row_diffs(pairs)),
        removed=_only_in(old, new),
        added=_only_in(new, old),
        only_old=pairs.only_old,
        only_new=pairs.only_new,
    )


class _Pairs:
    """The contexts that two rulebooks have in common, as contexts of each of them.

    A fact that only one of them has means nothing to the other.
    """

    def __init__(self, old: Rulebook, new: Rulebook) -> None:
        self.old, self.new = old, new
        self.facts = (*new.fact_ids, *(fact for fact in old.fact_ids if fact not in new.fact_ids))
        self.common: dict[Assignment, tuple[Context, Context]] = {}
        self.only_old = self.only_new = 0
        require_enumerable(len(values) for values in self._choices())
        for assignment in product(*self._choices()):
            self._add(dict(zip(self.facts, assignment, strict=True)))

    def _choices(self) -> list[tuple[str, ...]]:
        return [
            (*values, UNKNOWN) if fact != self.new.column_fact else values
            for fact in self.facts
            for values in (self._values(fact),)
        ]

    def _values(self, fact: str) -> tuple[str, ...]:
        """Return the values of a fact that every rulebook with this fact has."""
        known = [
            rulebook.fact(fact).value_ids for rulebook in (self.new, self.old) if fact in rulebook.fact_ids
        ]
        return tuple(value for value in known[0] if all(value in values for values in known))

    def _add(self, facts: dict[str, str]) -> None:
        old, new = _context(self.old, facts), _context(self.new, facts)
        if old is not None and new is not None:
            completed = tuple(_complete(old, new, fact, value) for fact, value in facts.items())
            self.common[completed] = (old, new)
        elif old is not None:
            self.only_old += 1
        elif new is not None:
            self.only_new += 1


def _context(rulebook: Rulebook, facts: dict[str, str]) -> Context | None:
    """Return a rulebook's context with these facts, or None if they contradict each other there."""
    try:
        return context_of(
            rulebook, {fact: value for fact, value in facts.items() if fact in rulebook.fact_ids}
        )
    except ContextError:
        return None


def _complete(old: Context, new: Context, fact: str, value: str) -> str:
    """Return the value of a fact after the implications of both rulebooks, if they agree."""
    implied = {context[fact] for context in (old, new) if fact in context.facts}
    return implied.pop() if len(implied) == 1 else value


def _row_diffs(pairs: _Pairs) -> Iterator[RowDiff]:
    old, new = Evaluator(pairs.old), Evaluator(pairs.new)
    space = ContextSpace(pairs.facts, list(pairs.common))
    covers: dict[tuple[Assignment, ...], tuple[Cube, ...]] = {}
    rows = {**pairs.new.row_by_path, **pairs.old.row_by_path, **pairs.new.row_by_path}
    for path in rows:
        where: dict[tuple[Expectation | None, Expectation | None], list[Assignment]] = {}
        for assignment, (before, after) in pairs.common.items():
            decisions = (old.expectations(before).get(path), new.expectations(after).get(path))
            if decisions[0] is not decisions[1]:
                where.setdefault(decisions, []).append(assignment)
        changes = []
        for (was, now), assignments in where.items():
            key = tuple(assignments)
            if key not in covers:
                covers[key] = space.cover(assignments)
            changes.append(Change(_kind(was, now), was, now, len(assignments), covers[key]))
        if changes:
            order = sorted(changes, key=lambda change: list(Kind).index(change.kind))
            yield RowDiff(
                path, pairs.old.row_by_path.get(path), pairs.new.row_by_path.get(path), tuple(order)
            )


_SHOWN = {
    Expectation.MUST_NOT: 0,
    Expectation.MASKED: 1,
    Expectation.MAY: 2,
    Expectation.SHOULD: 3,
    Expectation.MUST: 3,
}
"""The order of expectations by how much they show."""


def _kind(before: Expectation | None, after: Expectation | None) -> Kind:
    """Return the kind of a difference. Unlisted elements are not judged, so removing a hidden row widens."""
    if before is None or after is None:
        if before is Expectation.MUST_NOT:
            return Kind.WIDENED
        return Kind.NARROWED if after is Expectation.MUST_NOT else Kind.CHANGED
    if _SHOWN[before] == _SHOWN[after]:
        return Kind.CHANGED
    return Kind.WIDENED if _SHOWN[before] < _SHOWN[after] else Kind.NARROWED


def _only_in(one: Rulebook, other: Rulebook) -> Inventory:
    """Return the content of one rulebook that the other lacks; a whole fact is listed without its values."""
    common = [fact for fact in one.facts if fact.id in other.fact_ids and fact.id != one.column_fact]
    other_columns = {column.id for column in other.columns}
    return Inventory(
        rows=tuple(row.path for row in one.rows if row.path not in other.row_by_path),
        columns=tuple(column.id for column in one.columns if column.id not in other_columns),
        facts=tuple(fact for fact in one.fact_ids if fact not in other.fact_ids),
        values=tuple(
            f"{fact.id}={value}"
            for fact in common
            for value in fact.value_ids
            if value not in other.fact(fact.id).value_ids
        ),
    )
