"""Learning from recordings: hidden and merely not set, wrong recordings, and contexts never recorded."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.learning import ELEMENTS, OPTIONAL, SPACE, call, calls, contexts, decision, taught, visible
from whosees.engine.learning.cells import CellKind
from whosees.engine.learning.conditions import Minimizer
from whosees.engine.learning.evidence import Evidence, Presence
from whosees.engine.learning.generalize import generalize
from whosees.engine.learning.learn import learn
from whosees.engine.learning.policy import Policy

GUEST = {"plan": "free", "role": "guest", "key": "no"}
MEMBER = {"plan": "free", "role": "member", "key": "no"}
OWNER = {"plan": "free", "role": "owner", "key": "no"}


@pytest.mark.parametrize("objects", [3, 8])
def test_with_every_context_recorded_every_decision_is_learnt(objects: int) -> None:
    matrix = taught(calls(objects))
    for facts in contexts():
        for path in ELEMENTS:
            wanted = "must-not" if path not in visible(facts) else "should" if path in OPTIONAL else "must"
            learnt = decision(matrix, path, facts)
            if matrix.cells[path, facts["plan"]].kind is CellKind.CONDITIONAL and wanted == "must":
                wanted = "should"  # a condition says who may see it, not that every object has it
            assert learnt == wanted or (learnt == "may" and path in OPTIONAL), (path, facts)


def test_a_condition_is_the_shortest_and_its_cells_share_it() -> None:
    matrix = taught(calls())
    minimizer = Minimizer(SPACE)
    texts = {
        path: str(minimizer.shortest(cell.granted, cell.withheld)[0])
        for path in ELEMENTS
        for cell in [matrix.cell(path, "paid")]
        if cell.kind is CellKind.CONDITIONAL
    }
    either = "key=yes or role=owner"
    assert texts == {
        "billing": either,
        "billing/total": either,
        "billing/card": "role=owner",
        "secret": "role in (owner, member)",
    }


@given(st.sets(st.sampled_from(range(12)), min_size=1), st.integers(0, 1000))
def test_unobserved_never_becomes_never_or_always(recorded: set[int], seed: int) -> None:
    """Without noise nothing is permitted that was not seen, and no context is decided that was not recorded."""
    chosen = [facts for number, facts in enumerate(contexts()) if number in recorded]
    matrix = taught(each for each in calls(seed=seed) if each.facts in chosen)
    for facts in contexts():
        for path in matrix.paths:
            learnt = decision(matrix, path, facts)
            if facts not in chosen:
                assert learnt == "may", (path, facts)
            elif learnt in ("must", "should"):
                assert path in visible(facts), (path, facts)


def test_an_optional_element_is_no_permission() -> None:
    """Three guests without a note say little if every third object has none; that a container is hidden is another matter."""
    recorded = [call(OWNER, f"o{n}", lacking=["note"] if n % 2 else []) for n in range(10)]
    recorded += [call(GUEST, f"g{n}", lacking=["note"]) for n in range(3)]
    matrix = taught(recorded)
    assert decision(matrix, "note", GUEST) == "may"
    assert decision(matrix, "billing", GUEST) == "must-not"


def test_the_same_object_tells_hidden_from_not_set() -> None:
    recorded = [call(OWNER, f"o{n}", lacking=["note"] if n % 2 else []) for n in range(10)]
    recorded += [call(GUEST, "o0", lacking=["note"]), call(GUEST, "o2", lacking=["note"])]
    assert decision(taught(recorded), "note", GUEST) == "must-not"


def test_what_objects_lack_elsewhere_too_says_nothing() -> None:
    recorded = [call(OWNER, f"o{n}", lacking=["note"] if n % 2 else []) for n in range(10)]
    recorded += [call(MEMBER, f"o{n}", lacking=["note"] if n % 2 else []) for n in range(10)]
    recorded += [call(GUEST, f"o{n}", lacking=["note"]) for n in (1, 3, 5, 7, 9)]
    assert decision(taught(recorded), "note", GUEST) == "may"


def test_a_leak_is_an_outlier_and_no_permission() -> None:
    matrix = taught([*calls(), call(GUEST, "leaky", leaking=["billing", "billing/card"])])
    assert decision(matrix, "billing/card", GUEST) == "must-not"
    (outlier,) = matrix.outliers
    assert (outlier.sources, outlier.facts) == (("r37",), {"role": "guest", "key": "no"})
    assert outlier.leaked == ("billing", "billing/card")


def test_known_good_recordings_leak_nothing() -> None:
    recorded = [*calls(), call(GUEST, "seen", leaking=["billing", "billing/card"])]
    matrix = taught(recorded, Policy(known_good=True))
    assert decision(matrix, "billing/card", GUEST) == "should"
    assert matrix.outliers == ()


def test_a_recording_without_what_is_never_left_out_is_an_outlier() -> None:
    matrix = taught([*calls(8), call(GUEST, "broken", lacking=["name"])])
    assert decision(matrix, "name", GUEST) == "must"
    assert [(outlier.sources, outlier.missing) for outlier in matrix.outliers] == [(("r97",), ("name",))]


@pytest.mark.parametrize("seed", range(5))
def test_every_wrong_recording_is_named_and_none_of_them_permits_anything(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - it makes up recordings
    recorded, wrong = [], {}
    for number, each in enumerate(calls(4, seed), start=1):
        hidden = sorted({"billing", "secret"} - visible(each.facts))
        leaks = hidden and rng.random() < 0.05
        recorded.append(call(each.facts, each.key, leaking=[rng.choice(hidden)]) if leaks else each)
        if leaks:
            wrong[f"r{number}"] = each.facts
    matrix = taught(recorded)
    named = {source for outlier in matrix.outliers for source in outlier.sources}
    named |= {source for found in matrix.contradictions for source in found.sources}
    assert named >= wrong.keys()
    for facts in contexts():
        for path in ELEMENTS:
            if path not in visible(facts):
                assert decision(matrix, path, facts) in ("must-not", "may"), (path, facts)


def test_recordings_that_disagree_are_contradictory() -> None:
    recorded = [*calls(), *(call(GUEST, f"x{n}", leaking=["billing"]) for n in range(2))]
    matrix = taught(recorded)
    assert matrix.cell("billing", "free").kind is CellKind.CONTRADICTORY
    assert decision(matrix, "billing", GUEST) == "may"
    assert {each.sources for each in matrix.contradictions if "billing" in each.paths} == {("r37",), ("r38",)}


@pytest.mark.parametrize("seed", [0, 1])
def test_one_recording_that_leaks_everything_permits_nothing(seed: int) -> None:
    """Elements that are leaked together explain each other; but two of three recordings of the context show none of them."""
    for facts in contexts():
        hidden = [path for path in ELEMENTS if path not in visible(facts)]
        recorded = list(calls(3, seed))
        first = [each.facts for each in recorded].index(facts)
        recorded[first] = call(facts, recorded[first].key, leaking=hidden)
        matrix = taught(recorded)
        assert {decision(matrix, path, facts) for path in hidden} <= {"may", "must-not"}, facts


@pytest.mark.parametrize("element", ["secret", "billing"])
@pytest.mark.parametrize("objects", [3, 5])
def test_two_recordings_that_leak_the_same_are_named(objects: int, element: str) -> None:
    """Two of few recordings of a context may show an optional element, or leak it: nothing but a doubt can be told."""
    for facts in contexts():
        if element not in visible(facts):
            recorded = list(calls(objects))
            wrong = [number for number, each in enumerate(recorded) if each.facts == facts][:2]
            for number in wrong:
                recorded[number] = call(facts, recorded[number].key, leaking=[element])
            matrix = taught(recorded)
            named = {source for each in matrix.outliers for source in each.sources}
            named |= {source for each in (*matrix.contradictions, *matrix.thin) for source in each.sources}
            assert named >= {f"r{number + 1}" for number in wrong}


def test_few_objects_with_an_optional_element_in_one_of_many_contexts_are_chance() -> None:
    """Among so many contexts one always has fewest; its recordings do not contradict each other for that."""
    matrix = taught(calls(12, 7, unset=0.25))
    assert {decision(matrix, "note", facts) for facts in contexts()} == {"should"}


def test_what_one_recording_alone_shows_is_not_decided() -> None:
    evidence = Evidence()
    for number in range(40):
        shown = ["id", "odd"] if number == 7 else ["id"]
        evidence.add(Presence(f"r{number}", number, OWNER, shown))
    matrix = learn(evidence, SPACE)
    assert (matrix.rare, matrix.cell("odd", "free").granted) == (("odd",), 0)
    assert [(each.sources, each.column, each.paths) for each in matrix.rare_in] == [
        (("r7",), "free", ("odd",))
    ]


def test_a_recording_whose_facts_are_not_all_known_only_confirms() -> None:
    evidence = Evidence()
    for number, each in enumerate(calls()):
        evidence.add(each.presence(f"r{number}"))
    evidence.add(Presence("half", "h", {"plan": "free", "role": "guest"}, ["id", "name", "secret"]))
    matrix = learn(evidence, SPACE)
    assert (matrix.without_context, matrix.unknown_facts) == (1, ("key",))
    assert [(each.sources, each.leaked) for each in matrix.outliers] == [(("half",), ("secret",))]


def test_what_is_inside_a_hidden_container_is_hidden() -> None:
    matrix = taught(calls())
    outer, inner = matrix.cell("billing", "free"), matrix.cell("billing/card", "free")
    assert outer.withheld & ~inner.withheld == 0


def test_a_repeated_container_without_an_element_in_one_place_does_not_require_it() -> None:
    evidence = Evidence()
    for number in range(6):
        partial = ["rows/size"] if number == 2 else []
        evidence.add(Presence(f"r{number}", number, OWNER, ["id", "rows", "rows/size"], partial))
    matrix = learn(evidence, SPACE, Policy(noise=0))
    assert (matrix.cell("rows", "free").required, matrix.cell("rows/size", "free").required) == (True, False)


def test_the_next_context_is_the_one_that_decides_most_and_then_nothing_is_open() -> None:
    recorded = [each for each in calls(unset=0) if each.facts != GUEST]
    (first,) = taught(recorded).suggestions
    assert ({**first.facts, "plan": first.column}, first.cells, first.objects) == (GUEST, 7, 3)
    assert taught([*recorded, *(call(GUEST, f"g{n}") for n in range(3))]).suggestions == ()


def test_generalizing_lets_the_shortest_condition_hold_where_nothing_was_recorded() -> None:
    unseen = {"plan": "paid", "role": "member", "key": "yes"}
    matrix = generalize(taught([each for each in calls(unset=0) if each.facts != unseen]))
    assert decision(matrix, "billing", unseen) == "should"
    assert decision(matrix, "billing/card", unseen) == "must-not"


def test_size_grows_with_distinct_facts_and_not_with_recordings() -> None:
    evidence = Evidence()
    for number in range(50):
        evidence.add(call(GUEST, "same").presence(f"r{number}"))
    ((_, tally),) = evidence.seen.items()
    assert (evidence.recordings, tally.count, tally.sources) == (50, 50, ["r0", "r1", "r2", "r3", "r4"])


@given(st.integers(0, 36))
def test_evidence_in_parts_comes_to_the_same(cut: int) -> None:
    recorded = [each.presence(f"r{number}") for number, each in enumerate(calls(), start=1)]
    parts = [Evidence(), Evidence()]
    for number, presence in enumerate(recorded):
        parts[number >= cut].add(presence)
    parts[0].merge(parts[1])
    whole = taught(calls())
    assert learn(parts[0], SPACE).cells == whole.cells
    assert parts[0].ordered_paths() == list(whole.paths)


def test_rows_are_in_the_order_of_the_messages() -> None:
    evidence = Evidence()
    evidence.add(Presence("a", 1, OWNER, ["id", "zip"]))
    evidence.add(Presence("b", 2, OWNER, ["id", "name", "name/first", "zip", "end"]))
    assert evidence.ordered_paths() == ["id", "name", "name/first", "zip", "end"]


def test_what_comes_and_goes_makes_no_leaks_of_other_elements() -> None:
    """At most the share of `noise` is taken for leaks, however many elements are there in some recordings of an object only."""
    draw = random.Random(7)  # noqa: S311 - not for cryptography
    evidence = Evidence()
    for number, facts in enumerate(contexts() * 4):
        volatile = [f"v{each}" for each in range(30) if draw.random() < 0.5]
        key = f"object-{number // len(contexts())}"
        paths = ["id", *(["fax"] if key == "object-0" and facts["role"] != "guest" else []), *volatile]
        evidence.add(Presence(f"{number}", key, facts, paths))
    matrix = learn(evidence, SPACE)
    kinds = {matrix.cells["fax", column].kind for column in SPACE.columns}
    assert CellKind.NEVER not in kinds
