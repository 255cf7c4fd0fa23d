"""Plans: what they come to as cases, under which names, and what is wrong with one that cannot be run."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from support.practice import Practice
from whosees.checker.service.case_names import matches_case
from whosees.checker.service.endpoint import is_loopback, url_problem
from whosees.checker.service.live.cases import SessionCase, cases_of, select_cases
from whosees.checker.service.live.load import load_plan
from whosees.checker.service.live.plan import Plan
from whosees.checker.service.live.request_message import request_of
from whosees.checker.service.live.secrets import PlanError, Secret, Secrets
from whosees.rules.load import builtin_rulebook

RULEBOOK = builtin_rulebook()
SITE = 'site = "s"\n'
SESSION = '[[sessions]]\nkey = "1"\nservice = "MC"\n'
ANONYMOUS = "[[callers]]\nanonymous = true\n"
HOST = '[[callers]]\nwebex_id = "h"\npassword = { env = "P" }\nrole = "host"\n'
WITH_WORD = 'password = { env = "M" }\n'


def plan(tmp_path: Path, text: str) -> Plan:
    file = tmp_path / "plan.toml"
    file.write_text(text, encoding="utf-8")
    return load_plan((RULEBOOK,), file)


def names(tmp_path: Path, text: str) -> list[str]:
    return [case.id for case in cases_of((RULEBOOK,), plan(tmp_path, text))]


def test_the_example_has_every_session_caller_and_password(practice: Practice) -> None:
    ids = [case.id for case in practice.cases]
    assert len(ids) == len(set(ids)) == 5 * 6 * 3
    assert ids[:6] == [
        "MC/anonymous/supplied",
        "MC/anonymous/not-supplied",
        "MC/anonymous/wrong",
        "MC/authenticated/host/supplied",
        "MC/authenticated/host/not-supplied",
        "MC/authenticated/host/wrong",
    ]


def test_a_session_without_password_has_one_case_a_caller(tmp_path: Path) -> None:
    assert names(tmp_path, SITE + SESSION) == ["MC/anonymous/not-supplied"]
    assert names(tmp_path, SITE + '[[sessions]]\nkey = "1"\n') == ["unknown/anonymous/not-supplied"]
    host = HOST.replace('role = "host"\n', "")
    assert names(tmp_path, SITE + SESSION + host) == ["MC/authenticated/unknown/not-supplied"]


def test_names_tell_apart_what_would_be_called_the_same(tmp_path: Path) -> None:
    two = SITE + SESSION + SESSION.replace('"1"', '"2"') + 'name = "weekly"\n' + HOST
    more = HOST.replace('"h"', '"i"') + 'name = "i"\nroles = { "MC~weekly" = "none" }\n'
    assert names(tmp_path, two + more) == [
        "MC/authenticated/host/not-supplied",
        "MC/authenticated/host~i/not-supplied",
        "MC~weekly/authenticated/host/not-supplied",
        "MC~weekly/authenticated/none~i/not-supplied",
    ]


def test_a_name_does_not_depend_on_what_else_a_plan_holds(tmp_path: Path) -> None:
    alone = set(names(tmp_path, SITE + SESSION + WITH_WORD + HOST))
    others = SESSION.replace("MC", "EC") + SESSION + 'name = "b"\n'
    assert alone < set(names(tmp_path, SITE + others + SESSION + WITH_WORD + ANONYMOUS + HOST))


BAD = {
    "x": "not TOML: ",
    SITE: "`sessions`: a plan needs at least one session, or one of `requests`",
    'session = "s"\n' + SITE + SESSION: "unknown key `session`; did you mean `sessions`",
    SITE + "sessions = []": "`sessions`: a plan needs at least one session, or one of `requests`",
    "callers = []\n" + SITE + SESSION: "`callers`: a plan needs at least one caller",
    SITE + SESSION * 2: "`sessions`: 2 are called `MC`; give each a unique `name`",
    SITE + SESSION + 'name = "a/b"': "`sessions.name`: `a/b` must consist of letters",
    SITE + SESSION.replace("MC", "SupportCenter"): "`sessions`: Support Center has no column in Table 4-3",
    SITE
    + SESSION
    + HOST.replace('"host"', '"hots"'): "`callers`: `hots` is not a known role; did you mean `host`?",
    SITE + SESSION + ANONYMOUS + 'webex_id = "h"': "`callers`, h: an anonymous caller has no webex_id",
    SITE + SESSION + ANONYMOUS + 'role = "host"': "`callers`, a caller: an anonymous caller has no role",
    SITE
    + SESSION
    + '[[callers]]\nwebex_id = "h"': "`callers`, h: needs exactly one of password, session_ticket and access_token",
    SITE
    + SESSION
    + '[[callers]]\npassword = { env = "P" }': "`callers`, a caller: a password needs a webex_id",
    SITE + SESSION + HOST + "roles = { EC = 'none' }": "`callers`, h: `roles`: unknown session `EC`",
    SITE.replace("s", "", 1) + SESSION: "unknown key `ite`",
    'site = ""\n'
    + SESSION: "`site`, `key`, `webex_id` and `email` must not be empty or contain characters that XML cannot represent",
    SITE + SESSION.replace('"1"', '"\\u0001"'): "`site`, `key`, `webex_id` and `email` must not be empty",
    SITE + SESSION + '[[callers]]\nwebex_id = "h"\npassword = "secret-word"': "`callers[0].password`: ",
}


@pytest.mark.parametrize("text", BAD)
def test_plans_that_cannot_be_run(tmp_path: Path, text: str) -> None:
    with pytest.raises(PlanError) as error:
        plan(tmp_path, text)
    assert str(error.value).startswith(f"`{tmp_path / 'plan.toml'}`: {BAD[text]}")
    assert "secret-word" not in str(error.value)


def test_callers_of_one_role_need_names(tmp_path: Path) -> None:
    with pytest.raises(
        PlanError, match="2 cases are called `MC/authenticated/host/not-supplied`; give each of"
    ):
        names(tmp_path, SITE + SESSION + HOST + HOST.replace('"h"', '"i"'))


def test_what_a_plan_names_is_escaped_before_it_is_said(tmp_path: Path) -> None:
    with pytest.raises(PlanError) as error:
        plan(tmp_path, SITE + SESSION + 'name = "\\u001b[2J"')
    assert "`sessions.name`: `\\x1b[2J` must consist" in str(error.value)


def test_a_plan_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="no such file or directory"):
        load_plan((RULEBOOK,), tmp_path / "none.toml")


def test_selection(practice: Practice) -> None:
    def ids(*patterns: str) -> list[str]:
        return [case.id for case in select_cases(practice.cases, patterns)]

    assert len(ids("MC/anonymous/*")) == len(ids("MC/anonymous")) == len(ids("MC/anonymous/")) == 3
    assert len(ids("*/wrong")) == 30
    assert ids("EC/anonymous/wrong", "AO/anonymous/wrong") == ["EC/anonymous/wrong", "AO/anonymous/wrong"]
    assert not matches_case("MC/anon", "MC/anonymous/wrong")
    with pytest.raises(PlanError, match="`XC/\\*` matches no case of the plan; --list shows them"):
        ids("MC", "XC/*")


def test_secrets_come_from_the_environment_and_words_for_practice_go_nowhere_else() -> None:
    secret = Secret(env="A_PASSWORD", loopback="practice")
    assert Secrets({"A_PASSWORD": "real"}, practice=True).value(secret) == "real"
    assert Secrets({}, practice=True).value(secret) == "practice"
    for environment, given, said in (
        (
            {},
            secret,
            "the environment variable `A_PASSWORD` is not set; `loopback` is sent to this machine only",
        ),
        ({"A_PASSWORD": ""}, Secret(env="A_PASSWORD"), "the environment variable `A_PASSWORD` is not set"),
        (
            {"A_PASSWORD": "se\x00cret"},
            secret,
            "the environment variable `A_PASSWORD` contains characters that XML cannot represent",
        ),
    ):
        with pytest.raises(PlanError) as error:
            Secrets(environment, practice=False).value(given)
        assert str(error.value) == said


def test_a_wrong_password_is_never_the_right_one(practice: Practice) -> None:
    case = next(case for case in practice.cases if case.id == "MC/anonymous/wrong")
    assert isinstance(case, SessionCase)
    sent = []
    for right in ("x", "whosees-wrong-password"):
        request = request_of(
            RULEBOOK, practice.plan, case, Secrets({"WHOSEES_MC_PASSWORD": right}, practice=True)
        )
        sent.append(etree.fromstring(request).findtext("body/bodyContent/sessionPassword"))
        assert sent[-1] != right
    assert sent[0] == "whosees-wrong-password"


def test_which_urls_can_be_called_and_which_are_this_machine() -> None:
    for url in (
        "https://example.invalid/x",
        "http://127.0.0.1:80/",
        "http://[::1]:8765/",
        "https://localhost",
    ):
        assert url_problem(url) == ""
    for url in ("ftp://x", "x", "", "https://", "https://[", "http://x:99999", "http://x:0/"):
        assert url_problem(url) in ("is not a URL", "must begin with https:// (or http://) and name a host")
    assert (
        url_problem("https://user:secret@x") == "must not contain a user or password; put them in `callers`"
    )
    assert [
        is_loopback(u)
        for u in ("http://127.9.9.9", "http://localhost:1", "http://[::1]", "http://10.0.0.1", "http://x")
    ] == [
        True,
        True,
        True,
        False,
        False,
    ]
