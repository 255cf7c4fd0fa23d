"""Recordings of calls of HTTP APIs, and what the emulator shows of them."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import httpx
import pytest

from support.http_apis import write_example
from support.http_calls import (
    GITHUB,
    REFUSED,
    REPOS,
    WEBEX,
    Answer,
    answering,
    emulator,
    made_by,
    verdicts,
)
from support.judging import verdict
from whosees.checker.checking.checker import Checker
from whosees.checker.checking.results import Skipped
from whosees.checker.checking.settings import Settings
from whosees.checker.core.limits import Limits
from whosees.checker.recordings import find_recordings
from whosees.checker.service.emulate.http import HttpRequest
from whosees.checker.service.emulate.operation_handler import OperationHandler, Operations
from whosees.checker.service.live.judging import judge_call
from whosees.checker.service.live.load import validate
from whosees.checker.service.live.plan import Caller, Plan, PlannedRequest
from whosees.checker.service.live.recorder import Recorder
from whosees.checker.service.live.request_checks import rulebook_of
from whosees.rules import load_rulebook

MARK = "Zq7"

SCOPES = answering(
    200, json.dumps({"login": f"{MARK}", "plan": {"name": MARK}}).encode(), X_OAuth_Scopes=f"{MARK}, repo"
)

RESPONSES: dict[str, Answer | None] = {
    "the emulator's": None,
    "texts": SCOPES,
    "a list": answering(200, json.dumps([{"login": MARK, "x": [MARK, 1.5, True, None, ""]}]).encode()),
    "an error": answering(403, json.dumps({"message": MARK, "login": MARK}).encode()),
    "a page": answering(200, f"<html>{MARK}</html>".encode()),
    "nothing": answering(404, b""),
    "strange numbers and names": answering(
        200, b'{"id": ' + b"9" * 5000 + b', "a": 1e999, "\\ud800": "\\ud800", "": 0}'
    ),
    "levels": answering(200, b'{"login": ' + b"[" * 190 + b"]" * 190 + b"}"),
    "items": answering(
        200, json.dumps([{"permissions": {"push": True}}, {"owner": {"login": MARK}}, None]).encode()
    ),
}


@pytest.mark.parametrize("name", RESPONSES)
def test_recordings_are_read_back_to_the_same_verdict_and_have_no_text(tmp_path: Path, name: str) -> None:
    answer = RESPONSES[name]
    callers = (
        Caller(anonymous=True),
        Caller(name="alice", headers={"Authorization": f"Bearer {MARK}"}, facts={"user_scope": "no-scope"}),
    )
    requests = (
        *REPOS.requests,
        *REFUSED.requests,
        PlannedRequest("profile", "/users/{username}", parameters={"username": MARK}, query={"a": MARK}),
    )
    plan = validate(GITHUB, Plan(requests=requests, callers=callers))
    faults = ("leak:plan", "omit:id") if answer is None else ()
    transport = emulator((GITHUB[0],), *faults) if answer is None else httpx.MockTransport(answer)
    made = made_by(GITHUB, plan, transport)
    recorder = Recorder(str(tmp_path), Limits())
    for call in made:
        recorder.record(call)
    assert (recorder.recorded, recorder.left_out) == (6, 0)
    live = [verdict(result) for one in verdicts(made).values() for result in one.results]
    settings = Settings(rules="github-user"), Settings(rules="github-repos")
    back = []
    for call in made:
        stem = tmp_path.joinpath(*call.case.id.split("/"))
        checker = Checker(settings[call.case.rulebook.id == "github-repos"])
        for recording in find_recordings([f"{stem}.response.http"], wire="json"):
            back += [verdict(each) for each in checker.check(recording) if not isinstance(each, Skipped)]
    assert back == live
    for file in tmp_path.rglob("*.*"):
        assert MARK.encode() not in file.read_bytes()


EVIDENCE = """
[[evidence.http]]
fact = "push"
from = "request.header"
name = "Authorization"
contains = { "Nobody" = "no" }

[[evidence.http]]
fact = "push"
from = "request.cookie"
name = "sid"
equals = { "none" = "no" }

[[evidence.match]]
fact = "push"
part = "path"
request = "org"
response = "login"
as = "yes"

[rows."files/*/content"]
when = { "files/*/kind" = ["text"] }
"""


def test_what_a_recording_has_to_keep_is_kept(tmp_path: Path) -> None:
    """A claim of a token, a cookie, a text that path and response share, masks, and conditions below free keys."""
    folder = write_example(
        tmp_path / "rules",
        (
            'from = "response.header"\nname = "X-OAuth-Scopes"',
            'from = "request.jwt"\nname = "realm/roles"',
        ),
        ("company,owner/company,o,o", "company,owner/company,o,o\ncontent,files/*/content,+,+"),
        (
            '[[evidence.response]]\nfact = "push"\npath = "permissions/push"\nnames = { true = "yes", false = "no" }\n',
            "",
        ),
        more=EVIDENCE,
    )
    rulebook = load_rulebook(folder)

    def caller(name: str, *roles: str) -> Caller:
        claims = json.dumps({"realm": {"roles": [*roles, MARK]}, "sub": MARK}).encode()
        token = f"e30.{base64.urlsafe_b64encode(claims).decode().rstrip('=')}.{MARK}"
        cookies = f"lang={MARK}; sid={'none' if roles else MARK}"
        return Caller(name=name, headers={"Authorization": f"Bearer {token}", "Cookie": cookies})

    plan = Plan(
        requests=(PlannedRequest("repos", "/orgs/{org}/repos", parameters={"org": f"{MARK} Corp"}),),
        callers=(caller("user"), caller("admin", "site_admin")),
    )
    files = {MARK: {"kind": "text"}, "b": {"kind": MARK}, "c": {"kind": "text", "content": MARK}}
    item = {"id": MARK, "name": "", "login": f"{MARK} Corp", "owner": {"phone": "***"}, "files": files}
    items = [item, {**item, "login": MARK, "allow_merge": 1, "owner": {"phone": MARK}}]
    made = made_by(
        (rulebook,), plan, httpx.MockTransport(answering(200, json.dumps({"items": items}).encode()))
    )
    checker = Checker(Settings(rules=str(folder)))
    live = [verdict(result) for call in made for one in judge_call(checker, call) for result in one.results]
    recorder = Recorder(str(tmp_path / "out"), Limits())
    for call in made:
        recorder.record(call)
    found = find_recordings([str(tmp_path / "out")], wire="json")
    back = [verdict(each) for one in found for each in checker.check(one) if not isinstance(each, Skipped)]
    assert sorted(map(repr, back)) == sorted(map(repr, live))
    assert {rule for each in live for _, rule in each[-1]} >= {"missing", "unmasked"}
    for sent in (tmp_path / "out").rglob("*.request.http"):  # RFC 9110, 5.3: a server may take either of two
        assert sent.read_bytes().count(b"Authorization: ") == 1
    texts = b"".join(file.read_bytes() for file in (tmp_path / "out").rglob("*.*"))
    assert texts.count(MARK.encode()) == 4  # one free key in four items: names are kept


OTHERWISE = """
[[evidence.http]]
fact = "push"
from = "path"
name = "org"
present = "no"

[[evidence.match]]
fact = "push"
part = "path"
request = "org"
response = "login"
as = "yes"
"""


@pytest.mark.parametrize("push", ["yes", "no"])
def test_the_emulator_shows_the_equality_that_proves_what_is_stated(tmp_path: Path, push: str) -> None:
    """If the difference of two texts means something too, what the request alone shows is not the last word."""
    replaced = (
        '[[evidence.response]]\nfact = "push"\npath = "permissions/push"\nnames = { true = "yes", false = "no" }\n',
        "",
    )
    rulebook = load_rulebook(write_example(tmp_path, replaced, more=OTHERWISE))
    headers = (("x-whosees-context", f"push={push}; site=user"),)
    response = OperationHandler(rulebook).respond(HttpRequest("GET", "/orgs/acme/repos", headers))
    (item, *_) = json.loads(response.body)["items"]
    assert (item.get("login") == "acme", "allow_merge" in item) == (push == "yes", push == "yes")


def test_of_two_operations_the_one_that_writes_the_path_out_is_called_and_answers(tmp_path: Path) -> None:
    """In a plan as on the emulator, and in whichever order the rulebooks are given."""
    path = ('path = ["/repos", "/orgs/{org}/repos"]', 'path = "/user/{list}"')
    other, own = load_rulebook(write_example(tmp_path, path)), load_rulebook("github-repos")
    answer = Operations((OperationHandler(other, {"site": "user"}), OperationHandler(own))).respond(
        HttpRequest("GET", "/user/repos", (("x-whosees-context", "push=push"),))
    )
    assert json.loads(answer.body)[0]["full_name"]
    assert rulebook_of((other, own), PlannedRequest("own", "/user/repos")) is own


def test_the_emulator_says_what_it_cannot_answer() -> None:
    handler = OperationHandler(WEBEX[0])

    def respond(facts: str) -> tuple[int, str]:
        response = handler.respond(HttpRequest("GET", "/meetings/1", (("x-whosees-context", facts),)))
        return response.status, response.body.decode()

    assert respond("") == (
        400,
        "refused: nothing says which view it is; send the header `X-Whosees-Context: view=VALUE`, or start with `--fact view=VALUE`\n",
    )
    header = "refused: the request header X-Whosees-Context"
    assert respond("view") == (400, f"{header} is not of the form FACT=VALUE; FACT=VALUE\n")
    assert respond("vew=user") == (
        400,
        f"{header} states a fact that no rulebook here has; did you mean `view`?\n",
    )
    assert respond("view=usr") == (
        400,
        f"{header}: `view`: `usr` is not a known view; did you mean `user`?\n",
    )
    assert respond("view=admin")[0] == 200
    assert respond("view=user; outcome=failure")[0] == 403
    refused = (
        handler.refusal("POST", "/meetings/1"),
        handler.refusal("GET", "/x"),
        handler.refusal("GET", "/v1/meetings/1"),
    )
    assert [response and (response.status, response.body) for response in refused] == [
        (405, b"this is called with GET\n"),
        (404, b"there is nothing here; webex-rest-meeting is at /meetings/{meetingId}\n"),
        None,
    ]


def test_facts_that_nothing_else_says_are_those_of_the_start() -> None:
    handler = OperationHandler(WEBEX[0], {"view": "user", "role": "host"})
    asked = [
        (),
        (("X-Whosees-Context", "view=admin"),),
        (("X-Whosees-Context", "role=none; protection=password; password=not-supplied"),),
    ]
    bodies = [json.loads(handler.respond(HttpRequest("GET", "/meetings/1", facts)).body) for facts in asked]
    assert ["agenda" in body for body in bodies] == [True, False, False]
