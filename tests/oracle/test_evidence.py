"""Evidence in messages about a call, and texts that are none."""

from __future__ import annotations

from typing import Any

import pytest

from whosees.engine.result import ResponseResult

from . import tool
from .messages import EP, SERV, XSI
from .names import FAILURES, NAME_A_PERSON_OR_PROVE_ONE, NAME_A_SITE, SERVICE_TYPES, VARIABLES

ASKS = "java:com.webex.service.binding.ep.GetSessionInfo"


def _response(
    inside: str = "", *, type_: str = "ep:getSessionInfoResponse", result: str = "SUCCESS"
) -> bytes:
    return (
        f'<serv:message xmlns:serv="{SERV}" xmlns:ep="{EP}" xmlns:xsi="{XSI}"><serv:header><serv:response>'
        f"<serv:result>{result}</serv:result></serv:response></serv:header><serv:body>"
        f'<serv:bodyContent xsi:type="{type_}">{inside}</serv:bodyContent></serv:body></serv:message>'
    ).encode()


def _metadata(service_type: str) -> str:
    return f"<ep:metaData><ep:serviceType>{service_type}</ep:serviceType></ep:metaData>"


MEETING = (
    _metadata("MeetingCenter")
    + "<ep:sessionkey>4242</ep:sessionkey><ep:confID>77</ep:confID>"
    + "<ep:host><ep:firstName>Made</ep:firstName><ep:lastName>Up</ep:lastName>"
    + "<ep:email>made@example.com</ep:email><ep:webExId>made-up</ep:webExId></ep:host>"
)


def _request(security: str = "", content: str = "<sessionKey>4242</sessionKey>", type_: str = ASKS) -> bytes:
    return (
        f'<serv:message xmlns:serv="{SERV}" xmlns:xsi="{XSI}" xmlns:ep="{EP}"><header><securityContext>'
        f"<siteName>made-up</siteName>{security}</securityContext></header>"
        f'<body><bodyContent xsi:type="{type_}">{content}</bodyContent></body></serv:message>'
    ).encode()


def _context(result: ResponseResult) -> dict[str, str]:
    return dict(result.resolved.context.items())


def _of(
    security: str = "", content: str = "<sessionKey>4242</sessionKey>", type_: str = ASKS
) -> dict[str, str]:
    """The facts of its call that a request shows."""
    return _context(tool.check(_response(MEETING), _request(security, content, type_)))


def _rules(result: ResponseResult) -> set[str]:
    return {finding.rule for finding in result.findings} - {"missing", "omitted", "leaked", "unlisted"}


# The service ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("service_type", SERVICE_TYPES)
def test_the_service_is_what_service_type_says(service_type: str) -> None:
    for written in (service_type, service_type.upper()):
        assert _context(tool.check(_response(_metadata(written))))["service"] == SERVICE_TYPES[service_type]
    nothing = "<ep:metaData><ep:sessionType>TrainingCenter</ep:sessionType></ep:metaData>"
    assert tool.check(_response(nothing)).reason == "unknown-service"


@pytest.mark.parametrize("service_type", [*SERVICE_TYPES, "SupportCenter", "SomethingElse"])
def test_a_response_is_audio_only_if_it_says_so_whatever_its_type_is(service_type: str) -> None:
    """A response is AO if isAudioOnly is true (I2); evidence that is no boolean leaves the service unknown."""
    for said in ("true", "1", "TRUE"):
        inside = f"{_metadata(service_type)}<ep:isAudioOnly>{said}</ep:isAudioOnly>"
        assert _context(tool.check(_response(inside)))["service"] == "AO"
    garbled = tool.check(_response(f"{_metadata(service_type)}<ep:isAudioOnly>x</ep:isAudioOnly>"))
    assert (garbled.outcome, _context(garbled)["service"]) == ("unchecked", "unknown")
    for said in ("false", "0", ""):
        result = tool.check(_response(f"{_metadata(service_type)}<ep:isAudioOnly>{said}</ep:isAudioOnly>"))
        assert _context(result)["service"] == SERVICE_TYPES.get(service_type, "unknown")


@pytest.mark.parametrize("said", ["SupportCenter", "supportcenter"])
def test_support_center_has_no_column(said: str) -> None:
    result = tool.check(_response(_metadata(said)))
    assert (result.outcome, result.reason) == ("unchecked", "no-column")
    assert result.detail == (
        "metaData/serviceType says SupportCenter, and Table 4-3 has no column for Support Center"
    )


@pytest.mark.parametrize(
    "said", ["", "SomethingElse", "SupportCente", "SupportCenterx", "MC", "MeetingCente"]
)
def test_another_type_tells_no_service(said: str) -> None:
    result = tool.check(_response(_metadata(said)))
    assert (result.outcome, result.reason) == ("unchecked", "unknown-service")


# The caller, the role and the password --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAME_A_PERSON_OR_PROVE_ONE)
def test_who_is_named_or_proved_is_not_anonymous(name: str) -> None:
    """Anonymous: the security context names no person and proves none (I5)."""
    known = _of(f"<{name}>somebody-else</{name}>")
    assert (known["caller"], known["role"]) == ("authenticated", "unknown")


@pytest.mark.parametrize("name", [*NAME_A_SITE, "webExId", "sessionKey", "sessionPassword", "made"])
def test_a_site_is_nobody(name: str) -> None:
    for text in ("made-up", "made@example.com"):
        known = _of(f"<{name}>{text}</{name}>")
        assert (known["caller"], known["role"], known["password"]) == ("anonymous", "none", "not-supplied")


@pytest.mark.parametrize("name", NAME_A_PERSON_OR_PROVE_ONE)
def test_a_person_is_named_in_the_security_context_only(name: str) -> None:
    for text in ("made-up", "made@example.com"):
        known = _of("", f"<sessionKey>4242</sessionKey><{name}>{text}</{name}>")
        assert (known["caller"], known["role"]) == ("anonymous", "none")


HOSTS = {
    "the host's name": ("<webExID>made-up</webExID>", "host"),
    "the host's address": ("<email>made@example.com</email>", "host"),
    "the host's address in another letter case": ("<email>Made@Example.COM</email>", "host"),
    "the host's name and another address": ("<webExID>made-up</webExID><email>x@example.com</email>", "host"),
    "another name and the host's address": ("<webExID>x</webExID><email>made@example.com</email>", "host"),
    "the host's name in another letter case": ("<webExID>Made-Up</webExID>", "unknown"),
    "the host's first name": ("<webExID>Made</webExID>", "unknown"),
    "the host's first name as the address": ("<email>Made</email>", "unknown"),
    "the host's name as the address": ("<email>made-up</email>", "unknown"),
    "the host's address as the name": ("<webExID>made@example.com</webExID>", "unknown"),
    "a person beside a site that is called like the host": (
        "<webExID>x</webExID><siteID>made-up</siteID><partnerID>made@example.com</partnerID>",
        "unknown",
    ),
    "a password like the host's name": ("<password>made-up</password>", "unknown"),
}


@pytest.mark.parametrize("case", HOSTS)
def test_only_being_the_hosts_of_the_response_proves_a_role(case: str) -> None:
    """I7: isCreator, isAlternateHost and another webExID prove nothing."""
    security, role = HOSTS[case]
    known = _of(security)
    assert (known["caller"], known["role"]) == ("authenticated", role)


@pytest.mark.parametrize("caller", ["", "<webExID>x</webExID>"])
def test_the_password_is_supplied_where_the_body_holds_it(caller: str) -> None:
    for content, password in {
        "<sessionPassword>x</sessionPassword>": "supplied",
        "<!--sessionPassword>x</sessionPassword-->": "not-supplied",
        "<sessionPasswordx>x</sessionPasswordx>": "not-supplied",
        "<sessionPasswor>x</sessionPasswor>": "not-supplied",
        "<password>x</password>": "not-supplied",
        "": "not-supplied",
    }.items():
        assert _of(caller, f"<sessionKey>4242</sessionKey>{content}")["password"] == password
    for name in NAME_A_SITE:
        assert _of(caller, f"<sessionKey>4242</sessionKey><{name}>x</{name}>")["password"] == "not-supplied"
    in_the_wrong_place = _of(f"{caller}<sessionPassword>x</sessionPassword>")
    assert in_the_wrong_place["password"] == "not-supplied"


def test_a_password_that_was_refused_contradicts_no_request_that_holds_it() -> None:
    """A refused password is not supplied (I10); a success in answer to it is a violation."""
    accepted = {"password-not-enforced"}
    request = _request("", "<sessionKey>4242</sessionKey><sessionPassword>x</sessionPassword>")
    for said, found in {"refused": accepted, "wrong": accepted, "not-supplied": {"context-conflict"}}.items():
        result = tool.check(_response(MEETING), request, f'password = "{said}"'.encode())
        assert _context(result)["password"] == "not-supplied"
        assert _rules(result) == found
    supplied = tool.check(_response(MEETING), _request(), b'password = "supplied"')
    assert (_context(supplied)["password"], _rules(supplied)) == ("supplied", {"context-conflict"})
    refused = tool.check(_response(MEETING), _request(), b'password = "refused"')
    assert (_context(refused)["password"], _rules(refused)) == ("not-supplied", accepted)


# What request and response are about ----------------------------------------------------------------------------------


def test_a_pair_that_names_two_sessions_is_none() -> None:
    for key, rules in {"4242": set(), "77": {"pair-mismatch"}}.items():
        content = f"<sessionKey>{key}</sessionKey><sessionPassword>1</sessionPassword>"
        assert _rules(tool.check(_response(MEETING), _request("", content))) == rules
    assert (
        _rules(tool.check(_response(MEETING), _request("", "<sessionPassword>1</sessionPassword>"))) == set()
    )


TYPES: dict[str, bool] = {
    ASKS: True,
    "java:com.webex.xmlapi.service.binding.ep.GetSessionInfo": True,
    "ep:getSessionInfo": True,
    "java:com.webex.service.binding.ep.GetSessionInf": False,
    "java:com.webex.service.binding.ep.GetSessionInfox": False,
    "java:com.webex.service.binding.meeting.GetMeeting": False,
    "ep:getSessionInfoResponse": False,
    "ep:getMeeting": False,
    "ep:getSessionInf": False,
    "ep:getSessionInfox": False,
    "serv:getSessionInfo": False,
}


@pytest.mark.parametrize("type_", TYPES)
def test_requests_of_this_operation_are_known_by_their_type(type_: str) -> None:
    result = tool.check(_response(MEETING), _request("<webExID>made-up</webExID>", type_=type_))
    assert (result.outcome != "unchecked") is TYPES[type_], result.detail
    assert result.reason == (None if TYPES[type_] else "other-operation")


@pytest.mark.parametrize(
    "type_",
    [
        "ep:getMeetingResponse",
        "ep:getSessionInfo",
        "ep:getSessionInfoRespons",
        "ep:getSessionInfoResponsex",
        "serv:getSessionInfoResponse",
    ],
)
def test_responses_of_other_operations_are_not_judged(type_: str) -> None:
    assert tool.check(_response(MEETING, type_=type_)).reason == "other-operation"


def test_a_message_in_another_namespace_is_none() -> None:
    elsewhere = _response(MEETING).replace(SERV.encode() + b'"', b'urn:elsewhere"')
    assert tool.check(elsewhere).reason == "not-a-message"
    of_the_body = _response(MEETING).replace(SERV.encode() + b'"', EP.encode() + b'"')
    assert tool.check(of_the_body).reason == "not-a-message"


# What a response says in so many words --------------------------------------------------------------------------------


def test_a_failure_is_named_by_what_its_number_means() -> None:
    for number, meaning in {**FAILURES, "999999": None}.items():
        failed = _response(result="FAILURE").replace(
            b"</serv:response>", f"<serv:exceptionID>{number}</serv:exceptionID></serv:response>".encode()
        )
        result = tool.check(failed)
        assert result.reason == "failure-response"
        known = f" ({meaning})" if meaning else ""
        assert result.detail == f"the service answered FAILURE, exceptionID {number}{known}"


def _with_numbers_at(text: str, **elements: str) -> Any:
    inside = "".join(f"<ep:{name}>{said}</ep:{name}>" for name, said in elements.items())
    numbers = (
        f"<ep:telephony><ep:globalCallInNumbersURL>{text}</ep:globalCallInNumbersURL>{inside}</ep:telephony>"
    )
    result = tool.check(_response(MEETING + numbers))
    return [finding for finding in result.findings if finding.rule == "unexpanded-variable"]


@pytest.mark.parametrize("name", VARIABLES)
def test_a_variable_that_was_not_expanded_is_found(name: str) -> None:
    [finding] = _with_numbers_at(f"https://example.com/?x={name}")
    assert (finding.path, finding.severity) == ("telephony/globalCallInNumbersURL", "warning")
    assert [other for other in VARIABLES if other in finding.message] == [name]


@pytest.mark.parametrize("name", VARIABLES)
def test_what_is_none_of_the_six_variables_is_not_found(name: str) -> None:
    nearly = (name[:-1], name[1:], f"{name[:-1]}x%", name.swapcase(), name.replace("%", "%25"))
    for text in (*nearly, "https://example.com/%20", ""):
        assert not _with_numbers_at(text)
    assert not _with_numbers_at("", tollFreeRestrictionsURL=name)
