"""Parsing by itself: what is refused, in which words, and with what the parser is held back."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from support.judging import RULEBOOK
from support.messages import message
from whosees.checker.core.errors import UncheckedError
from whosees.checker.core.limits import Limits
from whosees.checker.messages.xml.automaton import Automaton
from whosees.checker.messages.xml.document import DocumentReader
from whosees.checker.messages.xml.envelope import RESPONSE
from whosees.checker.messages.xml.parser import parse

CUT_OFF = "it ends before its elements do: is it cut off?"
DOCTYPE = "it declares a document type; remove the DOCTYPE, which no message of the service has"
BEYOND = "beyond what is parsed, at line 1: nested too deeply, or a name or text too long"

REFUSED: dict[bytes, tuple[str, str]] = {
    b"": ("not-xml", "it is empty"),
    b" \n": ("not-xml", "it is empty"),
    b"x": ("not-xml", "at line 1, column 1: no XML begins there"),
    b"\nx": ("not-xml", "at line 2, column 1: no XML begins there"),
    b"<a": ("not-xml", f"at line 1, column 3: {CUT_OFF}"),
    b"<a>": ("not-xml", f"at line 1, column 4: {CUT_OFF}"),
    b"<a>\n<b c='1'd": ("not-xml", f"at line 2, column 9: {CUT_OFF}"),
    b"<a>\n<b>": ("not-xml", f"at line 2, column 4: {CUT_OFF}"),
    b"<a>\n<b></a>\n": ("not-xml", "at line 2, column 8: an end tag does not match its start tag"),
    b"<a><b></a></b>": ("not-xml", "at line 1, column 11: an end tag does not match its start tag"),
    b"<a/>\nx": ("not-xml", "at line 2, column 1: content after the end of the document"),
    b"<a/><b/>": ("not-xml", "at line 1, column 5: content after the end of the document"),
    b"<a b=1/>\n": ("not-xml", "at line 1, column 6: it is not well-formed"),
    b"<a b='1' b='2'/>": ("not-xml", "at line 1, column 15: an attribute that is given twice"),
    b"<a>&e;</a>": ("not-xml", "at line 1, column 7: an entity that nothing declares"),
    b"<p:a/>": ("not-xml", "at line 1, column 5: a prefix that no namespace is declared for"),
    # The parser takes these for sound: a warning, of the relative namespace, comes after the error.
    b"<a><p:b/><c xmlns='u'/></a>x": (
        "not-xml",
        "at line 1, column 8: a prefix that no namespace is declared for",
    ),
    b"<a><b xml:id='i'/><b xml:id='i'/><c xmlns='u'/></a>": (
        "not-xml",
        "at line 1, column 32: it is not well-formed",
    ),
    b"<!DOCTYPE a><a/>": ("unsafe-xml", DOCTYPE),
    b"<!doctype a><a/>": ("unsafe-xml", DOCTYPE),
    b"<!DOCTYPE a [": ("unsafe-xml", DOCTYPE),
    b"<a/><!DOCTYPE a>": ("not-xml", "at line 1, column 5: content after the end of the document"),
    b"<!--<!DOCTYPE a>--><a>": ("not-xml", f"at line 1, column 23: {CUT_OFF}"),
    b"<a>" * 300 + b"</a>" * 300: ("too-large", BEYOND),
}


@pytest.mark.parametrize("content", REFUSED, ids=lambda content: repr(content[:20]))
def test_what_is_no_xml_is_refused_with_where_and_what(content: bytes) -> None:
    with pytest.raises(UncheckedError) as caught:
        parse(content, Limits())
    assert (caught.value.reason, caught.value.detail) == REFUSED[content]
    assert not caught.value.foreign


def test_a_document_may_be_as_large_as_the_limit_and_no_larger() -> None:
    assert parse(b"<a>1234</a>", Limits(size=11)).text == "1234"
    with pytest.raises(UncheckedError) as caught:
        parse(b"<a>1234</a>" + b" " * 1013, Limits(size=1023))
    assert caught.value.reason == "too-large"
    assert caught.value.detail == "larger than 1,023 bytes; --max-size allows more"


def test_comments_and_processing_instructions_are_left_out() -> None:
    root = parse(b"<?before?><!-- x --><a>1<!-- 2 -->3<?in side?>4</a><?after?>", Limits())
    assert (len(root), root.text) == (0, "134")


def test_the_parser_is_allowed_nothing_that_reads_or_mends() -> None:
    """No DTD, no entities, no network, bounded size; and what is broken is not mended."""
    asked: list[dict[str, Any]] = []
    real = etree.XMLParser

    def recorded(**options: Any) -> Any:
        asked.append(options)
        return real(**options)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("whosees.checker.messages.xml.parser.etree.XMLParser", recorded)
        parse(b"<a/>", Limits())
    assert asked == [
        {
            "encoding": None,
            "resolve_entities": False,
            "no_network": True,
            "load_dtd": False,
            "dtd_validation": False,
            "huge_tree": False,
            "recover": False,
            "remove_comments": True,
            "remove_pis": True,
        }
    ]


SEVERAL = b"<a>\n<b x='=' y=''></b>\n<!-- <c> --><?pi <c> ?><b/>\n</a>"
"""Three elements; in the comment is a start tag too."""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be"])
def test_a_document_may_have_as_many_start_tags_as_the_limit_and_no_more(encoding: str) -> None:
    """Those in comments and instructions are counted with them: nothing is built yet of what is counted."""
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    content = (mark + SEVERAL.decode()).encode(encoding)
    assert len(parse(content, Limits(elements=5))) == 2
    with pytest.raises(UncheckedError) as caught:
        parse(content, Limits(elements=4))
    assert (caught.value.reason, caught.value.detail) == (
        "too-large",
        "more than 4 elements; --limit elements=N allows more",
    )


def read(content: bytes, limits: Limits) -> None:
    """Read a document in a body."""
    document = message("<a>" + content.decode() + "</a>", header="")
    DocumentReader(Automaton(RULEBOOK, limits, RESPONSE), limits).read(document)


ATTRIBUTES = [
    (b"<a x='' y='' z=''/>", None),
    (b"<a x='' y='' z='' v=''/>", 1),
    (b"<a xmlns='u' xmlns:p='v' x=''/>", None),
    (b"<a xmlns='u' xmlns:p='v' x='' y=''/>", 1),
    (b"<a xmlns='u' xmlns:p='v' xmlns:q='w' xmlns:r='x'/>", 1),
    (b"<a x='' y='' z=''><b x='' y='' z=''><c x=''/></b><b xmlns='u' xmlns:p='v' z=''/></a>", None),
    (b"<a xmlns='u' xmlns:p='v'><b x='' y='' z=''/></a>", None),
    (b"<a x=''>\n<b/>\n<b x='' y='' xmlns:p='u' z=''/></a>", 3),
]


@pytest.mark.parametrize(("content", "line"), ATTRIBUTES)
def test_an_element_may_have_as_many_attributes_as_the_limit_and_no_more(
    content: bytes, line: int | None
) -> None:
    """Declarations of namespaces are among them, and each element counts by itself."""
    if line is None:
        read(content, Limits(attributes=3))
        return
    with pytest.raises(UncheckedError) as caught:
        read(content, Limits(attributes=3))
    assert (caught.value.reason, caught.value.detail) == (
        "too-large",
        f"at line {line + 2}: more than 3 attributes of an element; --limit attributes=N allows more",
    )
