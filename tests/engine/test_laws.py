"""Laws of the evaluator, each with the sentence of the page, or of the design, that it states."""

from __future__ import annotations

from collections import Counter
from itertools import product

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from whosees.engine.context import Context, all_contexts, change_facts, context_of
from whosees.engine.expectation import Evaluator, Expectation
from whosees.engine.explain.explain import explain
from whosees.rules import builtin_rulebook
from whosees.rules.model import UNKNOWN, Row

RULEBOOK = builtin_rulebook()
EVALUATOR = Evaluator(RULEBOOK)
CONTEXTS = list(all_contexts(RULEBOOK))
PRIVILEGED = ("host", "invited-attendee", "panelist", "presenter")
VISIBILITY = [Expectation.MUST_NOT, Expectation.MAY, Expectation.SHOULD, Expectation.MUST]

contexts = st.sampled_from(CONTEXTS)
rows = st.sampled_from(RULEBOOK.rows)


def decided(context: Context) -> dict[str, Expectation]:
    return EVALUATOR.expectations(context)


def test_the_decisions_over_the_105_contexts_total_as_designed() -> None:
    """Over all 105 contexts and 57 rows: 2,457 must, 2,274 must-not, 990 should and 264 may."""
    known_callers = [context for context in CONTEXTS if context["caller"] != UNKNOWN]
    assert len(known_callers) == 105
    totals = Counter(e for context in known_callers for e in decided(context).values())
    assert totals == {
        Expectation.MUST: 2457,
        Expectation.MUST_NOT: 2274,
        Expectation.SHOULD: 990,
        Expectation.MAY: 264,
    }


def test_the_cells_total_as_printed() -> None:
    """285 cells: 117 ✓, 102 X, 66 PW."""
    assert Counter(marker for row in RULEBOOK.rows for marker in row.cells.values()) == {
        "always": 117,
        "never": 102,
        "pw": 66,
    }


@given(contexts, rows)
def test_always_and_never_ask_about_nothing(context: Context, row: Row) -> None:
    """‘✓’ means that the element is always returned; ‘X’ means that the element that is never returned."""
    marker = row.cells[context["service"]]
    expectation = decided(context)[row.path]
    assert (marker == "always") == (expectation is Expectation.MUST)
    if marker == "never":
        assert expectation is Expectation.MUST_NOT


@given(contexts)
def test_anonymous_without_password_sees_what_is_marked_always_and_nothing_else(context: Context) -> None:
    """Wherever an element is marked as being always returned, that element is returned in this anonymous mode."""
    anonymous = context_of(
        RULEBOOK, {"service": context["service"], "caller": "anonymous", "password": "not-supplied"}
    )
    shown = {path for path, e in decided(anonymous).items() if e is not Expectation.MUST_NOT}
    assert shown == {row.path for row in RULEBOOK.rows if row.cells[context["service"]] == "always"}


@given(contexts, rows)
def test_supplying_the_password_never_hides(context: Context, row: Row) -> None:
    """‘PW’: returned only if the meeting password has been supplied; or …: more is never less."""
    supplied = change_facts(RULEBOOK, context, {"password": "supplied"})
    assert supplied is not None
    before, after = decided(context)[row.path], decided(supplied)[row.path]
    assert VISIBILITY.index(after) >= VISIBILITY.index(before)


@given(contexts, rows, st.sampled_from(PRIVILEGED))
def test_gaining_a_privileged_role_never_hides(context: Context, row: Row, role: str) -> None:
    """… or if the caller is the session host, an invited attendee, a panelist or a presenter."""
    privileged = change_facts(RULEBOOK, context, {"caller": "authenticated", "role": role})
    assert privileged is not None
    before, after = decided(context)[row.path], decided(privileged)[row.path]
    assert VISIBILITY.index(after) >= VISIBILITY.index(before)
    assert after is not Expectation.MAY


@given(contexts, rows)
def test_unknown_is_exactly_the_join_of_its_possible_values(context: Context, row: Row) -> None:
    """Unknown stays unknown: a decision holds if all that can be agrees on it, and otherwise is `may`."""
    unknown = [fact for fact, value in context.items() if value == UNKNOWN]
    possible = set()
    for values in product(*(RULEBOOK.fact(fact).value_ids for fact in unknown)):
        known = change_facts(RULEBOOK, context, dict(zip(unknown, values, strict=True)))
        if known is not None:
            possible.add(decided(known)[row.path])
    assert possible
    expected = possible.pop() if len(possible) == 1 else Expectation.MAY
    assert decided(context)[row.path] is expected


@given(contexts)
def test_a_parent_is_never_less_visible_than_its_child(context: Context) -> None:
    for row in RULEBOOK.rows:
        if row.container is not None:
            parent, child = decided(context)[row.container], decided(context)[row.path]
            assert VISIBILITY.index(parent) >= VISIBILITY.index(child), (row.path, context)


@given(contexts, rows)
def test_no_explanation_has_an_empty_reason(context: Context, row: Row) -> None:
    """Every verdict has a complete reason, also the default deny."""
    explanation = explain(EVALUATOR, row, context)
    assert explanation.because
    assert explanation.summary.startswith(f"`{row.path}` ")
    assert all(reason.text.strip() and reason.cite.strip() for reason in explanation.because)
    printed = RULEBOOK.column(context["service"]).printed
    assert explanation.because[0].cite == f"Table 4-3, row {row.number}, column {printed}"


@given(contexts, rows)
def test_what_a_decision_depends_on_is_unknown_and_matters(context: Context, row: Row) -> None:
    """pw, anything else: undetermined, and it says which facts it depends on."""
    facts = EVALUATOR.undecided_facts(row, context)
    if decided(context)[row.path] is not Expectation.MAY:
        assert facts == ()
        return
    assert facts
    for fact in facts:
        assert context[fact] == UNKNOWN
        outcomes = {
            decided(changed)[row.path]
            for value in RULEBOOK.fact(fact).value_ids
            if (changed := change_facts(RULEBOOK, context, {fact: value})) is not None
        }
        assert outcomes != {Expectation.MAY}


def test_facts_that_decide_only_together_are_all_named() -> None:
    """`undecided`: it says which facts it depends on, also if no single one of them would change anything."""
    document = RULEBOOK.document
    roles = RULEBOOK.fact("role").value_ids
    conditions = (
        {"role": ("host",), "password": ("supplied",)},
        {"role": tuple(r for r in roles if r != "host"), "password": ("not-supplied",)},
    )
    markers = tuple(
        msgspec.structs.replace(m, granted_if=conditions) if m.id == "pw" else m for m in document.markers
    )
    rulebook = msgspec.structs.replace(RULEBOOK, document=msgspec.structs.replace(document, markers=markers))
    context = context_of(rulebook, {"service": "MC", "caller": "authenticated"})
    row = rulebook.row_by_path["metaData/agenda"]
    assert Evaluator(rulebook).undecided_facts(row, context) == ("role", "password")


def test_without_a_service_there_is_no_column_to_look_in() -> None:
    with pytest.raises(ValueError, match="the context has no service, so it has no column"):
        EVALUATOR.expectations(context_of(RULEBOOK, {"caller": "anonymous"}))
