"""Sets of contexts, told in few words: in place of a list of them, which facts have to have which values."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

Assignment = tuple[str, ...]
"""A value for each fact, in the order in which the facts are named beside it."""


@dataclass(frozen=True, slots=True)
class Cube:
    """The contexts in which each fact named in ``where`` has one of its values; any value will do for the others.

    ``contexts`` is how many they are.
    """

    where: Mapping[str, tuple[str, ...]]
    contexts: int


class ContextSpace:
    """All the contexts there are, among which sets of them are told."""

    def __init__(self, facts: Sequence[str], contexts: Sequence[Assignment]) -> None:
        self.facts = tuple(facts)
        self.contexts = tuple(contexts)
        self._bit = {context: 1 << number for number, context in enumerate(self.contexts)}
        # A set of contexts is a number whose bits they are: unions and subsets are then single operations.
        self._having: list[dict[str, int]] = [{} for _ in self.facts]
        for context, bit in self._bit.items():
            for values, value in zip(self._having, context, strict=True):
                values[value] = values.get(value, 0) | bit

    def regions(self, chosen: Collection[Assignment]) -> tuple[Cube, ...]:
        """Tell a set of contexts as regions: together they hold just these. Regions may overlap."""
        wanted = reduce(or_, (self._bit[context] for context in chosen), 0)
        left, found = wanted, []
        for context in self.contexts:
            if left & self._bit[context]:
                orders = (range(len(self.facts)), range(len(self.facts) - 1, -1, -1))
                grown = [self._grown(context, wanted, order) for order in orders]
                box = max(grown, key=lambda box: self._members(box).bit_count())
                found.append(self._region(box))
                left &= ~self._members(box)
        return tuple(found)

    def _members(self, box: Sequence[frozenset[str]]) -> int:
        members = -1
        for fact, values in enumerate(box):
            members &= reduce(or_, (self._having[fact][value] for value in values))
        return members

    def _grown(self, seed: Assignment, wanted: int, order: Sequence[int]) -> list[frozenset[str]]:
        """Grow a box around a context for as long as all that it holds is wanted: first by whole facts."""
        box = [frozenset((value,)) for value in seed]
        for fact in order:
            self._try(box, fact, frozenset(self._having[fact]), wanted)
        for fact in order:
            for value in self._having[fact]:
                self._try(box, fact, box[fact] | {value}, wanted)
        return box

    def _try(self, box: list[frozenset[str]], fact: int, values: frozenset[str], wanted: int) -> None:
        before, box[fact] = box[fact], values
        if self._members(box) & ~wanted:
            box[fact] = before

    def _region(self, box: list[frozenset[str]]) -> Cube:
        where = {
            name: tuple(value for value in self._having[fact] if value in box[fact])
            for fact, name in enumerate(self.facts)
            if len(box[fact]) < len(self._having[fact])
        }
        return Cube(where, self._members(box).bit_count())
