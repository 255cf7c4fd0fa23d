"""Calls of HTTP APIs: what their statuses mean, what is tried again, what is recorded."""

from __future__ import annotations

import json

import httpx
import pytest

from support.http_calls import (
    GITHUB,
    OWN,
    REFUSED,
    REPOS,
    WEBEX,
    Clock,
    answering,
    emulator,
    made_by,
    verdicts,
)
from support.practice import EXAMPLE
from whosees.checker.service.live.load import load_plan

PLANS = {"live-github.toml": GITHUB, "live-webex-rest.toml": WEBEX}

STATUSES = {
    401: ("unchecked: login refused", "conformant: refused, as expected"),
    403: ("unchecked: refused", "conformant: refused, as expected"),
    404: ("unchecked: not found", "conformant: refused, as expected"),
    418: ("unchecked: failed", "conformant: refused, as expected"),
    500: ("unchecked: unavailable", "unchecked: unavailable"),
    302: ("unchecked: redirect", "unchecked: redirect"),
    200: ("violating", "violating"),
}


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("body", [b"{}", b""])
def test_a_failed_call_is_no_pass_unless_it_has_to_be_refused(status: int, body: bytes) -> None:
    """An empty success lacks what a profile has; where a refusal is expected it is one more error."""
    body = b"{}" if status == 200 else body
    transport = httpx.MockTransport(answering(status, body, location="https://elsewhere.test/"))
    (open_,) = verdicts(made_by(GITHUB, OWN, transport)).values()
    (refused,) = verdicts(made_by(GITHUB, REFUSED, transport)).values()
    assert (open_.verdict, refused.verdict) == STATUSES[status]
    rules = [{found.rule for found in each.results[0].findings} for each in (open_, refused)]
    assert rules[1] - rules[0] == ({"unexpected-success"} if status == 200 else set())


@pytest.mark.parametrize("status", [301, 302, 403, 500])
def test_a_failed_call_that_shows_a_leak_is_violating_even_if_it_redirects(status: int) -> None:
    """A server that redirects whoever is not signed in may send the page all the same."""
    item = [{"full_name": "a/b", "permissions": {"push": False}, "allow_auto_merge": True}]
    body = json.dumps(item).encode()
    transport = httpx.MockTransport(answering(status, body, location="https://elsewhere.test/?secret-token"))
    (found,) = verdicts(made_by(GITHUB, REPOS, transport)).values()
    assert (found.verdict, [each.rule for each in found.results[0].findings]) == (
        "violating (1 item)",
        ["leaked"],
    )
    assert "secret-token" not in repr(found)


@pytest.mark.parametrize(
    ("status", "asked", "waits"), [(429, "", 0.5), (429, "7", 7), (403, "2", 2), (503, "999", 30)]
)
def test_a_call_that_was_one_too_many_is_made_again_when_the_server_says(
    status: int, asked: str, waits: float
) -> None:
    answers = iter([answering(status, Retry_After=asked) if asked else answering(status), answering(404)])

    def next_one(request: httpx.Request) -> httpx.Response:
        return next(answers)(request)

    clock = Clock()
    (call,) = made_by(GITHUB, OWN, httpx.MockTransport(next_one), clock)
    assert (clock.waits, call.attempts, call.failure) == ([waits], 2, "not found")


def test_a_list_has_one_verdict_and_an_empty_one_none() -> None:
    item = {"full_name": "a/b", "permissions": {"push": False}, "allow_auto_merge": True}
    (some,) = verdicts(
        made_by(GITHUB, REPOS, httpx.MockTransport(answering(200, json.dumps([item]).encode())))
    ).values()
    assert (some.verdict, [each.source for each in some.results]) == (
        "violating (1 item)",
        ["repos/anonymous[0]"],
    )
    (none,) = verdicts(made_by(GITHUB, REPOS, httpx.MockTransport(answering(200, b"[]")))).values()
    assert (none.verdict, none.results) == ("skipped: a list without items", ())


@pytest.mark.parametrize("name", PLANS)
def test_the_example_plans_run_against_the_emulator_and_cover_every_obligation(name: str) -> None:
    rulebooks = PLANS[name]
    plan = load_plan(rulebooks, EXAMPLE.parent / name)
    found = verdicts(made_by(rulebooks, plan, emulator(rulebooks)))
    assert {one.verdict.partition(" (")[0] for one in found.values()} == {
        "conformant",
        "conformant: refused, as expected",
    }
