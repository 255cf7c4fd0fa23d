"""The ways out by themselves: how far they go, what they say, and in which order they come."""

from __future__ import annotations

import msgspec

from whosees.engine.context import context_of
from whosees.engine.expectation import Evaluator
from whosees.engine.explain.remedies import Remedy, find_remedies
from whosees.rules import Rulebook, builtin_rulebook

RULEBOOK = builtin_rulebook()
HIDDEN = {"service": "MC", "caller": "anonymous", "password": "not-supplied"}


def ways(path: str, facts: dict[str, str], rulebook: Rulebook = RULEBOOK) -> tuple[Remedy, ...]:
    evaluator = Evaluator(rulebook)
    return find_remedies(evaluator, rulebook.row_by_path[path], context_of(rulebook, facts))


def test_a_way_changes_as_many_facts_as_it_needs() -> None:
    """account is PW for $C alone: another service, and then the password, or a role, which an anonymous caller has not."""
    changes = [way.changes for way in ways("metaData/account", HIDDEN)]
    assert {"service": "SC", "password": "supplied"} in changes
    assert {"service": "SC", "caller": "authenticated", "role": "host"} in changes
    assert {len(change) for change in changes} == {2, 3}


def test_no_part_of_a_way_is_enough_and_none_comes_twice() -> None:
    for row in RULEBOOK.rows:
        found = [way.changes.items() for way in ways(row.path, HIDDEN)]
        assert not [(one, other) for one in found for other in found if one is not other and one <= other]


def test_a_way_says_what_another_service_takes_the_place_of() -> None:
    [way] = ways("presenter", HIDDEN)
    assert way.text == "ask about Training Center in place of Meeting Center"
    assert [way.text for way in ways("metaData/agenda", HIDDEN)][:2] == [
        "supply the meeting password",
        "sign in and be the session host",
    ]


def test_what_a_marker_asks_about_comes_before_what_it_does_not() -> None:
    document = RULEBOOK.document
    facts = tuple(msgspec.structs.replace(fact, caller_can=False) for fact in document.facts)
    nobody_can = msgspec.structs.replace(RULEBOOK, document=msgspec.structs.replace(document, facts=facts))
    found = [way.changes for way in ways("accessControl/registrationURL", HIDDEN, nobody_can)]
    assert found[:3] == [{"password": "supplied"}, {"service": "TC"}, {"service": "EC"}]
