"""DESIGN 10: a template as OpenAPI writes it, matched at the end of the URL's path; statuses such as 2xx."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whosees.rules.http import (
    PathTemplate,
    is_status_pattern,
    match_path,
    most_specific,
    status_matches,
    template_error,
)

MATCHES = {
    "a parameter": ("/users/{username}", "/users/alice", {"username": "alice"}),
    "a base path": ("/users/{username}", "/api/v3/users/alice", {"username": "alice"}),
    "a servlet's session": ("/users/{username}", "/users/alice;jsessionid=1A.b", {"username": "alice"}),
    "a semicolon of its own": ("/users/{username}", "/users/a;b=1", {"username": "a;b=1"}),
    "a trailing slash": ("/users/{username}", "/users/alice/", {"username": "alice"}),
    "an encoded slash is no separator": ("/files/{path}", "/files/a%2Fb", {"path": "a/b"}),
    "encoded letters": ("/users/{username}", "/users/%E5%BC%A0", {"username": "张"}),
    "two parameters": ("/repos/{owner}/{repo}", "/repos/o/r", {"owner": "o", "repo": "r"}),
    "a part of a segment": ("/repos/{repo}.json", "/repos/r.v2.json", {"repo": "r.v2"}),
    "a segment that is all literal": ("/repos/{repo}.json", "/repos/.json", None),
    "literals that overlap": ("/a{b}a", "/a", None),
    "no parameter": ("/user", "/user", {}),
    "a literal with signs": ("/a+b", "/a+b", {}),
    "too short": ("/repos/{owner}/{repo}", "/repos/o", None),
    "another literal": ("/users/{username}", "/user/alice", None),
    "something after it": ("/users/{username}", "/users/alice/repos", None),
    "a verb after a parameter, as Google's APIs have it": (
        "/jobs/{id}:cancel",
        "/v1/jobs/7:cancel",
        {"id": "7"},
    ),
    "another verb": ("/jobs/{id}:cancel", "/v1/jobs/7:run", None),
    "letter case": ("/users/{username}", "/Users/alice", None),
    "an empty parameter": ("/users/{username}/x", "/users//x", None),
    "a segment that only ends alike": ("/users", "/superusers", None),
}


@pytest.mark.parametrize("case", MATCHES)
def test_a_template_matches_the_end_of_a_path(case: str) -> None:
    template, path, parameters = MATCHES[case]
    assert PathTemplate(template).match(path) == parameters


NAMES = st.text(min_size=1).filter(lambda name: name not in (".", "..") and name.isprintable())


@given(NAMES, NAMES, st.sampled_from(["", "/api", "/api/v3"]))
def test_whatever_a_parameter_stands_for_is_returned_decoded(owner: str, repo: str, base: str) -> None:
    path = f"{base}/repos/{quote(owner, safe='')}/{quote(repo, safe='')}"
    assert PathTemplate("/repos/{owner}/{repo}").match(path) == {"owner": owner, "repo": repo}


def test_the_longest_template_counts() -> None:
    """A user called `user` does not ask about himself."""
    templates = ["/user", "/users/{username}"]
    assert match_path(templates, "/users/user") == {"username": "user"}
    assert match_path(templates, "/api/user") == {}
    assert match_path(templates, "/teams") is None


def test_what_is_written_out_comes_before_a_parameter() -> None:
    """As in OpenAPI, whatever the order: the caller's own record is not that of somebody called `me`."""
    for templates in (["/users/{id}", "/users/me"], ["/users/me", "/users/{id}"]):
        assert match_path(templates, "/users/me") == {}
        assert match_path(templates, "/users/7") == {"id": "7"}
    for templates in (["/jobs/{id}", "/jobs/{id}:cancel"], ["/jobs/{id}:cancel", "/jobs/{id}"]):
        assert match_path(templates, "/jobs/7:cancel") == {"id": "7"}
        assert match_path(templates, "/jobs/7") == {"id": "7"}


def test_a_path_is_of_the_operation_that_writes_most_of_it_out() -> None:
    assert most_specific([["/users/{id}"], ["/teams", "/users/me"]], "/api/users/me") == (1,)
    assert most_specific([["/jobs/{id}"], ["/jobs/{id}:cancel"]], "/jobs/7:cancel") == (1,)
    assert most_specific([["/users/{id}"], ["/{kind}/me"]], "/users/me") == (0, 1)
    assert most_specific([["/user/repos"], ["/repos"]], "/user/repos") == (0, 1), "`/user` may be a prefix"
    assert most_specific([["/users/me"], []], "/users/me") == (0, 1)


ERRORS = {
    "users": "is not a path template; begin with `/`, as in `/users/{username}`",
    "https://x/users": "is not a path template; leave out the server",
    "/": "is not a path template; leave `path` out if any path will do",
    "/users?a={b}": "is not a path template; leave out the query and the fragment",
    "/users//x": "is not a path template; it has an empty segment",
    "/users/": "is not a path template; it has an empty segment",
    "/users/{user name}": "is not a path template; write a parameter as `{name}`",
    "/users/{": "is not a path template; write a parameter as `{name}`",
    "/users/:name}": "is not a path template; write a parameter as `{name}`",
    "/users/:name": "is not a path template; write a parameter as `{name}`",
    "/{a}...{b}": "is not a path template; a segment can have one parameter",
    "/{a}/{a}": "is not a path template; a parameter occurs twice",
}


@pytest.mark.parametrize("text", ERRORS)
def test_a_text_that_is_not_a_template_says_what_is_wrong(text: str) -> None:
    assert template_error(text) == ERRORS[text]
    with pytest.raises(ValueError, match="is not a path template"):
        PathTemplate(text)


def test_statuses() -> None:
    assert [text for text in ("200", "2xx", "2XX", "600", "20", "x", "") if is_status_pattern(text)] == [
        "200",
        "2xx",
    ]
    assert [status for status in (200, 204, 301, 404, 500) if status_matches("2xx", status)] == [200, 204]
    assert [status for status in (200, 404) if status_matches("404", status)] == [404]
