"""What was seen: where steps lead, and what is left without what holds nothing."""

from __future__ import annotations

import pytest

from whosees.engine.observation import Node

INNER = Node("c", 4)
SEEN = Node(
    "",
    1,
    (
        Node("b", 2, (INNER, Node("c", 5, foreign=True))),
        Node("b", 6, (Node("c", 7),)),
        Node("b", 8, (Node("c", 9),), foreign=True),
        Node("a", 10, (Node("b", 11, (Node("c", 12, (Node("d", 13),)),)),)),
    ),
)


@pytest.mark.parametrize(
    ("steps", "lines"),
    [
        ((), [1]),
        (("b",), [2, 6]),
        (("b", "c"), [4, 7]),
        (("c",), []),
        (("b", "d"), []),
        (("a", "b", "c", "d"), [13]),
    ],
)
def test_steps_lead_to_the_elements_of_the_rulebooks_vocabulary(
    steps: tuple[str, ...], lines: list[int]
) -> None:
    assert [node.line for node in SEEN.find(steps)] == lines


@pytest.mark.parametrize(
    ("steps", "line"),
    [
        ((), 1),
        (("x", "y"), 1),
        (("b",), 2),
        (("b", "x"), 2),
        (("b", "c"), 4),
        (("b", "c", "d"), 4),
        (("a", "b", "x"), 11),
        (("a", "b", "c", "x", "y"), 12),
        (("a", "b", "c", "d"), 13),
        (("a", "c"), 10),
    ],
)
def test_what_is_missing_would_have_its_place_where_the_steps_to_it_end(
    steps: tuple[str, ...], line: int
) -> None:
    """Where an element is there more than once, it is the first."""
    assert SEEN.deepest(steps).line == line


def test_the_place_of_nothing_is_where_one_stands() -> None:
    assert INNER.deepest(()) is INNER
    assert SEEN.children[0].deepest(()) is SEEN.children[0]


def test_children_are_known_by_the_names_of_the_rulebooks_vocabulary() -> None:
    assert {name: [node.line for node in nodes] for name, nodes in SEEN.by_name().items()} == {
        "b": [2, 6],
        "a": [10],
    }


def test_lines_are_told_once_each_and_in_order() -> None:
    twice = Node("", 1, (Node("a", 9), Node("a", 2), Node("a", 9)))
    assert twice.lines("a") == (2, 9)
    assert SEEN.lines("a/b/c") == (12,)
    assert SEEN.lines("x") == ()


def test_what_holds_nothing_goes_and_so_does_what_then_holds_nothing() -> None:
    hollow = Node(
        "hollow",
        2,
        (Node("a", 3, blank=True), Node("b", 4, (Node("c", 5, blank=True),), blank=True)),
        blank=True,
    )
    kept = Node("kept", 6, (Node("a", 7, blank=True), Node("b", 8)), blank=True, foreign=True)
    texts = Node("texts", 9, (Node("a", 10, blank=True),))
    assert Node("", 1, (hollow, kept, texts)).without_empty() == Node(
        "", 1, (Node("kept", 6, (Node("b", 8),), blank=True, foreign=True), Node("texts", 9))
    )
