"""Files that the tools themselves wrote: the practice server's leak is found in each (see their README)."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.traffic import context, detail, judged
from whosees.checker.checking.checker import Checker
from whosees.checker.checking.settings import Settings
from whosees.checker.recordings import Recording, find_recordings
from whosees.engine.result import ResponseResult

FILES = Path(__file__).parents[2] / "data" / "recordings"
SESSIONS = sorted(path for path in FILES.iterdir() if path.is_file() and path.suffix != ".md")
USERS = sorted(path for path in (FILES / "github-user").iterdir() if path.suffix != ".toml")
LEAK = "accessControl/sessionPassword"

OTHER_OUTCOMES = {"curl-trace-ascii.txt": "unreadable", "curl-v.txt": "conformant"}
"""The files that are not violating: a format that keeps no body as it was, and one that keeps no body of the request."""

TARGET_ALONE = ("curl-", "httpie", "mockserver-", "mountebank", "wiremock-recorder")
"""The beginnings of the names of files that have URLs from the path on."""

NO_REQUEST_HEADERS = ("wiremock-recorder",)


def leaks(result: object) -> list[str | None]:
    assert isinstance(result, ResponseResult)
    return [finding.path for finding in result.findings if finding.rule == "leaked"]


@pytest.mark.parametrize("path", SESSIONS, ids=lambda path: path.name)
def test_the_leak_of_one_element_is_found_in_what_each_tool_wrote(path: Path) -> None:
    (result,) = [result for result in judged(path) if isinstance(result, ResponseResult)]
    outcome = str(result.reason or result.outcome)
    assert outcome == OTHER_OUTCOMES.get(path.name, "violating"), detail(result)
    if outcome == "violating":
        assert (leaks(result), context(result)["caller"]) == ([LEAK], "anonymous")


@pytest.mark.parametrize("path", USERS, ids=lambda path: path.name)
def test_the_leak_is_found_in_a_json_response_and_the_facts_of_its_call_are_kept(path: Path) -> None:
    """A browser asks for the page around the call, and a proxy was asked whether it is there: they are other calls."""
    calls = [each for each in find_recordings([str(path)], wire="json") if isinstance(each, Recording)]
    (found,) = [each for each in calls if each.status == 200]
    origin = "" if path.name.startswith(TARGET_ALONE) else "http://127.0.0.1:"
    assert (found.http.method, (found.http.url or "").startswith(origin)) == ("GET", True)
    assert (found.http.url or "").endswith("/users/octocat?a=1")
    assert found.http.response_header("X-OAuth-Scopes") == ("user",)
    kept = None if path.name.startswith(NO_REQUEST_HEADERS) else ("application/json",)
    assert found.http.request_header("Accept") == kept
    results = [one for each in calls for one in Checker(Settings(rules="github-user")).check(each)]
    (result,) = [one for one in results if isinstance(one, ResponseResult)]
    assert (leaks(result), result.outcome) == (["private_gists"], "violating"), detail(result)


def test_what_a_tool_does_not_keep_is_never_taken_for_granted() -> None:
    """`curl -v` keeps no request, so that the element is undecided; `--trace-ascii` keeps no body as it was."""
    (verbose,) = judged(FILES / "curl-v.txt")
    assert isinstance(verbose, ResponseResult)
    assert context(verbose).get("caller", "unknown") == "unknown"
    assert LEAK in [finding.path for finding in verbose.findings if finding.rule == "undecided"]
    (replaced,) = judged(FILES / "curl-trace-ascii.txt")
    assert detail(replaced).startswith(
        "`--trace-ascii` writes line breaks and other bytes of the body as dots"
    )
