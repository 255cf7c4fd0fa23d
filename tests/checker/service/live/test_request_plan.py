"""Plans with requests: what they send as whom, and what is wrong with one that cannot be run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.practice import EXAMPLE
from whosees.checker.service.live.cases import cases_of, sidecar_content
from whosees.checker.service.live.http_request import OutgoingRequest, outgoing_request
from whosees.checker.service.live.load import load_plan
from whosees.checker.service.live.plan import Plan
from whosees.checker.service.live.secrets import PlanError, Secrets
from whosees.rules import load_rulebook

GITHUB = (load_rulebook("github-user"), load_rulebook("github-repos"))
SITE = "https://api.example.test/base/"
ENVIRONMENT = {"TOKEN": "se-cret", "NAME": "a/b é", "BROKEN": "a\nb"}

PROFILE = '[[requests]]\nname = "profile"\npath = "/users/{username}"\n'
OWN = '[[requests]]\nname = "own"\npath = "/user"\n'
REPOS = '[[requests]]\nname = "repos"\npath = "/user/repos"\n'
ALICE = '[[callers]]\nname = "alice"\nheaders = { Authorization = "Bearer ${TOKEN}" }\n'


def load(folder: Path, text: str) -> Plan:
    file = folder / "plan.toml"
    file.write_text(text, encoding="utf-8")
    return load_plan(GITHUB, file)


def sent(plan: Plan, *, practice: bool = False) -> dict[str, OutgoingRequest]:
    secrets = Secrets(ENVIRONMENT, practice=practice, loopback=plan.loopback)
    return {case.id: outgoing_request(plan, case, secrets, SITE) for case in cases_of(GITHUB, plan)}


def test_each_request_is_made_as_each_caller(tmp_path: Path) -> None:
    callers = "[[callers]]\nanonymous = true\n" + ALICE + 'parameters = { username = "${NAME}" }\n'
    plan = load(
        tmp_path, PROFILE + 'parameters.username = "octocat"\n' + REPOS + 'callers = ["alice"]\n' + callers
    )
    calls = sent(plan)
    assert {name: call.url for name, call in calls.items()} == {
        "profile/anonymous": "https://api.example.test/base/users/octocat",
        "profile/alice": "https://api.example.test/base/users/a%2Fb%20%C3%A9",
        "repos/alice": "https://api.example.test/base/user/repos",
    }
    assert [call.headers for call in calls.values()] == [(), *[(("Authorization", "Bearer se-cret"),)] * 2]
    assert [case.rulebook.id for case in cases_of(GITHUB, plan)] == [
        "github-user",
        "github-user",
        "github-repos",
    ]


def test_without_callers_nobody_in_particular_calls(tmp_path: Path) -> None:
    assert list(sent(load(tmp_path, REPOS))) == ["repos/anonymous"]


def test_a_request_has_query_headers_and_a_body(tmp_path: Path) -> None:
    (tmp_path / "body.json").write_text('{"token": "${TOKEN}", "text": "$${TOKEN}"}')
    plan = load(
        tmp_path,
        REPOS
        + 'query = { page = "1", q = "a b&${NAME}" }\nheaders = { Accept = "*/*" }\nbody_file = "body.json"\n'
        + OWN
        + 'body = { token = "${TOKEN}", list = [1, "x", true] }\nheaders = { content-type = "text/x" }\n',
    )
    repos, own = sent(plan).values()
    assert repos.url.endswith("/user/repos?page=1&q=a+b%26a%2Fb+%C3%A9")
    assert repos.headers == (("Accept", "*/*"), ("Content-Type", "application/json"))
    assert repos.body == b'{"token": "se-cret", "text": "${TOKEN}"}'
    assert json.loads(own.body) == {"token": "se-cret", "list": [1, "x", True]}
    assert own.headers == (("content-type", "text/x"),)


def test_facts_of_request_and_caller_are_stated_those_for_a_request_first(tmp_path: Path) -> None:
    plan = load(
        tmp_path,
        PROFILE
        + 'parameters.username = "x"\nfacts = { caller = "another-user" }\nrefuses = ["bob"]\n'
        + REPOS
        + ALICE
        + 'facts = { user_scope = "has-scope", caller = "anonymous" }\n'
        + 'facts_for = { profile = { caller = "Same User" } }\n'
        + '[[callers]]\nname = "bob"\n',
    )
    cases = {case.id: case for case in cases_of(GITHUB, plan)}
    assert cases["profile/alice"].facts == {"user_scope": "has-scope", "caller": "Same User"}
    assert cases["repos/alice"].facts == {}
    assert [name for name, case in cases.items() if case.must_fail] == ["profile/bob"]
    stated = sidecar_content(cases["profile/bob"], expects_failure=True)
    assert stated == b'caller = "another-user"\noutcome = "failure"\n'


def test_only_this_machine_is_told_the_facts_and_gets_values_for_practice(tmp_path: Path) -> None:
    text = (
        OWN
        + ALICE.replace("TOKEN", "UNSET")
        + 'facts = { profile = "GET /user" }\n[loopback]\nUNSET = "practice"\n'
    )
    plan = load(tmp_path, text)
    (call,) = sent(plan, practice=True).values()
    assert call.headers == (
        ("Authorization", "Bearer practice"),
        ("X-Whosees-Context", "profile=authenticated"),
    )
    with pytest.raises(PlanError) as error:
        sent(plan)
    assert str(error.value) == (
        "`requests`, own, as alice: `headers.Authorization`: the environment variable `UNSET` is not set;"
        " `loopback` is sent to this machine only"
    )


UNSENDABLE = {
    'headers = { A = "${BROKEN}" }\n': "`headers.A`: its value contains characters that a header cannot contain",
    'headers = { "A:" = "x" }\n': "`headers.A:`: not the name of a header",
    'body = { a = ["${UNSET}"] }\n': "`body`: the environment variable `UNSET` is not set",
    'query = { a = "${UNSET}" }\n': "`query.a`: the environment variable `UNSET` is not set",
}


@pytest.mark.parametrize("keys", UNSENDABLE)
def test_what_cannot_be_sent_is_said_before_anything_is(tmp_path: Path, keys: str) -> None:
    with pytest.raises(PlanError) as error:
        sent(load(tmp_path, OWN + keys))
    assert str(error.value) == f"`requests`, own, as anonymous: {UNSENDABLE[keys]}"


BAD = {
    OWN + 'metod = "GET"': "`requests[0]`: unknown key `metod`; did you mean `method`?",
    OWN + 'method = "FETCH"': "`requests`, own: `method`: not a method; known are `GET`, `HEAD`, ",
    OWN.replace("/user", "/users?a=b"): "`requests`, own: `path`: `/users?a=b` is not a path template; leave out the query and the fragment; use `query`",
    OWN.replace("/user", "/other"): "`requests`, own: its method and path are of no operation of `github-user`, `github-repos`",
    OWN + 'method = "POST"': "`requests`, own: its method and path are of no operation of ",
    OWN + OWN: "`requests`: 2 are called `own`; give each a unique `name`",
    OWN.replace('"own"', '"a/b"'): "`requests.name`: `a/b` must consist of letters, digits, dots, hyphens and underscores",
    OWN + ALICE + ALICE: "`callers`: 2 are called `alice`; give each a unique `name`",
    OWN + "[[callers]]\n": "`callers.name`: `` must consist of letters",
    PROFILE: "`requests`, profile: `path`: `{username}` has no value; set `parameters.username` here, or for the caller anonymous",
    OWN + 'parameters = { usernme = "x" }': "`requests`, own: `parameters.usernme`: its path has no `{usernme}`",
    PROFILE + 'parameters = { username = "x", usernme = "x" }': "`requests`, profile: `parameters.usernme`: its path has no `{usernme}`; did you mean `username`?",
    OWN + ALICE + 'parameters = { username = "x" }': "`callers`, alice: `parameters.username`: no path has `{username}`",
    OWN + 'callers = ["bob"]\n' + ALICE: "`requests`, own: `callers`: unknown caller `bob`; known are `alice`",
    OWN + 'refuses = ["alcie"]\n' + ALICE: "`requests`, own: `refuses`: unknown caller `alcie`; did you mean `alice`?",
    OWN + 'facts = { user_scope = "hasscop" }': "`requests`, own, as anonymous: `facts.user_scope`: `hasscop` is not a known user scope; did you mean `has-scope`?",
    OWN + 'facts = { push = "push" }': "`requests`, own: `facts`: unknown fact `push`; known are `profile`, `user_scope`, `caller`",
    OWN + ALICE + 'facts = { user_scop = "x" }': "`callers`, alice: `facts`: unknown fact `user_scop`; did you mean `user_scope`?",
    OWN + ALICE + 'facts_for = { owner = { caller = "x" } }': "`callers`, alice: `facts_for`: unknown request `owner`; did you mean `own`?",
    OWN + 'facts = { caller = "same-user" }\n' + ALICE + 'facts = { caller = "anonymous" }': (
        "`requests`, own, and `callers`, alice, state two values of `caller`; state the right one in `facts_for.own` of the caller"
    ),
    OWN + ALICE.replace("${TOKEN}", "${TO KEN}"): "`callers`, alice: `headers.Authorization`: `${` must begin `${NAME}`, an environment variable; ",
    OWN + ALICE.replace("${TOKEN}", "${TOKEN"): "`callers`, alice: `headers.Authorization`: `${` must begin `${NAME}`",
    OWN + ALICE + '[loopback]\nTOKN = "x"': "`loopback.TOKN`: no text has `${TOKN}`; did you mean `TOKEN`?",
    OWN + '[[callers]]\nanonymous = true\nheaders = { a = "b" }': "`callers`, anonymous: an anonymous caller has no headers",
    OWN + 'body = "x"\nbody_file = "y"': "`requests`, own: `body_file`: the request has a `body` too",
    OWN + 'body_file = "none.json"': "`requests`, own: `body_file`: no such file or directory",
    'site = "s"\n' + OWN: "`site`: it does not go with `requests`; write two plans",
    OWN + '[[sessions]]\nkey = "1"': "`sessions`: it does not go with `requests`; write two plans",
    OWN + ALICE + 'webex_id = "x"': "`callers`, alice: `webex_id` belongs to a plan with `sessions`",
}  # fmt: skip


@pytest.mark.parametrize("text", BAD)
def test_plans_that_cannot_be_run(tmp_path: Path, text: str) -> None:
    with pytest.raises(PlanError) as error:
        load(tmp_path, text)
    assert str(error.value).startswith(f"`{tmp_path / 'plan.toml'}`: {BAD[text]}")


def test_keys_of_requests_belong_to_no_session(tmp_path: Path) -> None:
    rulebook = load_rulebook("getsessioninfo")
    file = tmp_path / "plan.toml"
    file.write_text(
        'site = "s"\n[[sessions]]\nkey = "1"\n[[callers]]\nanonymous = true\nfacts = { role = "host" }\n'
    )
    with pytest.raises(PlanError, match="`callers`, a caller: `facts` belongs to a plan with `requests`"):
        load_plan((rulebook,), file)
    with pytest.raises(
        PlanError,
        match="`sessions`: their calls have one rulebook; name one in `rules`, or pass `--rules` once",
    ):
        load_plan((rulebook, *GITHUB), EXAMPLE)


def test_without_rules_the_rulebook_of_requests_is_asked_for(tmp_path: Path) -> None:
    """The rulebook that is there by default is of an XML service, which is called with a message."""
    default = (load_rulebook("getsessioninfo"),)
    (tmp_path / "plan.toml").write_text(OWN)
    with pytest.raises(PlanError) as error:
        load_plan(default, tmp_path / "plan.toml")
    assert str(error.value).endswith(
        "`requests`, own: its method and path are of no operation of `getsessioninfo`;"
        " pass the rulebook of their operation with `--rules`, or name it in the plan's `rules`"
    )
    (tmp_path / "plan.toml").write_text(OWN + 'method = "POST"\nbody = "<message/>"\n')
    assert cases_of(default, load_plan(default, tmp_path / "plan.toml"))[0].rulebook is default[0]


def test_a_request_of_two_rulebooks_is_refused(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text(OWN)
    twice = load_rulebook("github-user")
    with pytest.raises(PlanError, match="its method and path are of the operation of several rulebooks: "):
        load_plan((twice, twice), tmp_path / "plan.toml")
