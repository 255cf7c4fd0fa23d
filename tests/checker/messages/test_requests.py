"""Requests: what is read from them, and which of them a body answers."""

from __future__ import annotations

import pytest

from support.judging import RULEBOOK
from support.messages import EP, SERV, XSI, body, failure, message, request
from whosees.checker.core.errors import Reason, UncheckedError
from whosees.checker.core.limits import Limits
from whosees.checker.messages.base import Request, is_answer, request_for
from whosees.checker.messages.xml.reader import XmlReader

READER = XmlReader(RULEBOOK, Limits())
TYPE = "java:com.webex.service.binding.ep.GetSessionInfo"


def requests(*bodies: str, header: str = "<securityContext><webExID>x</webExID></securityContext>") -> bytes:
    """A request message around bodies; below the root there is no namespace."""
    return (
        f'<serv:message xmlns:serv="{SERV}" xmlns:ep="{EP}" xmlns:xsi="{XSI}"><header>{header}</header>'
        f"<body>{''.join(bodies)}</body></serv:message>"
    ).encode()


def asking(content: str, kind: str = TYPE) -> str:
    return f'<bodyContent xsi:type="{kind}">{content}</bodyContent>'


def test_a_request_gives_the_texts_of_its_elements_by_name() -> None:
    security = (
        "<siteName> s </siteName><webExID>me</webExID><webExID>you</webExID><password> </password><email/>"
    )
    asked = request(
        security, "<sessionKey>1</sessionKey>\n<sessionPassword>p</sessionPassword><x><y>z</y></x>"
    )
    assert READER.requests(asked) == (
        Request({"siteName": "s", "webExID": "me"}, {"sessionKey": "1", "sessionPassword": "p"}),
    )


@pytest.mark.parametrize(
    ("header", "security"),
    [
        ("", None),
        ("<securityContext/>", {}),
        (
            "<securityContext><a>1</a></securityContext><securityContext><a>2</a></securityContext>",
            {"a": "1"},
        ),
    ],
)
def test_no_security_context_is_another_thing_than_an_empty_one(
    header: str, security: dict[str, str] | None
) -> None:
    assert READER.requests(requests(asking(""), header=header)) == (Request(security, {}),)


def test_each_body_is_a_request_of_its_own_or_of_another_operation() -> None:
    asked = requests(
        asking("<a>1</a>"), asking("<a>2</a>", "java:other"), asking("<a>3</a>", "ep:getSessionInfo")
    )
    security = {"webExID": "x"}
    assert READER.requests(asked) == (Request(security, {"a": "1"}), None, Request(security, {"a": "3"}))


@pytest.mark.parametrize(
    ("asked", "reason", "foreign"),
    [
        (requests(asking("", "java:other")), Reason.OTHER_OPERATION, True),
        (requests(), Reason.NOT_A_MESSAGE, False),
    ],
)
def test_a_message_that_asks_for_nothing_of_this_operation_is_refused(
    asked: bytes, reason: Reason, *, foreign: bool
) -> None:
    with pytest.raises(UncheckedError) as caught:
        READER.requests(asked)
    assert (caught.value.reason, caught.value.foreign) == (reason, foreign)
    assert caught.value.detail == "it asks for no GetSessionInfo"


FIRST, SECOND, THIRD = (Request(None, {"sessionKey": key}) for key in ("1", "2", "3"))

ANSWERED: dict[str, tuple[tuple[Request | None, ...], int, int, str | None, Request | None]] = {
    "as many requests as bodies: the one at its place": ((FIRST, SECOND), 1, 2, "1", SECOND),
    "as many, and that one is of another operation": ((FIRST, None), 1, 2, "1", None),
    "a single request is that of every body": ((FIRST,), 1, 3, "2", FIRST),
    "another number: the one for its session": ((FIRST, None, SECOND), 0, 2, "2", SECOND),
    "another number, and none for its session": ((FIRST, None, SECOND), 0, 2, "3", None),
    "another number, and two for its session": ((FIRST, FIRST, SECOND), 0, 2, "1", None),
    "another number, and its session is not known": ((FIRST, Request(None, {}), THIRD), 0, 2, None, None),
    "another number, and its session has no name": (
        (FIRST, Request(None, {"sessionKey": ""}), THIRD),
        0,
        2,
        "",
        None,
    ),
    "no request at all": ((), 0, 2, "1", None),
}


@pytest.mark.parametrize("case", ANSWERED)
def test_a_body_answers_the_request_at_its_place_or_else_the_one_for_its_session(case: str) -> None:
    asked, index, bodies, session, answered = ANSWERED[case]
    assert request_for(asked, index, bodies, session, "sessionKey") is answered


def test_without_a_name_for_the_session_nothing_says_which_request_is_answered() -> None:
    assert request_for((FIRST, SECOND, THIRD), 0, 2, "1", None) is None


@pytest.mark.parametrize(
    ("response", "answer"),
    [
        (message(body("<ep:status>x</ep:status>")), True),
        (message(body("", "ep:other")), False),
        (message(body("", "serv:getSessionInfoResponse")), True),  # it means to be one
        (message("<serv:bodyContent/>"), True),  # nothing says that it is somebody else's
        (message(body("", TYPE)), False),
        (message(body(""), header=failure()), False),
        (message(header=failure()), False),
    ],
)
def test_an_answer_is_a_success_that_is_of_this_operation_or_means_to_be(
    response: bytes, *, answer: bool
) -> None:
    (one,) = READER.bodies(response)
    assert is_answer(one) == answer
