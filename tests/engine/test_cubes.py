"""Regions of contexts: cubes that cover exactly the contexts they are made of."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whosees.engine.cubes import Assignment, ContextSpace, Cube

FACTS = ("service", "caller", "password")


VALUES = (("MC", "TC"), ("anonymous", "authenticated"), ("supplied", "not-supplied", "unknown"))


ALL = [(a, b, c) for a in VALUES[0] for b in VALUES[1] for c in VALUES[2]]


def contexts_in(space: ContextSpace, region: Cube) -> set[Assignment]:
    return {
        context
        for context in space.contexts
        if all(
            dict(zip(space.facts, context, strict=True))[fact] in values
            for fact, values in region.where.items()
        )
    }


class TestRegions:
    """Regions hold just the contexts that they tell, however those lie."""

    @given(st.sets(st.sampled_from(ALL), min_size=1), st.data())
    def test_they_hold_all_and_nothing_else(self, universe: set[Assignment], data: st.DataObject) -> None:
        space = ContextSpace(FACTS, sorted(universe))
        chosen = data.draw(st.sets(st.sampled_from(sorted(universe))))
        regions = space.cover(chosen)
        held = [contexts_in(space, region) for region in regions]
        assert set().union(*held) == chosen
        assert [region.contexts for region in regions] == [len(contexts) for contexts in held]
        assert len(regions) <= len(chosen)

    def test_a_context_has_a_value_for_each_fact(self) -> None:
        for short in (("MC",), ("MC", "anonymous", "supplied", "more")):
            with pytest.raises(ValueError, match="zip"):
                ContextSpace(FACTS, [short])

    def test_all_is_told_without_a_condition(self) -> None:
        assert ContextSpace(FACTS, ALL).cover(ALL) == (Cube({}, len(ALL)),)

    def test_a_disjunction_is_told_as_it_is_said(self) -> None:
        chosen = [context for context in ALL if context[1] == "authenticated" or context[2] == "supplied"]
        found = ContextSpace(FACTS, ALL).cover(chosen)
        assert [region.where for region in found] == [
            {"password": ("supplied",)},
            {"caller": ("authenticated",)},
        ]

    @pytest.mark.parametrize(("first", "last"), [(2, 3), (3, 2)])
    def test_the_larger_one_is_told_first_whichever_facts_it_leaves_open(self, first: int, last: int) -> None:
        """The first fact alone leaves the others open, and the other way round."""
        every = list(product([f"a{n}" for n in range(first)], ["b0", "b1"], [f"c{n}" for n in range(last)]))
        space = ContextSpace(("a", "b", "c"), every)
        chosen = [context for context in every if context[0] == "a0" or context[2] == "c0"]
        by_first, by_last = Cube({"a": ("a0",)}, 2 * last), Cube({"c": ("c0",)}, 2 * first)
        assert space.cover(chosen) == ((by_first, by_last) if last > first else (by_last, by_first))
