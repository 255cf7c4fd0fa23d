"""The contexts that callers can be in: combinations of values of the facts that pick no column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import product
from math import prod
from operator import or_

from ..context import TooManyContextsError

MAX_CONTEXTS = 4096
"""Contexts that are told apart: nobody can record more, and no table for people has as many."""

Assignment = tuple[str, ...]
"""A value for each fact of a space, in its order."""


@dataclass(frozen=True, slots=True)
class Implied:
    """Values of facts that follow from others."""

    when: Mapping[str, str]
    then: Mapping[str, str]

    def excludes(self, facts: Mapping[str, str]) -> bool:
        """Return whether facts, all of them known, break the implication."""
        met = all(facts.get(fact) == value for fact, value in self.when.items())
        return met and any(facts.get(fact) != value for fact, value in self.then.items())


class FactSpace:
    """All contexts of the columns of a table; a set of contexts is a number whose bits they are.

    ``values`` has the values of each fact that picks no column. Contexts that an implication excludes are left out.
    Raises TooManyContextsError, which names the facts that have most values.
    """

    def __init__(
        self,
        column: str,
        columns: Sequence[str],
        values: Mapping[str, Sequence[str]],
        implications: Iterable[Implied] = (),
    ) -> None:
        self.column = column
        self.columns = tuple(columns)
        self.facts = tuple(values)
        self.values = {fact: tuple(known) for fact, known in values.items()}
        require_few(self.values)
        implications = tuple(implications)
        self.contexts: tuple[Assignment, ...] = tuple(
            assignment
            for assignment in product(*self.values.values())
            if any(self._possible(column, assignment, implications) for column in self.columns)
        )
        self.index = {assignment: number for number, assignment in enumerate(self.contexts)}
        self.possible = {
            column: self.mask(
                number
                for number, assignment in enumerate(self.contexts)
                if self._possible(column, assignment, implications)
            )
            for column in self.columns
        }

    def _possible(self, column: str, assignment: Assignment, implications: tuple[Implied, ...]) -> bool:
        facts = {self.column: column, **dict(zip(self.facts, assignment, strict=True))}
        return not any(implied.excludes(facts) for implied in implications)

    @staticmethod
    def mask(numbers: Iterable[int]) -> int:
        """Return the set of the contexts with these numbers."""
        return reduce(or_, (1 << number for number in numbers), 0)

    @property
    def everything(self) -> int:
        """The set of all contexts."""
        return (1 << len(self.contexts)) - 1

    @cached_property
    def having(self) -> tuple[dict[str, int], ...]:
        """For each fact the contexts in which it has a value, by value."""
        found: tuple[dict[str, int], ...] = tuple(dict.fromkeys(self.values[fact], 0) for fact in self.facts)
        for number, assignment in enumerate(self.contexts):
            for by_value, value in zip(found, assignment, strict=True):
                by_value[value] |= 1 << number
        return found

    @cached_property
    def special_cases(self) -> tuple[int, ...]:
        """All sets of contexts that agree in the values of some facts, the set of all contexts among them."""
        found = {self.everything}
        for by_value in self.having:
            found |= {members & mask for members in found for mask in by_value.values()}
        return tuple(sorted(found - {0}))

    def contexts_with(self, facts: Mapping[str, str]) -> int:
        """Return the contexts that agree with the facts that are known; none for a value that is not in the space."""
        members = self.everything
        for fact, by_value in zip(self.facts, self.having, strict=True):
            if fact in facts:
                members &= by_value.get(facts[fact], 0)
        return members

    def facts_of(self, number: int) -> dict[str, str]:
        """Return the facts of a context, by name."""
        return dict(zip(self.facts, self.contexts[number], strict=True))


def bits(mask: int) -> Iterator[int]:
    """Return the numbers that are in a set, in order."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def require_few(values: Mapping[str, Sequence[str]]) -> None:
    """Raise TooManyContextsError if facts with these values come to too many contexts."""
    total = prod(map(len, values.values()))
    if total > MAX_CONTEXTS:
        largest = sorted(values, key=lambda fact: -len(values[fact]))[:3]
        sizes = ", ".join(f"`{fact}` has {len(values[fact]):,} values" for fact in largest)
        raise TooManyContextsError(
            f"the facts come to {total:,} contexts, and {MAX_CONTEXTS:,} can be told apart: {sizes}"
        )
