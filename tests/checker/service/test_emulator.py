"""The emulator: what it answers to whom, what it refuses, and what goes wrong when it is asked to."""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from lxml import etree

from support.practice import Practice
from whosees.checker.service.emulate.answer import LIMITS, Answerer
from whosees.checker.service.emulate.app import Emulator, Message
from whosees.checker.service.emulate.faults import FaultError, read_fault
from whosees.checker.service.emulate.scenario import ScenarioError, load_scenario
from whosees.checker.service.endpoint import SERVICE_PATH
from whosees.rules.load import builtin_rulebook

PUBLISHED = Path(__file__).parents[3] / "examples" / "published"
RULEBOOK = builtin_rulebook()
SERV = "http://www.webex.com/schemas/2002/06/service"
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


def request(
    security: str = "<siteName>practice</siteName>", body: str = "<sessionKey>100000001</sessionKey>"
) -> bytes:
    return (
        f'<serv:message xmlns:serv="{SERV}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<header><securityContext>{security}</securityContext></header><body>"
        f'<bodyContent xsi:type="java:com.webex.service.binding.ep.GetSessionInfo">{body}</bodyContent>'
        "</body></serv:message>"
    ).encode()


def skeleton(document: bytes) -> list[tuple[int, str, str | None]]:
    """Give depth, name and type of every element, in document order: structure without texts."""
    root = etree.fromstring(document)
    return [
        (sum(1 for _ in element.iterancestors()), str(element.tag), element.get(XSI_TYPE))
        for element in root.iter(etree.Element)
    ]


def said(answer: bytes) -> dict[str, str]:
    response = etree.fromstring(answer).find(f"{{{SERV}}}header/{{{SERV}}}response")
    assert response is not None
    return {etree.QName(child).localname: child.text or "" for child in response}


def test_the_published_request_is_answered_with_the_structure_of_the_published_response(
    practice: Practice,
) -> None:
    answer = practice.answerer().answer((PUBLISHED / "published.request.xml").read_bytes())
    assert answer.status == 200
    assert skeleton(answer.body) == skeleton((PUBLISHED / "published.response.xml").read_bytes())


FAILURES = {
    "an unknown user": ("<webExID>nobody</webExID><password>x</password>", "", "030001"),
    "an unknown address": ("<email>nobody@practice.invalid</email><password>x</password>", "", "030001"),
    "a wrong login": ("<webExID>helen</webExID><password>x</password>", "", "030002"),
    "a login without proof": ("<webExID>helen</webExID>", "", "030002"),
    "a password of nobody": ("<password>practice-helen</password>", "", "030002"),
    "a wrong ticket": ("<webExID>paul</webExID><sessionTicket>x</sessionTicket>", "", "030047"),
    "another's ticket": (
        "<webExID>ida</webExID><sessionTicket>practice-ticket-paul</sessionTicket>",
        "",
        "030047",
    ),
    "a wrong token": ("<webExAccessToken>x</webExAccessToken>", "", "990005"),
    "an unknown session": ("", "<sessionKey>1</sessionKey>", "060001"),
    "no session": ("", "<other>1</other>", "060001"),
    "a wrong meeting password": (
        "",
        "<sessionKey>100000001</sessionKey><sessionPassword>x</sessionPassword>",
        "990001",
    ),
}


@pytest.mark.parametrize("name", FAILURES)
def test_calls_that_fail(practice: Practice, name: str) -> None:
    security, body, exception_id = FAILURES[name]
    call = request("<siteName>practice</siteName>" + security, body or "<sessionKey>100000001</sessionKey>")
    answer = practice.answerer().answer(call)
    told = said(answer.body)
    assert (answer.status, told["result"], told["exceptionID"]) == (200, "FAILURE", exception_id)
    known = RULEBOOK.document.wire.failures.get(exception_id)
    assert told["reason"] == known or (known is None and "Whosees emulator" in told["reason"])
    assert etree.fromstring(answer.body).find(f"{{{SERV}}}body/{{{SERV}}}bodyContent") is not None


def test_a_person_is_found_by_email_in_any_case_and_by_token_alone(practice: Practice) -> None:
    for security in (
        "<email>Helen@Practice.Invalid</email><password>practice-helen</password>",
        "<webExAccessToken>practice-token-petra</webExAccessToken>",
    ):
        answer = practice.answerer().answer(request("<siteName>practice</siteName>" + security))
        assert said(answer.body)["result"] == "SUCCESS"
        assert b"agenda>" in answer.body


def test_an_unknown_site_and_another_operation_fail_with_ids_of_the_emulator_s_own(
    practice: Practice,
) -> None:
    assert said(practice.answerer().answer(request("<siteName>x</siteName>")).body)["exceptionID"] == "990004"
    other = request().replace(b"ep.GetSessionInfo", b"ep.LstsummarySession")
    assert said(practice.answerer().answer(other).body)["exceptionID"] == "990006"
    start, end = b"<bodyContent", b"</bodyContent>"
    content = request()
    one = content[content.index(start) : content.index(end) + len(end)]
    assert said(practice.answerer().answer(content.replace(one, one * 2)).body)["exceptionID"] == "990006"


def test_a_site_can_refuse_anonymous_calls_or_ask_for_a_captcha(tmp_path: Path) -> None:
    for kind, exception_id in (("refused", "990002"), ("captcha", "990003"), ("answered", "060001")):
        file = tmp_path / "scenario.toml"
        file.write_text(f'[[sites]]\nname = "practice"\nanonymous = "{kind}"\n')
        answer = Answerer(RULEBOOK, load_scenario(RULEBOOK, file)).answer(request())
        assert said(answer.body)["exceptionID"] == exception_id


def test_a_session_without_password_and_texts_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "scenario.toml"
    file.write_text(
        '[[sites]]\nname = "s"\n[[users]]\nsite = "s"\nwebex_id = "h"\nemail = "h@s.invalid"\npassword = "p"\n'
        '[[sessions]]\nsite = "s"\nkey = "1"\nservice = "SalesCenter"\nhost = "h"\n'
        'texts = { "metaData/confName" = "<&> names" }\nrepeat = { "host/alternateHost" = 3 }\n'
    )
    login = "<siteName>s</siteName><webExID>h</webExID><password>p</password>"
    body = (
        Answerer(RULEBOOK, load_scenario(RULEBOOK, file))
        .answer(request(login, "<sessionKey>1</sessionKey>"))
        .body
    )
    assert b"&lt;&amp;&gt; names" in body
    assert body.count(b"<ep:alternateHost>") == 3
    assert b"sessionPassword" not in body
    assert b"<ep:passwordReq>false<" in body
    assert b"<ep:serviceType>SalesCenter<" in body


def test_a_form_field_named_xml_is_read_too(practice: Practice) -> None:
    form = "application/x-www-form-urlencoded; charset=UTF-8"
    answerer = practice.answerer()
    assert (
        said(answerer.answer(urlencode({"XML": request().decode()}).encode(), form).body)["result"]
        == "SUCCESS"
    )
    assert answerer.answer(b"other=1", form).status == 400
    assert answerer.answer("XML=ü".encode(), form).status == 400


HOSTILE = {
    "a document type": b'<!DOCTYPE m [<!ENTITY a "b">]><m>&a;</m>',
    "an external entity": b'<!DOCTYPE m [<!ENTITY a SYSTEM "file:///etc/hostname">]><m>&a;</m>',
    "no XML": b"\x00\xff",
    "nothing": b"",
    "half a request": request()[:200],
    "depth": b"<a>" * 5000 + b"</a>" * 5000,
    "another message": b"<message/>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bodies_are_refused_in_a_line(practice: Practice, name: str) -> None:
    answer = practice.answerer().answer(HOSTILE[name])
    assert (answer.status, answer.case) == (400, None)
    assert answer.body.startswith(b"refused: ")
    assert answer.body.count(b"\n") == 1


def posted(practice: Practice, method: str, path: str, content: bytes) -> httpx.Response:
    async def call() -> httpx.Response:
        async with httpx.AsyncClient(transport=practice.transport()) as client:
            return await client.request(method, f"http://127.0.0.1{path}", content=content)

    return asyncio.run(call())


def test_oversized_bodies_other_paths_and_other_methods_are_refused(practice: Practice) -> None:
    assert posted(practice, "POST", SERVICE_PATH, request()).status_code == 200
    assert posted(practice, "POST", SERVICE_PATH, b" " * (LIMITS.size + 1)).status_code == 413
    assert posted(practice, "POST", "/", request()).status_code == 404
    refused = posted(practice, "GET", SERVICE_PATH, b"")
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")


def test_a_request_that_does_not_end_is_given_up(practice: Practice) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Message = {"type": "http", "path": SERVICE_PATH, "method": "POST", "headers": []}
    asyncio.run(Emulator(practice.answerer(), body_seconds=0.01)(scope, receive, send))
    assert sent[0]["status"] == 408


def test_a_caller_who_goes_away_and_what_is_no_http_get_no_answer(practice: Practice) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    for kind in ("http", "websocket"):
        scope: Message = {"type": kind, "path": SERVICE_PATH, "method": "POST", "headers": []}
        asyncio.run(Emulator(practice.answerer())(scope, receive, send))
    assert sent == []


FAULTS = {
    "status:503": ("unchecked", "unreadable", "HTTP 503: no answer of the service, which answers with 200"),
    "truncate": ("unchecked", "not-xml", "it ends before its elements do"),
    "garbage": ("unchecked", "not-xml", "at line 1"),
    "failure:000015": (
        "unchecked",
        "failure-response",
        "not found: the service answered FAILURE, exceptionID 000015",
    ),
    "failure:123456": (
        "unchecked",
        "failure-response",
        "failed: the service answered FAILURE, exceptionID 123456",
    ),
    "wrong-namespace": ("violating", None, ""),
    "slow:2.5": ("conformant", None, ""),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_in_its_case_and_in_no_other(practice: Practice, fault: str) -> None:
    results = practice.run(f"{fault}@EC/authenticated/*/supplied", only=("EC",))
    outcome, reason, detail = FAULTS[fault]
    for case, one in results.items():
        if case.startswith("EC/authenticated/") and case.endswith("/supplied"):
            assert (one.result.outcome, one.result.reason) == (outcome, reason)
            assert detail in (one.result.detail or "")
        else:
            assert one.result.outcome == "conformant"


def test_another_namespace_makes_every_row_a_near_miss(practice: Practice) -> None:
    result = practice.run("wrong-namespace", only=("MC/anonymous/not-supplied",))[
        "MC/anonymous/not-supplied"
    ].result
    assert {f.rule for f in result.findings} == {"missing", "near-miss", "unlisted"}


def test_a_slow_answer_is_held_back(practice: Practice) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    async def call() -> None:
        app = Emulator(practice.answerer("slow:2.5@MC/anonymous"), sleep=sleep)
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport) as client:
            for key in ("100000001", "100000002"):
                body = request(body=f"<sessionKey>{key}</sessionKey>")
                await client.post(f"http://127.0.0.1{SERVICE_PATH}", content=body)

    asyncio.run(call())
    assert waited == [2.5]


def test_a_password_that_is_not_enforced_is_a_finding(practice: Practice) -> None:
    """A wrong password that is answered with success is a finding, whatever the answer shows."""
    for fault, leaks in (("ignore-password", False), ("accept-password", True)):
        case = "MC/anonymous/wrong"
        one = practice.run(fault, only=(case,))[case]
        errors = {f.rule for f in one.result.findings if f.severity == "error"}
        assert errors == {"password-not-enforced", *(["leaked"] if leaks else [])}
        assert "getsessioninfo:MC/anonymous/not-supplied#password-not-enforced" in {
            f.id for f in one.result.findings
        }
        assert one.verdict == "violating"


BAD_FAULTS = {
    "leek:agenda": "`leek:agenda`: there is no fault `leek`; did you mean `leak`?",
    "x": "`x`: there is no fault `x`; known are `leak`, `omit`",
    "leak:agendum": "`leak:agendum`: there is no element `agendum`; did you mean `agenda`?",
    "leak:zzz": "`leak:zzz`: there is no element `zzz`; `whosees matrix` lists the elements",
    "omit:name@": "`omit:name@`: after `@` comes a case, such as `MC/anonymous`",
    "leak:Status": "`leak:Status`: `Status` can be `status`, `test/status`; give the path",
    "status:99": "`status:99`: `status:` is followed by an HTTP status such as 500",
    "slow:long": "`slow:long`: `slow:` is followed by seconds",
    "failure:1": "`failure:1`: `failure:` is followed by an exceptionID of six digits",
    "garbage:1": "`garbage:1`: `garbage` is followed by nothing but `@CASE`",
}


@pytest.mark.parametrize("text", BAD_FAULTS)
def test_faults_that_cannot_be_asked_for(text: str) -> None:
    with pytest.raises(FaultError) as error:
        read_fault(RULEBOOK, text)
    assert str(error.value).startswith(BAD_FAULTS[text])


def test_elements_are_meant_by_path_or_by_a_name_of_their_own() -> None:
    assert read_fault(RULEBOOK, "leak:test.status@MC").what == "test/status"
    assert read_fault(RULEBOOK, "leak:status").what == "status"
    assert read_fault(RULEBOOK, "leak:title").what == "test/title"
    with pytest.raises(FaultError, match=r"^`omit:toll`: there is no element `toll`"):
        read_fault(RULEBOOK, "omit:toll")


SITE = '[[sites]]\nname = "s"\n'
USER = '[[users]]\nsite = "s"\nwebex_id = "helen"\nemail = "h@s.invalid"\n'
SESSION = '[[sessions]]\nsite = "s"\nkey = "1"\nservice = "MC"\nhost = "helen"\n'
BAD_SCENARIOS = {
    "user = 1": "unknown key `user`; did you mean `users`?",
    SITE * 2: "`sites`: a name is given twice",
    SITE + USER.replace('"s"', '"t"'): "`users`: there is no site `t`",
    SITE + USER * 2: "`users`: a webex_id of site `s` is given twice",
    SITE + USER + SESSION * 2: "`sessions`: a key of site `s` is given twice",
    SITE
    + USER
    + SESSION.replace(
        "helen", "hellen"
    ): "`sessions`, key `1`: there is no user `hellen`; did you mean `helen`?",
    SITE + USER + SESSION + 'roles = { paul = "host" }': "`sessions`, key `1`: there is no user `paul`",
    SITE + USER + SESSION + 'roles = { helen = "none" }': "`sessions`, key `1`: `helen` is its host",
    SITE + USER + SESSION + 'without = ["agenda"]': "`sessions`, key `1`: there is no element `agenda`",
    SITE
    + USER
    + SESSION
    + 'repeat = { "test" = 0 }': "`sessions`, key `1`: `repeat` of `test` is from 1 to 100",
    SITE + USER + SESSION.replace("MC", "XX"): "not a known service",
    SITE + USER + SESSION + 'roles = { helen = "hots" }': "`sessions`, key `1`: `helen` is its host",
}


@pytest.mark.parametrize("text", BAD_SCENARIOS)
def test_scenarios_that_cannot_be_played(tmp_path: Path, text: str) -> None:
    file = tmp_path / "scenario.toml"
    file.write_text(text)
    with pytest.raises(ScenarioError) as error:
        load_scenario(RULEBOOK, file)
    assert str(error.value).startswith(f"`{file}`: {BAD_SCENARIOS[text]}")


def test_a_scenario_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="no such file or directory"):
        load_scenario(RULEBOOK, tmp_path / "none.toml")


def test_what_a_failure_comes_to_is_said_in_a_word(practice: Practice) -> None:
    """FAILURE answers are verdicts of their own, never passes; a wrong password alone may fail, and for itself only."""
    words = {
        "000001": "refused",
        "000015": "not found",
        "000035": "unavailable",
        "000045": "rate-limited",
        "030002": "login refused",
        "990003": "CAPTCHA asked",
        "123456": "failed",
    }
    enforced = ("000001", "123456")
    for exception_id, word in words.items():
        results = practice.run(f"failure:{exception_id}", only=("MC/authenticated/none",))
        for case, one in results.items():
            if case.endswith("/wrong") and exception_id in enforced:
                assert one.verdict == "conformant: refused, as expected"
                assert (one.result.detail or "").endswith(", as the plan expects")
            else:
                assert (one.result.outcome, one.verdict) == ("unchecked", f"unchecked: {word}")
                assert (one.result.detail or "").startswith(f"{word}: the service answered FAILURE")
    anonymous = practice.run("failure:030002", only=("MC/anonymous/wrong",))["MC/anonymous/wrong"]
    assert anonymous.verdict == "conformant: refused, as expected"  # there is no login that it could be about
