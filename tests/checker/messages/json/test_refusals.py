"""JSON that is refused: what two readers could see two things in, what is no JSON, and what is too large; each with its place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.json_documents import OBJECTS, SMALL, lines, read, refusal
from whosees.checker.core.errors import Reason, UncheckedError
from whosees.checker.core.limits import Limits
from whosees.checker.messages.json.locate import scan

DUPLICATES = {
    '{"a":1,"a":2}': "at line 1, column 8",
    '{"a" : 1 , "a" : 2}': "at line 1, column 12",
    '{"a"\t:1,\n"a"\r\n:2}': "at line 2, column 1",
    '{"a":1,"\\u0061":2}': "at line 1, column 8",
    '{"\\u0061":1,"a":2}': "at line 1, column 13",
    '{"b":{"a":1,"a":2}}': "at line 1, column 13",
    '{"b":[[{"a":1},{"a":1,"a":2}]]}': "at line 1, column 23",
    '{"s":"\\":","a":1,"a":2}': "at line 1, column 18",
    '{"s":"x\\\\","a":1,"a":2}': "at line 1, column 18",
    '{"s\\":":1,"a":1,"a":2}': "at line 1, column 17",
    '{"s":"\\u0022:","a":1,"a":2}': "at line 1, column 22",
    '{"s":":","":1,"":2}': "at line 1, column 15",
    '{"\\ud800":1,"\\ud800":2}': "at line 1, column 13",
    '\ufeff{"a":1,"a":2}': "at line 1, column 8",
}


@pytest.mark.parametrize("text", DUPLICATES)
def test_a_name_that_an_object_has_twice_is_refused_where_it_comes_again(text: str) -> None:
    """RFC 8259, section 4: software that gets names twice is unpredictable, so that two readers see two things."""
    found = refusal(text)
    assert found.reason is Reason.NOT_JSON
    assert found.detail == f"{DUPLICATES[text]}: a name that its object has already"


def renamed(value: Any, name: str) -> str:
    """Write an object in which its first name comes again at its end."""
    text = json.dumps(value)
    return f"{text[:-1]}, {json.dumps(name)}: 0}}"


@given(OBJECTS.filter(bool), st.data())
def test_a_name_that_comes_again_is_refused_wherever_it_is(
    value: dict[str, Any], data: st.DataObject
) -> None:
    twice = renamed(value, data.draw(st.sampled_from(sorted(value))))
    around = data.draw(st.sampled_from(["%s", '{"x": %s}', '{"x": [1, %s]}', '{"x\\": \\"": [[%s, {}]]}']))
    assert refusal(around.replace("%s", twice)).detail.endswith(": a name that its object has already")


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
        (
            '{"a": "\t"}',
            "at line 1, column 7: a string that does not end, or contains what JSON does not allow",
        ),
        (
            '{"a": "\\x"}',
            "at line 1, column 7: a string that does not end, or contains what JSON does not allow",
        ),
        ('{"a": 1} ,', "at line 1, column 10: content after the end of the document"),
        (
            '{"a": 1}\n{"a": 2}\n',
            "at line 2, column 1: a second document begins there; of a stream of documents, such as NDJSON, record each as a response of its own",
        ),
        ('{"a": [', "at line 1, column 8: it ends before its root does: is it cut off?"),
        (b'{"a":\n"\xff"}', "at line 2: not UTF-8"),
        (b'\n{"a": "\xff\n\xff"}\n', "at line 2: not UTF-8"),
        ('{"a": 1}'.encode("utf-16-le"), "at line 1, column 2: the name of a member has to stand there"),
    ],
)
def test_what_is_no_json_is_refused_with_its_place(text: str | bytes, said: str) -> None:
    found = refusal(text)
    assert (found.reason, found.detail) == (Reason.NOT_JSON, said)


@pytest.mark.parametrize(("text", "kind"), [('"id"', "a string"), ("1", "a number"), ("null", "null")])
def test_a_root_that_is_no_object_is_no_message(text: str, kind: str) -> None:
    found = refusal(text)
    assert (found.reason, found.detail) == (Reason.NOT_A_MESSAGE, f"its root is {kind}, not an object")


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
    assert read(within, SMALL).observation().unlisted
    assert refusal(beyond, SMALL).reason is Reason.TOO_LARGE


def test_what_is_read_can_be_looked_up_again() -> None:
    """Nothing that is within the limits is beyond them when a line is asked for."""
    for leaf in ("1", "{}", "[]", "[1]", '{"b": 1}'):
        for depth in range(1, 8):
            text = '{"a":' * depth + leaf + "}" * depth
            try:
                document = read(text, SMALL)
            except UncheckedError:
                continue
            assert len(scan(text.encode(), SMALL)) == len(document.observation().unlisted) + 1


def test_the_usual_limits_leave_the_stack_alone() -> None:
    assert refusal('{"a":' + "[" * 1_000_000).reason is Reason.TOO_LARGE
    assert refusal('{"a":' * 1_000_000).reason is Reason.TOO_LARGE
    deepest = Limits().depth
    assert lines(read('{"a":' * deepest + "1" + "}" * deepest), "a") == (1,)
