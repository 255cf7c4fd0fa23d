"""Shortest conditions, held against every condition there is in a small space."""

from __future__ import annotations

from functools import cache, reduce
from itertools import combinations, product
from operator import or_

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whosees.engine.context import TooManyContextsError
from whosees.engine.learning.cells import Cell
from whosees.engine.learning.conditions import Minimizer
from whosees.engine.learning.reliability import reliability
from whosees.engine.learning.space import FactSpace, Implied

SPACE = FactSpace("plan", ["free"], {"role": ("owner", "member", "guest"), "key": ("yes", "no")})
IMPLIED = FactSpace(
    "plan",
    ["free", "paid"],
    {"login": ("in", "out"), "role": ("owner", "none")},
    [Implied({"login": "out"}, {"role": "none"})],
)


@cache
def terms() -> dict[int, int]:
    """The contexts of every conjunction, each with the least number of facts that it takes to say it."""
    found: dict[int, int] = {}
    roles, keys = SPACE.having
    for some_roles, some_keys in product(subsets(tuple(roles)), subsets(tuple(keys))):
        members = reduce(or_, (roles[r] for r in some_roles)) & reduce(or_, (keys[k] for k in some_keys))
        length = 1 + (len(some_roles) < len(roles)) + (len(some_keys) < len(keys))
        found[members] = min(found.get(members, length), length)
    return found


def subsets(values: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [some for size in range(1, len(values) + 1) for some in combinations(values, size)]


def least_length(holds: int, fails: int) -> int:
    candidates = [(members, length) for members, length in terms().items() if not members & fails]
    return min(
        sum(length for _, length in some)
        for size in range(1, 4)
        for some in combinations(candidates, size)
        if not holds & ~reduce(or_, (members for members, _ in some))
    )


@given(st.integers(1, 63), st.integers(0, 63))
def test_a_condition_separates_and_none_is_shorter(holds: int, fails: int) -> None:
    fails &= ~holds
    found = Minimizer(SPACE).shortest(holds, fails)
    for condition in found:
        assert condition.members & holds == holds
        assert not condition.members & fails
        assert condition.length == least_length(holds, fails)


def test_rivals_are_all_found_and_the_one_that_permits_least_comes_first() -> None:
    owner_with_key = SPACE.mask([SPACE.index["owner", "yes"]])
    guest_without = SPACE.mask([SPACE.index["guest", "no"]])
    texts = [str(condition) for condition in Minimizer(SPACE).shortest(owner_with_key, guest_without)]
    assert texts == ["role=owner", "key=yes"]


def test_what_an_implication_excludes_is_no_context() -> None:
    assert IMPLIED.contexts == (("in", "owner"), ("in", "none"), ("out", "none"))
    assert str(Minimizer(IMPLIED).shortest(0b001, 0b110)[0]) == "role=owner"


def test_too_many_contexts_name_the_facts_that_make_them() -> None:
    values = {"user": [f"u{number}" for number in range(5000)], "role": ["a", "b"]}
    with pytest.raises(
        TooManyContextsError, match=r"10,000 contexts, and 4,096 can be .*: `user` has 5,000 values"
    ):
        FactSpace("plan", ["free"], values)


def test_reliability_is_low_where_confidence_hides_what_was_never_recorded() -> None:
    """Everything that was recorded of owners was granted, and half of what `role=owner` permits was never recorded."""
    owner_yes = SPACE.mask([SPACE.index["owner", "yes"]])
    cell = Cell(
        "a",
        "free",
        SPACE.everything,
        owner_yes,
        SPACE.having[0]["guest"],
        0,
        required=False,
        shown=1,
        absent=0,
        unset=0.0,
    )
    condition = next(
        c for c in Minimizer(SPACE).shortest(cell.granted, cell.withheld) if str(c) == "role=owner"
    )
    rated = reliability(cell, condition, SPACE)
    assert (rated.confidence, rated.reliability, rated.permitted, rated.seen) == (1.0, 0.5, 2, 1)
