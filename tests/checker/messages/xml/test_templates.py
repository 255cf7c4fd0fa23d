"""Templates: a document is judged the same whether its template is known or not."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.examples import examples
from support.messages import body, message, request
from support.templates import MC, PATHS, BothWays, judged, parsing_all, plain
from support.xml_documents import broken, documents
from support.xml_parsers import parsed
from whosees.checker.checking.checker import Checker
from whosees.checker.checking.settings import Settings
from whosees.checker.messages.xml import document
from whosees.checker.messages.xml.document import Templates
from whosees.checker.messages.xml.markup import are_sound, cut
from whosees.engine import recurrence
from whosees.engine.finding import Severity
from whosees.engine.policy import Policy
from whosees.engine.result import ResponseResult

POLICIES = {
    "usual": Policy(),
    "strict": Policy(strict=True, unlisted=Severity.ERROR),
    "no unlisted": Policy(unlisted=None),
    "empty is absent": Policy(empty_is_absent=True),
}
REQUESTS = [
    None,
    request(),
    request("<webExID>w</webExID><password>p&amp;q</password>"),
    request("<siteName>s</siteName>", "<sessionKey>1</sessionKey><sessionPassword>&lt;</sessionPassword>"),
    request("<webExID/>host<email>h@example.com</email>"),
    b"not a request",
]
SIDECARS = [None, b'caller = "anonymous"\n', b'role = "host"\npassword = "supplied"\n', b"expect = 1"]


@cache
def ways(policy: str) -> BothWays:
    return BothWays(POLICIES[policy])


@pytest.mark.parametrize("policy", POLICIES)
@settings(max_examples=examples(1), database=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents() | broken(), st.sampled_from(REQUESTS), st.sampled_from(SIDECARS))
def test_a_known_template_changes_no_result(
    policy: str, content: bytes, asked: bytes | None, sidecar: bytes | None
) -> None:
    ways(policy).agree(content, asked, sidecar)


STATUS = "<ep:status>x</ep:status><ep:metaData><ep:serviceType>MeetingCenter</ep:serviceType></ep:metaData>"
PLACES = {
    "a text": "<ep:agenda>{}</ep:agenda>",
    "a text that is evidence": "<ep:sessionkey>{}</ep:sessionkey>",
    "a text beside elements": "<ep:host>{}<ep:email>x</ep:email></ep:host>",
    "a text after an element": "<ep:host><ep:email>x</ep:email>{}</ep:host>",
    "a text after an empty element that is evidence": "<ep:host><ep:webExId/>{}</ep:host>",
    "a comment": "<!--{}-->",
    "a comment after a text": "<ep:agenda>x<!--{}--></ep:agenda>",
    "a comment that has markup in it": "<!-- <a>{}</a> -->",
    "a comment that has a greater-than sign in it": "<!-- x >{}</a -->",
    "a comment that has a section in it": "<!-- <![CDATA[{}]]> -->",
    "a comment that has a section in it, and another after it": "<!-- <![CDATA[{}]]> --><!--x-->",
    "a comment after one that has a greater-than sign in it": "<!-- > --><!--{}-->",
    "a section": "<ep:agenda><![CDATA[{}]]></ep:agenda>",
    "a section that has markup in it": "<ep:agenda><![CDATA[<a>{}</a>]]></ep:agenda>",
    "a section that has a comment in it": "<ep:agenda><![CDATA[<!--{}-->]]></ep:agenda>",
    "an instruction": "<?p >{}</a ?>",
}
TEXTS = [
    *(
        b"y",
        b"&amp;",
        b"&",
        b"&;",
        b"&foo;",
        b"&#0;",
        b"&#x0;",
        b"&#xD800;",
        b"&#xFFFE;",
        b"&#x110000;",
        b"&#xFFFD;",
    ),
    *(b"&#9;", b"&#8;", b"&#x80;", b"&#12345678;", b"&#;", b"&#x;", b"&amp", b"&#65", b"&AMP;", b"&nbsp;"),
    *(b"<", b">", b"]]>", b"]]", b"]", b"--", b"-", b"a-", b"-a", b"a--b", b"->", b"?>", b"<!--", b"'", b'"'),
    *(b"\0", b"\1", b"\2", b"\3", b"\x1b", b"\x7f", b"\t", b"\r", b"\n", b"\r\n", b" ", b"FAILURE"),
    *(
        b"\xff",
        b"\xc3",
        b"\xc0\x80",
        b"\xed\xa0\x80",
        b"\xef\xbf\xbe",
        b"\xef\xbf\xbf",
        b"\xef\xbf\xbd",
        b"\xf4\x90\x80\x80",
    ),
    *(
        "é".encode(),
        "\x85".encode(),
        "\u2028".encode(),
        "\U0001f642".encode(),
        "\U0010ffff".encode(),
        b"\xef\xbb\xbf",
    ),
]
"""Texts that can and that can't take another's place."""


@pytest.mark.parametrize("place", PLACES)
def test_what_the_parser_refuses_is_never_taken_from_a_template(place: str) -> None:
    """A document with a text that leaves it ill-formed is not XML, whatever was read before."""
    written = message(body(STATUS + PLACES[place]))
    checker = Checker(Settings())
    outcomes = set()
    for text in TEXTS:
        for other in (b"x", b"x\nx", b"x"):
            judged(checker, written.replace(b"{}", other))
        content = written.replace(b"{}", text)
        (expected,) = judged(parsing_all(Checker(Settings())), content)
        assert judged(checker, content) == [expected], text
        assert isinstance(expected, ResponseResult)
        outcomes.add(expected.reason)
    assert outcomes == {None, "not-xml"}


def test_the_text_after_an_empty_element_is_not_its_own() -> None:
    """A call without a result did not fail, whatever stands beside the result."""
    content = message(body(STATUS), header="<serv:response><serv:result/>{}</serv:response>")
    checker = Checker(Settings())
    results = [judged(checker, content.replace(b"{}", text)) for text in (b"a", b"b", b"c", b"FAILURE")]
    assert results[0] == results[-1]


REAL = [
    (b"x</ep:agenda>", b"https://example.com/join?a=1&amp;b=2</ep:agenda>"),
    (b"x</ep:agenda>", "Zoë &amp; 名前</ep:agenda>".encode()),
    (b"x</ep:agenda>", b" line\r\nends \n</ep:agenda>"),
    (b"x</ep:agenda>", b"x</ep:agenda><!-- made by a server -->"),
    (b"x</ep:agenda>", b"x</ep:agenda><ep:note><![CDATA[<b>bold</b>]]></ep:note>"),
    (b"<serv:header>", b"\r\n<!-- > ' -->\r\n<serv:header>"),
]


@pytest.mark.parametrize("case", REAL, ids=lambda case: case[1].decode()[:20])
def test_documents_of_one_template_are_parsed_once(
    case: tuple[bytes, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A piece that was met once in the same place needs no parser."""
    content = MC.replace(*case)
    assert content != MC
    different = [content.replace(b">x</ep:status>", b">%d</ep:status>" % number) for number in range(6)]
    assert parsed(different, monkeypatch) == 1


def test_only_what_can_be_certain_is_looked_up() -> None:
    assert are_sound(MC, cut(MC))
    for text in (b"&foo;", b"&#0;", b"\xff", b"\xef\xbf\xbe", b"\1"):
        content = MC.replace(b">x<", b">%s<" % text, 1)
        assert not are_sound(content, cut(content))


def test_what_stands_for_a_text_in_a_template_is_no_text() -> None:
    checker = Checker(Settings())
    for _ in range(3):
        assert isinstance(judged(checker, MC)[0], ResponseResult)
    forged = judged(checker, MC.replace(b">x</", b"\1", 1))
    assert [each.reason for each in forged if isinstance(each, ResponseResult)] == ["not-xml"]


def test_templates_are_bounded_in_number_and_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_TEMPLATES", 3)
    monkeypatch.setattr(document, "MAX_BYTES", 100)
    monkeypatch.setattr(recurrence, "MAX_HASHES", 4)
    known = Templates()
    for number in range(50):
        template = b"%d" % number * 20
        known.put(template, {})
        assert known.get(template) is None
        known.put(template, {"role": []})
        found = known.get(template)
        assert found is not None
        assert (found.spans, found.line_ends) == ({"role": []}, 0)
        assert sum(known.get(b"%d" % other * 20) is not None for other in range(50)) <= 3
    assert known.get(b"never") is None


def test_lines_are_those_of_the_document_and_not_of_its_template() -> None:
    """Texts with line ends move what stands below them."""
    both = BothWays()
    leak = message(body(STATUS + "<ep:agenda>{}</ep:agenda>\n<ep:presenter>x</ep:presenter>"))
    for text, line in ((b"x", 4), (b"x\ny", 5), (b"x\r\ny\n", 6), (b"&#10;", 4)):
        (result,) = both.agree(leak.replace(b"{}", text))
        assert isinstance(result, ResponseResult)
        assert [found.lines for found in result.findings if found.path == "presenter"] == [(line,)]


def test_every_column_is_the_same_with_its_templates() -> None:
    both = BothWays()
    for paths in PATHS.values():
        for content in (message(body(STATUS)), MC, plain(MC), message(body("<ep:metaData/>" + STATUS * 2))):
            both.agree(content, request())
        assert paths


def test_equal_bodies_of_a_message_keep_their_numbers() -> None:
    checker = Checker(Settings())
    content = message(*[body(STATUS)] * 3)
    for _ in range(3):
        found = [each for each in judged(checker, content) if isinstance(each, ResponseResult)]
        assert [each.index for each in found] == [0, 1, 2]


def test_neither_long_evidence_nor_many_elements_are_remembered() -> None:
    """The number of entries that are remembered is bounded, so each has to be small, whatever a server sends."""
    checker = Checker(Settings())
    on_one_line = MC.replace(b"\n", b"")
    many = b"".join(b"<ep:u%d/>" % number for number in range(1_001))
    for content in (
        on_one_line.replace(b"<ep:status>", many + b"<ep:status>", 1),
        on_one_line.replace(b">MeetingCenter<", b">%sMeetingCenter<" % (b" " * 50_000)),
    ):
        assert content != on_one_line
        for _ in range(3):
            judged(checker, content)
    remembered = [*checker._bodies._verdicts, *checker._bodies._resolved]
    assert sum(len(repr(key)) for key in remembered) < 20_000


def test_the_same_findings_are_kept_within_the_bound_on_one_line_and_on_several() -> None:
    """Errors come first: the many unlisted elements, if they are errors, and then a near miss."""
    names = b"".join(b"<ep:u%d/>" % number for number in range(120)) + b"<ep:isLockd/>"
    one_line = MC.replace(b"\n", b"").replace(b"</ep:status>", b"</ep:status>" + names, 1)
    checker = Checker(Settings(policy=Policy(unlisted=Severity.ERROR)))
    one, several = (
        [(found.rule, found.path) for found in result.findings]
        for content in (one_line, one_line.replace(b"<ep:u7/>", b"\n<ep:u7/>"))
        for result in judged(checker, content)
        if isinstance(result, ResponseResult)
    )
    assert one == several
    assert [path for rule, path in one if rule == "unlisted"] == [*(f"u{each}" for each in range(100)), None]
