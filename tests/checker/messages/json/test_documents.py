"""JSON as it is read: what is there and in which line, no value, and nothing that nobody vouches for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whosees.checker.core.errors import Reason, UncheckedError
from whosees.checker.core.limits import Limits
from whosees.checker.messages.json.document import JsonDocumentReader
from whosees.checker.messages.json.locate import scan
from whosees.checker.messages.json.observe import JsonDocument
from whosees.checker.messages.json.places import JsonPlace, shown_name
from whosees.engine.places import MAX_PATH
from whosees.rules import load_rulebook

SMALL = Limits(size=10_000, depth=5, elements=20)


SMALL_RULEBOOK = load_rulebook("webex-rest-meeting")


def read(
    text: str | bytes, limits: Limits | None = None, wanted: frozenset[str] = frozenset()
) -> JsonDocument:
    content = text.encode("utf-8") if isinstance(text, str) else text
    return JsonDocumentReader(SMALL_RULEBOOK, limits or Limits(), wanted).read(content)


def lines(document: JsonDocument, path: str) -> tuple[int, ...]:
    return document.observation().lines(path)


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


def seen(value: Any, path: str = "") -> list[str]:
    """Return the paths of what has to be seen of a decoded object, in order: a list is as many elements as it has items."""
    paths = []
    for key, item in value.items():
        below = f"{path}/{shown_name(key)}" if path else shown_name(key)
        for each in items(item):
            paths += [below, *(seen(each, below) if isinstance(each, dict) else [])]
    return paths


def items(value: Any) -> list[Any]:
    """Return the elements that a member's value is."""
    return [each for item in value for each in items(item)] if isinstance(value, list) and value else [value]


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
        numbers = [at for _, at in document.observation().unlisted]
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
        assert [document.line(at) for _, at in document.observation().unlisted] == list(
            range(2, len(ends) + 2)
        )


def _no_constant(_: str) -> None:
    raise ValueError


def test_lines_are_those_of_names_and_of_items() -> None:
    root = read('{"a":\n1,\n"b": [\n{"c": 2},\n\n[3,\n4]], "d": {\n"e": "x\\ny"}}')
    found = [(place.path, root.line(at)) for place, at in root.observation().unlisted]
    assert found == [("a", 1), ("b", 4), ("b/c", 4), ("b", 6), ("b", 7), ("d", 7), ("d/e", 8)]
    assert lines(root, "b/c") == (4,)
    assert lines(root, "d/e") == (8,)
    assert lines(read('\n{\n"a": [],\n"b":\n{}}'), "a") == (3,)
    assert [lines(read(f'\n{{"a": {value}}}'), "a") for value in ("1", "[]", "{}")] == [(2,)] * 3


def numbered(value: Any, line: int, own: int) -> tuple[list[int], int]:
    """Return the lines of the elements of a value that is written with an indent, and the line on which it ends.

    It begins on a line; ``own`` is that of the member or item that it is.
    """
    found = [] if isinstance(value, list) and value else [own]
    if not isinstance(value, (dict, list)) or not value:
        return found, line
    for item in value.values() if isinstance(value, dict) else value:
        inner, line = numbered(item, line + 1, line + 1)
        found += inner
    return found, line + 1


@given(OBJECTS, st.sampled_from(["\n", "\r\n", "\r"]))
def test_a_line_is_that_of_a_naive_reading(value: dict[str, Any], end: str) -> None:
    """With an indent each member and each item of a list has a line of its own."""
    text = json.dumps(value, indent=2).replace("\n", end)
    assert scan(text.encode(), Limits()) == numbered(value, 1, 1)[0]


def laid_out(value: Any, gap: Callable[[str], str]) -> str:
    """Write a value with white space as it comes where JSON allows it; ``gap`` is told what stands before."""
    if isinstance(value, dict):
        members = [f"{json.dumps(k)}{gap('name')}:{gap(':')}{laid_out(v, gap)}" for k, v in value.items()]
        return _enclosed("{", members, "}", gap)
    if isinstance(value, list):
        return _enclosed("[", [laid_out(item, gap) for item in value], "]", gap)
    return json.dumps(value)


def _enclosed(begin: str, parts: list[str], end: str, gap: Callable[[str], str]) -> str:
    if not parts:
        return f"{begin}{gap('nothing')}{end}"
    inner = "".join(f"{gap('value')},{gap(',')}{part}" for part in parts[1:])
    return f"{begin}{gap(begin)}{parts[0]}{inner}{gap('last')}{end}"


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


@pytest.mark.parametrize("value", ["null", '""', '" "', "{}", "[]", "[null]", '[{"b": []}]', '{"b": [""]}'])
def test_what_holds_nothing_is_absent_if_empty_counts_as_absent(value: str) -> None:
    text = f'{{"a": {value}, "c": 1}}'.encode()
    reader = JsonDocumentReader(SMALL_RULEBOOK, Limits(), frozenset(), empty_is_absent=True)
    assert [place.path for place, _ in reader.read(text).observation().unlisted] == ["c"]
    assert lines(reader.read(text), "a") == lines(reader.read(text), "a/b") == ()
    assert lines(read(text), "a") == (1,)


@pytest.mark.parametrize("value", ["0", "false", '"x"', "[0]", '[{"b": 0}]'])
def test_what_holds_something_is_there(value: str) -> None:
    reader = JsonDocumentReader(SMALL_RULEBOOK, Limits(), frozenset(), empty_is_absent=True)
    assert lines(reader.read(f'{{"a": {value}}}'.encode()), "a") == (1,)


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
    "number", ["1" * 5_000, "-" + "9" * 5_000, "1." + "1" * 5_000, "1e5000", "-0", "1" * 30]
)
def test_a_number_of_any_length_is_read_and_is_not_worked_out(number: str) -> None:
    document = read(f'{{"a": {number}}}', wanted=frozenset({"a"}))
    [(path, _, text)] = document.located_texts()
    assert (path, text.lstrip("-")) == ("a", number.lstrip("-"))


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
        ('{"a": 1} {}', "at line 1, column 10: content after the end of the document"),
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
    [(place, _)] = read(json.dumps({name: 1})).observation().unlisted
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
        kept |= {cast("JsonPlace", each) for each, _ in reader.read(text.encode()).observation().unlisted}
        assert lines(reader.read(text.encode()), "agenda") == (1,)
        assert [place.path for place, _ in reader.read(text.encode()).observation().unlisted] == [
            *(f"x{number}", f"x{number}/y{number}"),
        ]
    # Who keeps places, as judges do, keeps no forgotten ones alive.
    assert len(kept) > 50
    assert sum(len(place.steps) for place in kept) < 30
