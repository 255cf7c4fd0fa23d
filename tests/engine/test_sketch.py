"""Sketches: judged as the observation that they were made of, or left to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.rulebooks import variant, varied
from whosees.engine.context import Context, all_contexts, context_of
from whosees.engine.expectation import Evaluator, Expectation
from whosees.engine.finding import Severity
from whosees.engine.judge import FEW, LONG, REMEMBERED, Judge, Policy, judge_for
from whosees.engine.observation import Node
from whosees.engine.sketch import Occurrence, Sketch, Unlisted, row_bits
from whosees.rules import builtin_rulebook

if TYPE_CHECKING:
    from support.rulebooks import Loaded

__all__ = ["variant", "varied"]

RULEBOOK = builtin_rulebook()
EVALUATOR = Evaluator(RULEBOOK)
CONTEXTS = list(all_contexts(RULEBOOK))
BELOW = "telephony/labels/participantLimitedAccessLabel"
"""The only row that stands in an element that is in no row."""


def sketch_of(root: Node) -> Sketch:
    """Draw the sketch of an observation: containers as they end, unlisted elements as they begin."""
    bits = row_bits(RULEBOOK)
    occurrences: list[Occurrence] = []
    unlisted: list[Unlisted] = []

    def inside(node: Node, path: str) -> None:
        for child in node.children:
            child_path = f"{path}/{child.name}" if path else child.name
            if child.foreign or child_path not in RULEBOOK.row_by_path:
                unlisted.append(Unlisted(path, child_path, child))
                continue
            inside(child, child_path)
        rows = RULEBOOK.rows_below[path or None]
        if rows or not path:
            there = sum(bits[row.path] for row in rows if any(node.find(row.steps)))
            occurrences.append((path or None, node.line, there))

    inside(root, "")
    return Sketch(occurrences, unlisted)


def observation(*parts: Node) -> Node:
    return Node("", 1, parts)


def shown(context: Context, *without: str) -> list[Node]:
    """The elements that a context should see, each on a line of its own, without some of them."""
    expected = EVALUATOR.expectations(context)
    lines = iter(range(2, 1000))

    def nodes(container: str | None) -> Iterator[Node]:
        for row in RULEBOOK.rows_below[container]:
            if expected[row.path] is Expectation.MUST_NOT or row.path in without:
                continue
            yield nested(row.steps, next(lines), tuple(nodes(row.path)))

    return list(nodes(None))


def nested(steps: tuple[str, ...], line: int, children: tuple[Node, ...]) -> Node:
    below = (nested(steps[1:], line, children),) if len(steps) > 1 else children
    return Node(steps[0], line, below)


STRANGE = [
    Node("hostKey", 500),
    Node("hostKey", 501),
    Node("Status", 502),
    Node("Status", 503, foreign=True),
    Node("status", 504, foreign=True),
    Node("made", 505, (Node("up", 506, (Node("status", 507),)), Node("Status", 508))),
    Node("host", 509, (Node("firstname", 510),), foreign=True),
    Node("antelope", 511),
]
"""What no row lists, to be put at the top; each stands on lines of its own."""

ANYTHING = [
    *(Node(row.path, 600) for row in RULEBOOK.rows_below[None]),
    Node("telephony", 601, (Node("labels", 602),)),
    Node("metaData", 603, (Node("agenda", 604, (Node("made", 605),)),)),
]
"""What some contexts must not see, or what lacks most of what should be in it."""


@st.composite
def observations(draw: st.DrawFn, context: Context) -> Node:
    """What a context should see, less some of it, with what no row lists, and in any order."""
    rows = [row.path for row in RULEBOOK.rows]
    parts = shown(context, *draw(st.sets(st.sampled_from(rows), max_size=3)))
    parts += draw(st.lists(st.sampled_from(STRANGE), max_size=3))
    again = draw(st.lists(st.sampled_from(parts), max_size=1))
    return observation(*draw(st.permutations([*parts, *again])))


policies = st.sampled_from(
    [
        Policy(),
        Policy(strict=True, unlisted=None),
        Policy(unlisted=Severity.ERROR),
        Policy(empty_is_absent=True),
    ]
)


@settings(deadline=None, max_examples=300)
@given(data=st.data(), context=st.sampled_from(CONTEXTS), policy=policies)
def test_a_sketch_is_judged_as_its_observation_or_left_to_it(
    data: st.DataObject, context: Context, policy: Policy
) -> None:
    seen = data.draw(observations(context))
    more = data.draw(st.lists(st.sampled_from(ANYTHING), max_size=1))
    seen = observation(*more, *seen.children)
    judge = Judge(EVALUATOR, context, policy)
    told = judge.judge_sketch(sketch_of(seen))
    assert told in (None, judge.judge(seen))


@settings(deadline=None, max_examples=200)
@given(data=st.data(), context=st.sampled_from(CONTEXTS))
def test_a_sketch_in_which_nothing_is_leaked_is_judged_as_its_observation(
    data: st.DataObject, context: Context
) -> None:
    seen = data.draw(observations(context))
    judge = Judge(EVALUATOR, context, Policy())
    assert judge.judge_sketch(sketch_of(seen)) == judge.judge(seen)


HOST_AO = context_of(RULEBOOK, {"service": "AO", "role": "host"})
HOST_MC = context_of(RULEBOOK, {"service": "MC", "role": "host"})
ANONYMOUS_MC = context_of(RULEBOOK, {"service": "MC", "caller": "anonymous", "password": "not-supplied"})


def decided(
    context: Context, *parts: Node, policy: Policy | None = None
) -> list[tuple[str, str | None]] | None:
    """What a sketch comes to, by rule and path; None where it is left to its observation."""
    findings = Judge(EVALUATOR, context, policy or Policy()).judge_sketch(sketch_of(observation(*parts)))
    return None if findings is None else [(finding.rule, finding.path) for finding in findings]


def with_labels(*inside: Node) -> list[Node]:
    """What a host sees of an audio-only session, save for the row in `telephony/labels`, and these in `telephony`."""
    return [
        Node(part.name, part.line, (*part.children, *inside)) if part.name == "telephony" else part
        for part in shown(HOST_AO, BELOW)
    ]


def test_what_is_leaked_is_left_to_the_observation() -> None:
    assert decided(ANONYMOUS_MC, *shown(ANONYMOUS_MC)) == []
    assert decided(ANONYMOUS_MC, *shown(ANONYMOUS_MC), Node("telephony", 99)) is None


def test_what_is_empty_is_not_in_a_sketch_so_that_its_absence_is_left_to_the_observation() -> None:
    assert decided(HOST_MC, *shown(HOST_MC), policy=Policy(empty_is_absent=True)) is None


def test_where_a_row_would_stand_is_left_to_the_observation_if_that_may_be_in_what_no_row_lists() -> None:
    assert decided(HOST_AO, *with_labels()) == [("omitted", BELOW)]
    assert decided(HOST_AO, *with_labels(Node("labels", 99))) is None
    assert decided(HOST_AO, *with_labels(Node("other", 99))) is None
    assert decided(HOST_AO, *with_labels(), Node("hostKey", 99)) == [
        ("omitted", BELOW),
        ("unlisted", "hostKey"),
    ]


def test_at_the_top_too(varied: Loaded) -> None:
    """A rulebook can list a member of something that it does not list."""
    rulebook = varied(("price,price,always,owner", "net,offer/net,always,owner"), of="skeleton")
    bits = row_bits(rulebook)
    judge = Judge(Evaluator(rulebook), context_of(rulebook, {"version": "A"}), Policy())
    found = [
        judge.judge_sketch(
            Sketch([(None, 1, bits["id"])], [Unlisted("", name, Node(name, 2)) for name in beside])
        )
        for beside in ((), ("offer",), ("other",))
    ]
    assert [finding.path for finding in found[0] or ()] == ["offer/net"]
    assert found[1:] == [None, None]


def test_what_comes_twice_in_a_sketch_is_one_finding_with_both_lines() -> None:
    twice = sketch_of(observation(*shown(HOST_MC), Node("hostKey", 500), Node("hostKey", 501)))
    (finding,) = Judge(EVALUATOR, HOST_MC, Policy()).judge_sketch(twice) or ()
    assert (finding.path, finding.lines) == ("hostKey", (500, 501))


def test_a_near_miss_is_one_beside_what_is_absent_too() -> None:
    assert decided(HOST_MC, *shown(HOST_MC, "status"), Node("Status", 500)) == [
        ("missing", "status"),
        ("near-miss", "Status"),
    ]


def test_the_most_severe_finding_comes_first_whatever_was_found_first() -> None:
    parts = (*shown(HOST_MC, "metaData/agenda"), Node("hostKey", 500))
    assert decided(HOST_MC, *parts, policy=Policy(unlisted=Severity.ERROR)) == [
        ("unlisted", "hostKey"),
        ("omitted", "metaData/agenda"),
    ]


def unlisted(*names: str) -> list[Unlisted]:
    return [Unlisted("", name, Node(name, line)) for line, name in enumerate(names, start=2)]


def judged(judge: Judge, *parts: Unlisted) -> list[str]:
    """Judge a sketch of a context that has every row that it should, and these."""
    sound = sketch_of(observation(*shown(HOST_MC)))
    findings = judge.judge_sketch(Sketch(sound.occurrences, list(parts)))
    assert findings is not None
    return [finding.message for finding in findings]


def test_what_a_judge_found_it_need_not_put_into_words_again() -> None:
    judge = Judge(EVALUATOR, HOST_MC, Policy())
    seen = observation(*shown(HOST_MC, "status", "metaData/agenda"), Node("hostKey", 99))
    once = [*judge.judge(seen), *(judge.judge_sketch(sketch_of(seen)) or ())]
    again = [*judge.judge(seen), *(judge.judge_sketch(sketch_of(seen)) or ())]
    assert len(once) == 6
    assert all(one is other for one, other in zip(once, again, strict=True))


def test_what_an_unlisted_element_comes_to_by_itself_is_remembered() -> None:
    judge = Judge(EVALUATOR, HOST_MC, Policy())
    [part] = unlisted("antelope")
    sound = sketch_of(observation(*shown(HOST_MC)))
    findings = judge.judge_sketch(Sketch(sound.occurrences, [part]))
    assert judge._single == {part: findings}


def test_one_judge_is_kept_for_a_context() -> None:
    assert judge_for(EVALUATOR, HOST_MC) is judge_for(EVALUATOR, HOST_MC)
    assert judge_for(EVALUATOR, HOST_MC) is not judge_for(EVALUATOR, HOST_MC, Policy(strict=True))


LENGTHS = [(LONG - 1, True), (LONG, False), (LONG + 1, False)]


@pytest.mark.parametrize(("length", "kept"), LENGTHS)
def test_what_is_about_a_long_path_is_not_remembered(length: int, *, kept: bool) -> None:
    judge = Judge(EVALUATOR, HOST_MC, Policy())
    judged(judge, *unlisted("x" * length))
    assert [len(judge._single), len(judge._worded), len(judge._likes)] == [kept] * 3


@pytest.mark.parametrize(("length", "kept"), LENGTHS)
def test_a_name_is_as_long_as_the_path_that_it_stands_in_makes_it(length: int, *, kept: bool) -> None:
    judge = Judge(EVALUATOR, HOST_MC, Policy())
    parent = "y" * (length // 2)
    assert judge.like(parent, Node("x" * (length - len(parent)), 2)) is None
    assert len(judge._likes) == kept


@pytest.mark.parametrize(("lines", "kept"), LENGTHS)
def test_a_finding_with_many_lines_is_not_remembered(lines: int, *, kept: bool) -> None:
    judge = Judge(EVALUATOR, HOST_MC, Policy())
    (finding,) = judge.judge(
        observation(*shown(HOST_MC), *(Node("hostKey", 100 + line) for line in range(lines)))
    )
    assert len(finding.lines) == lines
    assert len(judge._worded) == kept


@pytest.mark.parametrize(("inside", "kept"), [(FEW - 2, True), (FEW - 1, False)])
def test_an_element_with_many_findings_in_it_is_not_remembered(inside: int, *, kept: bool) -> None:
    judge = Judge(EVALUATOR, HOST_MC, Policy())
    node = Node("made", 2, tuple(Node(f"x{number}", 3) for number in range(inside)))
    assert len(judged(judge, Unlisted("", "made", node))) == 1 + inside
    assert len(judge._single) == kept


def test_a_judge_remembers_so_many_findings_and_names_and_then_begins_anew() -> None:
    judge = Judge(EVALUATOR, HOST_MC, Policy())
    for number in range(REMEMBERED):
        judged(judge, *unlisted(f"x{number}"))
    memories = judge._single, judge._worded, judge._likes
    assert [len(memory) for memory in memories] == [REMEMBERED] * 3
    assert judged(judge, *unlisted("antelope")) == ["`antelope` is in no row of Table 4-3; it is not judged"]
    assert [len(memory) for memory in memories] == [1] * 3


def test_two_elements_with_one_path_are_each_like_what_they_are_like() -> None:
    """The name in another vocabulary differs from a row in something else than the same name in the rulebook's."""
    judge = Judge(EVALUATOR, HOST_MC, Policy())
    own, foreign = Node("Status", 2), Node("Status", 2, foreign=True)
    like = "`Status` is in no row of Table 4-3, but like `status`:"
    assert [judged(judge, Unlisted("", "Status", node)) for node in (own, foreign)] == [
        [f"{like} only letter case differs"],
        [f"{like} letter case and the namespace differ"],
    ]
    assert judged(judge, *(Unlisted("", "Status", node) for node in (own, foreign))) == [
        f"{like} only letter case differs"
    ]


def test_each_row_has_a_bit_of_its_own_among_those_below_the_same_one() -> None:
    bits = row_bits(RULEBOOK)
    assert bits.keys() == RULEBOOK.row_by_path.keys()
    for rows in RULEBOOK.rows_below.values():
        assert [bits[row.path] for row in rows] == [2**place for place in range(len(rows))]
