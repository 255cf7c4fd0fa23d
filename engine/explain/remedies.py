"""Ways out: what would have to change for an element to appear, or that nothing would."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import combinations, product

import msgspec

from ...rules.model import Row, Rulebook
from ..context import Context, change
from ..expectation import Evaluator, Expectation


class Remedy(msgspec.Struct, frozen=True):
    """A smallest change of facts after which an element must or should be there.

    ``caller_can`` says that every fact in it is one that a caller can change; ``steps`` says for people what
    each fact asks for.
    """

    changes: Mapping[str, str]
    expectation: Expectation
    caller_can: bool
    steps: Mapping[str, str]

    @property
    def text(self) -> str:
        """The whole change in words."""
        return " and ".join(self.steps.values())


def ways_to_appear(evaluator: Evaluator, row: Row, context: Context) -> tuple[Remedy, ...]:
    """Give every minimal change that makes a row appear, each verified through the evaluator.

    Minimal: no part of it suffices. What the caller can do comes first, fewer changes before more. Where the
    row appears already there is nothing to change, and where nothing helps there is no way: both give none.
    """
    if evaluator.expectation(row.path, context).is_expected:
        return ()
    found: list[dict[str, str]] = []
    ways: list[Remedy] = []
    for changes, changed in _variations(evaluator.rulebook, context):
        if any(known.items() <= changes.items() for known in found):
            continue
        expectation = evaluator.expectation(row.path, changed)
        if expectation.is_expected:
            found.append(changes)
            ways.append(_way(evaluator.rulebook, context, changes, expectation))
    asked = _asked(evaluator.rulebook)
    return tuple(
        sorted(ways, key=lambda way: (not way.caller_can, len(way.changes), _first_asked(asked, way)))
    )


@lru_cache(maxsize=1)
def _variations(rulebook: Rulebook, context: Context) -> tuple[tuple[dict[str, str], Context], ...]:
    """Give every change and what it makes of a context; kept for the next row, whose ways out are sought there too."""
    return tuple(
        (changes, changed)
        for changes in _smallest_first(rulebook, context)
        if (changed := change(rulebook, context, changes)) is not None
    )


def _smallest_first(rulebook: Rulebook, context: Context) -> Iterator[dict[str, str]]:
    """Give every assignment of other known values to facts, fewer facts before more."""
    others = [
        [(fact.id, value) for value in fact.value_ids if value != context[fact.id]] for fact in rulebook.facts
    ]
    for size in range(1, len(others) + 1):
        for chosen in combinations(others, size):
            yield from map(dict, product(*chosen))


def _way(rulebook: Rulebook, context: Context, changes: dict[str, str], expectation: Expectation) -> Remedy:
    steps = {fact: rulebook.fact(fact).value(value).change for fact, value in changes.items()}
    fact = rulebook.column_fact
    if fact in steps:
        steps[fact] = f"{steps[fact]} in place of {rulebook.column(context[fact]).title}"
    return Remedy(
        changes=changes,
        expectation=expectation,
        caller_can=all(rulebook.fact(fact).caller_can for fact in changes),
        steps=steps,
    )


def _asked(rulebook: Rulebook) -> list[tuple[str, str]]:
    """Give the (fact, value) pairs that the markers ask about, in the order in which they name them."""
    return [
        (fact, value)
        for marker in rulebook.document.markers
        for entry in marker.granted_if
        for fact, values in entry.items()
        for value in values
    ]


def _first_asked(asked: list[tuple[str, str]], way: Remedy) -> int:
    return min((asked.index(pair) for pair in way.changes.items() if pair in asked), default=len(asked))
