"""Compact descriptions of sets of contexts: which facts have which values, in place of a list of contexts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

Assignment = tuple[str, ...]
"""A value for each fact, in the order of the facts beside it."""


@dataclass(frozen=True, slots=True)
class Cube:
    """The contexts in which each fact of ``where`` has one of its values; the other facts can have any value.

    ``contexts`` is their number.
    """

    where: Mapping[str, tuple[str, ...]]
    contexts: int


class ContextSpace:
    """All contexts, among which subsets are described."""

    def __init__(self, facts: Sequence[str], contexts: Sequence[Assignment]) -> None:
        self.facts = tuple(facts)
        self.contexts = tuple(contexts)
        # A set of contexts is an integer with a bit for each, so that unions and subsets are single operations.
        self._bit = {context: 1 << number for number, context in enumerate(self.contexts)}
        self._with_value: list[dict[str, int]] = [{} for _ in self.facts]
        for context, bit in self._bit.items():
            for values, value in zip(self._with_value, context, strict=True):
                values[value] = values.get(value, 0) | bit

    def cover(self, chosen: Collection[Assignment]) -> tuple[Cube, ...]:
        """Return cubes whose union is exactly a set of contexts. Cubes may overlap."""
        wanted = reduce(or_, (self._bit[context] for context in chosen), 0)
        left, cubes = wanted, []
        for context in self.contexts:
            if left & self._bit[context]:
                orders = (range(len(self.facts)), range(len(self.facts) - 1, -1, -1))
                grown = [self._grow(context, wanted, order) for order in orders]
                values = max(grown, key=lambda values: self._members(values).bit_count())
                cubes.append(self._cube(values))
                left &= ~self._members(values)
        return tuple(cubes)

    def _members(self, values: Sequence[frozenset[str]]) -> int:
        members = -1
        for fact, allowed in enumerate(values):
            members &= reduce(or_, (self._with_value[fact][value] for value in allowed))
        return members

    def _grow(self, seed: Assignment, wanted: int, order: Sequence[int]) -> list[frozenset[str]]:
        """Grow a cube around a context while all its members are wanted: first by whole facts, then by values."""
        values = [frozenset((value,)) for value in seed]
        for fact in order:
            self._extend(values, fact, frozenset(self._with_value[fact]), wanted)
        for fact in order:
            for value in self._with_value[fact]:
                self._extend(values, fact, values[fact] | {value}, wanted)
        return values

    def _extend(self, values: list[frozenset[str]], fact: int, allowed: frozenset[str], wanted: int) -> None:
        before, values[fact] = values[fact], allowed
        if self._members(values) & ~wanted:
            values[fact] = before

    def _cube(self, values: list[frozenset[str]]) -> Cube:
        where = {
            name: tuple(value for value in self._with_value[fact] if value in values[fact])
            for fact, name in enumerate(self.facts)
            if len(values[fact]) < len(self._with_value[fact])
        }
        return Cube(where, self._members(values).bit_count())
