"""The laws of the evaluator for every shipped rulebook: nothing here is written for one of them."""

from __future__ import annotations

from itertools import product

import pytest

from support.by_hand import completions, expectation_by_hand, known_contexts
from support.shipped import SHIPPED
from whosees.engine.context import Context, all_contexts, change_facts, context_of
from whosees.engine.expectation import Evaluator, Expectation
from whosees.engine.explain.explain import explain
from whosees.engine.explain.remedies import find_remedies
from whosees.rules.model import Marker, Row, Rulebook

VISIBILITY = [Expectation.MUST_NOT, Expectation.MASKED, Expectation.MAY, Expectation.SHOULD, Expectation.MUST]


@pytest.fixture(params=SHIPPED)
def evaluator(request: pytest.FixtureRequest) -> Evaluator:
    return Evaluator(SHIPPED[request.param])


def distinct_rows(rulebook: Rulebook) -> list[Row]:
    """One row for each way in which rows are marked: what is decided of a row depends on nothing else."""
    return list({tuple(row.cells.items()): row for row in reversed(rulebook.rows)}.values())


def test_every_row_is_decided_in_every_context_with_a_reason(evaluator: Evaluator) -> None:
    """Totality: no context is without a decision, and no decision without a reason and what it cites."""
    rows = distinct_rows(evaluator.rulebook)
    for context in all_contexts(evaluator.rulebook):
        decided = evaluator.expectations(context)
        assert list(decided) == [row.path for row in evaluator.rulebook.rows]
        for row in rows:
            because = explain(evaluator, row, context).because
            assert because
            assert all(reason.text.strip() and reason.cite.strip() for reason in because)


def test_where_all_is_known_the_keys_say_it(evaluator: Evaluator) -> None:
    rulebook = evaluator.rulebook
    for facts in known_contexts(rulebook):
        context = context_of(rulebook, facts)
        for row in distinct_rows(rulebook):
            marker = rulebook.markers[row.cells[context[rulebook.column_fact]]]
            assert evaluator.expectation(row.path, context) == expectation_by_hand(marker, context)


def test_unknown_is_the_join_of_all_that_it_can_be(evaluator: Evaluator) -> None:
    """A decision holds if all possible contexts agree on it, and otherwise the row is undecided."""
    for context in all_contexts(evaluator.rulebook):
        later = [evaluator.expectations(each) for each in completions(evaluator.rulebook, context)]
        undecided = evaluator.undecided_rows(context)
        for row in distinct_rows(evaluator.rulebook):
            outcomes = {decided[row.path] for decided in later}
            assert (len(outcomes) > 1) == (row.path in undecided)
            expected = outcomes if len(outcomes) == 1 else {Expectation.MAY}
            assert {evaluator.expectation(row.path, context)} == expected


def met(marker: Marker, context: Context) -> set[int]:
    """The conditions of a marker that a context meets."""
    entries = enumerate(marker.granted_if)
    return {
        number for number, entry in entries if all(context[fact] in values for fact, values in entry.items())
    }


def test_to_meet_more_conditions_never_hides(evaluator: Evaluator) -> None:
    """Markers are monotone: a caller who meets all that another meets, and more, sees no less in the same column."""
    rulebook = evaluator.rulebook
    contexts = [context_of(rulebook, facts) for facts in known_contexts(rulebook)]
    for one, other in product(contexts, repeat=2):
        column = one[rulebook.column_fact]
        if other[rulebook.column_fact] != column:
            continue
        for row in distinct_rows(rulebook):
            marker = rulebook.markers[row.cells[column]]
            grants = VISIBILITY.index(Expectation(marker.when_granted))
            if grants < VISIBILITY.index(Expectation(marker.otherwise)) or marker.undecided_if:
                continue  # not a monotone marker
            if met(marker, one) <= met(marker, other):
                before, after = (evaluator.expectation(row.path, each) for each in (one, other))
                assert VISIBILITY.index(before) <= VISIBILITY.index(after)


def test_ways_out_are_true_minimal_and_complete(evaluator: Evaluator) -> None:
    """`would_appear_if` lists every minimal change of facts that gives must or should; the caller's own come first."""
    rulebook = evaluator.rulebook
    able = {fact.id: fact.caller_can for fact in rulebook.facts}
    for context in all_contexts(rulebook):
        choices = [[None, *(v for v in fact.value_ids if v != context[fact.id])] for fact in rulebook.facts]
        reached = []
        for values in product(*choices):
            pairs = zip(rulebook.fact_ids, values, strict=True)
            changes = {fact: value for fact, value in pairs if value is not None}
            changed = change_facts(rulebook, context, changes)
            if changed is not None:
                reached.append((changes, evaluator.expectations(changed)))
        for row in distinct_rows(rulebook):
            remedies = find_remedies(evaluator, row, context)
            if evaluator.expectation(row.path, context).is_expected:
                assert remedies == ()
                continue
            working = [changes for changes, decided in reached if decided[row.path].is_expected]
            minimal = [each for each in working if not any(o.items() < each.items() for o in working)]
            found = [dict(each.changes) for each in remedies]
            assert sorted(map(sorted, map(dict.items, found))) == sorted(
                map(sorted, map(dict.items, minimal))
            )
            for remedy in remedies:
                changed = change_facts(rulebook, context, remedy.changes)
                assert changed is not None
                assert evaluator.expectation(row.path, changed) is remedy.expectation
                assert remedy.caller_can == all(able[fact] for fact in remedy.changes)
            assert [each.caller_can for each in remedies] == sorted(
                (r.caller_can for r in remedies), reverse=True
            )
