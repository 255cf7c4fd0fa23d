"""Memory of pairs of messages: each verdict is that of a checker which reads every document."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest

from support.messages import body, message, request
from support.templates import judged, parsing_all
from whosees.checker.checking import checker as checker_module
from whosees.checker.checking.checker import Checker
from whosees.checker.checking.settings import Settings

Pair = tuple[bytes, bytes | None, bytes | None]

NAMES = ["w", "W", " w ", "&#119;", "v", "w\n", "ß", "SS", "", " ", "&#32;"]
"""Texts of which some are the same when they are read, some but for their case, and some are none at all."""
SESSIONS = ["1", " 1", "&#49;", "2", "", "&#32;"]
FORMS = [
    "",
    "<webExID>w</webExID>",
    "<webExID>v</webExID><webExID>w</webExID>",
    "<email>w</email>",
    "<sessionPassword>w</sessionPassword>",
    "<webExID/>",
]


def response(
    *hosts: str,
    service: str = "MeetingCenter",
    session: str = "1",
    result: str = "SUCCESS",
    email: str = "x",
    url: str = "x",
    between: str = "",
) -> bytes:
    """Return a response with these texts."""
    shown = "".join(f"<ep:webExId>{host}</ep:webExId>" for host in hosts)
    return message(
        body(
            f"<ep:status>x</ep:status><ep:metaData><ep:serviceType>{service}</ep:serviceType>{between}"
            f"</ep:metaData><ep:host>{shown}<ep:email>{email}</ep:email></ep:host><ep:sessionkey>{session}</ep:sessionkey>"
            f"<ep:telephony><ep:globalCallInNumbersURL>{url}</ep:globalCallInNumbersURL></ep:telephony>"
        ),
        header=f"<serv:response><serv:result>{result}</serv:result></serv:response>",
    )


def asked(name: str = "w", session: str = "1") -> bytes:
    return request(f"<webExID>{name}</webExID>", f"<sessionKey>{session}</sessionKey>")


def names() -> Iterator[Pair]:
    yield from ((response(host), asked(name), None) for host, name in product(NAMES, NAMES))


def emails() -> Iterator[Pair]:
    pairs = product(NAMES, NAMES)
    yield from (
        (response("w", email=email), request(f"<webExID>v</webExID><email>{sent}</email>"), None)
        for email, sent in pairs
    )


def two_names() -> Iterator[Pair]:
    yield from ((response(*hosts), asked(), None) for hosts in product(NAMES, NAMES))


def sessions() -> Iterator[Pair]:
    pairs = product(SESSIONS, SESSIONS)
    yield from (
        (response("w", session=answered), asked(session=session), None) for answered, session in pairs
    )


def forms() -> Iterator[Pair]:
    """Requests with the same texts in other elements, and with none."""
    forms = ((security, form) for security in FORMS for form in FORMS)
    sent = [request(security, form) for security, form in forms]
    sent += [each.replace(b"<securityContext></securityContext>", b"") for each in sent]
    yield from ((response("w"), each, None) for each in (None, *sent))


def services() -> Iterator[Pair]:
    texts = (
        "MeetingCenter",
        "meetingcenter",
        "EventCenter",
        "SupportCenter",
        "Event&#67;enter",
        " EventCenter",
        "x",
        "",
    )
    yield from ((response("w", service=text), None, None) for text in texts)


def results() -> Iterator[Pair]:
    texts = ("SUCCESS", "success", "FAILURE", "&#70;AILURE", "x", "")
    yield from ((response("w", result=text), None, None) for text in texts)


def variables() -> Iterator[Pair]:
    texts = ("x", "%TollNum%", "&#37;TollNum%", "<![CDATA[%TollNum%]]>", "100%")
    yield from ((response("w", url=text), None, None) for text in texts)


def lines() -> Iterator[Pair]:
    yield from ((response(text, url="x\n"), None, None) for text in ("x", "x\n", "\nx", "x\n\n", "x\r\n"))


def texts_between() -> Iterator[Pair]:
    yield from ((response("w", between=text), None, None) for text in ("\n", " ", "x", "&#10;", "&#120;"))


def names_of_evidence() -> Iterator[Pair]:
    """Pairs with the same texts of evidence, in other elements."""
    service = "<ep:metaData><ep:serviceType>MeetingCenter</ep:serviceType></ep:metaData>"
    shown = (
        service,
        service + "<ep:host><ep:webExId>1</ep:webExId></ep:host>",
        service + "<ep:host><ep:email>1</ep:email></ep:host>",
        service + "<ep:sessionkey>1</ep:sessionkey>",
        "<ep:metaData><ep:serviceType>true</ep:serviceType></ep:metaData>",
        "<ep:isAudioOnly>true</ep:isAudioOnly>",
    )
    kinds = ("ep:getSessionInfoResponse", "ep:otherResponse")
    more = ("", "<ep:agenda>x</ep:agenda>")  # in another template
    states = ("result>SUCCESS", "result>FAILURE", "gsbStatus>SUCCESS", "gsbStatus>FAILURE")
    for each, kind, state, other in product(shown, kinds, states, more):
        header = f"<serv:response><serv:{state}</serv:{state.partition('>')[0]}></serv:response>"
        content = message(body(each + other, kind), header=header)
        yield content, asked("1"), None
        yield content, asked("1").replace(b"ep.GetSessionInfo", b"ep.Other"), None


def sidecars() -> Iterator[Pair]:
    texts = (None, b'role = "host"\n', b'caller = "anonymous"\n', b'outcome = "failure"\n', b"x")
    yield from ((response("w"), asked(), text) for text in texts)


@pytest.mark.parametrize(
    "pairs",
    [
        names,
        emails,
        two_names,
        sessions,
        forms,
        services,
        results,
        variables,
        lines,
        texts_between,
        names_of_evidence,
        sidecars,
    ],
)
def test_no_verdict_is_taken_from_a_pair_that_says_something_else(pairs: object) -> None:
    """Pairs of the same templates: what one of their texts decides is never taken from another pair."""
    assert callable(pairs)
    drawn = list(pairs())
    reading_all, remembering = parsing_all(Checker(Settings())), Checker(Settings())
    for _ in range(3):  # a template is known from the second time on
        for content, sent, sidecar in drawn:
            expected = judged(reading_all, content, sent, sidecar)
            assert judged(remembering, content, sent, sidecar) == expected


def test_pairs_that_differ_in_other_texts_alone_are_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without this the law above would hold of a checker that remembers nothing."""
    checker = Checker(Settings())
    found = []
    for number in range(5):
        if number == 4:
            monkeypatch.setattr(checker_module, "open_exchange", None)
        shown = f"<ep:status>{number}</ep:status><ep:metaData><ep:serviceType>MeetingCenter</ep:serviceType></ep:metaData>"
        found += judged(checker, message(body(shown)), request(f"<webExID>{number}</webExID>"))
    assert found[4] == found[0]
