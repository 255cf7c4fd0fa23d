"""Operation matching: "a path template as OpenAPI writes it; matched at the end of the URL's path; other statuses are failures"."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from support.http_apis import checker_of, exchange, judged, outline, write_example
from whosees.checker.checking.checker import Checker
from whosees.checker.checking.http_call import path_of
from whosees.engine.result import ResponseResult, skipped_kind

ITEM = {"id": 1, "name": "größe & co", "permissions": {"push": False}, "owner": {"phone": "***"}}
SCOPES = {"X-OAuth-Scopes": "repo"}
ELSEWHERE = "its method and URL are not those of repos"


@pytest.fixture
def repos(tmp_path: Path) -> Checker:
    return checker_of(write_example(tmp_path / "repos"))


@pytest.mark.parametrize(
    ("method", "url", "is_judged"),
    [
        ("GET", "https://api.example.test/repos", True),
        ("GET", "https://api.example.test/api/v3/orgs/a%2Fb/repos/?page=2&per_page=1#top", True),
        ("get", "/repos", True),
        (None, "/repos", True),
        ("POST", "/repos", False),
        ("GET", "/repos/1", False),
        ("GET", "https://[broken/repos", False),
    ],
)
def test_a_folder_of_mixed_traffic_is_sorted_by_method_and_url(
    repos: Checker, method: str | None, url: str, is_judged: bool
) -> None:
    expected = ("t.har[0]", "conformant") if is_judged else ("t.har", "skipped", ELSEWHERE)
    assert judged(repos, exchange({"items": [ITEM]}, url, method=method, received=SCOPES)) == [expected]


def test_a_named_recording_of_another_operation_is_unchecked(repos: Checker) -> None:
    (result,) = repos.check(exchange({}, "/users", explicit=True))
    assert isinstance(result, ResponseResult)
    assert (result.reason, result.detail) == ("other-operation", ELSEWHERE)


NESTED = (
    ('unit = "items[]"', 'recognised_by = ["result/name"]\nfailure_members = ["result/errors"]'),
    ('[wire.request]\nmethod = "GET"\npath = ["/repos", "/orgs/{org}/repos"]\n', ""),
    ("allow_merge,allow_merge,push,+", "allow_merge,result/allow_merge,push,+"),
    *((f"{name},{name},+,+", f"{name},result/{name},+,+") for name in ("id", "name")),
)


@pytest.mark.parametrize(
    ("response", "outcome"),
    [
        ({"result": {"id": 1, "name": "n"}}, ("conformant",)),
        ({"result": {"id": 1, "name": None, "errors": []}}, ("conformant",)),
        ({"result": [{"id": 1}, {"id": 2, "name": "n"}]}, ("violating", "missing result/name")),
        ({"result": {"name": "n", "id": 1, "allow_merge": True}}, ("violating", "leaked result/allow_merge")),
        (
            {"result": {"id": 1}},
            ("skipped", "it neither asks for this operation nor answers it"),
        ),
        (
            {"result": {"total": 1}},
            ("skipped", "it neither asks for this operation nor answers it"),
        ),
        ({"result": {"name": "n", "errors": ["no"]}}, ("unchecked",)),
    ],
)
def test_an_answer_is_recognized_by_what_is_further_inside(
    tmp_path: Path, response: dict[str, object], outcome: tuple[str, ...]
) -> None:
    """ "Rows, `recognised_by` and evidence name paths inside the unit", and failure members do as well."""
    checker = checker_of(write_example(tmp_path, *NESTED))
    item = {"permissions": {"push": False}, "owner": {"phone": "***"}}
    for _ in range(3):  # also if it is remembered
        assert judged(checker, exchange({**item, **response}, received=SCOPES)) == [("t.har", *outcome)]


@pytest.mark.parametrize("response", [b'{"message": "Not Found"}', b"<html></html>", b""])
def test_another_status_than_those_of_answers_is_a_failure(repos: Checker, response: bytes) -> None:
    (result,) = repos.check(exchange(response, status=404))
    assert isinstance(result, ResponseResult)
    assert result.reason == "failure-response"
    assert result.detail == "the server answered with HTTP status 404; answers have `2xx`"


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_that_has_no_body_by_its_status_is_no_failure(repos: Checker, status: int) -> None:
    """RFC 9110, 15.4.5: it "would have resulted in a 200 (OK) response if it were not for the fact that the condition
    evaluated to false"."""
    nothing = "answer to HEAD, or with a status that has no body"
    found = exchange(b"", "/repos", status=status)
    assert judged(repos, found) == [("t.har", "skipped", nothing)]
    assert skipped_kind(nothing) == nothing
    (named,) = repos.check(exchange(b"", "/repos", status=status, explicit=True))
    assert isinstance(named, ResponseResult)
    assert named.outcome == "unchecked", "a recording that is named is never skipped"


def test_a_failure_that_shows_what_nobody_may_see_is_a_leak(tmp_path: Path) -> None:
    nobody = ("allow_merge,allow_merge,push,+", "allow_merge,allow_merge,never,never")
    never = '[[markers]]\nid = "never"\nprinted = "never"\nstatement = "all"\nmeaning = "never"\ngranted = "must-not"\n'
    checker = checker_of(write_example(tmp_path, nobody, ("[wire]\n", f"{never}\n[wire]\n")))
    recording = exchange(
        {"message": "no", "documentation": {"allow_merge": True}}, status=403, received=SCOPES
    )
    assert judged(checker, recording) == [("t.har", "violating", "misplaced documentation/allow_merge")]
    items = exchange({"items": [{"id": 1}, {"allow_merge": True}]}, status=403, received=SCOPES)
    assert [each for each in judged(checker, items) if "violating" in each] == [
        ("t.har[1]", "violating", "leaked allow_merge")
    ]


@pytest.mark.parametrize("content", [b"", b"{}", b'{"message": "no"}'])
def test_a_refusal_that_was_expected_may_have_no_body(repos: Checker, content: bytes) -> None:
    refused = exchange({}, status=403, received=SCOPES)
    refused = msgspec.structs.replace(refused, response=content, sidecar=b'outcome = "failure"')
    (result,) = repos.check(refused)
    assert isinstance(result, ResponseResult)
    assert (result.outcome, result.expected_failure) == ("conformant", True)
    assert (
        result.detail
        == "the server answered with HTTP status 403; answers have `2xx`, as the sidecar expects"
    )
    (result,) = repos.check(msgspec.structs.replace(refused, sidecar=b"outcome = 1"))
    assert isinstance(result, ResponseResult)
    assert (result.outcome, result.reason) == ("unchecked", "unreadable")


def test_without_a_url_an_exchange_is_recognized_by_its_members_alone(tmp_path: Path) -> None:
    checker = checker_of(
        write_example(tmp_path, ('unit = "items[]"\n', 'unit = "items[]"\nrecognised_by = ["permissions"]\n'))
    )
    ours = exchange({"items": [ITEM]}, None, method=None, received=SCOPES)
    assert judged(checker, ours) == [("t.har[0]", "conformant")]
    other = exchange({"items": [{"title": "an issue"}]}, None, method=None)
    assert judged(checker, other) == [
        ("t.har", "skipped", "it neither asks for this operation nor answers it")
    ]


WRITTEN: dict[str, Callable[[str], bytes]] = {
    "Gerrit": lambda text: f")]}}'\n{text}".encode(),
    "Angular": lambda text: f")]}}',\n{text}".encode("utf-8-sig"),
    "loops": lambda text: f"for(;;);{text}".encode(),
    "UTF-16": lambda text: text.encode("utf-16"),
    "UTF-16, big endian": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "UTF-32": lambda text: text.encode("utf-32"),
}


@pytest.mark.parametrize("way", WRITTEN)
def test_json_behind_a_prefix_or_in_a_marked_encoding_is_read(tmp_path: Path, way: str) -> None:
    """In traffic it is no other operation's either, so that no leak hides in it; lines are those of the document."""
    checker = checker_of(write_example(tmp_path, ('unit = "items[]"\n', 'recognised_by = ["id"]\n')))
    text = json.dumps({**ITEM, "allow_merge": "é", "owner": {"phone": "***"}}, indent=1, ensure_ascii=False)
    content = WRITTEN[way](text)
    (result,) = checker.check(exchange(content, None, method=None, received=SCOPES))
    assert outline(result) == ("t.har", "violating", "leaked allow_merge")
    assert isinstance(result, ResponseResult)
    line = content.replace(b"\0", b"").split(b"allow_merge")[0].count(b"\n") + 1
    assert [each.lines for each in result.findings if each.rule == "leaked"] == [(line,)]
    unmarked = exchange(text.encode("utf-16-be"), None, method=None, received=SCOPES)
    assert [outline(each) for each in checker.check(unmarked)] == [("t.har", "unchecked")]


def test_without_a_url_or_members_that_tell_an_exchange_is_skipped_only_if_nothing_is_of_the_operation(
    repos: Checker,
) -> None:
    """Raw HTTP keeps no URL: as in a plain file, what may be an answer is never passed over as another operation."""
    leak = {**ITEM, "allow_merge": True}
    found = [
        judged(repos, exchange(response, url=None, method=None, received=SCOPES))
        for response in ({"items": [leak]}, {"list": [leak]}, {"weather": "fair"})
    ]
    assert found == [
        [("t.har[0]", "violating", "leaked allow_merge")],
        [("t.har", "unchecked")],
        [("t.har", "skipped", "it neither asks for this operation nor answers it")],
    ]


def test_with_its_url_an_exchange_needs_no_member_to_be_recognized(tmp_path: Path) -> None:
    """A response of the operation that lacks the very member by which others are recognized lacks it."""
    checker = checker_of(
        write_example(tmp_path, ('unit = "items[]"\n', 'unit = "items[]"\nrecognised_by = ["id"]\n'))
    )
    item = {name: value for name, value in ITEM.items() if name != "id"}
    assert judged(checker, exchange({"items": [item]}, received=SCOPES)) == [
        ("t.har[0]", "violating", "missing id")
    ]


def test_a_path_tells_the_answers_to_one_query_from_those_to_others_at_the_same_url(tmp_path: Path) -> None:
    """The answers to all queries of a GraphQL service come from one URL, and all have `data`."""
    checker = checker_of(
        write_example(
            tmp_path,
            ('unit = "items[]"\n', 'recognised_by = ["data/repository"]\n'),
            ('[wire.request]\nmethod = "GET"\npath = ["/repos", "/orgs/{org}/repos"]\n', ""),
        )
    )
    answers: dict[str, object] = {
        "its own": {"data": {"repository": None}, "allow_merge": True},
        "another query's": {"data": {"viewer": {"id": 1}}},
        "a failure": {"data": None},
    }
    found = {
        what: judged(checker, exchange(answer, "/graphql", received=SCOPES))
        for what, answer in answers.items()
    }
    skipped = ("t.har", "skipped", "it neither asks for this operation nor answers it")
    assert found == {
        "its own": [("t.har", "violating", "missing id", "missing name", "missing owner/phone")],
        "another query's": [skipped],
        "a failure": [skipped],
    }
    (result,) = checker.check(exchange(answers["another query's"], "/graphql", explicit=True))
    assert isinstance(result, ResponseResult)
    assert result.reason == "not-a-message"


def test_the_body_of_a_request_that_is_no_evidence_may_be_anything(repos: Checker) -> None:
    recording = exchange({"items": [ITEM]}, received=SCOPES, request=b"page=1&size=2")
    assert judged(repos, recording) == [("t.har[0]", "conformant")]


URLS = st.lists(
    st.sampled_from(
        [
            "http",
            "https",
            "://",
            "//",
            "/",
            ":",
            "@",
            "?",
            "#",
            "[",
            "]",
            "a",
            "é",
            "%2F",
            " ",
            "\t",
            "\n",
            ".",
        ]
    ),
    max_size=9,
).map("".join)


@given(URLS | st.text())
@example("https://api.example.test:8080/repos/a%2Fb/?page=1#top")
def test_the_path_of_a_url_is_that_of_the_library(url: str) -> None:
    try:
        path = urlsplit(url).path
    except ValueError:
        path = ""
    assert path_of(url) == path
