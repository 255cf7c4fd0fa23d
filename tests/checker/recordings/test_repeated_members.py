"""A member that an object has twice: readers differ on which one counts (RFC 8259, section 4), so neither is judged.

"When the names within an object are not unique, the behavior of software that receives such an object is unpredictable."
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from support.command import whosees
from support.tool_formats import TOOL_FORMATS, mitmproxy_flow, tnetstring
from support.traffic import DOCUMENTS, GOOD, LEAKING, Call, detail, judged, only, outcomes, vcrpy
from whosees.checker.recordings.formats.unique_members import RepeatedMemberError, unique_members

WRITERS = DOCUMENTS | {name: pack for name, (pack, _) in TOOL_FORMATS.items()}
JSON_WRITERS = [
    name for name, pack in WRITERS.items() if name != "lines" and pack((Call(GOOD),))[:1] in (b"{", b"[")
]


class Repeated:
    """A member with two values, the first of which a decoder would drop."""

    def __init__(self, first: Any, second: Any) -> None:
        self.values = first, second


def written(value: Any) -> str:
    """Write JSON in which a member may stand twice."""
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    if not isinstance(value, dict):
        return json.dumps(value)
    pairs = [
        (name, each)
        for name, inner in value.items()
        for each in (inner.values if isinstance(inner, Repeated) else (inner,))
    ]
    return f"{{{', '.join(f'{json.dumps(name)}: {written(each)}' for name, each in pairs)}}}"


def doubled(first: Any, second: Any) -> Iterator[tuple[str, Any]]:
    """Yield each member in which two documents differ, and the document that has both of its values."""
    if isinstance(first, list):
        for index, (one, other) in enumerate(zip(first, second, strict=False)):
            for name, both in doubled(one, other):
                yield name, [*second[:index], both, *second[index + 1 :]]
    elif isinstance(first, dict):
        for name, value in first.items():
            if value != second[name]:
                yield name, {**second, name: Repeated(value, second[name])}
                yield from ((inner, {**second, name: both}) for inner, both in doubled(value, second[name]))


WRITTEN_NAMES = ('""', '"a"', r'"\u0061"', '"id"', '"é"', '"response"')
WRITTEN_VALUES = ("0", '""', '"x"', "{}", '{"a":1,"a":2}', "null", "12345")


@given(
    st.lists(st.tuples(st.sampled_from(WRITTEN_NAMES), st.sampled_from(WRITTEN_VALUES)), max_size=4),
    st.sampled_from(("", " ", "\n  ")),
    st.sampled_from(("", " ")),
)
@example([('""', "0"), ('""', "0")], "", "")
def test_a_name_is_found_twice_however_short_the_object_is(
    members: list[tuple[str, str]], before: str, after: str
) -> None:
    """A document too short to have a member twice is not looked at again."""
    text = "{" + ",".join(f"{before}{name}:{after}{value}" for name, value in members) + "}"
    names = [json.loads(name) for name, _ in members]
    repeated = [name for name in names if names.count(name) > 1]
    if not repeated:
        assert [*unique_members(text.encode())] == names
        return
    with pytest.raises(RepeatedMemberError) as caught:
        unique_members(text.encode())
    assert str(caught.value) in repeated


@pytest.mark.parametrize("name", JSON_WRITERS)
def test_no_leak_hides_behind_a_member_of_the_same_name(name: str, tmp_path: Path) -> None:
    """Whichever member on the way to the response is there twice, and only that recording is unread."""
    leaking, good = (json.loads(WRITERS[name]((Call(GOOD), Call(each)))) for each in (LEAKING, GOOD))
    found = dict(doubled(leaking, good))
    assert found
    for member, document in found.items():
        path = tmp_path / f"{member}.json"
        path.write_text(written(document))
        results = judged(path)
        refused = [result for result in results if f"`{member}`" in detail(result).replace(".", "`")]
        assert [outcome for _, outcome in outcomes(refused)] == ["unreadable"], (member, results)
        assert {outcome for _, outcome in outcomes(results)} <= {"unreadable", "conformant"}


def test_the_message_names_the_member_and_its_place(tmp_path: Path) -> None:
    """Only a name and a place are shown, and never a value."""
    log = '{"log": {"entries": [{"response": {"content": {"text": "secret", "t\\u0065xt": "<a/>"}}}]}}'
    (tmp_path / "a.har").write_text(log)
    result = only(judged(tmp_path / "a.har"))
    assert (result.reason, result.detail) == (
        "unreadable",
        "the entry contains `response.content.text` more than once, so that its content is ambiguous",
    )
    headers = '{"request": {"headers": [{"name": "a"}, {"name": "b", "value": "1", "value": "2"}]}}'
    (tmp_path / "b.har").write_text(f'{{"log": {{"entries": [{headers}]}}}}')
    assert "`request.headers[1].value` more than once" in detail(only(judged(tmp_path / "b.har")))


def test_a_line_with_a_member_twice_is_unreadable_and_the_next_is_judged(tmp_path: Path) -> None:
    good, leaking = (json.dumps(each.decode()) for each in (GOOD, LEAKING))
    lines = [
        f'{{"response": {leaking}, "response": {good}}}',
        f'{{"response": {good}, "r\\u0065sponse": {good}}}',
        f'{{"response": {good}, "context": {{"caller": "anonymous", "caller": "authenticated"}}}}',
        f'{{"response": {good}, "request_headers": {{"A": "1", "A": "2"}}}}',
        f'{{"response": {good}, "method": 1}}',
        f'{{"response": {good}, "note": {{"a": 1, "a": 2}}}}',
        f'{{"response": {leaking}}}',
    ]
    (tmp_path / "log.jsonl").write_text("\n".join(lines))
    run = whosees("check", tmp_path / "log.jsonl", "--format", "json")
    assert run.code == 1
    assert [each["detail"] for each in json.loads(run.out)["responses"]] == [
        *["the line contains `response` more than once, so that its content is ambiguous"] * 2,
        "its sidecar: `context` contains `caller` more than once, so that its content is ambiguous",
        "the line contains `request_headers.A` more than once, so that its content is ambiguous",
        "the line does not have the structure of its format: expected `str | null`, got `int` - at `$.method`",
        None,
        None,
    ]


def test_what_nobody_reads_may_be_ambiguous(tmp_path: Path) -> None:
    """Members that no format knows change no verdict."""
    entry = '{"response": {"status": 200, "content": {"text": %s}}, "timings": {"a": 1, "a": 2}}'
    (tmp_path / "a.har").write_text(f'{{"log": {{"entries": [{entry % json.dumps(GOOD.decode())}]}}}}')
    assert outcomes(judged(tmp_path / "a.har"), tmp_path) == [("a.har#entry-0", "conformant")]


def test_a_body_that_is_json_is_left_to_its_own_reader(tmp_path: Path) -> None:
    """It says the line in the message, as for any other message."""
    mapping = '{"request": {"method": "GET", "url": "/users/a"}, "response": {"jsonBody": {"login": 1, "login": 2}}}'
    (tmp_path / "a.json").write_text(mapping)
    run = whosees("check", tmp_path / "a.json", "--rules", "github-user", "--format", "json")
    (result,) = json.loads(run.out)["responses"]
    assert (result["reason"], result["detail"]) == (
        "not-json",
        "at line 1, column 14: a name that its object has already",
    )


@pytest.mark.parametrize(
    ("line", "repeated"),
    [
        (9, "      string: <b/>"),
        (9, "    body: {string: <b/>}"),
        (12, "  response: {}"),
        (13, "interactions: []"),
    ],
)
def test_a_cassette_in_yaml_with_a_key_twice_is_unreadable(line: int, repeated: str, tmp_path: Path) -> None:
    """YAML 1.2.2, section 3.2.1.1: "The content of a mapping node is an unordered set of key/value node pairs, with the
    restriction that each of the keys is unique." So it is no YAML, and no interaction of it is judged."""
    lines = vcrpy((Call(LEAKING),)).decode().splitlines()
    (tmp_path / "a.yaml").write_text("\n".join([*lines[: line - 1], repeated, *lines[line - 1 :]]))
    result = only(judged(tmp_path / "a.yaml"))
    assert (result.reason, result.detail) == (
        "unreadable",
        f"it is not plain YAML, at line {line}: a mapping contains `{repeated.partition(':')[0].strip()}` more than once",
    )


def test_an_item_of_burp_with_an_element_twice_is_unreadable(tmp_path: Path) -> None:
    first, second = (WRITERS["Burp"]((Call(each),)).decode() for each in (LEAKING, GOOD))
    response = first[first.index("    <response") : first.index("    <comment")]
    (tmp_path / "a.xml").write_text(second.replace("    <response", f"{response}    <response", 1))
    assert detail(only(judged(tmp_path / "a.xml"))) == (
        "the item contains `response` more than once, so that its content is ambiguous"
    )


def test_a_flow_of_mitmproxy_with_a_name_twice_is_unreadable(tmp_path: Path) -> None:
    flow, other = mitmproxy_flow(Call(GOOD)), mitmproxy_flow(Call(LEAKING))
    pairs = [("response", other["response"]), *flow.items()]
    content = b"".join(tnetstring(each) for pair in pairs for each in pair)
    (tmp_path / "a").write_bytes(b"%d:%s}" % (len(content), content))
    assert "contains a name more than once" in detail(only(judged(tmp_path / "a")))
