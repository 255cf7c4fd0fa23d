"""Messages that are read by name, and those that are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.judging import ALWAYS_MC, broken, check, check_one
from support.messages import EP, SERV, SUCCESS, body, elements, failure, message, response
from whosees.checker.core.errors import UncheckedError
from whosees.checker.core.limits import Limits
from whosees.checker.messages.xml.parser import parse
from whosees.engine.policy import Policy

MC = response("MC", ALWAYS_MC)

ANONYMOUS = {"caller": "anonymous", "password": "not-supplied"}


def test_a_response_with_what_is_always_returned_conforms() -> None:
    assert broken(check_one(MC, facts=ANONYMOUS)) == []


VARIANTS = {
    "another prefix": MC.replace(b"ep:", b"q:").replace(b"xmlns:ep", b"xmlns:q"),
    "a default namespace": MC.replace(b"<ep:", b"<")
    .replace(b"</ep:", b"</")
    .replace(b'<serv:bodyContent xsi:type="ep:', f'<serv:bodyContent xmlns="{EP}" xsi:type="'.encode()),
    "a default namespace for the envelope": MC.replace(b"<serv:", b"<")
    .replace(b"</serv:", b"</")
    .replace(b"<message ", f'<message xmlns="{SERV}" '.encode(), 1),
    "an envelope without namespace below its root": MC.replace(b"serv:header", b"header")
    .replace(b"serv:response>", b"response>")
    .replace(b"serv:result", b"result")
    .replace(b"serv:body", b"body"),
    "ISO-8859-1": b'<?xml version="1.0" encoding="ISO-8859-1"?>' + MC.replace(b">x<", b">\xe9<"),
    "UTF-8 with a byte order mark": b"\xef\xbb\xbf" + MC,
    "UTF-16": MC.decode().encode("utf-16"),
    "comments": MC.replace(b"<ep:status>", b"<!-- a --><ep:status>").replace(
        b"</ep:host>", b"<!--<ep:x/>--></ep:host>"
    ),
    "processing instructions": MC.replace(b"<ep:status>", b"<?x y?><ep:status>"),
    "no white space": MC.replace(b"\n", b""),
    "no result": MC.replace(SUCCESS.encode(), b""),
    "a warning as result": MC.replace(b"SUCCESS", b"WARNING"),
    "printed spellings": MC.replace(b"sessionkey", b"sessionKey").replace(b"webExId", b"webExID"),
    "CRLF": MC.replace(b"\n", b"\r\n"),
    "empty elements": MC.replace(b">x<", b"><"),
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_how_it_is_written_does_not_matter(variant: str) -> None:
    """Names match by namespace and local name; any prefix."""
    assert broken(check_one(VARIANTS[variant], facts=ANONYMOUS), notes=True) == []


def test_elements_inside_comments_are_not_there() -> None:
    hidden = MC.replace(b"<ep:status>x</ep:status>", b"<!--<ep:status>x</ep:status>-->")
    leaking = hidden.replace(b"<ep:host>", b"<!--<ep:telephony/>--><ep:host>")
    assert broken(check_one(leaking, facts=ANONYMOUS)) == [("missing", "status")]


NAMESPACES = {
    "none": ("<status>x</status>", False),
    "the envelope's": ("<serv:status>x</serv:status>", False),
    "a stranger's": ('<x:status xmlns:x="urn:x">x</x:status>', False),
    "its own, declared there": (f'<q:status xmlns:q="{EP}">x</q:status>', True),
}


@pytest.mark.parametrize("case", NAMESPACES)
def test_a_name_in_another_namespace_is_another_element(case: str) -> None:
    element, same = NAMESPACES[case]
    result = check_one(MC.replace(b"<ep:status>x</ep:status>", element.encode()), facts=ANONYMOUS)
    assert broken(result) == ([] if same else [("missing", "status"), ("near-miss", "status")])


def test_children_of_call_in_num_are_known_in_the_services_namespace() -> None:
    content = elements([*ALWAYS_MC, "telephony/callInNum"], {"metaData/serviceType": "MeetingCenter"})
    content = content.replace(
        "<ep:callInNum>x</ep:callInNum>", "<ep:callInNum><serv:tollNum>1</serv:tollNum></ep:callInNum>"
    )
    result = check_one(message(body(content)))
    unlisted = [found for found in broken(result, notes=True) if found[0] != "undecided"]
    assert unlisted == [("unlisted", "telephony/callInNum/tollNum")]


UNREADABLE = {
    "empty": (b"", "not-xml", "it is empty"),
    "blank": (b" \n ", "not-xml", "it is empty"),
    "text": (b"hello", "not-xml", "at line 1, column 1: no XML begins there"),
    "JSON": (b'{"a": 1}', "not-xml", "at line 1, column 1: no XML begins there"),
    "truncated": (MC[: len(MC) // 2], "not-xml", "it ends before its elements do: is it cut off?"),
    "tags that do not match": (
        MC.replace(b"</ep:status>", b"</ep:stat>"),
        "not-xml",
        "an end tag does not match its start tag",
    ),
    "an encoding that it has not": (
        MC.replace(b">x<", b">\xe9<", 1),
        "not-xml",
        "bytes that its encoding does not have",
    ),
    "an encoding that nobody has": (
        b'<?xml version="1.0" encoding="x-y"?>' + MC,
        "not-xml",
        "an encoding that is not read",
    ),
    "a NUL": (MC.replace(b">x<", b">\0<", 1), "not-xml", "a character that XML does not allow"),
    "an entity": (MC.replace(b">x<", b">&x;<", 1), "not-xml", "an entity that nothing declares"),
    "an undeclared prefix": (
        MC.replace(b"<ep:status>", b"<z:status/><ep:status>"),
        "not-xml",
        "a prefix that no namespace is declared for",
    ),
    "an attribute twice": (
        MC.replace(b"<ep:status>", b'<ep:status a="" a="">'),
        "not-xml",
        "an attribute that is given twice",
    ),
    "more after the end": (MC + b"<x/>", "not-xml", "content after the end of the document"),
    "a DTD": (b"<!DOCTYPE x>" + MC, "unsafe-xml", "it declares a document type; remove the DOCTYPE"),
    "an external DTD": (
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd">' + MC,
        "unsafe-xml",
        "it declares a document type",
    ),
    "an internal entity": (
        b'<!DOCTYPE x [<!ENTITY e "v">]>' + MC.replace(b">x<", b">&e;<"),
        "unsafe-xml",
        "it declares a document type",
    ),
    "entities that multiply": (
        b"<!DOCTYPE x [<!ENTITY a0 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'>"
        + b"".join(b"<!ENTITY a%d '%s'>" % (n, b"&a%d;" % (n - 1) * 30) for n in range(1, 9))
        + b"]>"
        + MC.replace(b"<ep:status>", b'<ep:status a="&a8;">'),
        "unsafe-xml",
        "it declares a document type",
    ),
    "a broken DTD": (b"<!-- x --><!DOCTYPE x [<!ENTITY ", "unsafe-xml", "it declares a document type"),
    "a DTD in UTF-16": (
        ("<!DOCTYPE x [" + MC.decode()).encode("utf-16"),
        "unsafe-xml",
        "it declares a document type",
    ),
    "a doctype in a comment only": (b"<!-- <!DOCTYPE x> --><x>", "not-xml", "it ends before its elements do"),
    "10,000 levels": (
        b"<a>" * 10_000 + b"</a>" * 10_000,
        "too-large",
        "nested too deeply, or a name or text too long",
    ),
    "220 levels": (
        message(body("<ep:a>" * 220 + "</ep:a>" * 220)),
        "too-large",
        "more than 200 levels of elements",
    ),
    "50 MB": (
        b"<a>" + b" " * 50_000_000 + b"</a>",
        "too-large",
        "larger than 16,777,216 bytes; --max-size allows more",
    ),
    "many elements": (message(body("<ep:a/>" * 200_001)), "too-large", "more than 200,000 elements"),
    "another document": (b"<project/>", "not-a-message", f"its root is `project`, not `message` of {SERV}"),
    "a message of somebody else": (
        b'<message xmlns="urn:x"/>',
        "not-a-message",
        f"its root is `message` in another namespace, not `message` of {SERV}",
    ),
    "a root of strange name": (
        "<é/>".encode(),
        "not-a-message",
        f"its root is something else, not `message` of {SERV}",
    ),
    "an empty message": (
        f'<m:message xmlns:m="{SERV}"/>'.encode(),
        "not-a-message",
        "the message has no bodyContent and no result",
    ),
    "no bodyContent": (
        message(),
        "not-a-message",
        "the message has no bodyContent, though the call succeeded",
    ),
    "no xsi:type": (
        message("<serv:bodyContent><ep:status/></serv:bodyContent>"),
        "not-a-message",
        f"its bodyContent has no xsi:type, so nothing says that it is `getSessionInfoResponse` of {EP}",
    ),
    "another operation": (
        message(body("", "ep:lstsummarySessionResponse")),
        "other-operation",
        f"its bodyContent is `lstsummarySessionResponse`, not `getSessionInfoResponse` of {EP}",
    ),
    "its name in another namespace": (
        message(body("", "serv:getSessionInfoResponse")),
        "other-operation",
        f"its bodyContent is `getSessionInfoResponse` in another namespace, not `getSessionInfoResponse` of {EP}",
    ),
    "a type that is no name": (
        message(body("", "ep:a b")),
        "other-operation",
        f"its bodyContent is something else, not `getSessionInfoResponse` of {EP}",
    ),
    "a request": (
        message(body("", "java:com.webex.service.binding.ep.GetSessionInfo")),
        "other-operation",
        "it is a request, not a response; name it with --request, or NAME.request.xml beside NAME.response.xml",
    ),
    "a FAILURE": (
        message("<serv:bodyContent/>", header=failure("000015")),
        "failure-response",
        "the service answered FAILURE, exceptionID 000015 (no record found)",
    ),
    "a FAILURE without body": (
        message(header=failure("999999")),
        "failure-response",
        "the service answered FAILURE, exceptionID 999999",
    ),
    "a FAILURE with a strange exceptionID": (
        message(header=failure("SECRET")),
        "failure-response",
        "the service answered FAILURE",
    ),
    "a FAILURE that shows something": (
        message(body("<ep:hostKey>1</ep:hostKey>"), header=failure()),
        "failure-response",
        "the service answered FAILURE, exceptionID 060001 (corresponding meeting not found); its body is not empty",
    ),
    "results that fit no body": (
        message(body(""), body(""), header=SUCCESS * 3),
        "not-a-message",
        "it has 3 results and 2 bodyContents: which belongs to which is not known",
    ),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_what_cannot_be_judged_has_a_reason_and_says_what_to_do(case: str) -> None:
    content, reason, detail = UNREADABLE[case]
    result = check_one(content)
    assert (result.outcome, result.reason) == ("unchecked", reason)
    assert detail in (result.detail or "")
    assert not any(text in (result.detail or "") for text in ("SECRET", "xmlParse", "0xE9"))


def test_each_body_has_a_result_of_its_own() -> None:
    good, bad = (MC.split(b"<serv:body>")[1].split(b"</serv:body>")[0].decode(), body("", "ep:other"))
    results = check(message(good, bad, good), facts=ANONYMOUS)
    assert [(r.index, r.outcome) for r in results] == [(0, "conformant"), (1, "unchecked"), (2, "conformant")]
    header = SUCCESS + failure() + SUCCESS
    results = check(message(good, "<serv:bodyContent/>", good, header=header), facts=ANONYMOUS)
    assert [(r.outcome, r.reason) for r in results] == [
        ("conformant", None),
        ("unchecked", "failure-response"),
        ("conformant", None),
    ]
    results = check(message(good, good, header=header), facts=ANONYMOUS)
    assert [r.outcome for r in results] == ["conformant", "unchecked", "conformant"]


def test_empty_elements_count_as_returned_unless_said_otherwise() -> None:
    hollow = MC.replace(b"<ep:status>x</ep:status>", b"<ep:status> <!-- x --> </ep:status>")
    assert broken(check_one(hollow, facts=ANONYMOUS)) == []
    policy = Policy(empty_is_absent=True)
    assert broken(check_one(hollow, policy=policy, facts=ANONYMOUS)) == [("missing", "status")]
    mixed = MC.replace(b"<ep:status>x</ep:status>", b"<ep:status><ep:odd/>text</ep:status>")
    assert ("missing", "status") not in broken(check_one(mixed, policy=policy, facts=ANONYMOUS))


def test_lines_are_counted_beyond_what_fits_in_two_bytes() -> None:
    far = MC.replace(b"<ep:status>", b"\n" * 70_000 + b"<ep:telephony/><ep:status>")
    (leak,) = (f for f in check_one(far, facts=ANONYMOUS).findings if f.rule == "leaked")
    assert leak.lines == (70_003,)


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_but_a_refusal(content: bytes) -> None:
    try:
        parse(content, Limits())
    except UncheckedError as refusal:
        assert refusal.detail  # noqa: PT017 - a refusal is one of two right answers
