"""Evidence in messages about a call, and texts that are none."""

from __future__ import annotations

import pytest

from support.judging import RULEBOOK, broken, check, check_one
from support.messages import body, elements, failure, message, request, response

ALWAYS = {
    service: [row.path for row in RULEBOOK.rows if row.cells[service] == "always"]
    for service in ("MC", "SC", "TC", "EC", "AO")
}
MC = response("MC", ALWAYS["MC"])

SERVICES = {
    "MeetingCenter": ("<ep:serviceType>MeetingCenter</ep:serviceType>", "", "MC"),
    "in any letter case": ("<ep:serviceType>salescenter</ep:serviceType>", "", "SC"),
    "white space": ("<ep:serviceType>\n TrainingCenter </ep:serviceType>", "", "TC"),
    "CDATA": ("<ep:serviceType><![CDATA[EventCenter]]></ep:serviceType>", "", "EC"),
    "a comment inside": ("<ep:serviceType>Meeting<!-- x -->Center</ep:serviceType>", "", "MC"),
    "a character reference": ("<ep:serviceType>Meeting&#67;enter</ep:serviceType>", "", "MC"),
    "isAudioOnly comes first": (
        "<ep:serviceType>MeetingCenter</ep:serviceType>",
        "<ep:isAudioOnly>true</ep:isAudioOnly>",
        "AO",
    ),
    "isAudioOnly as 1": (
        "<ep:serviceType>EventCenter</ep:serviceType>",
        "<ep:isAudioOnly> 1 </ep:isAudioOnly>",
        "AO",
    ),
    "isAudioOnly is false": (
        "<ep:serviceType>EventCenter</ep:serviceType>",
        "<ep:isAudioOnly>false</ep:isAudioOnly>",
        "EC",
    ),
    "isAudioOnly without serviceType": ("", "<ep:isAudioOnly>true</ep:isAudioOnly>", "AO"),
    "isAudioOnly in a comment": (
        "<ep:serviceType>EventCenter</ep:serviceType>",
        "<!--<ep:isAudioOnly>true</ep:isAudioOnly>-->",
        "EC",
    ),
}


@pytest.mark.parametrize("case", SERVICES)
def test_the_service_is_read_from_the_response(case: str) -> None:
    """A response is AO if isAudioOnly is true (I2); otherwise serviceType says it."""
    service_type, audio_only, service = SERVICES[case]
    result = check_one(message(body(f"<ep:metaData>{service_type}</ep:metaData>{audio_only}")))
    assert result.resolved.context["service"] == service
    assert result.resolved.sources[0] == "response"


UNPLACED = {
    "absent": (
        "",
        "unknown-service",
        "nothing says which service it is: isAudioOnly and metaData/serviceType are absent; say it with --service",
    ),
    "empty": ("<ep:serviceType/>", "unknown-service", "metaData/serviceType is empty; say it with --service"),
    "another": (
        "<ep:serviceType>SECRET</ep:serviceType>",
        "unknown-service",
        "metaData/serviceType holds none of the values that name a service; say it with --service",
    ),
    "Support Center": (
        "<ep:serviceType>SupportCenter</ep:serviceType>",
        "no-column",
        "metaData/serviceType says SupportCenter, and Table 4-3 has no column for Support Center",
    ),
}


@pytest.mark.parametrize("case", UNPLACED)
def test_without_a_column_a_response_is_unchecked(case: str) -> None:
    service_type, reason, detail = UNPLACED[case]
    result = check_one(
        message(body(f"<ep:metaData>{service_type}</ep:metaData>")), facts={"caller": "anonymous"}
    )
    assert (result.outcome, result.reason, result.detail) == ("unchecked", reason, detail)
    assert result.resolved.context["caller"] == "anonymous"


def test_a_flag_places_what_says_that_it_has_no_column_and_the_conflict_is_told() -> None:
    content = elements(ALWAYS["MC"], {"metaData/serviceType": "SupportCenter"})
    result = check_one(message(body(content)), facts={"service": "MC"})
    assert broken(result) == [("context-conflict", None)]
    assert result.findings[0].message == (
        "--service says service `MC`, the response shows service `Support Center`; --service counts"
    )


def test_a_service_that_is_said_to_be_unknown_is_not_looked_for() -> None:
    result = check_one(MC, facts={"service": "unknown"})
    assert (result.reason, result.detail) == ("unknown-service", "the service is said to be unknown")


CALLERS = {
    "siteName alone": ("<siteName>s</siteName>", "anonymous"),
    "what names a site": ("<siteName>s</siteName><siteID>1</siteID><partnerID>p</partnerID>", "anonymous"),
    "what names an application": (
        "<siteName>s</siteName><clientID>1</clientID><clientSecret>p</clientSecret>",
        "anonymous",
    ),
    "nothing at all": ("", "anonymous"),
    "empty elements": ("<webExID/><password> </password>", "anonymous"),
    "a person in a comment": ("<siteName>s</siteName><!--<webExID>x</webExID>-->", "anonymous"),
    "webExID": ("<webExID>x</webExID><password>y</password>", "authenticated"),
    "webExID alone": ("<webExID>x</webExID>", "authenticated"),
    "email": ("<email>x@y</email><password>y</password>", "authenticated"),
    "sessionTicket": ("<sessionTicket>x</sessionTicket>", "authenticated"),
    "webExAccessToken": ("<webExAccessToken>x</webExAccessToken>", "authenticated"),
}


@pytest.mark.parametrize("case", CALLERS)
def test_a_caller_is_anonymous_if_no_person_is_named_and_none_is_proved(case: str) -> None:
    security, caller = CALLERS[case]
    result = check_one(MC, request(security))
    index = result.resolved.context.facts.index("caller")
    assert result.resolved.context["caller"] == caller
    assert result.resolved.sources[index] == "request"


def test_without_a_security_context_nothing_is_known_of_the_caller() -> None:
    bare = request().replace(b"<securityContext><siteName>s</siteName></securityContext>", b"")
    result = check_one(MC, bare)
    assert result.resolved.context["caller"] == "unknown"
    assert result.resolved.context["password"] == "not-supplied"


PASSWORDS = {
    "supplied": ("<sessionPassword>x</sessionPassword>", "supplied"),
    "in the service's namespace": ("<serv:sessionPassword>x</serv:sessionPassword>", "supplied"),
    "absent": ("", "not-supplied"),
    "empty": ("<sessionPassword/>", "not-supplied"),
    "blank": ("<sessionPassword>  </sessionPassword>", "not-supplied"),
    "in a comment": ("<!--sessionPassword>x</sessionPassword-->", "not-supplied"),
}


@pytest.mark.parametrize("case", PASSWORDS)
def test_the_password_is_read_from_the_request(case: str) -> None:
    content, password = PASSWORDS[case]
    result = check_one(MC, request(content=f"<sessionKey>1</sessionKey>{content}"))
    assert result.resolved.context["password"] == password


HOST = {"host/webExId": "Hanna", "host/email": "Hanna@Example.com"}
ROLES = {
    "webExID": ("<webExID>Hanna</webExID>", "host"),
    "email": ("<email>hanna@example.COM</email>", "host"),
    "another webExID": ("<webExID>otto</webExID>", "unknown"),
    "another letter case of webExID": ("<webExID>hanna</webExID>", "unknown"),
    "a ticket names nobody": ("<sessionTicket>Hanna</sessionTicket>", "unknown"),
    "anonymous": ("<siteName>s</siteName>", "none"),
}


@pytest.mark.parametrize("case", ROLES)
def test_only_being_the_responses_host_proves_a_role(case: str) -> None:
    """I7: isCreator, isAlternateHost and another webExID prove nothing."""
    security, role = ROLES[case]
    content = elements(
        [*ALWAYS["MC"], "isCreator"], {"metaData/serviceType": "MeetingCenter", "isCreator": "true", **HOST}
    )
    result = check_one(message(body(content)), request(security))
    assert result.resolved.context["role"] == role


def test_the_printed_spelling_of_the_host_is_accepted() -> None:
    content = elements(ALWAYS["MC"], {"metaData/serviceType": "MeetingCenter", **HOST}).replace(
        "webExId", "webExID"
    )
    result = check_one(message(body(content)), request("<webExID>Hanna</webExID>"))
    assert result.resolved.context["role"] == "host"
    assert ("missing", "host/webExId") not in broken(result)


SESSIONS = [("7", "7", False), ("7", " 7 ", False), ("7", "8", True), ("", "8", False), ("7", "", False)]


@pytest.mark.parametrize(("asked", "answered", "mismatch"), SESSIONS)
def test_a_pair_about_two_sessions_is_told(asked: str, answered: str, mismatch: bool) -> None:
    content = elements(ALWAYS["MC"], {"metaData/serviceType": "MeetingCenter", "sessionkey": answered})
    result = check_one(message(body(content)), request(content=f"<sessionKey>{asked}</sessionKey>"))
    assert broken(result) == ([("pair-mismatch", "sessionkey")] if mismatch else [])


VARIABLES = {
    "one": ("https://x/?n=%TollNum%", ["%TollNum%"]),
    "its country code is another": ("%TollNumCC%", ["%TollNumCC%"]),
    "two": ("%SubscriberCode%&amp;%ParticipantCode%", ["%ParticipantCode%", "%SubscriberCode%"]),
    "percent-encoding": ("https://x/?n=%20%2F%54", []),
    "another letter case": ("%tollnum%", []),
    "another name": ("%TollNumber%", []),
}


@pytest.mark.parametrize("case", VARIABLES)
def test_a_variable_that_was_not_replaced_is_told(case: str) -> None:
    text, names = VARIABLES[case]
    path = "telephony/globalCallInNumbersURL"
    said = {"metaData/serviceType": "MeetingCenter", path: text}
    result = check_one(message(body(elements([*ALWAYS["MC"], path], said))))
    found = [f for f in result.findings if f.rule == "unexpanded-variable"]
    assert [f.path for f in found] == [path] * bool(names)
    for finding in found:
        listed = ", ".join(f"`{name}`" for name in names)
        assert (
            finding.message
            == f"`{path}` still holds {listed}, a variable that the server should have replaced"
        )
        assert len(finding.lines) == 1


def test_each_body_is_judged_with_its_own_request() -> None:
    def content(key: str) -> str:
        return elements(ALWAYS["MC"], {"metaData/serviceType": "MeetingCenter", "sessionkey": key})

    asked = request(content="<sessionKey>1</sessionKey><sessionPassword>x</sessionPassword>")
    second = '</bodyContent><bodyContent xsi:type="java:com.webex.service.binding.ep.GetSessionInfo"><sessionKey>2</sessionKey></bodyContent>'
    both = asked.replace(b"</bodyContent>", second.encode())
    first, last = check(message(body(content("1")), body(content("2"))), both)
    assert (first.resolved.context["password"], last.resolved.context["password"]) == (
        "supplied",
        "not-supplied",
    )
    only = check(message(body(content("1")), body(content("9"))), asked)
    assert [r.resolved.context["password"] for r in only] == ["supplied", "supplied"]
    assert ("pair-mismatch", "sessionkey") in broken(only[1])
    by_key = check(message(body(content("2")), body(content("1")), body(content("5"))), both)
    assert [r.resolved.context["password"] for r in by_key] == ["not-supplied", "supplied", "unknown"]


def test_an_expected_failure_is_conformant_and_an_expected_one_that_is_none_an_error() -> None:
    refused = message(body("", "x"), header=failure()).replace(b' xsi:type="x"', b"")
    result = check_one(refused, sidecar=b'outcome = "failure"')
    assert (result.outcome, result.judged) == ("conformant", False)
    assert result.detail == (
        "the service answered FAILURE, exceptionID 060001 (corresponding meeting not found), as the sidecar expects"
    )
    result = check_one(MC, sidecar=b'outcome = "failure"')
    assert (result.outcome, broken(result)) == ("violating", [("unexpected-success", None)])
    assert check_one(MC, sidecar=b'outcome = "success"').outcome == "conformant"


def test_an_expected_failure_that_shows_something_is_not_waved_through() -> None:
    showing = message(body("<ep:hostKey>1</ep:hostKey>"), header=failure())
    result = check_one(showing, sidecar=b'outcome = "failure"')
    assert (result.outcome, result.reason) == ("unchecked", "failure-response")
    assert result.detail is not None
    assert result.detail.endswith("; its body is not empty")


def host(*ids: str) -> bytes:
    hosts = "".join(f"<ep:host><ep:webExId>{each}</ep:webExId></ep:host>" for each in ids)
    return message(body(f"<ep:metaData><ep:serviceType>MeetingCenter</ep:serviceType></ep:metaData>{hosts}"))


@pytest.mark.parametrize("ids", [("me", "you"), ("you", "me"), ("me", "", "you")])
def test_a_host_who_is_the_caller_and_is_not_makes_no_role(ids: tuple[str, ...]) -> None:
    """“Evidence that contradicts itself makes the fact unknown and gives `context-conflict` too.”"""
    result = check_one(host(*ids), request("<webExID>me</webExID><password>x</password>"))
    assert result.resolved.context["role"] == "unknown"
    [conflict] = [found for found in result.findings if found.rule == "context-conflict"]
    assert conflict.message == (
        "the response contradicts itself about the role: `host` and `not host`; neither counts"
    )


def test_hosts_of_whom_none_is_the_caller_contradict_nothing() -> None:
    result = check_one(host("you", "they"), request("<webExID>me</webExID><password>x</password>"))
    assert result.resolved.context["role"] == "unknown"
    assert "context-conflict" not in {found.rule for found in result.findings}


@pytest.mark.parametrize("ids", [("me",), ("me", "me"), ("", "me")])
def test_a_host_who_is_the_caller_makes_the_role_however_often_it_is_said(ids: tuple[str, ...]) -> None:
    result = check_one(host(*ids), request("<webExID>me</webExID><password>x</password>"))
    assert result.resolved.context["role"] == "host"


def test_a_second_session_key_that_is_another_is_a_mismatch() -> None:
    keys = "<ep:sessionkey>x</ep:sessionkey><ep:sessionkey>y</ep:sessionkey>"
    content = "<ep:metaData><ep:serviceType>MeetingCenter</ep:serviceType></ep:metaData>"
    result = check_one(message(body(keys + content)), request())
    assert "pair-mismatch" in {found.rule for found in result.findings}
