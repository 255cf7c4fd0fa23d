"""The law of scrubbing: whatever a server sends, the recording comes to the same verdict, and has no text of it."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from whosees.checker.checking.checker import Checker
from whosees.checker.checking.results import Skipped
from whosees.checker.checking.settings import Settings
from whosees.checker.core.limits import Limits
from whosees.checker.recordings import HttpFacts, Recording, parse_request_facts
from whosees.checker.recordings.http_message import parse_response
from whosees.checker.recordings.model import UnreadableContent
from whosees.checker.service.live.http_request import OutgoingRequest, ReceivedResponse, http_facts
from whosees.checker.service.live.scrub_http import HttpScrubber
from whosees.rules import load_rulebook

SECRET = "Zq7-secret"
URLS = {
    "github-user": (f"https://a.test/users/{SECRET}", "https://a.test/user?a=b"),
    "github-repos": ("https://a.test/api/user/repos",),
    "webex-rest-meeting": ("https://a.test/meetings/7",),
}
SCRUBBERS = {name: HttpScrubber(load_rulebook(name), Limits()) for name in URLS}
CHECKERS = {name: Checker(Settings(rules=name)) for name in URLS}

NAMES = [
    "login",
    "id",
    "plan",
    "permissions",
    "push",
    "full_name",
    "allow_auto_merge",
    "message",
    "",
    "a/b",
    "\ud800",
]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["", " ", "true", SECRET, "scrubbed"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inside, max_size=5),
    max_leaves=12,
)
HEADERS = st.lists(
    st.tuples(
        st.sampled_from(["X-OAuth-Scopes", "X-RateLimit-Limit", "Server"]),
        st.sampled_from(["user", "repo, user", "60", "", SECRET]),
    ),
    max_size=3,
)


def verdicts(name: str, facts: HttpFacts, body: bytes) -> list[object]:
    """Return what a response comes to, without lines."""
    return [
        result.why
        if isinstance(result, Skipped)
        else (
            result.outcome,
            result.reason,
            result.resolved.context,
            [(f.id, f.rule) for f in result.findings],
        )
        for result in CHECKERS[name].check(Recording("r", body, b"", http=facts))
    ]


@settings(max_examples=150)
@given(
    st.sampled_from([(name, url) for name, urls in URLS.items() for url in urls]),
    VALUES,
    st.sampled_from([200, 403]),
    HEADERS,
    st.sampled_from([b"", b"", b"<html>"]),
)
def test_a_recording_comes_to_the_verdict_of_the_call(
    operation: tuple[str, str], value: object, status: int, headers: list[tuple[str, str]], more: bytes
) -> None:
    name, url = operation
    request = OutgoingRequest("GET", url, (("Authorization", SECRET),), b"", is_session=False)
    response = ReceivedResponse(status, tuple(headers), json.dumps(value).encode() + more)
    pair = SCRUBBERS[name].exchange(request, response)
    assert pair is not None
    sent, received = parse_request_facts(pair[0]), parse_response(pair[1])
    assert not isinstance(received, UnreadableContent)
    facts = HttpFacts(
        *(sent.method, sent.url, received.http.status),
        *(sent.request_headers, received.http.response_headers),
    )
    assert verdicts(name, facts, received.body) == verdicts(
        name, http_facts(request, response), response.body
    )
    assert SECRET.encode() not in b"".join(pair)
