"""Reading of one body: names, places, lines, bounds, and the texts that are noted."""

from __future__ import annotations

from typing import cast

import pytest

from support.judging import RULEBOOK
from support.messages import EP, SERV, SUCCESS, body, failure, message
from whosees.checker.core.errors import UncheckedError
from whosees.checker.core.limits import Limits
from whosees.checker.messages.base import Payload
from whosees.checker.messages.xml.places import XmlPlace
from whosees.checker.messages.xml.reader import XmlReader


def read(content: str, limits: Limits | None = None) -> Payload:
    [one] = XmlReader(RULEBOOK, limits or Limits()).bodies(message(body(content)))
    return one.read()


def listed(payload: Payload) -> list[tuple[str, int]]:
    """Return the rows that are there, with the line of each element."""
    seen = payload.observation
    return sorted((path, line) for path in RULEBOOK.row_by_path for line in seen.lines(path))


def unlisted(payload: Payload) -> list[tuple[str, int, bool]]:
    """Return the elements in no row: path, line, and whether its name is of another vocabulary."""
    seen = payload.observation
    return [(place.path, seen.line(at), place.other_namespace) for place, at in seen.located_unlisted()]


def test_an_element_is_seen_with_its_line_and_its_vocabulary() -> None:
    """Unlisted names belong to the vocabulary in the namespace of the envelope too, if they are known from there."""
    payload = read(
        "<ep:status>x</ep:status>\n<ep:telephony>\n<ep:callInNum> <serv:tollNum/></ep:callInNum>\n"
        "<serv:callInNum>x</serv:callInNum><ep:voip><ep:b/>x</ep:voip></ep:telephony>\n"
        "<serv:status>\n</serv:status><serv:novel/><novel/><ep:novel></ep:novel>"
        '<tollNum xmlns="urn:x"/><hostKey xmlns="urn:x">x</hostKey>'
    )
    assert listed(payload) == [("status", 3), ("telephony", 4), ("telephony/callInNum", 5)]
    assert unlisted(payload) == [
        ("telephony/callInNum/tollNum", 5, False),
        ("telephony/callInNum", 6, True),
        ("telephony/voip", 6, False),
        ("telephony/voip/b", 6, False),
        ("status", 7, True),
        ("novel", 8, True),
        ("novel", 8, True),
        ("novel", 8, False),
        ("tollNum", 8, True),
        ("hostKey", 8, True),
    ]


def test_only_texts_that_are_evidence_are_kept() -> None:
    payload = read(
        "<ep:sessionKey> 42 </ep:sessionKey><ep:sessionkey>43</ep:sessionkey><serv:isAudioOnly>true</serv:isAudioOnly>"
        '<isAudioOnly xmlns="urn:x">true</isAudioOnly><ep:host><ep:email/><ep:firstName>x</ep:firstName></ep:host>'
    )
    assert payload.text("sessionkey") == "42"  # of the first of its name
    assert payload.text("host/email") == ""
    assert payload.text("host/firstName") is None


def test_a_variable_is_noted_with_each_line_that_it_stands_in() -> None:
    url = "<ep:globalCallInNumbersURL>{}</ep:globalCallInNumbersURL>\n"
    payload = read(
        "<ep:telephony>"
        + "".join(map(url.format, ("%TollNum%", "x", "%TollNum%%TollFreeNum%")))
        + "</ep:telephony>"
    )
    assert payload.variables == ("%TollNum%", "%TollFreeNum%")
    assert payload.variable_lines == (3, 5)


def test_a_reader_forgets_names_before_they_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """A forgotten structure is learnt anew, with the same results."""
    monkeypatch.setattr("whosees.checker.messages.xml.places.MAX_STEPS", 10)
    reader = XmlReader(RULEBOOK, Limits())
    kept: list[XmlPlace] = []
    for number in (
        each // 3 for each in range(150)
    ):  # what was met once is not remembered where room is short
        content = f"<ep:status/><ep:x{number}><ep:y{number}/></ep:x{number}><ep:test><ep:status/></ep:test>"
        [one] = reader.bodies(message(body(content)))
        payload = one.read()
        kept.append(cast("XmlPlace", payload.observation.unlisted[0]))
        assert listed(payload) == [("status", 3), ("test", 3), ("test/status", 3)]
        assert [path for path, _, _ in unlisted(payload)] == [f"x{number}", f"x{number}/y{number}"]
    # Who keeps a place, as judges do, keeps those above it alive and not all others.
    while above := {place.outer for place in kept if place.outer is not None}.difference(kept):
        kept += above
    assert len(kept) > 100
    led_to = [inner for place in kept for _, _, _, inner in place.steps.values()]
    assert len(set(led_to).difference(kept)) + sum(len(place.pieces) for place in kept) < 30


def test_what_is_remembered_of_a_name_is_of_its_place() -> None:
    """The same name stands for another row in another container, and is of another vocabulary in another namespace."""
    payload = read("<ep:status/>\n<ep:test><ep:status/></ep:test>\n" * 2 + "<serv:status/><ep:status/>")
    assert listed(payload) == [
        *(("status", 3), ("status", 5), ("status", 7)),
        *(("test", 4), ("test", 6), ("test/status", 4), ("test/status", 6)),
    ]
    assert unlisted(payload) == [("status", 7, True)]


def test_a_body_may_be_as_deep_as_the_limit_and_no_deeper() -> None:
    """The elements below bodyContent are the first level."""
    three = "<ep:a><ep:b><ep:c/></ep:b><ep:b><ep:c/></ep:b></ep:a><ep:a><ep:b/></ep:a>"
    assert len(unlisted(read(three, Limits(depth=3)))) == 7
    with pytest.raises(
        UncheckedError, match=r"^more than 2 levels of elements; --limit depth=N allows more$"
    ) as caught:
        read(three, Limits(depth=2))
    assert caught.value.reason == "too-large"


def test_a_message_may_have_as_many_elements_as_the_limit_and_no_more() -> None:
    """Those of the envelope are counted too: here message, header, response, result, body and bodyContent."""
    assert len(unlisted(read("<ep:a/>" * 1000, Limits(elements=1006)))) == 1000
    with pytest.raises(
        UncheckedError, match=r"^more than 1,005 elements; --limit elements=N allows more$"
    ) as caught:
        read("<ep:a/>" * 1000, Limits(elements=1005))
    assert caught.value.reason == "too-large"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-16-le", "iso-8859-1"])
def test_a_document_of_the_service_is_known_by_its_namespace_in_any_encoding(encoding: str) -> None:
    reader = XmlReader(RULEBOOK, Limits())
    assert reader.looks_like_message(f'<m:message xmlns:m="{SERV}"/>'.encode(encoding))
    assert not reader.looks_like_message('<message xmlns="urn:x"/>'.encode(encoding))


def test_a_body_that_is_not_there_cannot_be_read() -> None:
    [one] = XmlReader(RULEBOOK, Limits()).bodies(message(header=failure()))
    assert (one.index, one.answered, one.is_empty) == (0, False, True)
    with pytest.raises(UncheckedError) as caught:
        one.read()
    assert (caught.value.reason, caught.value.detail) == ("not-a-message", "the message has no bodyContent")


def test_two_bodies_are_told_apart() -> None:
    first, second = XmlReader(RULEBOOK, Limits()).bodies(message(body("<ep:status/>"), body("")))
    assert [(one.index, one.answered, one.is_empty) for one in (first, second)] == [
        (0, True, False),
        (1, True, True),
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


HOLLOW = {
    "nothing": ("", True),
    "white space": (" \n\u00a0&#32;", True),
    "an empty section": ("<![CDATA[]]>", True),
    "a section of white space": ("<![CDATA[ ]]>", True),
    "comments and instructions": ("<!-- x --><?p x?>", True),
    "elements that hold nothing": ("<ep:b> <ep:c/><!-- x --></ep:b>\n", True),
    "a text": ("x", False),
    "a text in a section": ("<![CDATA[x]]>", False),
    "a text after an element": ("<ep:b/>x", False),
    "a text after a comment": ("<!-- --> x", False),
    "an element that holds something": ("<ep:b><ep:c>0</ep:c></ep:b>", False),
}


@pytest.mark.parametrize("case", HOLLOW)
def test_what_holds_nothing_is_absent_if_empty_counts_as_absent(case: str) -> None:
    inside, is_absent = HOLLOW[case]
    content = message(body(f"<ep:status>{inside}</ep:status>\n<ep:status>x</ep:status>"))
    for empty_is_absent in (False, True):
        [one] = XmlReader(RULEBOOK, Limits(), empty_is_absent=empty_is_absent).bodies(content)
        lines = [3] if not (is_absent and empty_is_absent) else []
        last = 4 + inside.count("\n")
        assert one.read().observation.lines("status") == (*lines, last)


FAILED_BODIES = {
    "": True,
    " \n<!-- x -->": True,
    "x": False,
    "<![CDATA[x]]>": False,
    "<ep:novel/>": False,
    "<ep:status/>": False,
    "<!-- --><!-- -->x": False,
}


@pytest.mark.parametrize("inside", FAILED_BODIES)
def test_a_failure_is_clean_only_if_nothing_but_the_failure_is_in_it(inside: str) -> None:
    [one] = XmlReader(RULEBOOK, Limits()).bodies(message(body(inside), header=failure()))
    assert one.is_empty == FAILED_BODIES[inside]
