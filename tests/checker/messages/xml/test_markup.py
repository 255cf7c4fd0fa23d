"""Markup: the tags and texts that are cut out of a sound document are the parser's, and the lines those of the tags."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from support.examples import examples
from support.judging import check_one
from support.messages import response
from support.xml_documents import documents
from whosees.checker.core.errors import UncheckedError
from whosees.checker.core.limits import Limits
from whosees.checker.messages.xml.encoding import to_utf_8
from whosees.checker.messages.xml.markup import Markup
from whosees.checker.messages.xml.parser import parse

Seen = list[tuple[str, str, int, str]]


def parsed(root: etree._Element) -> Seen:
    """Return what the parser sees: name as written, namespace, line where the tag ends, and text, of each element."""
    return [
        (
            f"{element.prefix}:{etree.QName(element).localname}"
            if element.prefix
            else etree.QName(element).localname,
            "start",
            element.sourceline or 0,
            element.text or "",
        )
        for element in root.iter()
    ]


def cut(content: bytes) -> Seen:
    """Return the same of a document's markup."""
    markup = Markup(to_utf_8(content)[0])
    return [
        (
            tag.removesuffix(b"/").split()[0].decode(),
            "start",
            markup.line(at) + tag.count(b"\n"),
            markup.text(at),
        )
        for at, tag in markup.tags(markup.all_tokens)
        if not tag.startswith((b"/", b"!", b"?"))
    ]


def nesting(content: bytes) -> list[str]:
    """Return the names of start and end tags in their order."""
    events = []
    markup = Markup(to_utf_8(content)[0])
    for _, tag in markup.tags(markup.all_tokens):
        if tag.startswith((b"!", b"?")):
            continue
        name = tag.strip(b"/").split()[0].decode()
        events += (
            [f"/{name}"] if tag.startswith(b"/") else [name, f"/{name}"] if tag.endswith(b"/") else [name]
        )
    return events


def walked(element: etree._Element) -> list[str]:
    local = etree.QName(element).localname
    name = f"{element.prefix}:{local}" if element.prefix else local
    return [name, *(event for child in element for event in walked(child)), f"/{name}"]


@settings(max_examples=examples(2), database=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
def test_what_is_cut_out_of_a_sound_document_is_what_the_parser_sees(content: bytes) -> None:
    try:
        root = parse(content, Limits())
    except UncheckedError:
        return
    assert cut(content) == parsed(root)
    assert nesting(content) == walked(root)


WRITTEN = {
    "a text beside a section": (b"<a>x<![CDATA[<b>&amp;]]>y</a>", "x<b>&amp;y"),
    "a text around a comment": (b"<a>x<!-- <b> ' > -->y<b/>z</a>", "xy"),
    "a text around an instruction": (b"<a>x<?p <b> ' > ?>y</a>", "xy"),
    "brackets in a section": (b"<a><![CDATA[]]]]><![CDATA[>]]]></a>", "]]>]"),
    "an empty section": (b"<a><![CDATA[]]></a>", ""),
    "a greater-than sign": (b"<a b='>' c=\">\">x > y</a>", "x > y"),
    "line ends": (b"<a>\r\n\r\n\r&#13;\n</a>", "\n\n\n\r\n"),
    "line ends in a section": (b"<a><![CDATA[\r\n\r]]></a>", "\n\n"),
    "references": (b"<a>&amp;lt;&#38;amp;&#x26;&#0000065;&quot;</a>", '&lt;&amp;&A"'),
    "thousands of leading zeros": (b"<a>&#" + b"0" * 5_000 + b"65;&#x" + b"0" * 5_000 + b"41;</a>", "AA"),
    "a text after an empty element": (b"<a><b/>x</a>", ""),
    "letters of four bytes": ("<a>\U0001f642&#x1F642;</a>".encode(), "\U0001f642\U0001f642"),
}


@pytest.mark.parametrize("case", WRITTEN)
def test_a_text_is_read_as_the_parser_reads_it(case: str) -> None:
    content, text = WRITTEN[case]
    assert Markup(content).text(0) == text == (parse(content, Limits()).text or "")


NOT_READ = "at line 1: an encoding that is not read; UTF-8, UTF-16 and the ISO-8859 family are"


@pytest.mark.parametrize(
    "content",
    [
        *("<a>é</a>".encode(encoding) for encoding in ("utf-32", "utf-32-le", "utf-32-be")),
        *(
            f'<?xml version="1.0" encoding="{encoding}"?><a/>'.encode()
            for encoding in ("utf-7", "hz", "iso-2022-jp", "utf-16", "idna", "rot13", "base64", "nobodys")
        ),
    ],
)
def test_an_encoding_is_read_only_if_its_bytes_are_what_they_seem(content: bytes) -> None:
    with pytest.raises(UncheckedError) as caught:
        to_utf_8(content)
    assert (caught.value.reason, caught.value.detail) == ("not-xml", NOT_READ)


def test_an_instruction_that_begins_like_the_declaration_declares_nothing() -> None:
    content = b"<?xml-stylesheet href='a' encoding='utf-7'?><a>\xc3\xa9</a>"
    assert to_utf_8(content) == (content, False)
    assert parse(content, Limits()).text == "é"


TAG = b"<ep:presenter>"
LEAK = response("MC", ["status", "isLocked", "presenter", "metaData/serviceType"])
LINE = LEAK.split(TAG)[0].count(b"\n") + 1
TAGS = {
    "on one line": b"<ep:presenter a='b'>",
    "over many lines": b"<ep:presenter\r\n\ta='b'\r\n\tc='d'\r\n>",
    "with a name that no letter of the alphabet begins": "<ep:presenter\n 名前='b'>".encode(),
    "with a value of which a line looks like its end, and a quote": b'<ep:presenter a = \n"it\'s >\r\n" >',
    "with a value that looks like its end": b"<ep:presenter a='> \n' b=\">\"\n>",
}


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
def test_an_element_is_at_the_line_where_its_tag_begins(tag: str, encoding: str) -> None:
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    written = (mark + LEAK.replace(TAG, TAGS[tag]).decode()).encode(encoding)
    result = check_one(written, facts={"caller": "anonymous", "password": "not-supplied"})
    assert [f.lines for f in result.findings if f.path == "presenter"] == [(LINE,)]


@pytest.mark.parametrize("line", [65_535, 65_536, 200_000])
def test_lines_are_counted_further_than_the_parser_does(line: int) -> None:
    """The parser numbers lines up to 65,535."""
    assert Markup(b"<a>" + b"\n" * (line - 1) + b"<b\n/></a>").line(1) == line


def test_a_carriage_return_alone_ends_no_line() -> None:
    assert [Markup(b"<a>\r<b\n/>\r<c/>\r\n<d/></a>").line(at) for at in range(4)] == [
        1,
        1,
        2,
        3,
    ]


@pytest.mark.parametrize("place", [b"<serv:message ", b"<serv:header", b"<ep:status"])
def test_a_prefix_that_is_a_rows_name_is_no_attribute_with_that_name(place: bytes) -> None:
    """A declaration binds a prefix; it shows nothing to anybody."""
    declared = LEAK.replace(place, place.rstrip() + b" xmlns:presenter='urn:x' ", 1)
    shown = LEAK.replace(place, place.rstrip() + b" presenter='1' ", 1)
    found = [
        [f.path for f in check_one(each).findings if f.rule == "misplaced"] for each in (declared, shown)
    ]
    assert (found[0], len(found[1])) == ([], 1)
