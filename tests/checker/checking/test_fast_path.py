"""A verdict that is recalled is the one that judging in full reaches, whatever comes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.command import whosees
from support.messages import body, elements, failure, message, request, response
from support.two_ways import MC, PLACE, SHOWN, TwoWays, one, recalls, verdicts
from whosees.checker.checking.checker import Checker, Settings
from whosees.checker.core.limits import Limits
from whosees.checker.recall import memory as remembered
from whosees.checker.recall.skeleton import fill, plain, split
from whosees.checker.recordings import Recording
from whosees.engine.judge import Policy

DECLARED = b'<?xml version="1.0" encoding="%s"?>\n'

PEOPLE = ["<siteName>s</siteName>", "<siteName>s</siteName><webExID>%s</webExID><password>p</password>"]

TEXTS = st.one_of(
    st.sampled_from(
        [
            *(
                "true",
                "TRUE",
                "1",
                "false",
                "MeetingCenter",
                "meetingcenter",
                "TrainingCenter",
                "SupportCenter",
            ),
            *(
                "AudioOnly",
                "FAILURE",
                "failure ",
                "fa\u0131lure",
                "SUCCESS",
                "%TollNum%",
                "100%",
                "&amp;",
                "&#32;",
            ),
            *(
                "&#0;",
                "&lt;",
                "&x;",
                "]]>",
                ">",
                "a>b",
                "<![CDATA[x]]>",
                "<!-- x -->",
                "<?x y?>",
                "<!DOCTYPE x>",
            ),
            *(
                "",
                " ",
                "\n",
                "a\nb",
                "\t",
                "\r",
                " x",
                "x ",
                "\u00a0",
                "\u2003",
                "\u3000x",
                "\ufffe",
                "\uffff",
            ),
            *(
                "\x00",
                "\x01",
                "\x0b",
                "\x1f",
                "\x7f",
                "\x85",
                "\ufeff",
                "\U0001f600",
                "é",
                "</ep:status>",
                "<b/>x",
            ),
            *("x<b/>", "x<b>y</b>z", "ſ", "true\u00a0", "x</a", "--", "<"),
        ]
    ),
    st.text(max_size=8),
)

ENCODINGS = [
    *(
        b"UTF-8",
        b"utf-8",
        b"ISO-8859-1",
        b"US-ASCII",
        b"windows-1252",
        b"UTF-16",
        b"UTF-7",
        b"EBCDIC-CP-US",
        b"x",
    ),
    *(b"GB18030", b"Shift_JIS"),
]


def replaced(content: bytes, number: int, text: bytes) -> bytes:
    """Put a text in the place of the leaf with this number, counted round."""
    leaves = list(re.finditer(rb">([^<>\s][^<>]*)</", content))
    if not leaves:
        return content
    start, end = leaves[number % len(leaves)].span(1)
    return content[:start] + text + content[end:]


@st.composite
def mutated(draw: st.DrawFn, of: bytes) -> bytes:
    """A message, changed in the ways in which messages differ and in those in which they break."""
    content = of
    for _ in range(draw(st.integers(0, 3))):
        text = draw(TEXTS).encode(draw(st.sampled_from(["utf-8", "utf-8", "latin-1"])), "replace")
        content = replaced(content, draw(st.integers(0, 80)), text)
    match draw(st.integers(0, 9)):
        case 0:
            content = DECLARED % draw(st.sampled_from(ENCODINGS)) + content
        case 1:
            content = content[: draw(st.integers(0, len(content)))]
        case 2:
            place = draw(st.integers(0, len(content) - 1))
            content = (
                content[:place] + draw(st.binary(max_size=3)) + content[place + draw(st.integers(0, 3)) :]
            )
        case 3:
            tags = [match.end() - 1 for match in re.finditer(rb"<[a-z:A-Z]+>", content)]
            value = draw(st.sampled_from([b">", b">x</", b"<", b"a", b"&amp;", b"\n", b"\xff"]))
            place = draw(st.sampled_from(tags))
            content = content[:place] + b' a="' + value + b'"' + content[place:]
        case 4:
            tag = draw(st.sampled_from(re.findall(rb"</[^>]+>", content)))
            content = content.replace(
                tag, draw(st.sampled_from([b"", tag * 2, b"</x>", tag.upper(), tag[:-1]])), 1
            )
        case 5:
            content = content.replace(b"\n", draw(st.sampled_from([b"", b"\r\n", b"\r", b"\0", b"\n\n"])))
        case 6:
            content = b"\xef\xbb\xbf" + content
        case _:
            pass
    return content


MANY = settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FEWER = settings(MANY, max_examples=200)
"""Slow at first: the first draw of a text sets up tables of characters."""

BOTH = TwoWays()
STRICT = TwoWays(Policy(strict=True, unlisted=None, empty_is_absent=True))

for _service, _shown in SHOWN.items():
    for _both in (BOTH, STRICT):
        _both.agree(response(_service, _shown))
        _both.agree(response(_service, _shown), request(PEOPLE[1].replace("%s", "x")))


@given(content=st.sampled_from(sorted(SHOWN)).flatmap(lambda s: mutated(response(s, SHOWN[s]))))
@MANY
def test_a_message_is_judged_alike_both_ways(content: bytes) -> None:
    """The memory is that of all messages before: what it learned from one must not reach another."""
    BOTH.agree(content)
    STRICT.agree(content)


@given(
    content=st.sampled_from(["MC", "TC"]).flatmap(lambda s: mutated(response(s, SHOWN[s]))),
    asked=st.sampled_from(PEOPLE).flatmap(
        lambda p: mutated(
            request(p.replace("%s", "x"), "<sessionKey>x</sessionKey><sessionPassword>p</sessionPassword>")
        )
    ),
    sidecar=st.sampled_from(
        [None, b'role = "panelist"', b'caller = "anonymous"', b'outcome = "failure"', b"nonsense"]
    ),
)
@FEWER
def test_a_pair_is_judged_alike_both_ways(content: bytes, asked: bytes, sidecar: bytes | None) -> None:
    BOTH.agree(content, asked, sidecar)


@given(st.binary(max_size=300))
@FEWER
def test_any_bytes_are_judged_alike_both_ways(data: bytes) -> None:
    one(data)


def test_the_fuzzers_bytes_are_a_request_and_a_response() -> None:
    asked = request() + b" " * (-len(request()) % 8)
    one(bytes([len(asked) // 8]) + asked + MC)
    one(b"")


def test_an_empty_status_is_remembered_too() -> None:
    spaced = MC.replace(b"<serv:result>", b"<serv:reason>\n</serv:reason><serv:result>")
    BOTH.agree(spaced)
    assert recalls([spaced] * 4) == 3


@pytest.mark.parametrize("said", [b"FAILURE", b"failure", b"Failure ", "fa\u0131lure".encode()])
def test_a_failure_is_never_taken_for_the_success_that_has_its_shape(said: bytes) -> None:
    both = TwoWays()
    both.agree(MC)
    (result,) = both.agree(MC.replace(b"SUCCESS", said))
    assert result == verdicts(both.full, MC.replace(b"SUCCESS", said))[0]
    assert getattr(result, "reason", None) == "failure-response"


@pytest.mark.parametrize("text", ["\ufffe", "a\uffffb", "\x00", "\x0b", "\x1f", "]]>", "a&b", "a<b", "<!--"])
def test_what_the_parser_refuses_is_never_recalled(text: str) -> None:
    both = TwoWays()
    both.agree(MC)
    (result,) = both.agree(MC.replace(b">x<", b">" + text.encode() + b"<", 1))
    assert getattr(result, "reason", None) == "not-xml"


def test_a_mark_in_the_document_stands_for_no_text() -> None:
    """The byte that marks where a text was cut out, written into a document in place of the text and its tags."""
    both = TwoWays()
    both.agree(MC)
    before, _, after = MC.rpartition(b">x</")
    marked = before + b"\0" + after
    assert split(marked) is None
    (result,) = both.agree(marked)
    assert getattr(result, "reason", None) == "not-xml"


def test_a_value_that_only_other_scripts_make_is_not_taken_for_its_absence() -> None:
    """`true` with a space of another script is true; what is learned from it must not reach `false`."""
    both = TwoWays()
    said = [
        replaced(response("AO", SHOWN["AO"]), -1, text.encode())
        for text in ("true\u00a0", "false", "TRUE", "1")
    ]
    services = [getattr(both.agree(content)[0], "settled", None) for content in said]
    assert [resolved and resolved.context["service"] for resolved in services] == ["AO", "MC", "AO", "AO"]


def test_what_the_texts_tell_of_the_call_counts() -> None:
    """One shape, and each time another caller, service or session."""
    both = TwoWays()
    asked = request(PEOPLE[1].replace("%s", "x"))
    contexts = set()
    for answer in (
        MC,
        MC.replace(b"MeetingCenter", b"TrainingCenter"),
        MC.replace(b"webExId>x", b"webExId>y"),
    ):
        for pair in (None, request(), asked, asked.replace(b"webExID>x", b"webExID>z")):
            (result,) = both.agree(answer, pair)
            contexts.add(getattr(result, "settled", None))
    assert len(contexts) == 2 * 4


def test_a_recalled_verdict_bears_the_name_of_its_own_recording() -> None:
    checker = Checker(Settings())
    for name in ("one", "two", "three", "four"):
        (result,) = checker.check(Recording(name, MC))
        assert getattr(result, "source", None) == name


def test_a_shape_that_was_judged_is_recalled_whatever_its_texts_are() -> None:
    others = [PLACE.sub(b">" + text.encode() + b"<", MC) for text in ("a", "béton", "日本", "c d", "e@f")]
    assert recalls([MC, *others]) == len(others)
    # The request is about session x: the first of the others is the first whose session is another one.
    assert recalls([MC, *others], asked=request()) == len(others) - 1


@pytest.mark.parametrize(
    "strange",
    [
        MC.replace(b">x<", b">x&amp;y<", 1),
        MC.replace(b">x<", b"><![CDATA[x]]><", 1),
        MC.replace(b">x<", b">x<!-- y --><", 1),
        MC.replace(b">x<", b">x<?y?><", 1),
        MC.replace(b">x<", b">a\nb<", 1),
        MC.replace(b">x<", b'><b a=">"/><', 1),
        MC.replace(b">x<", b">%TollNum%<", 1),
        DECLARED % b"GB18030" + MC,
        b"\xef\xbb\xbf" + MC,
        MC + b"<!-- end -->",
        message(body(elements(SHOWN["MC"])), body(elements(SHOWN["MC"]))),
        message(header=failure()),
    ],
)
def test_what_is_not_of_the_simplest_kind_always_takes_the_full_way(strange: bytes) -> None:
    assert recalls([strange] * 5) == 0


def test_latin_1_is_recalled_in_ascii_only() -> None:
    plain_one = DECLARED % b"ISO-8859-1" + MC
    accented = plain_one.replace(b">x<", ">é<".encode(), 1)
    assert recalls([plain_one] * 4) == 3
    assert recalls([plain_one] + [accented] * 3) == 0


def test_a_message_beyond_the_size_that_is_allowed_is_too_large_both_ways() -> None:
    limits = Limits(size=len(MC))
    both = TwoWays(limits=limits)
    both.agree(MC)
    (result,) = both.agree(MC.replace(b">x<", b">xx<", 1))
    assert getattr(result, "reason", None) == "too-large"
    assert recalls([MC + b" " * remembered.LARGEST] * 3) == 0


@given(st.sampled_from([MC, request()]).flatmap(mutated))
@FEWER
def test_what_is_split_from_a_plain_document_fills_it_again(content: bytes) -> None:
    document = split(content)
    if document is not None and plain(document) is not None:
        assert fill(document.skeleton(), document.texts) == content


def test_the_command_says_the_same_with_and_without_the_fast_path(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"{number}.response.xml").write_bytes(PLACE.sub(b">%d<" % number, MC))
        (tmp_path / f"{number}.request.xml").write_bytes(request())
    fast = whosees("check", tmp_path, "--format", "json")
    full = whosees("check", tmp_path, "--format", "json", "--no-fast-path")
    assert fast == full
    assert fast.json["summary"]["responses"] == 5
