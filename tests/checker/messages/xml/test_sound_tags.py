"""Tags that are sound by themselves: a document with new ones is judged without the parser, and as the parser would have it."""

from __future__ import annotations

import pytest

from support.messages import body, message
from support.templates import judged, parsing_all
from support.xml_parsers import parsed
from whosees.checker.checking.checker import Checker
from whosees.checker.checking.settings import Settings
from whosees.checker.core.limits import Limits
from whosees.engine.result import ResponseResult

STATUS = "<ep:status>x</ep:status><ep:metaData><ep:serviceType>MeetingCenter</ep:serviceType></ep:metaData>"
KNOWN = message(body(STATUS + "<ep:host><ep:email>x</ep:email></ep:host><ep:test>x</ep:test>"))
PLACES = {
    "among elements": (b"<ep:test>", b"{}<ep:test>"),
    "in a container": (b"<ep:host>", b"<ep:host>{}"),
    "in an element": (b"<ep:test>x", b"<ep:test>{}"),
    "in the envelope": (b"</serv:response>", b"</serv:response>{}"),
    "at the end of the body": (b"</serv:bodyContent>", b"{}</serv:bodyContent>"),
    "before the root": (b"<serv:message", b"{}<serv:message"),
    "after the root": (b"</serv:message>", b"</serv:message>{}"),
}
PLAIN = [
    b"<ep:new>x</ep:new>",
    b"<ep:new/>",
    b"<new>x</new>",
    b"<serv:new><ep:more/></serv:new>",
    b"<ep:new>\n  <ep:more>x</ep:more>\r\n</ep:new>",
    b'<ep:new a="1" b-c=\'>"2"\'>x</ep:new>',
    '<ep:new a="Zoë">x</ep:new>'.encode(),
    b'<ep:agenda agenda="1">x</ep:agenda>',
    b"<!-- any --><ep:new>x</ep:new><![CDATA[]]>",
    b"<ep:hostKey>x</ep:hostKey><ep:hostKey>x</ep:hostKey>",
]
"""Tags that need no parser: names, attributes and white space as they are in most traffic."""
NAMES = [
    *(b"ep:new", b"new", b"q:new", b"xml:new", b"xmlns:new", b"xsi:new", b"ep::new", b":new", b"ep:", b"ep:a:b", b"ep:1", b"-a"),
    *("ep:né".encode(), b"ep:\xff", b"ep:a\x0b", b"ep:a\x01", b"ep:a&amp;"),
]  # fmt: skip
ATTRIBUTES = [
    *(b'a="1" a="2"', b'a="1"b="2"', b'xmlns="http://www.w3.org/XML/1998/namespace"', b"a=1", b"a", b'a="', b'a="<"', b'a="&"', b'a="&amp;"', b'a="&no;"', b'a="\x01"'),
    *(b'a="\xff"', b'a="\xef\xbf\xbe"', b'a="\n"', b'a = "1"', b'\x0ba="1"', b'1a="1"', b'q:a="1"', b'ep:a="1" ep:a="2"'),
    *(b'xml:id="i"', b'xml:lang="en"', b'xmlns:q="u"', b'xmlns="u"', b'xmlns:ep="u"', b'xsi:nil="true"', b'XML="1"'),
]  # fmt: skip
OTHERS = [
    *(b"<%s>x</%s>" % (name, name) for name in NAMES),
    *(b"<ep:new %s>x</ep:new>" % attribute for attribute in ATTRIBUTES),
    *(
        b"<ep:new>x</ep:new >",
        b"<ep:new >x</ep:new>",
        b"<ep:new>x</ep:wen>",
        b"<ep:new>x",
        b"</ep:new>",
        b"</ep:test>",
    ),
    *(
        b"<ep:new>&no;</ep:new>",
        b"<ep:new>\x0b<ep:a/></ep:new>",
        b"<ep:new>y<ep:a/></ep:new>",
        b"<ep:new/>y",
        b"<ep:new/ >",
    ),
    *(
        b"<!-- -- --><ep:new/>",
        b"<!--\x01--><ep:new/>",
        b"<?p x?><ep:new/>",
        b"<![CDATA[\x01]]>",
        b"<!x>",
        b"<ep:new/>]]>",
    ),
    *(b"<ep:a>" * depth + b"x" + b"</ep:a>" * depth for depth in (63, 64, 199, 200, 260)),
    b"<serv:message/>",
    KNOWN[: KNOWN.index(b">") + 1] + b"</serv:message>",
    b"<ep:%s/>" % (b"x" * 1_001),
    b"<ep:new xml:id='i'/>" * 2,
]
"""Tags that do, and among them many that no document can have."""


def put(place: str, tags: bytes) -> bytes:
    at, around = PLACES[place]
    assert KNOWN.count(at) == 1
    return KNOWN.replace(at, around.replace(b"{}", tags))


@pytest.mark.parametrize("tags", PLAIN)
def test_plain_tags_that_are_new_need_no_parser(tags: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    assert parsed([KNOWN, put("among elements", tags), put("in a container", tags)], monkeypatch) == 1


@pytest.mark.parametrize("place", PLACES)
def test_new_tags_are_judged_as_the_parser_reads_them(place: str) -> None:
    """A checker knows the rest, and then the tags too; what no document can have stays refused."""
    reasons = set()
    for tags in (*PLAIN, *OTHERS):
        checker = Checker(Settings())
        judged(checker, KNOWN)
        for content in (put(place, tags), put(place, tags + b"<ep:z/>" + tags), KNOWN):
            expected = judged(parsing_all(Checker(Settings())), content)
            assert judged(checker, content) == expected, content
            reasons |= {each.reason for each in expected if isinstance(each, ResponseResult)}
    assert reasons >= {"not-xml"}


@pytest.mark.parametrize("limits", [Limits(depth=70), Limits(depth=400), Limits(attributes=1, name=4)])
def test_limits_hold_for_new_tags(limits: Limits) -> None:
    settings = Settings(limits=limits)
    for tags in (*PLAIN, *OTHERS):
        checker = Checker(settings)
        judged(checker, KNOWN)
        content = put("in a container", tags)
        assert judged(checker, content) == judged(parsing_all(Checker(settings)), content), content


def test_a_document_that_is_cut_off_is_refused_wherever_it_ends() -> None:
    checker = Checker(Settings())
    judged(checker, KNOWN)
    for end in range(KNOWN.index(b"</serv:header>"), len(KNOWN)):
        (result,) = judged(checker, KNOWN[:end])
        assert isinstance(result, ResponseResult)
        assert result.reason == "not-xml"
