"""The laws of the evaluator over generated rulebooks: any facts, markers that grant or withhold anything, any rows."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from support.by_hand import completions, expectation_by_hand
from whosees.engine.analysis import analyse
from whosees.engine.context import Context, all_contexts, change_facts
from whosees.engine.coverage import exercised, obligations
from whosees.engine.diff.rulebooks import Kind, diff
from whosees.engine.expectation import Evaluator, Expectation
from whosees.engine.explain.explain import explain
from whosees.engine.explain.remedies import find_remedies
from whosees.rules.decode import convert
from whosees.rules.matrix import read_matrix
from whosees.rules.model import UNKNOWN, Document, Row, Rulebook
from whosees.rules.validate import document_errors, reference_errors

COLUMNS = ("A", "B")
FACTS = {"caller": ("guest", "member"), "role": ("owner", "editor", "none"), "paid": ("yes", "no")}
PATHS = ("id", "owner", "owner/email", "owner/phone", "files/*/name", "files/*/size")

GRANTED = ("must", "should", "may", "masked", "must-not")
WITHHELD = ("may", "masked", "must-not")


@st.composite
def conditions(draw: st.DrawFn, facts: dict[str, tuple[str, ...]]) -> list[dict[str, list[str]]]:
    entries = []
    for _ in range(draw(st.integers(0, 3))):
        chosen = draw(st.lists(st.sampled_from(sorted(facts)), min_size=1, unique=True)) if facts else []
        entry = {
            fact: draw(st.lists(st.sampled_from(facts[fact]), min_size=1, unique=True)) for fact in chosen
        }
        if entry:
            entries.append(entry)
    return entries


@st.composite
def implications(draw: st.DrawFn, facts: dict[str, tuple[str, ...]]) -> list[dict[str, Any]]:
    if len(facts) < 2 or not draw(st.booleans()):
        return []
    premise, conclusion = draw(st.permutations(sorted(facts)))[:2]
    when = {premise: draw(st.sampled_from(facts[premise]))}
    then = {conclusion: draw(st.sampled_from(facts[conclusion]))}
    return [{"when": when, "then": then, "text": "it follows", "cite": "I1"}]


@st.composite
def rulebooks(draw: st.DrawFn) -> Rulebook:
    facts = {fact: FACTS[fact] for fact in draw(st.lists(st.sampled_from(sorted(FACTS)), unique=True))}
    markers = [
        {
            "id": f"m{number}",
            "printed": f"m{number}",
            "statement": "s",
            "meaning": "as drawn",
            "granted": draw(st.sampled_from(GRANTED)),
            "withheld": draw(st.sampled_from(WITHHELD)),
        }
        | ({"granted_if": granted_if} if (granted_if := draw(conditions(facts))) else {})
        for number in range(draw(st.integers(1, 4)))
    ]
    data: dict[str, Any] = {
        "rulebook": {
            "format": 1,
            "id": "g",
            "version": "1",
            "title": "g",
            "table": "t",
            "table_title": "the table",
        },
        "sources": [{"id": "d", "title": "d", "basis": "published"}],
        "statements": [{"id": "s", "source": "d", "cite": "d", "text": "As drawn."}],
        "columns": {
            "fact": "column",
            "values": [{"id": c, "printed": c, "title": f"column {c}", "names": [c]} for c in COLUMNS],
        },
        "facts": [
            {"id": "column", "label": "column", "caller_can": False, "state_unknown": "?"},
            *(
                {
                    "id": fact,
                    "label": fact,
                    "caller_can": draw(st.booleans()),
                    "state_unknown": f"{fact} is not known",
                    "values": [
                        {
                            "id": value,
                            "names": [value],
                            "state": f"{fact} is {value}",
                            "change": f"be {value}",
                        }
                        for value in values
                    ],
                }
                for fact, values in facts.items()
            ),
        ],
        "markers": markers,
        "implications": draw(implications(facts)),
        "wire": {"format": "json", "recognised_by": ["id"], "masks": ["***"]},
    }
    document = convert(data, Document)
    paths = draw(st.lists(st.sampled_from(PATHS), min_size=1, unique=True))
    lines = ["element,path,A,B"]
    for path in paths:
        cells = [f"m{draw(st.integers(0, len(markers) - 1))}" for _ in COLUMNS]
        lines.append(",".join([path.rpartition("/")[2], path, *cells]))
    rows = read_matrix(document, "\n".join(lines).encode())
    assert [*document_errors(document), *reference_errors(document, rows)] == []
    return Rulebook(document=document, rows=rows)


def matters(evaluator: Evaluator, row: Row, context: Context, fact: str) -> bool:
    """Return whether there are two values of a fact after which different decisions remain possible."""
    rulebook = evaluator.rulebook
    remaining = {
        frozenset(evaluator.expectation(row.path, known) for known in completions(rulebook, learnt))
        for value in rulebook.fact(fact).value_ids
        if (learnt := change_facts(rulebook, context, {fact: value})) is not None
    }
    return len(remaining) > 1


def test_what_each_expectation_expects() -> None:
    assert [each for each in Expectation if each.is_expected] == ["must", "should"]
    assert [each for each in Expectation if each.expects_presence] == ["must", "should", "masked"]


class TestEvaluator:
    @given(rulebooks())
    def test_is_total(self, rulebook: Rulebook) -> None:
        """Every row has one expectation in every context, and a reason with a citation."""
        evaluator = Evaluator(rulebook)
        for context in all_contexts(rulebook):
            decided = evaluator.expectations(context)
            assert list(decided) == [row.path for row in rulebook.rows]
            for row in rulebook.rows:
                because = explain(evaluator, row, context).because
                assert because
                assert all(reason.text and reason.cite for reason in because)

    @given(rulebooks())
    def test_decides_what_the_keys_say_wherever_all_is_known(self, rulebook: Rulebook) -> None:
        evaluator = Evaluator(rulebook)
        for context in all_contexts(rulebook):
            if UNKNOWN not in context.values:
                for row in rulebook.rows:
                    marker = rulebook.markers[row.cells[context[rulebook.column_fact]]]
                    assert evaluator.expectation(row.path, context) == expectation_by_hand(marker, context)
                assert evaluator.undecided_rows(context) == ()

    @given(rulebooks())
    def test_is_monotone_in_what_is_known(self, rulebook: Rulebook) -> None:
        """To learn more never changes what was decided; what is undecided can still turn out in two ways."""
        evaluator = Evaluator(rulebook)
        for context in all_contexts(rulebook):
            undecided = evaluator.undecided_rows(context)
            later = [evaluator.expectations(completed) for completed in completions(rulebook, context)]
            for path, expectation in evaluator.expectations(context).items():
                outcomes = {decided[path] for decided in later}
                if path in undecided:
                    assert expectation is Expectation.MAY
                    assert len(outcomes) > 1
                else:
                    assert outcomes == {expectation}

    @given(rulebooks())
    def test_names_the_facts_that_an_undecided_row_depends_on(self, rulebook: Rulebook) -> None:
        evaluator = Evaluator(rulebook)
        for context in all_contexts(rulebook):
            undecided = evaluator.undecided_rows(context)
            for row in rulebook.rows:
                facts = evaluator.undecided_facts(row, context)
                assert bool(facts) is (row.path in undecided)
                unknown = {fact for fact, value in context.items() if value == UNKNOWN}
                deciding = {fact for fact in unknown if matters(evaluator, row, context, fact)}
                if row.path in undecided:
                    # Facts of which no single one changes anything decide together.
                    assert set(facts) == (deciding or unknown & evaluator.marker(row, context).facts)
            named = {fact for row in rulebook.rows for fact in evaluator.undecided_facts(row, context)}
            assert set(evaluator.all_undecided_facts(context)) == named

    @given(rulebooks())
    def test_grants_no_less_if_a_condition_is_added(self, rulebook: Rulebook) -> None:
        """A marker is monotone in its conditions: more of them never turn granted into withheld."""
        (marker, *others) = rulebook.document.markers
        assume(len(marker.granted_if) > 1)
        fewer = msgspec.structs.replace(marker, granted_if=marker.granted_if[1:])
        document = msgspec.structs.replace(rulebook.document, markers=(fewer, *others))
        before = Evaluator(msgspec.structs.replace(rulebook, document=document))
        after = Evaluator(rulebook)
        for context in all_contexts(rulebook):
            for row in rulebook.rows:
                if after.marker(row, context) is marker and not before.is_undecided(row, context):
                    granted = before.expectation(row.path, context) == marker.when_granted
                    assert not granted or after.expectation(row.path, context) == marker.when_granted


def is_visible(evaluator: Evaluator, row: Row, context: Context) -> bool:
    """An element is there only with the elements that enclose it, of which a contradictory table can forbid one."""
    decided, rows = evaluator.expectations(context), evaluator.rulebook.row_by_path
    around, enclosing = row.container, []
    while around is not None:
        enclosing.append(around)
        around = rows[around].container
    return decided[row.path].is_expected and all(decided[path] != "must-not" for path in enclosing)


@given(rulebooks())
def test_every_remedy_works_and_no_part_of_it_does(rulebook: Rulebook) -> None:
    evaluator = Evaluator(rulebook)
    for context in all_contexts(rulebook):
        for row in rulebook.rows:
            remedies = find_remedies(evaluator, row, context)
            assert not (remedies and is_visible(evaluator, row, context))
            for remedy in remedies:
                changed = change_facts(rulebook, context, remedy.changes)
                assert changed is not None
                assert evaluator.expectation(row.path, changed) is remedy.expectation
                assert is_visible(evaluator, row, changed)
                for fact in remedy.changes:
                    part = {other: value for other, value in remedy.changes.items() if other != fact}
                    less = change_facts(rulebook, context, part)
                    assert less is None or not is_visible(evaluator, row, less)


@given(rulebooks())
def test_only_what_a_response_can_break_is_an_obligation(rulebook: Rulebook) -> None:
    every = set(obligations(rulebook))
    done = exercised(Evaluator(rulebook), all_contexts(rulebook))
    assert all(each.expectation is not Expectation.MAY for each in every)
    assert done <= every


@settings(max_examples=40)
@given(rulebooks(), rulebooks())
def test_a_rulebook_differs_from_itself_in_nothing_and_from_another_symmetrically(
    one: Rulebook, other: Rulebook
) -> None:
    assert not diff(one, one).differs
    there, back = diff(one, other), diff(other, one)
    assert there.count(Kind.WIDENED) == back.count(Kind.NARROWED)
    assert there.count(Kind.CHANGED) == back.count(Kind.CHANGED)


@given(rulebooks())
def test_analysis_ends_with_a_witness_for_each_diagnostic(rulebook: Rulebook) -> None:
    assert all(diagnostic.witness for diagnostic in analyse(Evaluator(rulebook)))
