"""Text between elements: it is in no element, so it is noted, and never passes in silence."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from support.judging import check_one
from support.messages import SUCCESS, body, elements, failure, message
from whosees.checker.checking.checker import Checker
from whosees.checker.checking.settings import Settings
from whosees.checker.recordings import Recording
from whosees.engine.finding import Severity
from whosees.engine.policy import Policy
from whosees.engine.result import ResponseResult
from whosees.rules import builtin_rulebook

ALWAYS = [row.path for row in builtin_rulebook().rows if row.cells["MC"] == "always"]
CONTENT = elements(ALWAYS, {"metaData/serviceType": "MeetingCenter"})
ANONYMOUS = {"caller": "anonymous", "password": "not-supplied"}
SECRET = "s3cret"

WRITTEN = {
    "plain": SECRET,
    "between line ends": f"\n  {SECRET}\n  ",
    "CDATA": f"<![CDATA[{SECRET}]]>",
    "a character reference": "&#x41;",
    "before a greater-than sign": f"{SECRET} > \n  ",
    "after a comment": f"<!-- a -->{SECRET}",
    "before a processing instruction": f"{SECRET}<?a b?>",
    "in parts": f"<!-- a --><![CDATA[ ]]>&#32;<?a?>{SECRET}",
    "what looks like markup": "<![CDATA[></ep:metaData>]]>",
}
BLANK = ["", " ", "\n\t", "&#x20;&#10;", "<!-- a > b -->", "<![CDATA[ \n]]>", "<?a b?>\n", "\u2003"]

PLACES: dict[str, tuple[str, Callable[[str], bytes]]] = {
    "the begin of the body": ("text()", lambda text: message(body(text + CONTENT))),
    "the end of the body": ("text()", lambda text: message(body(CONTENT + text))),
    "after an empty element": ("text()", lambda text: message(body(f"{CONTENT}<ep:x/>{text}"))),
    "a container": (
        "accessControl/text()",
        lambda text: message(body(CONTENT.replace("<ep:accessControl>", f"<ep:accessControl>{text}"))),
    ),
    "the end of a container": (
        "accessControl/text()",
        lambda text: message(body(CONTENT.replace("</ep:accessControl>", f"{text}</ep:accessControl>"))),
    ),
    "before the body": ("/message/body/text()", lambda text: message(text, body(CONTENT))),
    "after the body": ("/message/body/text()", lambda text: message(body(CONTENT), text)),
    "the header": ("/message/header/text()", lambda text: message(body(CONTENT), header=SUCCESS + text)),
    "the status": (
        "/message/header/response/text()",
        lambda text: message(
            body(CONTENT), header=SUCCESS.replace("</serv:response>", f"{text}</serv:response>")
        ),
    ),
}


def noted(result: ResponseResult) -> list[str | None]:
    return [found.path for found in result.findings if found.rule == "unlisted" and found.path != "x"]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("written", WRITTEN)
def test_text_between_elements_is_noted(place: str, written: str) -> None:
    """“Green is never silent: … everything in it was read, placed and decided, or the result says what was not.”"""
    path, planted = PLACES[place]
    result = check_one(planted(WRITTEN[written]), facts=ANONYMOUS)
    assert (result.outcome, noted(result)) == ("conformant", [path])
    [note] = [found for found in result.findings if found.path == path]
    assert note.message == (f"`{path}` is text between elements, in no row of Table 4-3; it is not judged")
    assert SECRET not in repr(result)
    strict = check_one(planted(WRITTEN[written]), facts=ANONYMOUS, policy=Policy(unlisted=Severity.ERROR))
    assert strict.outcome == "violating"


@pytest.mark.parametrize("place", PLACES)
def test_white_space_between_elements_is_free(place: str) -> None:
    _, planted = PLACES[place]
    for blank in BLANK:
        assert noted(check_one(planted(blank), facts=ANONYMOUS)) == []


@pytest.mark.parametrize("place", PLACES)
def test_what_is_remembered_of_a_document_says_nothing_of_such_texts(place: str) -> None:
    """Documents of one template differ in their texts alone, so that each is looked at."""
    path, planted = PLACES[place]
    checker = Checker(Settings())
    for text in ["\n ", "\n ", "\n ", SECRET, "  ", SECRET, "&#x20;", "&#x21;", "\n\n"] * 2:
        [result] = checker.check(Recording("it", planted(text)))
        assert isinstance(result, ResponseResult)
        assert noted(result) == ([path] if text in (SECRET, "&#x21;") else []), text


@pytest.mark.parametrize(
    "inside",
    [
        "<ep:status>a<ep:x/>b</ep:status>",
        "<ep:x>a<ep:x/>b</ep:x>",
        "<ep:test>a<ep:title/>b</ep:test>",
    ],
    ids=["a row without rows in it", "an element in no row", "a leak"],
)
def test_text_belongs_to_the_element_that_is_judged_or_noted_anyway(inside: str) -> None:
    result = check_one(message(body(CONTENT + inside)), facts=ANONYMOUS)
    assert not any("text()" in (found.path or "") for found in result.findings)


def test_a_container_with_text_alone_is_noted() -> None:
    result = check_one(message(body(f"{CONTENT}<ep:host>{SECRET}</ep:host>")))
    assert noted(result) == ["host/text()"]


def test_the_note_names_the_lines_of_the_tags_before_it() -> None:
    content = f"{CONTENT}\n<ep:x>\n</ep:x>\n{SECRET}\n<ep:x/>{SECRET}"
    result = check_one(message(body(content)), facts=ANONYMOUS)
    [note] = [found for found in result.findings if found.path == "text()"]
    first, second = note.lines
    lines = message(body(content)).decode().splitlines()
    assert (lines[first - 1], lines[second - 1]) == (
        "</ep:x>",
        f"<ep:x/>{SECRET}</serv:bodyContent></serv:body></serv:message>",
    )


@pytest.mark.parametrize("place", ["before the body", "after the body", "the header"])
def test_a_failure_with_such_a_text_is_not_clean(place: str) -> None:
    """“A FAILURE is clean only if nothing but the failure is in it.”"""
    _, planted = PLACES[place]
    refused = planted(SECRET).replace(SUCCESS.encode(), failure().encode())
    refused = refused.replace(body(CONTENT).encode(), body("").encode())
    result = check_one(refused, sidecar=b'outcome = "failure"')
    assert (result.outcome, result.reason) == ("unchecked", "failure-response")


def test_with_empty_as_absent_it_is_noted_too() -> None:
    policy = Policy(empty_is_absent=True)
    content = CONTENT.replace("<ep:accessControl>", f"<ep:accessControl><ep:x></ep:x>{SECRET}")
    assert noted(check_one(message(body(content)), facts=ANONYMOUS, policy=policy)) == [
        "accessControl/text()"
    ]
    content = content.replace(SECRET, "\n<![CDATA[ ]]>")
    assert noted(check_one(message(body(content)), facts=ANONYMOUS, policy=policy)) == []
