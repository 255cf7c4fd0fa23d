"""Evidence from HTTP (docs/reference/http-rulebooks.md): "Values are compared and never shown"."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from msgspec import structs

from support.http_apis import checker_of, exchange, write_example
from whosees.checker.checking.checker import Checker
from whosees.checker.checking.settings import Settings
from whosees.checker.recordings import Recording
from whosees.engine.result import ResponseResult

ITEM = {"id": 1, "name": "n", "login": "Zoë", "owner": {"phone": "***"}}
HEADER = 'from = "response.header"\nname = "X-OAuth-Scopes"\ncontains = { "site_admin" = "admin" }\npresent = "user"\n'


def site(folder: Path, entry: str, recording: Recording) -> tuple[str, str]:
    """Return the value of the column fact that an entry states, and its source; or why there is none."""
    checker = checker_of(write_example(folder, (HEADER, entry)))
    result = next(iter(checker.check(recording)))
    assert isinstance(result, ResponseResult)
    if result.reason is not None:
        return result.reason, result.detail or ""
    context = result.resolved.context
    return context["site"], result.resolved.sources[context.facts.index("site")]


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ({"X-OAuth-Scopes": "repo, site_admin"}, "admin"),
        ({"x-oauth-scopes": "site_admin"}, "admin"),
        ({"X-OAuth-Scopes": "repo site_admin"}, "admin"),
        ({"X-OAuth-Scopes": "site_admin_lite, repo"}, "user"),
        ({"X-OAuth-Scopes": ""}, "user"),
    ],
)
def test_an_item_of_a_list_counts_before_presence(
    tmp_path: Path, received: Mapping[str, str], expected: str
) -> None:
    recording = exchange({"items": [ITEM]}, received=received)
    assert site(tmp_path, HEADER, recording) == (expected, "response header X-OAuth-Scopes")


@pytest.mark.parametrize(
    ("cookie", "expected"),
    [
        ("lang=en; sid=1", ("admin", "request cookie sid")),
        ('lang=en;sid="a=b"', ("admin", "request cookie sid")),
        ("lang=en; tier=gold; sid", ("user", "no request cookie sid")),
        ("xsid=1; Sid=1", ("user", "no request cookie sid")),
        ("sid=guest", ("user", "request cookie sid")),
        ("sid=guest; sid=1", ("admin", "request cookie sid")),
        ("", ("user", "no request cookie sid")),
    ],
)
def test_a_cookie_is_evidence_and_others_are_none(
    cookie: str, expected: tuple[str, str], tmp_path: Path
) -> None:
    """Nearly every browser sends some cookie, whoever it is."""
    entry = 'from = "request.cookie"\nname = "sid"\nequals = { guest = "user" }\npresent = "admin"\nabsent = "user"\n'
    assert site(tmp_path, entry, exchange({"items": [ITEM]}, sent={"Cookie": cookie})) == expected
    not_kept = site(tmp_path, entry, exchange({"items": [ITEM]}))
    assert not_kept[0] == "unknown-service"
    assert "nor does the request cookie sid" in not_kept[1]


def test_absence_counts_only_if_the_recording_kept_headers(tmp_path: Path) -> None:
    """`absent`: "the value if the part is not there, although the recording kept such parts"."""
    entry = 'from = "request.header"\nname = "Authorization"\npresent = "admin"\nabsent = "user"\n'
    kept = exchange({"items": [ITEM]}, sent={"Accept": "*/*"})
    assert site(tmp_path, entry, kept) == ("user", "no request header Authorization")
    not_kept = exchange({"items": [ITEM]})
    assert site(tmp_path, entry, not_kept) == (
        "unknown-service",
        (
            "nothing says which site it is: no element of a response tells, nor does the request header Authorization; "
            "say it with --fact site=NAME"
        ),
    )


@pytest.mark.parametrize(
    ("entry", "url", "source"),
    [
        (
            'from = "path"\nname = "org"\nequals = { "héy/you" = "admin" }\n',
            "/orgs/h%C3%A9y%2Fyou/repos",
            "path parameter org",
        ),
        ('from = "path"\nname = "org"\nabsent = "admin"\n', "/repos", "no path parameter org"),
        (
            'from = "query"\nname = "type"\nequals = { "all" = "admin" }\n',
            "/repos?type=all",
            "query parameter type",
        ),
        ('from = "query"\nname = "type"\npresent = "admin"\n', "/repos?type=", "query parameter type"),
        ('from = "query"\nname = "type"\nabsent = "admin"\n', "/repos?other=1", "no query parameter type"),
        ('from = "status"\nequals = { "2xx" = "admin" }\n', "/repos", "response status"),
    ],
)
def test_path_query_and_status_are_evidence(tmp_path: Path, entry: str, url: str, source: str) -> None:
    assert site(tmp_path, entry, exchange({"items": [ITEM]}, url)) == ("admin", source)


def jwt(payload: object) -> dict[str, str]:
    parts = (json.dumps(part).encode() for part in ({"alg": "none"}, payload))
    token = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
    return {"authorization": f"bearer {token}."}


@pytest.mark.parametrize(
    ("claim", "payload"),
    [
        ("roles", {"roles": ["user", "owner"]}),
        ("scope", {"scope": "user owner"}),
        ("realm_access/roles", {"realm_access": {"roles": ["owner"]}}),
        ("https://example.test/roles", {"https://example.test/roles": ["owner"]}),
    ],
)
def test_a_claim_of_a_bearer_token_is_evidence(tmp_path: Path, claim: str, payload: object) -> None:
    entry = f'from = "request.jwt"\nname = "{claim}"\ncontains = {{ "owner" = "admin" }}\n'
    found = site(tmp_path, entry, exchange({"items": [ITEM]}, sent=jwt(payload)))
    assert found == ("admin", f"JWT claim {claim}")


def test_a_required_fact_says_that_the_token_is_no_jwt(tmp_path: Path) -> None:
    claim = '[[evidence.http]]\nfact = "push"\nfrom = "request.jwt"\nname = "push"\npresent = "yes"\n'
    folder = write_example(tmp_path, ("[unlisted]\n", f"{claim}\n[unlisted]\n"))
    checker = Checker(Settings(rules=str(folder), required=("push",)))
    recording = exchange(
        {"items": [ITEM]}, sent={"Authorization": "Bearer opaque"}, received={"X-OAuth-Scopes": ""}
    )
    (result,) = checker.check(recording)
    assert isinstance(result, ResponseResult)
    assert result.detail == (
        "the request's bearer token is not a JWT, so it has no claims; required facts are unknown: `push`; "
        "pass `--fact push=NAME`"
    )


@pytest.mark.parametrize(
    "token", ["", "  ", "opaque", "a.b", "a.!!.c", "a.W10.c", "a.bm90IGpzb24.c", "a.é.c"]
)
def test_a_token_that_is_no_jwt_states_nothing_and_is_named(tmp_path: Path, token: str) -> None:
    entry = 'from = "request.jwt"\nname = "role"\nabsent = "user"\n'
    reason, detail = site(
        tmp_path, entry, exchange({"items": [ITEM]}, sent={"Authorization": f"Bearer {token}"})
    )
    assert reason == "unknown-service"
    assert detail.startswith(
        "the request's bearer token is not a JWT, so it has no claims; nothing says which site it is"
    )
    assert not token.strip() or token not in detail


@pytest.mark.parametrize(
    ("payload", "is_known"),
    [
        (b'{"role": "owner", "role": "user"}', False),
        (b'{"role": "owner", "r\\u006fle": "owner"}', False),
        (b'{"realm": {"x": 1, "x": 2}, "role": "owner"}', False),
        (b'{"realm": {"role": "user"}, "role": "owner"}', True),
    ],
)
def test_a_token_with_a_claim_twice_states_nothing(tmp_path: Path, payload: bytes, *, is_known: bool) -> None:
    """RFC 7519, section 4: "parsers MUST either reject JWTs with duplicate Claim Names or use [...] the lexically last"."""
    entry = 'from = "request.jwt"\nname = "role"\nequals = { "owner" = "admin" }\npresent = "user"\n'
    token = f"e30.{base64.urlsafe_b64encode(payload).decode().rstrip('=')}.s"
    sent = {"Authorization": f"Bearer {token}"}
    found, detail = site(tmp_path, entry, exchange({"items": [ITEM]}, sent=sent))
    if is_known:
        assert (found, detail) == ("admin", "JWT claim role")
    else:
        assert found == "unknown-service"
        assert detail.startswith(
            "the request's bearer token has a claim twice, so its claims are not known; "
        )


def test_several_tokens_state_nothing(tmp_path: Path) -> None:
    entry = 'from = "request.jwt"\nname = "role"\npresent = "user"\n'
    tokens = [jwt({"role": role})["authorization"] for role in ("owner", "user")]
    for second, told in ((tokens[0], "user"), (tokens[1], "unknown-service")):
        recording = exchange({"items": [ITEM]}, sent={"Authorization": tokens[0], "authorization": second})
        found, detail = site(tmp_path, entry, recording)
        assert found == told
    assert detail.startswith("the request has several bearer tokens, so its claims are not known; ")


@pytest.mark.parametrize("credentials", ["", " ", "Basic dTpw", "Token a.e30.c", "a.e30.c"])
def test_other_credentials_state_nothing_and_are_named(tmp_path: Path, credentials: str) -> None:
    """Whoever sends credentials is not known to lack a claim, only to send it in no way that is read."""
    entry = 'from = "request.jwt"\nname = "role"\nabsent = "user"\n'
    reason, detail = site(tmp_path, entry, exchange({"items": [ITEM]}, sent={"Authorization": credentials}))
    assert reason == "unknown-service"
    assert detail.startswith("the request's Authorization is not a bearer token, so it has no claims; ")


def test_a_call_without_a_token_lacks_every_claim(tmp_path: Path) -> None:
    entry = 'from = "request.jwt"\nname = "role"\nabsent = "user"\n'
    assert site(tmp_path, entry, exchange({"items": [ITEM]}, sent={}))[0] == "user"


def test_equal_texts_of_path_and_response_prove_a_fact(tmp_path: Path) -> None:
    match = '[[evidence.match]]\nfact = "site"\npart = "path"\nrequest = "org"\nresponse = "login"\nas = "admin"\nignore_case = true\n'
    entry = f'from = "query"\nname = "x"\nabsent = "user"\n\n{match}'
    same = exchange({"items": [ITEM]}, "/orgs/ZO%C3%8B/repos")
    assert site(tmp_path, entry, same) == ("admin", "path parameter org")
    other = exchange({"items": [ITEM]}, "/orgs/somebody/repos")
    assert site(tmp_path, entry, other) == ("user", "no query parameter x")


def test_a_statement_is_compared_with_what_is_proved_alone(tmp_path: Path) -> None:
    """A sidecar that states what equal texts prove contradicts nothing, whatever the request alone would show."""
    match = '[[evidence.match]]\nfact = "site"\npart = "path"\nrequest = "org"\nresponse = "login"\nas = "admin"\nignore_case = true\n'
    entry = f'from = "path"\nname = "org"\npresent = "user"\n\n{match}'
    checker = checker_of(write_example(tmp_path, (HEADER, entry)))
    for stated, conflicts in (("admin", 0), ("user", 1)):
        recording = structs.replace(
            exchange({"items": [ITEM]}, "/orgs/ZO%C3%8B/repos"), sidecar=f'site = "{stated}"\n'.encode()
        )
        (result,) = [each for each in checker.check(recording) if isinstance(each, ResponseResult)]
        assert [each.rule for each in result.findings].count("context-conflict") == conflicts


def test_a_response_that_contradicts_http_makes_the_fact_unknown(tmp_path: Path) -> None:
    """ "Evidence that contradicts itself makes the fact unknown and gives `context-conflict` too." """
    entry = 'from = "query"\nname = "x"\nabsent = "user"\n\n[[evidence.http]]\nfact = "push"\nfrom = "query"\nname = "p"\npresent = "yes"\n'
    checker = checker_of(write_example(tmp_path, (HEADER, entry)))
    item = {**ITEM, "permissions": {"push": False}, "allow_merge": True}
    (result,) = [
        each
        for each in checker.check(exchange({"items": [item]}, "/repos?p=1"))
        if isinstance(each, ResponseResult)
    ]
    assert result.resolved.context["push"] == "unknown"
    assert [each.message for each in result.findings if each.rule == "context-conflict"] == [
        "the response shows push permission `no`, the query parameter p shows `yes`; neither counts"
    ]
