"""Shapes of JSON documents: those that are equal have the same elements on the same lines."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.json_documents import OBJECTS, SMALL_RULEBOOK, laid_out, lines, numbered, read
from whosees.checker.core.limits import Limits
from whosees.checker.messages.json.document import JsonDocumentReader
from whosees.checker.messages.json.locate import scan
from whosees.checker.messages.json.places import JsonPlace
from whosees.rules import load_rulebook


class TestExpanded:
    """docs/speed.md: "with a line for each member, item and closing bracket, lines follow from the shape"."""

    @given(OBJECTS, st.integers(0, 3), st.sampled_from(["", "\n", " \n"]))
    def test_is_what_writers_with_an_indent_write(self, value: dict[str, Any], indent: int, end: str) -> None:
        assert read(json.dumps(value, indent=indent) + end).is_expanded

    @given(OBJECTS.filter(bool), st.data())
    def test_has_the_lines_of_an_indent_wherever_line_ends_are_moved_to(
        self, value: dict[str, Any], data: st.DataObject
    ) -> None:
        places = ["begin"]

        def record(place: str) -> str:
            places.append(place)
            return ""

        laid_out(value, record)
        texts = ["\n" if place in ("{", "[", ",", "last") else "" for place in places]
        slots = st.integers(0, len(texts) - 1)
        for _ in range(data.draw(st.integers(0, 2))):
            texts[data.draw(st.sampled_from([at for at, each in enumerate(texts) if each]))] = ""
            texts[data.draw(slots)] += data.draw(st.sampled_from(["\n", " \n", "\n ", "\r", ""]))
        rest = iter(texts)
        text = next(rest) + laid_out(value, lambda _: next(rest))
        document = read(text)
        if document.is_expanded and not document.is_one_line:  # in one line there is nothing to count
            assert scan(text.encode(), Limits()) == numbered(value, 1, 1)[0]


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ('{"a": 1, "b": "x"}', '{"a": null, "b": 1.5}', True),
        ('{"a": {"b": 1}}', '{"a": {"b": true}}', True),
        ('{"a": []}', '{"a": {}}', True),
        ('{"id": 1, "name": "x"}', '{"name": "", "id": 2}', True),
        ('{"owner": 1}', '{"owner": "x"}', True),
        ('{"a": 1, "b": 2}', '{"b": 2, "a": 1}', False),
        ('{"a": [1]}', '{"a": [1, 2]}', False),
        ('{"a": {"b": 1}}', '{"b": {"a": 1}}', False),
        ('{"owner": 1}', '{"owner": null}', False),
        ('{"owner": {"login": "x"}}', '{"owner": {}}', False),
    ],
)
def test_documents_on_one_line_have_one_shape_if_the_same_is_seen_in_them(
    one: str, other: str, *, is_same: bool
) -> None:
    """The element of a row that has others in it lacks them if it is a number, and nothing if it is null."""
    reader = JsonDocumentReader(load_rulebook("github-repos"), Limits(), frozenset())
    shapes = [reader.read(each.encode()).shape for each in (one, other)]
    assert None not in shapes
    assert (shapes[0] == shapes[1]) is is_same


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        ({"a": "", "b": [2, {"c": 1}], "id": 0, "owner": 2}, True),
        ({"a": "", "b": [2, {"c": "x"}], "id": None, "owner": "x"}, True),
        ({"a": "", "b": [2, {"c": 1}], "id": 0, "owner": None}, False),
        ({"a": "", "b": [2, {"d": 1}], "id": 0, "owner": 2}, False),
        ({"a": "", "b": [2, {"c": 1}, 3], "id": 0, "owner": 2}, False),
        ({"id": 0, "a": "", "b": [2, {"c": 1}], "owner": 2}, False),
        ({"a": "", "b": [], "id": 0, "owner": 2}, False),
        ({"a": {}, "b": [2, {"c": 1}], "id": 0, "owner": 2}, False),
    ],
)
def test_documents_on_many_lines_have_one_shape_if_their_lines_are_the_same_too(
    other: dict[str, Any], *, is_same: bool
) -> None:
    reader = JsonDocumentReader(load_rulebook("github-repos"), Limits(), frozenset())
    one = {"a": "x", "b": [1, {"c": 2}], "id": 9, "owner": 1}
    shapes = [reader.read(json.dumps(each, indent=1).encode()).shape for each in (one, other) * 3]
    assert None not in shapes
    assert shapes[0] != shapes[2]  # most that is met once is never met again
    assert shapes[2] == shapes[4]
    assert (shapes[4] == shapes[5]) is is_same


def test_a_reader_forgets_names_before_they_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """A forgotten structure is learnt anew, with the same results."""
    monkeypatch.setattr("whosees.checker.messages.json.document.MAX_STEPS", 10)
    reader = JsonDocumentReader(SMALL_RULEBOOK, Limits(), frozenset())
    kept: set[JsonPlace] = set()
    for number in range(50):
        text = json.dumps({f"x{number}": {f"y{number}": 1}, "agenda": 1})
        kept |= {cast("JsonPlace", each) for each in reader.read(text.encode()).observation().unlisted}
        assert lines(reader.read(text.encode()), "agenda") == (1,)
        assert [place.path for place in reader.read(text.encode()).observation().unlisted] == [
            *(f"x{number}", f"x{number}/y{number}"),
        ]
    # Who keeps places, as judges do, keeps no forgotten ones alive.
    assert len(kept) > 50
    assert sum(len(place.steps) for place in kept) < 30
