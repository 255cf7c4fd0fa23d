"""Remedies: the minimal changes of facts after which an element appears."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import combinations, product

import msgspec

from ...rules.model import Row, Rulebook
from ..context import Context, change_facts
from ..expectation import Evaluator, Expectation


class Remedy(msgspec.Struct, frozen=True):
    """A minimal change of facts after which an element must or should be present, and nothing that encloses it must be absent.

    ``caller_can`` tells whether a caller can change every fact in it; ``steps`` describes the change of each fact.
    """

    changes: Mapping[str, str]
    expectation: Expectation
    caller_can: bool
    steps: Mapping[str, str]

    @property
    def text(self) -> str:
        """The whole change as a phrase."""
        return " and ".join(self.steps.values())


def find_remedies(evaluator: Evaluator, row: Row, context: Context) -> tuple[Remedy, ...]:
    """Return every minimal change that makes a row appear, each verified by the evaluator.

    Minimal means that no part of it suffices. Changes that the caller can make come first, fewer facts before more.
    The result is empty if the row appears already, and if no change makes it appear.
    """
    if _is_visible(evaluator, row, context):
        return ()
    found: list[dict[str, str]] = []
    remedies: list[Remedy] = []
    for changes, changed in _variations(evaluator.rulebook, context):
        if any(known.items() <= changes.items() for known in found):
            continue
        if _is_visible(evaluator, row, changed):
            found.append(changes)
            expectation = evaluator.expectation(row.path, changed)
            remedies.append(_remedy(evaluator.rulebook, context, changes, expectation))
    order = _condition_order(evaluator.rulebook)
    return tuple(
        sorted(
            remedies,
            key=lambda remedy: (not remedy.caller_can, len(remedy.changes), _first_condition(order, remedy)),
        )
    )


def forbidden_container(evaluator: Evaluator, row: Row, context: Context) -> str | None:
    """Return the path of the nearest enclosing row that must not be there; None if there is no such row.

    A table that forbids it and not what is in it contradicts itself, as `rules lint` says.
    """
    expectations, rows = evaluator.expectations(context), evaluator.rulebook.row_by_path
    path = row.container
    while path is not None and expectations[path] is not Expectation.MUST_NOT:
        path = rows[path].container
    return path


def _is_visible(evaluator: Evaluator, row: Row, context: Context) -> bool:
    is_expected = evaluator.expectation(row.path, context).is_expected
    return is_expected and forbidden_container(evaluator, row, context) is None


def may_appear_after_change(
    evaluator: Evaluator, row: Row, context: Context, *, by_caller: bool = False
) -> bool:
    """Return whether some change of facts, or one that the caller can make, allows a row without making it expected."""
    return any(
        evaluator.expectation(row.path, changed) is Expectation.MAY
        and not evaluator.is_undecided(row, changed)
        and forbidden_container(evaluator, row, changed) is None
        and not (by_caller and not _caller_can(evaluator.rulebook, changes))
        for changes, changed in _variations(evaluator.rulebook, context)
    )


def _caller_can(rulebook: Rulebook, changes: Mapping[str, str]) -> bool:
    return all(rulebook.fact(fact).caller_can for fact in changes)


@lru_cache(maxsize=16)  # one for each column, of which a page or a command asks one after the other
def _variations(rulebook: Rulebook, context: Context) -> tuple[tuple[dict[str, str], Context], ...]:
    """Return every change and the context after it; cached for the next row in the same contexts."""
    return tuple(
        (changes, changed)
        for changes in _smallest_first(rulebook, context)
        if (changed := change_facts(rulebook, context, changes)) is not None
    )


def _smallest_first(rulebook: Rulebook, context: Context) -> Iterator[dict[str, str]]:
    """Return every assignment of other values to facts, fewer facts before more."""
    others = [
        [(fact.id, value) for value in fact.value_ids if value != context[fact.id]] for fact in rulebook.facts
    ]
    for size in range(1, len(others) + 1):
        for chosen in combinations(others, size):
            yield from map(dict, product(*chosen))


def _remedy(
    rulebook: Rulebook, context: Context, changes: dict[str, str], expectation: Expectation
) -> Remedy:
    steps = {fact: rulebook.fact(fact).value(value).change for fact, value in changes.items()}
    fact = rulebook.column_fact
    if fact in steps:
        steps[fact] = f"{steps[fact]} in place of {rulebook.column(context[fact]).title}"
    return Remedy(
        changes=changes,
        expectation=expectation,
        caller_can=_caller_can(rulebook, changes),
        steps=steps,
    )


def _condition_order(rulebook: Rulebook) -> list[tuple[str, str]]:
    """Return the pairs of fact and value in the conditions of markers, in their order."""
    return [
        (fact, value)
        for marker in rulebook.document.markers
        for entry in marker.granted_if
        for fact, values in entry.items()
        for value in values
    ]


def _first_condition(order: list[tuple[str, str]], remedy: Remedy) -> int:
    return min((order.index(pair) for pair in remedy.changes.items() if pair in order), default=len(order))
