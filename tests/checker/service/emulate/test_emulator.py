"""The emulator: what it answers to whom, what it refuses, and what goes wrong when it is asked to."""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from lxml import etree

from support.practice import Practice
from whosees.checker.service.emulate.app import Emulator, Message
from whosees.checker.service.emulate.handler import SessionHandler
from whosees.checker.service.emulate.http import LIMITS
from whosees.checker.service.emulate.scenario import load_scenario
from whosees.checker.service.endpoint import SERVICE_PATH
from whosees.rules.load import builtin_rulebook

PUBLISHED = Path(__file__).parents[4] / "examples" / "published"
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
    """Return depth, name and type of every element, in document order: structure without texts."""
    root = etree.fromstring(document)
    return [
        (sum(1 for _ in element.iterancestors()), str(element.tag), element.get(XSI_TYPE))
        for element in root.iter(etree.Element)
    ]


def response_texts(answer: bytes) -> dict[str, str]:
    response = etree.fromstring(answer).find(f"{{{SERV}}}header/{{{SERV}}}response")
    assert response is not None
    return {etree.QName(child).localname: child.text or "" for child in response}


def test_the_published_request_is_answered_with_the_structure_of_the_published_response(
    practice: Practice,
) -> None:
    answer = practice.handler().handle((PUBLISHED / "published.request.xml").read_bytes())
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
    answer = practice.handler().handle(call)
    texts = response_texts(answer.body)
    assert (answer.status, texts["result"], texts["exceptionID"]) == (200, "FAILURE", exception_id)
    known = RULEBOOK.document.wire.failures.get(exception_id)
    assert texts["reason"] == known or (known is None and "Whosees emulator" in texts["reason"])
    assert etree.fromstring(answer.body).find(f"{{{SERV}}}body/{{{SERV}}}bodyContent") is not None


def test_a_person_is_found_by_email_in_any_case_and_by_token_alone(practice: Practice) -> None:
    for security in (
        "<email>Helen@Practice.Invalid</email><password>practice-helen</password>",
        "<webExAccessToken>practice-token-petra</webExAccessToken>",
    ):
        answer = practice.handler().handle(request("<siteName>practice</siteName>" + security))
        assert response_texts(answer.body)["result"] == "SUCCESS"
        assert b"agenda>" in answer.body


def test_an_unknown_site_and_another_operation_fail_with_ids_of_the_emulator_s_own(
    practice: Practice,
) -> None:
    assert (
        response_texts(practice.handler().handle(request("<siteName>x</siteName>")).body)["exceptionID"]
        == "990004"
    )
    other = request().replace(b"ep.GetSessionInfo", b"ep.LstsummarySession")
    assert response_texts(practice.handler().handle(other).body)["exceptionID"] == "990006"
    start, end = b"<bodyContent", b"</bodyContent>"
    content = request()
    one = content[content.index(start) : content.index(end) + len(end)]
    assert (
        response_texts(practice.handler().handle(content.replace(one, one * 2)).body)["exceptionID"]
        == "990006"
    )


def test_a_site_can_refuse_anonymous_calls_or_ask_for_a_captcha(tmp_path: Path) -> None:
    for kind, exception_id in (("refused", "990002"), ("captcha", "990003"), ("answered", "060001")):
        file = tmp_path / "scenario.toml"
        file.write_text(f'[[sites]]\nname = "practice"\nanonymous = "{kind}"\n')
        answer = SessionHandler(RULEBOOK, load_scenario(RULEBOOK, file)).handle(request())
        assert response_texts(answer.body)["exceptionID"] == exception_id


def test_a_session_without_password_and_texts_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "scenario.toml"
    file.write_text(
        '[[sites]]\nname = "s"\n[[users]]\nsite = "s"\nwebex_id = "h"\nemail = "h@s.invalid"\npassword = "p"\n'
        '[[sessions]]\nsite = "s"\nkey = "1"\nservice = "SalesCenter"\nhost = "h"\n'
        'texts = { "metaData/confName" = "<&> names" }\nrepeat = { "host/alternateHost" = 3 }\n'
    )
    login = "<siteName>s</siteName><webExID>h</webExID><password>p</password>"
    body = (
        SessionHandler(RULEBOOK, load_scenario(RULEBOOK, file))
        .handle(request(login, "<sessionKey>1</sessionKey>"))
        .body
    )
    assert b"&lt;&amp;&gt; names" in body
    assert body.count(b"<ep:alternateHost>") == 3
    assert b"sessionPassword" not in body
    assert b"<ep:passwordReq>false<" in body
    assert b"<ep:serviceType>SalesCenter<" in body


def multipart(field: str, content: bytes) -> tuple[bytes, str]:
    """As ``curl -F XML=<request.xml`` sends it."""
    head = f'--b\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n'.encode()
    return head + content + b"\r\n--b--\r\n", "multipart/form-data; boundary=b"


URLENCODED = "application/x-www-form-urlencoded"
UNDECLARED = request().replace(f' xmlns:serv="{SERV}"'.encode(), b"")
SENT = {
    "the form of old clients": (
        urlencode({"XML": request().decode()}).encode(),
        f"{URLENCODED}; charset=UTF-8",
    ),
    "a form with other fields": (urlencode({"a": "1", "xml": request().decode()}).encode(), URLENCODED),
    "curl -d, axios": (request(), URLENCODED),
    "curl -F": multipart("XML", request()),
    "no content type": (request(), ""),
    "another content type": (request(), "application/json"),
    "serv is not declared": (UNDECLARED, "text/xml"),
    "white space before the declaration": (b'\n  <?xml version="1.0"?>' + request(), "text/xml"),
    "both, in a form": (urlencode({"XML": "\n" + UNDECLARED.decode()}).encode(), URLENCODED),
}


@pytest.mark.parametrize("client", SENT)
def test_requests_are_read_as_clients_send_them(practice: Practice, client: str) -> None:
    response = practice.handler().handle(*SENT[client])
    assert response_texts(response.body)["result"] == "SUCCESS"


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"other=1", URLENCODED),
        ("XML=\u00fc".encode(), URLENCODED),
        (b"XML=", URLENCODED),
        multipart("other", request()),
        (b"--b", "multipart/form-data; boundary=b"),
        (b"--b", "multipart/form-data; boundary="),
        (b'{"sessionKey": 1}', "application/json"),
    ],
)
def test_a_body_without_xml_is_refused_as_that(practice: Practice, content: bytes, content_type: str) -> None:
    response = practice.handler().handle(content, content_type)
    assert response.status == 400
    assert response.body == b"refused: the body is neither XML nor a form with a field `XML`\n"


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
    answer = practice.handler().handle(HOSTILE[name])
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
    asyncio.run(Emulator(practice.handler(), body_seconds=0.01)(scope, receive, send))
    assert sent[0]["status"] == 408


def test_a_caller_who_goes_away_and_what_is_no_http_get_no_answer(practice: Practice) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    for kind in ("http", "websocket"):
        scope: Message = {"type": kind, "path": SERVICE_PATH, "method": "POST", "headers": []}
        asyncio.run(Emulator(practice.handler())(scope, receive, send))
    assert sent == []


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
