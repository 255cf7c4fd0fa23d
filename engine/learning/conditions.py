"""The shortest conditions that tell two sets of contexts apart: minimal disjunctions of conjunctions.

Two-level logic minimization, over facts with several values in place of bits: every conjunction that holds
in none of the contexts to leave out is a candidate, and a shortest set of candidates that covers the others is
searched for. Contexts in neither set decide nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import chain, combinations, permutations, product
from math import prod
from operator import or_

from .space import FactSpace, bits

MAX_RIVALS = 8
"""Conditions of the same length that are looked for."""

MAX_CUBES = 40_000
"""Conjunctions that are enumerated; of larger spaces only those that grow from a context are."""

MAX_STEPS = 4_000
"""Steps of the search for a shortest cover, after which the best one that was found is taken."""


@dataclass(frozen=True, slots=True)
class Term:
    """A conjunction: each fact named in ``where`` has one of its values; ``members`` are the contexts in which it holds."""

    where: tuple[tuple[str, tuple[str, ...]], ...]
    members: int
    length: int = field(init=False, compare=False)

    def __post_init__(self) -> None:
        # How much there is to read: one, and one for each fact.
        object.__setattr__(self, "length", 1 + len(self.where))


@dataclass(frozen=True, slots=True)
class Condition:
    """A disjunction of terms: none holds never, one without facts always."""

    terms: tuple[Term, ...]

    @property
    def members(self) -> int:
        """The contexts in which it holds."""
        return reduce(or_, (term.members for term in self.terms), 0)

    @property
    def length(self) -> int:
        """The number of parts that a reader has to read."""
        return sum(term.length for term in self.terms)

    def __str__(self) -> str:
        if not self.terms:
            return "never"
        return " or ".join(map(format_term, self.terms))


def format_term(term: Term) -> str:
    """Return a conjunction for people: `plan=pro and region in (eu, us)`."""
    parts = [
        f"{fact}={values[0]}" if len(values) == 1 else f"{fact} in ({', '.join(values)})"
        for fact, values in term.where
    ]
    return " and ".join(parts) or "always"


class Minimizer:
    """Finds shortest conditions in a space; what was found is remembered, since many cells ask the same."""

    def __init__(self, space: FactSpace) -> None:
        self.space = space
        self._found: dict[tuple[int, int], tuple[Condition, ...]] = {}
        self._cubes = sorted(_cubes(space), key=_order) if _enumerable(space) else None
        self.cubes = _number_of_cubes(space)

    def shortest(self, holds: int, fails: int) -> tuple[Condition, ...]:
        """Return shortest conditions that hold in the one set of contexts and fail in the other, the best first.

        Among conditions of one length, one that holds in fewer other contexts is better: it permits less.
        """
        key = (holds, fails)
        if key not in self._found:
            self._found[key] = self._search(holds, fails)
        return self._found[key]

    def length(self, holds: int, fails: int) -> int:
        """Return the length of the shortest conditions."""
        return self.shortest(holds, fails)[0].length

    def _search(self, holds: int, fails: int) -> tuple[Condition, ...]:
        if not holds:
            return (Condition(()),)
        if not fails:
            return (Condition((Term((), self.space.everything),)),)
        candidates = _drop_dominated(self._candidates(holds, fails), holds)
        covers = _Covers(candidates, holds).shortest()
        conditions = {Condition(tuple(sorted(self._narrow(cover, holds), key=_order))) for cover in covers}
        return tuple(sorted(conditions, key=lambda found: self._rank(found, holds)))[:MAX_RIVALS]

    @staticmethod
    def _rank(condition: Condition, holds: int) -> tuple[object, ...]:
        values = sum(len(values) for term in condition.terms for _, values in term.where)
        return condition.length, (condition.members & ~holds).bit_count(), values, str(condition)

    def _candidates(self, holds: int, fails: int) -> list[Term]:
        cubes = self._cubes if self._cubes is not None else sorted(self._grown(holds, fails), key=_order)
        return [cube for cube in cubes if not cube.members & fails and cube.members & holds]

    def _grown(self, holds: int, fails: int) -> set[Term]:
        """Grow a cube around each context, fact by fact, in several orders."""
        orders = list(permutations(range(len(self.space.facts))))[:24]
        return {self._grow(number, fails, order) for number in bits(holds) for order in orders}

    def _grow(self, number: int, fails: int, order: Sequence[int]) -> Term:
        chosen = [frozenset((value,)) for value in self.space.contexts[number]]
        for fact in order:
            for values in (frozenset(self.space.having[fact]), *self._one_more(fact, chosen)):
                wider = [*chosen[:fact], chosen[fact] | values, *chosen[fact + 1 :]]
                if not _members(self.space, wider) & fails:
                    chosen = wider
        return _term(self.space, chosen)

    def _one_more(self, fact: int, chosen: Sequence[frozenset[str]]) -> Iterator[frozenset[str]]:
        for value in self.space.having[fact]:
            if value not in chosen[fact]:
                yield frozenset((value,))

    def _narrow(self, cover: tuple[Term, ...], holds: int) -> Iterator[Term]:
        """Leave out the values that a term needs for none of the contexts that it is there for."""
        for term in cover:
            wanted = term.members & holds
            where = tuple(
                (fact, tuple(value for value in values if self._contexts_with(fact, value) & wanted))
                for fact, values in term.where
            )
            chosen = dict(where)
            sets = [frozenset(chosen.get(fact, self.space.values[fact])) for fact in self.space.facts]
            yield Term(where, _members(self.space, sets))

    def _contexts_with(self, fact: str, value: str) -> int:
        return self.space.having[self.space.facts.index(fact)][value]


def _number_of_cubes(space: FactSpace) -> int:
    return prod(2 ** len(values) - 1 for values in space.values.values())


def _enumerable(space: FactSpace) -> bool:
    return _number_of_cubes(space) <= MAX_CUBES


def _cubes(space: FactSpace) -> Iterator[Term]:
    for chosen in product(*(_subsets(tuple(by_value)) for by_value in space.having)):
        term = _term(space, chosen)
        if term.members:
            yield term


def _subsets(values: tuple[str, ...]) -> list[frozenset[str]]:
    sizes = range(1, len(values) + 1)
    return [frozenset(some) for some in chain.from_iterable(combinations(values, size) for size in sizes)]


def _term(space: FactSpace, chosen: Sequence[frozenset[str]]) -> Term:
    where = tuple(
        (fact, tuple(value for value in by_value if value in values))
        for fact, by_value, values in zip(space.facts, space.having, chosen, strict=True)
        if len(values) < len(by_value)
    )
    return Term(where, _members(space, chosen))


def _members(space: FactSpace, chosen: Sequence[frozenset[str]]) -> int:
    members = space.everything
    for by_value, values in zip(space.having, chosen, strict=True):
        if len(values) < len(by_value):
            members &= reduce(or_, (by_value[value] for value in values), 0)
    return members


def _order(term: Term) -> tuple[int, int, tuple[tuple[str, tuple[str, ...]], ...]]:
    return term.length, -term.members.bit_count(), term.where


def _drop_dominated(candidates: list[Term], holds: int) -> list[Term]:
    """Drop the terms in whose place a shorter one, or one as short that covers more, can stand."""
    alike: dict[int, list[Term]] = {}
    for term in candidates:  # the shortest come first
        same = alike.setdefault(term.members & holds, [])
        if not same or (term.length == same[0].length and len(same) < MAX_RIVALS):
            same.append(term)
    kept: list[tuple[int, int]] = []
    found: list[Term] = []
    for covered in sorted(alike, key=lambda covered: (-covered.bit_count(), alike[covered][0].length)):
        length = alike[covered][0].length
        if not any(not covered & ~wider and other <= length for wider, other in kept):
            kept.append((covered, length))
            found += alike[covered]
    return found


class _Covers:
    """The search for all shortest covers of a set of contexts, branching on the context that fewest terms cover."""

    def __init__(self, candidates: list[Term], holds: int) -> None:
        self._holds = holds
        self._covering = {
            number: [term for term in candidates if term.members >> number & 1] for number in bits(holds)
        }
        self._steps = 0
        self._best = 0
        self._found: dict[frozenset[Term], tuple[Term, ...]] = {}

    def shortest(self) -> list[tuple[Term, ...]]:
        """Return the shortest covers, at most so many as rivals are looked for."""
        greedy = self._greedy()
        self._best = sum(term.length for term in greedy)
        self._found = {frozenset(greedy): greedy}
        self._extend((), self._holds, 0)
        return list(self._found.values())

    def _greedy(self) -> tuple[Term, ...]:
        chosen: list[Term] = []
        left = self._holds
        candidates = list(dict.fromkeys(term for terms in self._covering.values() for term in terms))
        while left:
            best = max(candidates, key=lambda term: (term.members & left).bit_count() / term.length)
            chosen.append(best)
            left &= ~best.members
        return tuple(chosen)

    def _extend(self, chosen: tuple[Term, ...], left: int, length: int) -> None:
        self._steps += 1
        if not left:
            if length < self._best:
                self._best, self._found = length, {}
            if len(self._found) < 4 * MAX_RIVALS:
                self._found.setdefault(frozenset(chosen), chosen)
            return
        if length >= self._best or self._steps > MAX_STEPS:
            return
        number = min(bits(left), key=lambda number: len(self._covering[number]))
        for term in self._covering[number]:
            if length + term.length <= self._best:
                self._extend((*chosen, term), left & ~term.members, length + term.length)
