"""Every single leak and omission in every context, each written in a drawn way: exactly that is found, where it is.

How a message is written is no rule of the table, so a prefix, an encoding or a comment changes nothing; `make mutants`
does the same for every family of ways and any number of drawings.
"""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.examples import examples

from .invented import STRANGE
from .messages import AUDIO_FLAG
from .mutants import MUTANTS, Case, Mutant, compare, draw_case, mutated
from .reading import (
    CONTEXTS,
    MUST,
    MUST_NOT,
    ROW,
    SHOULD,
    UNKNOWN_CALLERS,
    Context,
    Response,
    ancestors,
    expected,
    ideal,
    judge,
    plain,
)
from .repeated import judge_each, noted_places
from .strategies import responses
from .sweep import rounds, run_round
from .variants import ENCODINGS, Family, draw_style, drawing

CHOSEN = {key: list(of_it) for key, of_it in groupby(MUTANTS[::11], key=lambda mutant: mutant.context)}
every_context = st.sampled_from([*CONTEXTS, *UNKNOWN_CALLERS])


def test_the_mutants_are_10653() -> None:
    """5,721 in the 105 contexts, and 4,932 in the 90 in which it is not known whether the caller is anonymous."""
    counted = Counter(
        (mutant.context in CONTEXTS, expected(mutant.context, mutant.path)) for mutant in MUTANTS
    )
    assert [counted[True, what] for what in (MUST_NOT, MUST, SHOULD)] == [2274, 2457, 990]
    assert [counted[False, what] for what in (MUST_NOT, MUST, SHOULD)] == [1902, 2106, 924]


def test_every_row_is_chosen_as_a_leak_and_as_an_omission() -> None:
    chosen = {(mutant.path, mutant.leaks) for mutants in CHOSEN.values() for mutant in mutants}
    assert chosen == {(mutant.path, mutant.leaks) for mutant in MUTANTS}
    assert len(CHOSEN) == len(CONTEXTS) + len(UNKNOWN_CALLERS)


@settings(derandomize=True)
@given(places=responses(), context=every_context, whole=st.booleans())
def test_both_readings_of_repeated_containers_agree(places: Response, context: Context, whole: bool) -> None:
    either = places | ideal(context) if whole else places
    assert judge_each(either, context) == judge(either, context)


@pytest.mark.no_cover  # it runs nothing that others do not, and takes twice as long when it is watched
@pytest.mark.parametrize("context", [*CONTEXTS, *UNKNOWN_CALLERS], ids="-".join)
def test_every_mutant_is_found_however_it_is_written(context: Context) -> None:
    """Every eleventh one, each in about half of the families; `make mutants` has all of them, in each family and more."""
    for mutant in CHOSEN[context]:
        draw = drawing(f"{context} {mutant.path}")
        families = [family for family in Family if draw.random() < 0.5]
        compare(draw_case(mutant, families, draw))


@settings(max_examples=examples(2), derandomize=True)
@given(
    mutant=st.sampled_from(MUTANTS), families=st.sets(st.sampled_from(Family)), seed=st.integers(0, 1 << 32)
)
def test_any_mutant_is_found_in_any_families(mutant: Mutant, families: set[Family], seed: int) -> None:
    compare(draw_case(mutant, families, drawing(seed)))


# That the mutants are what they are said to be ----------------------------------------------------------------------


@settings(max_examples=examples(3), derandomize=True)
@given(mutant=st.sampled_from(MUTANTS), seed=st.integers(0, 1 << 32))
def test_a_mutant_differs_by_its_row_alone_also_where_containers_repeat(mutant: Mutant, seed: int) -> None:
    """A leak is that of its row and of the containers that it needs; what is absent is absent with what it holds."""
    context, path = mutant
    wrong = judge_each(mutated(mutant, drawing(seed)), context)
    if mutant.leaks:
        above = {each for each in ancestors(path) if each in ROW and expected(context, each) == MUST_NOT}
        assert {(each.rule, each.path) for each in wrong} == {("leaked", each) for each in {path, *above}}
    else:
        held = {each for each in ROW if path in (each, *ancestors(each))}
        assert {each.path for each in wrong} == {
            each for each in held if expected(context, each) in (MUST, SHOULD)
        }
        assert {each.path for each in wrong if each.cause is None} == {path}


def _observed(case: Case) -> list[set[str]]:
    """The paths of each body, as another parser of XML sees them."""
    root = ET.fromstring(case.written.content)  # noqa: S314 - it was written here
    printed = {f"{path.rpartition('/')[0]}/{row.printed}".lstrip("/"): path for path, row in ROW.items()}

    def local(element: ET.Element) -> str:
        return element.tag.rpartition("}")[2]

    def below(element: ET.Element, path: str) -> set[str]:
        seen = set()
        for child in element:
            inner = f"{path}/{local(child)}".lstrip("/")
            inner = printed.get(inner, inner)
            seen |= {inner} | below(child, inner)
        return seen

    return [below(each, "") for each in root.iter() if local(each) == "bodyContent"]


@settings(max_examples=examples(2), derandomize=True)
@given(
    mutant=st.sampled_from(MUTANTS), families=st.sets(st.sampled_from(Family)), seed=st.integers(0, 1 << 32)
)
def test_what_is_written_is_what_was_meant(mutant: Mutant, families: set[Family], seed: int) -> None:
    case = draw_case(mutant, families, drawing(seed))
    assert _observed(case) == [
        {plain(place).removesuffix(STRANGE) for place in places} for places in case.bodies
    ]


@pytest.mark.parametrize("family", Family)
def test_every_family_writes_messages_in_more_than_one_way(family: Family) -> None:
    mutant = Mutant(Context("TC", "authenticated", "host", "supplied"), "material/document/size")
    plainly = draw_case(mutant, [], drawing(0)).written.content
    drawn = {draw_case(mutant, [family], drawing(seed)).written.content for seed in range(40)}
    assert len(drawn - {plainly}) > 1 or family is Family.ORDER


def test_every_encoding_is_drawn() -> None:
    drawn = {draw_style([Family.ENCODING], drawing(seed)).encoding for seed in range(400)}
    assert drawn == set(ENCODINGS)


def test_what_is_unlisted_in_a_leak_is_not_noted() -> None:
    """Unlisted elements inside a leaked container belong to that leak."""
    context = Context("EC", "anonymous", "none", "not-supplied")
    places = ideal(context) | {"telephony", "telephony/voip", "telephony/voip/_x", "voip", AUDIO_FLAG}
    assert noted_places(places, context) == {"voip": {"voip"}, AUDIO_FLAG: {AUDIO_FLAG}}


def test_the_campaign_has_a_round_for_every_family_and_tells_of_disagreements(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [*rounds(1)] == ["plain", *Family, "all", "mixture 1"]
    some = MUTANTS[:2]
    assert run_round("all", "1", some).disagreements == 0
    assert capsys.readouterr().out == ""
    monkeypatch.setattr("oracle.sweep.compare", _disagree)
    assert (run_round("comment", "1", some).messages, run_round("plain", "1", some).disagreements) == (2, 2)
    assert "disagrees: 1 comment MC-anonymous-none-supplied status" in capsys.readouterr().out


def _disagree(_: Case) -> int:
    raise AssertionError
