"""Near misses: letter case, one or two letters, another vocabulary; and what only looks like one."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from whosees.engine.near_miss import closest_row, damerau_levenshtein
from whosees.rules import builtin_rulebook

RULEBOOK = builtin_rulebook()

LIKE = [
    ("metaData", "Agenda", False, "metaData/agenda", "only letter case differs"),
    ("metaData", "agenda", True, "metaData/agenda", "it is in another namespace"),
    ("metaData", "AGENDA", True, "metaData/agenda", "letter case and the namespace differ"),
    ("metaData", "agendas", False, "metaData/agenda", "one letter differs"),
    ("metaData", "agneda", False, "metaData/agenda", "one letter differs"),
    ("metaData", "agnda", True, "metaData/agenda", "one letter and the namespace differ"),
    ("metaData", "confname1x", False, "metaData/confName", "two letters differ"),
    ("", "hots", False, "host", "one letter differs"),
    ("", "sessionKeys", False, "sessionkey", "one letter differs"),
    ("", "SESSIONKEY", False, "sessionkey", "only letter case differs"),
    ("", "sessionkey", True, "sessionkey", "it is in another namespace"),
    ("", "hozt", False, "host", "one letter differs"),
    ("", "tost", False, "test", "one letter differs"),  # host is as near, and stands later
    (
        "telephony",
        "particpantAccessCodes",
        False,
        "telephony/participantAccessCode",
        "one letter differs",  # from the printed spelling
    ),
    ("host", "WebExId", False, "host/webExId", "only letter case differs"),
    ("telephony", "participantAccesCode", False, "telephony/participantAccessCode", "one letter differs"),
    ("material/document", "Url", False, "material/document/URL", "only letter case differs"),
    (
        "telephony/labels",
        "participantLimitedAccesLabel",
        False,
        "telephony/labels/participantLimitedAccessLabel",
        "one letter differs",
    ),
]


@pytest.mark.parametrize(("parent", "name", "foreign", "path", "difference"), LIKE)
def test_it_names_the_row(parent: str, name: str, foreign: bool, path: str, difference: str) -> None:
    found = closest_row(RULEBOOK, parent, name, other_namespace=foreign)
    assert found is not None
    assert (found.path, found.difference) == (path, difference)


UNLIKE = [
    ("schedule", "timeZoneID"),  # two letters from timeZone, and known from real responses
    ("", "isAlternateHost"),
    ("", "hostKey"),
    ("", "hosted1"),  # three letters from host
    ("", "toast"),  # two letters from host: short names are close to many
    ("", "presenterxyz"),  # three letters from presenter
    ("", "hostemail"),  # one letter from host/email, which is no name
    ("host", "onkey"),  # the end of a row that does not stand there
    ("metaData", "agenda"),  # the row itself
    ("metaData", "host"),  # like a row of another parent only
    ("telephony/callInNum", "tollNum"),
    ("", "x"),
]


@pytest.mark.parametrize(("parent", "name"), UNLIKE)
def test_what_real_responses_carry_and_what_is_far_is_like_none(parent: str, name: str) -> None:
    assert closest_row(RULEBOOK, parent, name) is None


@pytest.mark.parametrize("path", RULEBOOK.document.unlisted.paths)
def test_no_element_known_as_unlisted_is_a_near_miss(path: str) -> None:
    parent, _, name = path.rpartition("/")
    assert closest_row(RULEBOOK, parent, name) is None
    assert closest_row(RULEBOOK, parent, name, other_namespace=True) is None


names = st.text("abcde", max_size=7)


@given(names, names, st.integers(0, 3))
def test_edits_are_a_bounded_distance(a: str, b: str, limit: int) -> None:
    distance = damerau_levenshtein(a, b, limit)
    assert distance == damerau_levenshtein(b, a, limit)
    assert (distance == 0) == (a == b)
    assert 0 <= distance <= limit + 1


@given(names, st.integers(0, 6), st.characters(categories=["Ll"]))
def test_a_letter_more_or_less_is_one_edit(name: str, at: int, letter: str) -> None:
    longer = name[:at] + letter + name[at:]
    assert damerau_levenshtein(name, longer, 2) == damerau_levenshtein(longer, name, 2) == 1


@given(names, st.integers(0, 5))
def test_two_letters_swapped_are_one_edit(name: str, at: int) -> None:
    swapped = name[:at] + name[at : at + 2][::-1] + name[at + 2 :]
    assert damerau_levenshtein(name, swapped, 2) == (name != swapped)


def test_the_same_name_in_another_letter_case_is_nearer_than_one_with_another_letter() -> None:
    host = RULEBOOK.row_by_path["host"]
    hosts = msgspec.structs.replace(host, element="hosts", path="hosts")
    both = msgspec.structs.replace(RULEBOOK, rows=(hosts, *RULEBOOK.rows))
    found = closest_row(both, "", "HOST")
    assert found is not None
    assert (found.path, found.difference) == ("host", "only letter case differs")


def test_letters_at_the_two_ends_of_a_name_are_no_neighbours() -> None:
    assert damerau_levenshtein("aaa", "a", 3) == 2
