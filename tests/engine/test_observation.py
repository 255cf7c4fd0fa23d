"""Observations: the lines of a path, and elements without a line."""

from __future__ import annotations

from support.observations import observed
from whosees.engine.observation import Observation
from whosees.engine.places import MAX_PATH, Place, path_tree, row_bits
from whosees.rules import builtin_rulebook

RULEBOOK = builtin_rulebook()


def test_lines_are_told_once_each_and_in_order() -> None:
    twice = observed(RULEBOOK, [("test", 9), ("test#2", 2), ("test#3", 9)])
    assert twice.lines("test") == (2, 9)
    assert twice.lines("test/status") == ()


def test_lines_are_worked_out_only_when_they_are_asked_for() -> None:
    def fails(*_: object) -> int:
        raise AssertionError("asked for")

    seen = Observation([(None, 0, 0)], [], [], fails, lambda _: {})
    assert seen.lines("status") == ()


def test_each_row_of_a_container_has_a_bit_of_its_own() -> None:
    bits = row_bits(RULEBOOK)
    for rows in RULEBOOK.rows_below.values():
        together = [bits[row.path] for row in rows]
        assert sum(together) == (1 << len(together)) - 1
    assert set(bits) == {row.path for row in RULEBOOK.rows}


def test_a_path_leads_to_its_row_by_every_accepted_spelling() -> None:
    tree = path_tree(RULEBOOK)
    for path, spellings in RULEBOOK.document.spellings.items():
        above, _, _ = path.rpartition("/")
        node = tree
        for step in above.split("/") if above else ():
            node = node.children[step]
        assert {node.children[spelling].path for spelling in spellings} == {path}


def test_an_element_is_a_row_only_if_no_name_down_to_it_is_of_another_vocabulary() -> None:
    tree = path_tree(RULEBOOK)
    body = Place(None, "", tree)
    for others in ((False, False), (True, False), (False, True)):
        host = Place(body, "host", tree.children["host"], other_namespace=others[0])
        email = Place(host, "email", tree.children["host"].children["email"], other_namespace=others[1])
        assert (email.path, email.depth) == ("host/email", 2)
        assert (email.row is not None) == email.is_reachable == (not any(others))
        assert email.is_unlisted == any(others)


def test_a_path_is_cut_to_what_is_shown_and_costs_no_more() -> None:
    place = Place(None, "", path_tree(RULEBOOK))
    for _ in range(200):
        place = Place(place, "x" * 999, None)
    assert len(place.path) == MAX_PATH
    assert place.path[:-8].endswith("x…")
    others = {Place(parent, name, None).path for parent in (place, place.parent) for name in ("y", "z")}
    assert len(others | {place.path}) == 5, "one entry of a baseline would accept them all"
