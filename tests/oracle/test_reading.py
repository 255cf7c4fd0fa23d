"""The reading by itself: what can be counted on the page, and what the page says in so many words."""

from __future__ import annotations

from collections import Counter

import pytest

from .reading import (
    CONTEXTS,
    MAY,
    MUST,
    MUST_NOT,
    ROW,
    ROWS,
    SERVICES,
    SHOULD,
    UNKNOWN,
    UNKNOWN_CALLERS,
    Context,
    closed,
    expectation,
    expected,
    ideal,
    judge,
    ways,
)


def test_the_table_has_57_rows_and_285_cells() -> None:
    cells = Counter(row.cell(service) for row in ROWS for service in SERVICES)
    assert len(ROW) == len(ROWS) == 57
    assert cells == {"✓": 117, "X": 102, "PW": 66}


def test_the_contexts_are_105_and_their_decisions_5985() -> None:
    assert len(set(CONTEXTS)) == 105
    decisions = Counter(expectation(*context, row) for context in CONTEXTS for row in ROWS)
    assert decisions == {MUST: 2457, MUST_NOT: 2274, SHOULD: 990, MAY: 264}


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_always_returned_is_returned_in_the_anonymous_mode(service: str) -> None:
    """Wherever an element is marked as being always returned, that element is returned in this anonymous mode."""
    anonymous = Context(service, "anonymous", "none", "not-supplied")
    seen = {row.path for row in ROWS if expectation(*anonymous, row) == MUST}
    assert seen == {row.path for row in ROWS if row.cell(service) == "✓"} == ideal(anonymous)


@pytest.mark.parametrize("context", [*CONTEXTS, *UNKNOWN_CALLERS], ids="-".join)
def test_nothing_that_must_or_should_be_there_is_in_what_must_not(context: Context) -> None:
    """The table never promises a row inside one that it denies, so a response can always do what it asks."""
    there = ideal(context)
    assert MUST_NOT not in {expected(context, path) for path in there if path in ROW}
    assert not judge(there, context)


def test_the_ways_are_read_by_trying_them() -> None:
    hidden = Context("MC", "anonymous", "none", "not-supplied")
    roles = {frozenset({("caller", "authenticated"), ("role", role)}) for role in _PRIVILEGED}
    services = {frozenset({("service", service)}) for service in ("TC", "EC")}
    password = frozenset({("password", "supplied")})
    assert ways(ROW["metaData/agenda"], hidden).keys() == {password, *roles}
    assert ways(ROW["accessControl/registrationURL"], hidden).keys() == {password, *roles, *services}
    assert ways(ROW["presenter"], hidden) == {frozenset({("service", "TC")}): MUST}
    assert ways(ROW["status"], hidden) == {}


def test_a_role_alone_is_a_way_where_the_caller_is_not_known() -> None:
    open_context = Context("AO", UNKNOWN, UNKNOWN, "not-supplied")
    roles = {frozenset({("role", role)}): SHOULD for role in _PRIVILEGED}
    assert ways(ROW["telephony"], open_context) == {frozenset({("password", "supplied")}): SHOULD, **roles}


def test_repeated_containers_are_judged_one_by_one() -> None:
    context = Context("TC", "authenticated", "host", "not-supplied")
    places = ideal(context) | closed({f"material/document[2]/{name}" for name in ("name", "URL")})
    assert [finding.places for finding in judge(places, context)] == [{"material/document[2]"}]


_PRIVILEGED = ("host", "invited-attendee", "panelist", "presenter")
