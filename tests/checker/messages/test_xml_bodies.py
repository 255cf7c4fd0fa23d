"""Reading of one body: names, places, lines, bounds, and the texts that are noted."""

from __future__ import annotations

import pytest

from support.judging import RULEBOOK
from support.messages import EP, SERV, SUCCESS, body, failure, message
from whosees.checker.core.errors import UncheckedError
from whosees.checker.core.limits import Limits
from whosees.checker.messages.base import Payload
from whosees.checker.messages.xml.observe import LONG, PLACES, PayloadReader
from whosees.checker.messages.xml.parser import parse
from whosees.checker.messages.xml.reader import XmlReader
from whosees.engine.observation import Node


def read(content: str, limits: Limits | None = None) -> Payload:
    [one] = XmlReader(RULEBOOK, limits or Limits()).bodies(message(body(content)))
    return one.read()


def nodes(node: Node, path: str = "") -> list[tuple[str, int, bool, bool]]:
    """Every element below one: path, line, whether it is of another vocabulary, whether it holds no text."""
    found = []
    for child in node.children:
        below = f"{path}/{child.name}".lstrip("/")
        found += [(below, child.line, child.foreign, child.blank), *nodes(child, below)]
    return found


def test_an_element_is_noted_with_its_line_its_vocabulary_and_whether_it_holds_text() -> None:
    """What is not listed is of the vocabulary in the namespace of the envelope too, where it is known from there."""
    payload = read(
        "<ep:status>x</ep:status>\n<ep:telephony>\n<ep:callInNum> <serv:tollNum/></ep:callInNum>\n"
        "<serv:callInNum>x</serv:callInNum><ep:voip><ep:b/>x</ep:voip></ep:telephony>\n"
        "<serv:status>\n</serv:status><serv:novel/><novel/><ep:novel></ep:novel>"
        '<tollNum xmlns="urn:x"/><hostKey xmlns="urn:x">x</hostKey>'
    )
    assert nodes(payload.observation) == [
        ("status", 3, False, False),
        ("telephony", 4, False, True),
        ("telephony/callInNum", 5, False, True),
        ("telephony/callInNum/tollNum", 5, False, True),
        ("telephony/callInNum", 6, True, False),
        ("telephony/voip", 6, False, False),
        ("telephony/voip/b", 6, False, True),
        ("status", 7, True, True),
        ("novel", 8, True, True),
        ("novel", 8, True, True),
        ("novel", 8, False, True),
        ("tollNum", 8, True, True),
        ("hostKey", 8, True, False),
    ]


def test_only_texts_that_are_evidence_are_kept_and_of_the_first_of_their_name() -> None:
    payload = read(
        "<ep:sessionKey> 42 </ep:sessionKey><ep:sessionkey>43</ep:sessionkey><serv:isAudioOnly>true</serv:isAudioOnly>"
        '<isAudioOnly xmlns="urn:x">true</isAudioOnly><ep:host><ep:email/><ep:firstName>x</ep:firstName></ep:host>'
    )
    assert payload.texts == {"sessionkey": "42", "isAudioOnly": "true", "host/email": ""}


def test_a_variable_is_noted_with_each_line_that_it_stands_in() -> None:
    url = "<ep:globalCallInNumbersURL>{}</ep:globalCallInNumbersURL>\n"
    payload = read(
        "<ep:telephony>"
        + "".join(map(url.format, ("%TollNum%", "x", "%TollNum%%TollFreeNum%")))
        + "</ep:telephony>"
    )
    assert payload.variables == ("%TollNum%", "%TollFreeNum%")
    assert payload.variable_lines == (3, 5)


def places(*names: str) -> int:
    """How many of these names a reader remembers where they stand."""
    reader = PayloadReader(RULEBOOK, Limits())
    content = "".join(f"<{name}/>" for name in names)
    reader.read(parse(f'<bodyContent xmlns="{EP}">{content}</bodyContent>'.encode(), Limits()))
    return sum(place is not None for place in reader._places.values())


def test_a_reader_remembers_names_where_they_stand_but_not_long_ones_and_not_too_many() -> None:
    assert places("status", "status", "hostKey") == 2
    assert [places("x" * length) for length in (LONG - 1, LONG, LONG + 1)] == [1, 0, 0]
    assert [places(*(f"x{number}" for number in range(many))) for many in (PLACES, PLACES + 5)] == [
        PLACES
    ] * 2


def test_what_is_remembered_of_a_name_is_of_its_place() -> None:
    """The same name stands for another row in another container, and is of another vocabulary in another namespace."""
    payload = read("<ep:status/><ep:test><ep:status/></ep:test>" * 2 + "<serv:status/><ep:status/>")
    assert [(path, foreign) for path, _, foreign, _ in nodes(payload.observation)] == [
        *(("status", False), ("test", False), ("test/status", False)) * 2,
        ("status", True),
        ("status", False),
    ]


def test_a_body_may_be_as_deep_as_the_limit_and_no_deeper() -> None:
    """The elements below bodyContent are the first level."""
    three = "<ep:a><ep:b><ep:c/></ep:b><ep:b><ep:c/></ep:b></ep:a><ep:a><ep:b/></ep:a>"
    assert len(nodes(read(three, Limits(depth=3)).observation)) == 7
    with pytest.raises(
        UncheckedError, match=r"^more than 2 levels of elements; --limit depth=N allows more$"
    ) as caught:
        read(three, Limits(depth=2))
    assert caught.value.reason == "too-large"


def test_a_message_may_have_as_many_elements_as_the_limit_and_no_more() -> None:
    """Those of the envelope are counted too: here message, header, response, result, body and bodyContent."""
    assert len(nodes(read("<ep:a/>" * 1000, Limits(elements=1006)).observation)) == 1000
    with pytest.raises(
        UncheckedError, match=r"^more than 1,005 elements; --limit elements=N allows more$"
    ) as caught:
        read("<ep:a/>" * 1000, Limits(elements=1005))
    assert caught.value.reason == "too-large"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-16-le", "utf-32", "iso-8859-1"]
)
def test_a_document_of_the_service_is_known_by_its_namespace_in_any_encoding(encoding: str) -> None:
    reader = XmlReader(RULEBOOK, Limits())
    assert reader.speaks(f'<m:message xmlns:m="{SERV}"/>'.encode(encoding))
    assert not reader.speaks('<message xmlns="urn:x"/>'.encode(encoding))


def test_a_body_that_is_not_there_cannot_be_read() -> None:
    [one] = XmlReader(RULEBOOK, Limits()).bodies(message(header=failure()))
    assert (one.index, one.answered, one.holds_elements) == (0, False, False)
    with pytest.raises(UncheckedError) as caught:
        one.read()
    assert (caught.value.reason, caught.value.detail) == ("not-a-message", "the message has no bodyContent")


def test_two_bodies_are_told_apart() -> None:
    first, second = XmlReader(RULEBOOK, Limits()).bodies(message(body("<ep:status/>"), body("")))
    assert [(one.index, one.answered, one.holds_elements) for one in (first, second)] == [
        (0, True, True),
        (1, True, False),
    ]


FAILED = failure("000015")


def test_a_result_is_that_of_its_body_and_a_failed_call_can_lack_one() -> None:
    reader = XmlReader(RULEBOOK, Limits())
    shown = body("<ep:status/>")

    def answered(*bodies: str, header: str) -> list[bool]:
        return [one.answered for one in reader.bodies(message(*bodies, header=header))]

    assert answered(shown, header=SUCCESS + FAILED) == [True, False]
    assert answered(shown, header=FAILED + SUCCESS) == [False, True]
    assert answered(shown, shown, header=FAILED + SUCCESS) == [False, True]
    assert answered(shown, shown, header=SUCCESS) == [True, True]
    assert answered(shown, shown, header=FAILED) == [False, False]
    assert answered(shown, shown, header="") == [True, True]
    assert answered(header=SUCCESS) == [False]
    with pytest.raises(UncheckedError) as caught:
        reader.bodies(message(shown, header=SUCCESS * 2))
    assert (caught.value.reason, caught.value.detail) == (
        "not-a-message",
        "it has 2 results and 1 bodyContents: which belongs to which is not known",
    )


def test_a_message_with_nothing_in_it_is_none() -> None:
    with pytest.raises(UncheckedError) as caught:
        XmlReader(RULEBOOK, Limits()).bodies(message(header=""))
    assert (caught.value.reason, caught.value.detail) == (
        "not-a-message",
        "the message has no bodyContent and no result",
    )


def test_a_result_that_is_not_given_is_no_failure() -> None:
    for header in ("<serv:response/>", "<serv:response><serv:result/></serv:response>"):
        [one] = XmlReader(RULEBOOK, Limits()).bodies(message(body(""), header=header))
        one.require_answer()


REQUESTED = (
    "it is a request, not a response; name it with --request, or NAME.request.xml beside NAME.response.xml"
)
ANSWERS = f"`getSessionInfoResponse` of {EP}"

NO_ANSWER: dict[str, tuple[bytes, str, str, bool]] = {
    "a failure": (
        message(header=FAILED),
        "failure-response",
        "the service answered FAILURE, exceptionID 000015 (no record found)",
        False,
    ),
    "a failure that says nothing": (
        message(header="<serv:response><serv:result>failure</serv:result></serv:response>"),
        "failure-response",
        "the service answered FAILURE",
        False,
    ),
    "a request": (message(body("", "ep:getSessionInfo")), "other-operation", REQUESTED, True),
    "another operation": (
        message(body("", "ep:getMeetingResponse")),
        "other-operation",
        f"its bodyContent is `getMeetingResponse`, not {ANSWERS}",
        True,
    ),
    "its name in another namespace": (
        message(body("", "serv:getSessionInfoResponse")),
        "other-operation",
        f"its bodyContent is `getSessionInfoResponse` in another namespace, not {ANSWERS}",
        False,
    ),
    "a type with a prefix that nothing declares": (
        message(body("", "no:getSessionInfoResponse")),
        "other-operation",
        f"its bodyContent is `getSessionInfoResponse` in another namespace, not {ANSWERS}",
        False,
    ),
    "no type": (
        message("<serv:bodyContent/>"),
        "not-a-message",
        f"its bodyContent has no xsi:type, so nothing says that it is {ANSWERS}",
        False,
    ),
    "nothing": (
        message(),
        "not-a-message",
        "the message has no bodyContent, though the call succeeded",
        False,
    ),
}


@pytest.mark.parametrize("case", NO_ANSWER)
def test_what_is_no_answer_says_what_it_is_and_whether_it_is_of_somebody_else(case: str) -> None:
    document, reason, detail, foreign = NO_ANSWER[case]
    [one] = XmlReader(RULEBOOK, Limits()).bodies(document)
    with pytest.raises(UncheckedError) as caught:
        one.require_answer()
    assert (caught.value.reason, caught.value.detail, caught.value.foreign) == (reason, detail, foreign)


def test_an_empty_section_of_text_is_no_text() -> None:
    payload = read("<ep:status><![CDATA[]]></ep:status><ep:isLocked><![CDATA[ ]]></ep:isLocked>")
    assert [(path, blank) for path, _, _, blank in nodes(payload.observation)] == [
        ("status", True),
        ("isLocked", True),
    ]
