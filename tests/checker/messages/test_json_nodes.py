"""JSON as it is read: what is there and in which line, no value, and nothing that nobody vouches for."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whosees.checker.core.errors import Reason, UncheckedError
from whosees.checker.core.limits import Limits
from whosees.checker.messages.json.observe import json_node, shown_name
from whosees.checker.messages.vocabulary import Noted, Vocabulary
from whosees.engine.observation import Node
from whosees.rules import load_rulebook

SMALL = Limits(size=10_000, depth=5, elements=20)


def read(text: str | bytes, limits: Limits | None = None, wanted: frozenset[str] = frozenset()) -> Node:
    return noted(text, limits, wanted)[0]


def noted(
    text: str | bytes, limits: Limits | None = None, wanted: frozenset[str] = frozenset()
) -> tuple[Node, dict[str, str]]:
    limits = limits or Limits()
    vocabulary = Vocabulary({}, wanted, None)
    texts = Noted(vocabulary, limits)
    content = text.encode("utf-8") if isinstance(text, str) else text
    root = json_node(content, vocabulary, texts, limits)
    return root, texts.payload(root).texts


def refusal(text: str | bytes, limits: Limits | None = None) -> UncheckedError:
    with pytest.raises(UncheckedError) as caught:
        read(text, limits)
    return caught.value


SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=20,
)
OBJECTS = st.dictionaries(st.text(max_size=6), VALUES, max_size=5)


def seen(name: str, value: Any) -> list[tuple[str, bool, list[Any]]]:
    """What has to be seen of a decoded member: a list is as many elements; what holds no text is blank."""
    if isinstance(value, list):
        return [entry for item in value for entry in seen(name, item)] or [(name, True, [])]
    if isinstance(value, dict):
        children = [entry for key, item in value.items() for entry in seen(shown_name(key), item)]
        return [(name, True, children)]
    return [(name, value is None or (isinstance(value, str) and not value.strip()), [])]


def as_seen(node: Node) -> tuple[str, bool, list[Any]]:
    return (node.name, node.blank, [as_seen(child) for child in node.children])


class TestEveryDocument:
    """RFC 8259: whatever a sound writer writes is read, with the same members in the same order."""

    @given(OBJECTS, st.sampled_from([None, 0, 2]), st.booleans())
    def test_is_read_as_the_library_reads_it(
        self, value: dict[str, Any], indent: int | None, ascii_: bool
    ) -> None:
        text = json.dumps(value, indent=indent, ensure_ascii=ascii_)
        root = read(text.encode("utf-8", "surrogatepass") if ascii_ else text.encode())
        assert [as_seen(root)] == seen("", value)

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
                assert [as_seen(read(text))] == seen("", expected)
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
        assert [child.line for child in read(text).children] == list(range(2, len(ends) + 2))


def _no_constant(_: str) -> None:
    raise ValueError


def test_lines_are_those_of_names_and_of_items() -> None:
    root = read('{"a":\n1,\n"b": [\n{"c": 2},\n\n[3,\n4]], "d": {\n"e": "x\\ny"}}')
    assert root.line == 1
    assert [(node.name, node.line) for node in root.children] == [
        ("a", 1),
        ("b", 4),
        ("b", 6),
        ("b", 7),
        ("d", 7),
    ]
    assert root.lines("b/c") == (4,)
    assert root.lines("d/e") == (8,)
    assert read('\n{\n"a": [],\n"b":\n{}}').lines("a") == (3,)
    assert [read(f'\n{{"a": {value}}}').lines("a") for value in ("1", "[]", "{}")] == [(2,)] * 3


def test_a_variable_is_noted_with_each_line_that_it_stands_in() -> None:
    vocabulary = Vocabulary.of_responses(load_rulebook("getsessioninfo"))
    texts = Noted(vocabulary, Limits())
    text = b'{"telephony": {\n"globalCallInNumbersURL": ["%TollNum%",\n"x",\n"%TollNum%%TollFreeNum%"]}}'
    payload = texts.payload(json_node(text, vocabulary, texts, Limits()))
    assert payload.variables == ("%TollNum%", "%TollFreeNum%")
    assert payload.variable_lines == (2, 4)


@pytest.mark.parametrize("value", ["null", '""', '" "', "{}", "[]"])
def test_what_holds_nothing_is_there_and_blank(value: str) -> None:
    (node,) = read(f'{{"a": {value}}}').children
    assert (node.name, node.blank) == ("a", True)


@pytest.mark.parametrize("value", ["0", "false", '"x"', "[0]"])
def test_what_holds_something_is_not_blank(value: str) -> None:
    assert [node.blank for node in read(f'{{"a": {value}}}').children] == [False]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is empty"),
        (" \n", "it is empty"),
        ("<message/>", "at line 1, column 1: no value of JSON begins there"),
        ('{"a": NaN}', "at line 1, column 7: no value of JSON begins there"),
        ("\nx", "at line 2, column 1: no value of JSON begins there"),
        ('\n{"a":\n x,\n\n"b": 1}', "at line 3, column 2: no value of JSON begins there"),
        ('{"a":\n -Infinity}', "at line 2, column 2: no value of JSON begins there"),
        ('{"a": 1,\n "a": 2}', "at line 2, column 2: a name that its object has already"),
        ('{"a": 1, "\\u0061": 2}', "at line 1, column 10: a name that its object has already"),
        ('{"a": 01}', "at line 1, column 8: a comma or `}` has to stand there"),
        ('{"a": [1 2]}', "at line 1, column 10: a comma or `]` has to stand there"),
        ('{"a": 1,}', "at line 1, column 9: the name of a member has to stand there"),
        ("{a: 1}", "at line 1, column 2: the name of a member has to stand there"),
        ('{"a" 1}', "at line 1, column 6: a colon has to stand there"),
        ('{"a": "\t"}', "at line 1, column 7: a string that does not end, or holds what JSON does not allow"),
        (
            '{"a": "\\x"}',
            "at line 1, column 7: a string that does not end, or holds what JSON does not allow",
        ),
        ('{"a": 1} {}', "at line 1, column 10: content after the end of the document"),
        ('{"a": [', "at line 1, column 8: it ends before its root does: is it cut off?"),
        (b'{"a":\n"\xff"}', "at line 2: not UTF-8"),
        (b'\n{"a": "\xff\n\xff"}\n', "at line 2: not UTF-8"),
        ('{"a": 1}'.encode("utf-16"), "at line 1: not UTF-8"),
    ],
)
def test_what_is_no_json_is_refused_with_its_place(text: str | bytes, said: str) -> None:
    found = refusal(text)
    assert (found.reason, found.detail) == (Reason.NOT_JSON, said)


@pytest.mark.parametrize("text", ["[]", '[{"id": 1}]', '"id"', "1", "null"])
def test_a_root_that_is_no_object_is_no_message(text: str) -> None:
    found = refusal(text)
    assert (found.reason, found.detail) == (Reason.NOT_A_MESSAGE, "its root is no object")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a":' * 6 + "1" + "}" * 6, "more than 5 levels of elements; --limit depth=N allows more"),
        ('{"a":' + "[" * 100_000, "larger than 10,000 bytes; --max-size allows more"),
        ('{"a":' + "[" * 5_000, "more than 5 levels of elements; --limit depth=N allows more"),
        ('{"a": [' + "1," * 30 + "1]}", "more than 20 elements; --limit elements=N allows more"),
        (
            '{"' + "a" * 1001 + '": 1}',
            "at line 1: a name of more than 1,000 letters; --limit name=N allows more",
        ),
    ],
)
def test_what_is_too_large_is_refused(text: str, said: str) -> None:
    found = refusal(text, SMALL)
    assert (found.reason, found.detail) == (Reason.TOO_LARGE, said)


@pytest.mark.parametrize(
    ("within", "beyond"),
    [
        (
            '{"a": [' + "1," * 17 + "1]}",
            '{"a": [' + "1," * 18 + "1]}",
        ),  # the root and the list are elements too
        ('{"' + "a" * 1000 + '": 1}', '{"' + "a" * 1001 + '": 1}'),
        ('{"a":' * 5 + "1" + "}" * 5, '{"a":' * 6 + "1" + "}" * 6),
        ('{"a":' + "[" * 4 + "1" + "]" * 4 + "}", '{"a":' + "[" * 5 + "1" + "]" * 5 + "}"),
        ('{"a": "' + "x" * 9_991 + '"}', '{"a": "' + "x" * 9_992 + '"}'),
    ],
    ids=["elements", "name", "depth", "depth of lists", "size"],
)
def test_what_is_as_large_as_the_limit_is_read(within: str, beyond: str) -> None:
    assert read(within, SMALL).children
    assert refusal(beyond, SMALL).reason is Reason.TOO_LARGE


def test_the_usual_limits_leave_the_stack_alone() -> None:
    assert refusal('{"a":' + "[" * 1_000_000).reason is Reason.TOO_LARGE
    assert refusal('{"a":' * 1_000_000).reason is Reason.TOO_LARGE
    deepest = Limits().depth
    assert read('{"a":' * deepest + "1" + "}" * deepest).lines("a") == (1,)


def test_a_mark_of_the_byte_order_is_passed_over() -> None:
    assert read(b'\xef\xbb\xbf{"a": 1}').lines("a") == (1,)


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
    (node,) = read(json.dumps({name: 1})).children
    assert node.name == step


@given(st.text())
def test_no_name_is_empty_or_two_steps(name: str) -> None:
    step = shown_name(name)
    assert step
    assert "/" not in step
    assert step.isprintable()


def test_a_name_with_a_slash_is_not_the_row_that_its_path_spells() -> None:
    root = read('{"telephony/accessCode": 1, "": {"agenda": 2}}')
    assert root.lines("telephony/accessCode") == ()
    assert root.lines("agenda") == ()


def test_texts_are_noted_only_where_they_are_evidence() -> None:
    text = '{"a": " x ", "b": "secret", "c": {"d": [true, 2]}, "e": 1e5, "f": null}'
    wanted = frozenset({"a", "c/d", "e", "f"})
    assert noted(text, wanted=wanted)[1] == {"a": "x", "c/d": "true", "e": "1e5", "f": ""}


def test_a_text_is_noted_if_it_is_evidence_or_can_hold_variables() -> None:
    rulebook = load_rulebook("getsessioninfo")
    responses, requests = Vocabulary.of_responses(rulebook), Vocabulary.of_requests(rulebook)
    paths = ("metaData/serviceType", "telephony/globalCallInNumbersURL", "telephony", "status", "webExID")
    assert [responses.notes(path) for path in paths] == [True, True, False, False, False]
    assert [requests.notes(path) for path in paths] == [False, False, False, False, True]


def test_spellings_are_read_as_the_row() -> None:
    rulebook = load_rulebook("getsessioninfo")
    vocabulary = Vocabulary.of_responses(rulebook)
    root = json_node(b'{"sessionKey": 1}', vocabulary, Noted(vocabulary, Limits()), Limits())
    assert root.lines("sessionkey") == (1,)
