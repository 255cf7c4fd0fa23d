"""JSON as it is read: what is there and in which line, no value, and nothing that nobody vouches for."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.json_documents import OBJECTS, SMALL_RULEBOOK, items, lines, numbered, read, refusal
from whosees.checker.core.errors import Reason
from whosees.checker.core.limits import Limits
from whosees.checker.messages.json.document import JsonDocumentReader
from whosees.checker.messages.json.locate import scan
from whosees.checker.messages.json.observe import JsonDocument
from whosees.checker.messages.json.places import shown_name
from whosees.engine.places import MAX_PATH
from whosees.rules import load_rulebook


def seen(value: Any, path: str = "") -> list[str]:
    """Return the paths of what has to be seen of a decoded object, in order: a list is as many elements as it has items."""
    paths = []
    for key, item in value.items():
        below = f"{path}/{shown_name(key)}" if path else shown_name(key)
        for each in items(item):
            paths += [below, *(seen(each, below) if isinstance(each, dict) else [])]
    return paths


def as_seen(document: JsonDocument, paths: Iterable[str]) -> list[str]:
    """Return the paths of what was seen, in order; the path of each of them can be looked up."""
    found = document.observation().find(frozenset(paths))
    return [path for _, path in sorted((at, path) for path, places in found.items() for at in places)]


class TestEveryDocument:
    """RFC 8259: whatever a sound writer writes is read, with the same members in the same order."""

    @given(OBJECTS, st.sampled_from([None, 0, 2]), st.booleans())
    def test_is_read_as_the_library_reads_it(
        self, value: dict[str, Any], indent: int | None, ascii_: bool
    ) -> None:
        text = json.dumps(value, indent=indent, ensure_ascii=ascii_)
        expected = [path for path in seen(value) if len(path) < MAX_PATH]
        document = read(text)
        assert as_seen(document, expected) == expected
        numbers = document.observation().unlisted_at
        assert len(scan(text.encode(), Limits())) > max(numbers, default=0)

    @given(st.text())
    def test_or_none_is_never_an_error_of_the_program(self, text: str) -> None:
        try:
            expected = json.loads(text, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            assert refusal(text.encode("utf-8", "surrogatepass")).reason in (
                Reason.NOT_JSON,
                Reason.TOO_LARGE,
            )
        else:
            if isinstance(expected, dict):
                assert as_seen(read(text), seen(expected)) == seen(expected)
            else:
                assert refusal(text).reason is Reason.NOT_A_MESSAGE

    @given(OBJECTS, st.data())
    def test_cut_off_is_refused(self, value: dict[str, Any], data: st.DataObject) -> None:
        text = json.dumps(value)
        cut = data.draw(st.integers(0, len(text) - 1))
        assert refusal(text[:cut]).reason is Reason.NOT_JSON

    @given(st.lists(st.sampled_from(["\n", "\r\n", "\r"]), min_size=1, max_size=20))
    def test_lines_are_counted_however_they_end(self, ends: list[str]) -> None:
        text = "{" + "".join(f'{end}"m{number}": 1,' for number, end in enumerate(ends))[:-1] + "}"
        document = read(text)
        assert [document.line(at) for at in document.observation().unlisted_at] == list(
            range(2, len(ends) + 2)
        )


def _no_constant(_: str) -> None:
    raise ValueError


def test_lines_are_those_of_names_and_of_items() -> None:
    root = read('{"a":\n1,\n"b": [\n{"c": 2},\n\n[3,\n4]], "d": {\n"e": "x\\ny"}}')
    found = [(place.path, root.line(at)) for place, at in root.observation().located_unlisted()]
    assert found == [("a", 1), ("b", 4), ("b/c", 4), ("b", 6), ("b", 7), ("d", 7), ("d/e", 8)]
    assert lines(root, "b/c") == (4,)
    assert lines(root, "d/e") == (8,)
    assert lines(read('\n{\n"a": [],\n"b":\n{}}'), "a") == (3,)
    assert [lines(read(f'\n{{"a": {value}}}'), "a") for value in ("1", "[]", "{}")] == [(2,)] * 3


@given(OBJECTS, st.sampled_from(["\n", "\r\n", "\r"]))
def test_a_line_is_that_of_a_naive_reading(value: dict[str, Any], end: str) -> None:
    """With an indent each member and each item of a list has a line of its own."""
    text = json.dumps(value, indent=2).replace("\n", end)
    assert scan(text.encode(), Limits()) == numbered(value, 1, 1)[0]


@pytest.mark.parametrize("value", ["null", '""', '" "', "{}", "[]", "[null]", '[{"b": []}]', '{"b": [""]}'])
def test_what_holds_nothing_is_absent_if_empty_counts_as_absent(value: str) -> None:
    text = f'{{"a": {value}, "c": 1}}'.encode()
    reader = JsonDocumentReader(SMALL_RULEBOOK, Limits(), frozenset(), empty_is_absent=True)
    assert [place.path for place in reader.read(text).observation().unlisted] == ["c"]
    assert lines(reader.read(text), "a") == lines(reader.read(text), "a/b") == ()
    assert lines(read(text), "a") == (1,)


@pytest.mark.parametrize("value", ["0", "false", '"x"', "[0]", '[{"b": 0}]'])
def test_what_holds_something_is_there(value: str) -> None:
    reader = JsonDocumentReader(SMALL_RULEBOOK, Limits(), frozenset(), empty_is_absent=True)
    assert lines(reader.read(f'{{"a": {value}}}'.encode()), "a") == (1,)


@pytest.mark.parametrize(
    "number", ["1" * 5_000, "-" + "9" * 5_000, "1." + "1" * 5_000, "1e5000", "-0", "1" * 30]
)
def test_a_number_of_any_length_is_read_and_is_not_worked_out(number: str) -> None:
    document = read(f'{{"a": {number}}}', wanted=frozenset({"a"}))
    [(path, _, text)] = document.located_texts()
    assert (path, text.lstrip("-")) == ("a", number.lstrip("-"))


def test_a_mark_of_the_byte_order_is_passed_over() -> None:
    assert lines(read(b'\xef\xbb\xbf{"a": 1}'), "a") == (1,)


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("a/b", "a~1b"),
        ("~", "~0"),
        ("", '""'),
        ("\x1b[31m", "\\x1b[31m"),
        ("\u202e", "\\u202e"),
        ("\ud800", "\\ud800"),
        ("größe", "größe"),
    ],
)
def test_a_name_is_one_step_and_steers_no_terminal(name: str, step: str) -> None:
    [place] = read(json.dumps({name: 1})).observation().unlisted
    assert place.name == step


@given(st.text())
def test_no_name_is_empty_or_two_steps(name: str) -> None:
    step = shown_name(name)
    assert step
    assert "/" not in step
    assert step.isprintable()


def test_a_name_with_a_slash_is_not_the_row_that_its_path_spells() -> None:
    root = read('{"telephony/accessCode": 1, "": {"agenda": 2}}')
    assert lines(root, "telephony/accessCode") == ()
    assert lines(root, "agenda") == ()


def test_texts_are_kept_only_if_they_are_evidence() -> None:
    text = '{"a": " x ", "b": "secret", "c": {"d": [true, 2]}, "e": 1e5, "f": null}'
    document = read(text, wanted=frozenset({"a", "c/d", "e", "f"}))
    assert [(path, text) for path, _, text in document.located_texts()] == [
        *(("a", " x "), ("c/d", "true"), ("c/d", "2"), ("e", "1e5"), ("f", "")),
    ]


def test_spellings_are_read_as_the_row() -> None:
    rulebook = load_rulebook("getsessioninfo")
    document = JsonDocumentReader(rulebook, Limits(), frozenset()).read(b'{"sessionKey": 1}')
    assert lines(document, "sessionkey") == (1,)
