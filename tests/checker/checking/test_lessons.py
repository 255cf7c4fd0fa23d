"""What a response teaches is right of the next one: small documents, each learnt from nothing, both ways alike."""

from __future__ import annotations

from itertools import product

import pytest

from support.messages import EP, SERV, SUCCESS, XSI, body, elements, message, request
from support.two_ways import SHOWN, TwoWays
from whosees.checker.checking.checker import Skipped
from whosees.engine.judge import Policy
from whosees.engine.result import ResponseResult

POLICIES = (Policy(), Policy(strict=True))
TOLD = "<ep:metaData><ep:serviceType>{}</ep:serviceType></ep:metaData>"
PARTS = {
    "rows with texts": "<ep:status>x</ep:status><ep:isLocked>x</ep:isLocked>",
    "rows without texts": "<ep:status/><ep:isLocked></ep:isLocked><ep:confID/><ep:sessionkey></ep:sessionkey>",
    "rows with and without texts": "<ep:status/><ep:isLocked>x</ep:isLocked><ep:confID/>",
    "a container": "<ep:host><ep:firstName>x</ep:firstName>\n<ep:lastName/><ep:email/></ep:host>",
    "a container with nothing in it": "<ep:host/><ep:schedule></ep:schedule>",
    "a container in a container": "<ep:telephony>\n<ep:telephonySupport/>\n<ep:callInNum>\n<ep:backupTollNum/></ep:callInNum></ep:telephony>",
    "a container twice": "<ep:schedule>\n<ep:duration/></ep:schedule>\n<ep:schedule><ep:startDate>x</ep:startDate></ep:schedule>",
    "rows after a container": "<ep:accessControl>\n<ep:listStatus/></ep:accessControl><ep:status/>\n<ep:confID/>",
    "evidence twice": TOLD.format("TrainingCenter") + "<ep:isAudioOnly/>",
    "an unlisted element": "\n<ep:hostKey>x</ep:hostKey>",
    "an unlisted element without text": "<ep:hostKey/>\n<ep:isCreator></ep:isCreator>",
    "an unlisted element twice": "<ep:hostKey>x</ep:hostKey>\n<ep:hostKey>x</ep:hostKey>",
    "an unlisted element with others in it": "<ep:made>\n<ep:up>x</ep:up>\n<ep:down/>\n</ep:made>",
    "an unlisted element with others in those": "<ep:made>\n<ep:up><ep:over>\n<ep:status>x</ep:status></ep:over></ep:up>\n<ep:up/></ep:made>",
    "an unlisted element with space in it": "<ep:made>\n</ep:made>",
    "unlisted elements in a container": "<ep:telephony>\n<ep:voip>x</ep:voip><ep:made>\n<ep:up/></ep:made></ep:telephony>",
    "a row in an unlisted element": "<ep:telephony><ep:labels>\n<ep:participantLimitedAccessLabel>x</ep:participantLimitedAccessLabel></ep:labels></ep:telephony>",
    "an unlisted element in a row": "<ep:status>\n<ep:made/></ep:status>",
    "a near miss": "<ep:Status>x</ep:Status><ep:hots>\n<ep:firstName/></ep:hots>",
    "another vocabulary": '<o:status xmlns:o="urn:o">x</o:status>\n<o:made xmlns:o="urn:o"><ep:status/></o:made>',
    "no vocabulary": "<status>x</status><made>\n<status/></made>",
    "another vocabulary in single quotes": "<o:status a='1' xmlns:o='urn:o'>x</o:status>",
    "another vocabulary of the same prefix": '<ep:status xmlns:ep="urn:o">x</ep:status>',
    "its vocabulary by default": f'<host xmlns="{EP}"><firstName>x</firstName></host>',
    "its vocabulary by default and an attribute": f'<host xmlns="{EP}" a="urn:o"><firstName>x</firstName></host>',
    "its vocabulary by another prefix": f'<p:host xmlns:p="{EP}"><p:firstName>x</p:firstName></p:host>',
    "a vocabulary of its own declared by default": '<host xmlns="urn:o"><firstName>x</firstName></host>',
    "attributes": "<ep:status a='1' b=\"2\">x</ep:status>\n<ep:made c='3'>\n<ep:up d='4'/></ep:made>",
    "a tag over lines": "<ep:hostKey\na='1'\n>x</ep:hostKey>\n<ep:made\n><ep:up\n/></ep:made>",
    "an identity": "<ep:made xml:id='a'>x</ep:made>",
    "a language": "<ep:made xml:lang='en'>\n<ep:up/></ep:made>",
    "a spelling": "<ep:sessionKey>x</ep:sessionKey>",
}
ENDS = ("", "\n", "\r\n")


def document(service: str, *parts: str, end: str = "\n", header: str = SUCCESS) -> bytes:
    return message(
        body(end.join([TOLD.format(service), *(PARTS[part].replace("\n", end) for part in parts)])),
        header=header,
    )


def judged(result: ResponseResult | Skipped) -> ResponseResult:
    assert isinstance(result, ResponseResult)
    return result


@pytest.mark.parametrize("part", PARTS)
def test_a_part_is_judged_alike_wherever_it_stands(part: str) -> None:
    """First each document is learnt, then the parts of it stand in others that nobody has parsed."""
    both = [TwoWays(policy) for policy in POLICIES]
    others = [other for other in PARTS if other != part]
    for end, ways in product(ENDS, both):
        for other in ("rows with texts", "an unlisted element", *others[::5]):
            for parts in ((part,), (part, other), (other, part), (part, other, part)):
                ways.agree(document("MeetingCenter", *parts, end=end))
                ways.agree(document("TrainingCenter", *parts[::-1], end=end))


@pytest.mark.parametrize("service", SHOWN)
def test_what_is_left_out_is_missed_alike(service: str) -> None:
    ways, told = TwoWays(), {"metaData/serviceType": service}
    shown = SHOWN[service]
    ways.agree(message(body(elements(shown, told))))
    for path in shown:
        ways.agree(message(body(elements([other for other in shown if not other.startswith(path)], told))))


HEADER = "<serv:header>\n<serv:response>{}</serv:response></serv:header>"
RESULT = "<serv:result>{t}</serv:result>"
ENVELOPES = {
    "a result": (HEADER.format(RESULT), ""),
    "no header": ("", ""),
    "an empty header": ("<serv:header/>\n", ""),
    "a result among other texts": (
        HEADER.format("<serv:reason>{u}</serv:reason>" + RESULT + "\n<serv:gsbStatus>{u}</serv:gsbStatus>"),
        "",
    ),
    "two results": (HEADER.format(RESULT) + HEADER.format(RESULT.replace("{t}", "{u}")), ""),
    "two results in one": (HEADER.format("<serv:result>{u}</serv:result>" + RESULT), ""),
    "a result after the body": ("", HEADER.format(RESULT)),
    "an element with a text after the body": (HEADER.format(RESULT), "<serv:more>{u}</serv:more>"),
    "a header with a text after the body": (
        HEADER.format(RESULT),
        "<serv:header><serv:a>{u}</serv:a></serv:header>",
    ),
    "a result without a namespace": ("<header><response><result>{t}</result></response></header>", ""),
    "a result in another namespace": (
        '<o:header xmlns:o="urn:o"><o:response><o:result>{t}</o:result></o:response></o:header>',
        "",
    ),
    "a result that stands deeper": (HEADER.format("<serv:in>" + RESULT + "</serv:in>"), ""),
    "a result that stands higher": ("<serv:header>" + RESULT + "</serv:header>", ""),
    "an element with others and a text": ("<serv:header><serv:a><serv:b/>{u}</serv:a></serv:header>", ""),
    "a body in a header": (
        "<serv:header><serv:body><serv:bodyContent>{u}</serv:bodyContent></serv:body></serv:header>",
        "",
    ),
    "another body before": (
        '<serv:body><serv:bodyContent xsi:type="{k}"><ep:status>{u}</ep:status></serv:bodyContent></serv:body>',
        "",
    ),
    "another body after": (
        "",
        '\n<serv:body><serv:bodyContent xsi:type="{k}"><ep:status>{u}</ep:status></serv:bodyContent></serv:body>',
    ),
}
TEXTS = ("SUCCESS", "FAILURE", "Failure ", "x", "", "failure")
DECLARED = (
    *("", "<?xml version='1.0'?>\n", "\n"),
    *(f"<?xml version='1.0' encoding='{encoding}'?>\n" for encoding in ("US-ASCII", "windows-1252")),
)


def enveloped(
    envelope: str, text: str, other: str, part: str = "rows with texts", declared: str = ""
) -> bytes:
    before, after = ENVELOPES[envelope]
    told = {"t": text, "u": other, "k": "ep:getSessionInfoResponse"}
    return (
        f'{declared}<serv:message xmlns:serv="{SERV}" xmlns:ep="{EP}" xmlns:xsi="{XSI}">\n{before.format(**told)}\n'
        f"<serv:body>{body(TOLD.format('MeetingCenter') + PARTS[part])}</serv:body>{after.format(**told)}</serv:message>"
    ).encode()


@pytest.mark.parametrize("envelope", ENVELOPES)
def test_what_is_around_a_body_counts_alike(envelope: str) -> None:
    """Whether the call failed is said there, in texts that change from one message to the next."""
    for declared, part in product(DECLARED, ("rows with texts", "a tag over lines")):
        ways = TwoWays()
        for text, other in product(TEXTS, TEXTS[:3]):
            ways.agree(enveloped(envelope, text, other, part, declared))


@pytest.mark.parametrize("first", list(ENVELOPES)[::3])
def test_one_envelope_teaches_nothing_of_another(first: str) -> None:
    ways = TwoWays()
    for envelope in (first, *ENVELOPES, *reversed(ENVELOPES)):
        for text, other in product(TEXTS[:2], TEXTS[:2]):
            ways.agree(enveloped(envelope, text, other))


TYPES = ("ep:getSessionInfoResponse", "ep:other", "serv:getSessionInfoResponse", "getSessionInfoResponse", "")


def test_a_message_of_another_kind_teaches_nothing_of_this_one() -> None:
    for order in (TYPES, TYPES[::-1]):
        ways = TwoWays()
        for _ in range(2):
            for kind in order:
                ways.agree(message(body(TOLD.format("MeetingCenter") + PARTS["rows with texts"], kind)))


TELLING = {
    "beside an element that is evidence and empty": "<ep:serviceType/>{}",
    "beside an element that is evidence and ends": "<ep:serviceType></ep:serviceType>{}",
    "before an element that is evidence": "{}<ep:serviceType/>",
    "in what is in evidence": "<ep:serviceType><ep:a>{}</ep:a></ep:serviceType>",
    "in evidence that holds an element": "<ep:serviceType><ep:a/>{}</ep:serviceType>",
}


@pytest.mark.parametrize("place", TELLING)
def test_a_text_is_evidence_only_where_it_is_all_that_its_element_holds(place: str) -> None:
    ways = TwoWays()
    for service in ("MeetingCenter", "TrainingCenter", "x", "MeetingCenter"):
        told = f"<ep:metaData>{TELLING[place].format(service)}</ep:metaData>"
        for parts in (told, told + PARTS["rows with texts"], PARTS["rows with texts"] + told):
            ways.agree(message(body(parts)))


EMPTY = ("<ep:isAudioOnly/>", "<ep:isAudioOnly></ep:isAudioOnly>")


@pytest.mark.parametrize("text", ["", "{}"])
@pytest.mark.parametrize("empty", EMPTY)
def test_evidence_that_is_empty_tells_nothing_whatever_stands_around_it(empty: str, text: str) -> None:
    """Without a header, what it is told by is the second text of the document, or stands right beside it; nothing is leaked."""
    ways = TwoWays()
    told = TOLD.format("MeetingCenter") + "<ep:isLocked>{}</ep:isLocked>"
    services = []
    for said, part in product(("x", "true", "x"), ("<ep:isAudioOnly>{}</ep:isAudioOnly>", empty + text)):
        (result,) = ways.agree(message(body(told.format(said) + part.format(said)), header=""))
        services.append(judged(result).resolved.context["service"])
    assert services == ["MC", "MC", "AO", "MC", "MC", "MC"]


@pytest.mark.parametrize(
    "part", ["a container in a container", "rows with texts", "an unlisted element with others in those"]
)
def test_a_document_that_breaks_off_is_refused_wherever_it_does(part: str) -> None:
    ways = TwoWays()
    whole = document("MeetingCenter", part, "a container", "rows with texts", part)
    ways.agree(whole)
    for end in range(len(whole)):
        (result,) = ways.agree(whole[:end])
        assert getattr(result, "reason", None) == "not-xml"


def mixed(root: str, top: str, bottom: str, end: str) -> bytes:
    return (
        f'<{root}message xmlns:{root.strip(":")}="{SERV}" xmlns:ep="{EP}" xmlns:xsi="{XSI}">{top}<bodyContent '
        f'xsi:type="ep:getSessionInfoResponse">{TOLD.format("MeetingCenter")}</bodyContent>{bottom}</{end}message>'
    ).encode()


TOP = "<header><response><result>SUCCESS</result></response></header>"
MIXED = {
    "the root": [
        mixed(a, TOP + "<body>", "</body>", b) for a, b in (("s:", "s:"), ("t:", "t:"), ("s:", "t:"))
    ],
    "the body": [
        mixed("s:", f"{TOP}<{a}body>", f"</{b}body>", "s:") for a, b in (("", ""), ("s:", "s:"), ("s:", ""))
    ],
    "an element before the body": [
        mixed("s:", f"{TOP}<{a}><c>x</c><c>y</c></{b}><body>", "</body>", "s:")
        for a, b in (("a", "a"), ("b", "b"), ("b", "a"))
    ],
    "an element after the body": [
        mixed("s:", f"{TOP}<body>", f"</body><{a}><c>x</c><c>y</c></{b}>", "s:")
        for a, b in (("a", "a"), ("b", "b"), ("b", "a"))
    ],
}


@pytest.mark.parametrize("element", MIXED)
def test_a_start_from_one_envelope_and_an_end_from_another_are_no_document(element: str) -> None:
    one, other, neither = MIXED[element]
    for known in ((one, other), (other, one)):
        ways = TwoWays()
        for content in known:
            (result,) = ways.agree(content)
            assert getattr(result, "judged", False)
        (result,) = ways.agree(neither)
        assert getattr(result, "reason", None) == "not-xml"


def test_a_request_is_compared_in_the_encoding_that_it_declares() -> None:
    """What is `é` in UTF-8 is `Ã©` in ISO-8859-1."""
    ways, roles = TwoWays(), []
    for encoding, said in product(("UTF-8", "ISO-8859-1") * 2, ("ee", "éé", "eé")):
        asked = request(f"<email>{said[0]}</email><webExID>other</webExID><password>p</password>")
        told = {"metaData/serviceType": "MeetingCenter", "host/email": said[1]}
        declared = f"<?xml version='1.0' encoding='{encoding}'?>".encode()
        (result,) = ways.agree(message(body(elements(SHOWN["MC"], told))), declared + asked)
        roles.append(judged(result).resolved.context["role"])
    assert roles == ["host", "host", "unknown", "host", "unknown", "unknown"] * 2


def test_a_session_whose_key_differs_in_letter_case_is_another_one_both_ways() -> None:
    ways, found = TwoWays(), []
    for key in ("abc", "ABC", "abc", "aBC"):
        answer = message(
            body(
                elements(
                    ["sessionkey", *SHOWN["MC"]], {"metaData/serviceType": "MeetingCenter", "sessionkey": key}
                )
            )
        )
        (result,) = ways.agree(answer, request(content="<sessionKey>abc</sessionKey>"))
        found.append(any(finding.rule == "pair-mismatch" for finding in getattr(result, "findings", ())))
    assert found == [False, True, False, True]


@pytest.mark.parametrize(
    ("asked", "path", "roles"),
    [
        ("webExID", "host/webExId", ["host", "unknown", "unknown", "host"]),
        ("email", "host/email", ["host", "host", "unknown", "host"]),  # of these letter case does not count
    ],
)
def test_who_asks_is_compared_alike(asked: str, path: str, roles: list[str]) -> None:
    ways, found = TwoWays(), []
    for name in ("Me", "ME", "you", "Me"):
        told = {"metaData/serviceType": "MeetingCenter", path: name}
        (result,) = ways.agree(
            message(body(elements(SHOWN["MC"], told))),
            request(f"<{asked}>Me</{asked}><webExID>other</webExID><password>p</password>"),
        )
        resolved = getattr(result, "settled", None)
        found.append(resolved is not None and resolved.context["role"])
    assert found == roles
