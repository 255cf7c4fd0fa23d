"""Requests are read as servers accept them: white space first, and well-known prefixes that nobody declared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from whosees.checker.messages.xml.lenient import ALWAYS_KNOWN, normalise_request

SERV = "http://www.webex.com/schemas/2002/06/service"
PREFIXES = {**ALWAYS_KNOWN, "serv": SERV}

BODY = (
    b"<header><securityContext><siteName>a&amp;b \xe5\x90\x8d</siteName></securityContext></header>"
    b'<body><bodyContent xsi:type="java:com.webex.service.binding.ep.GetSessionInfo"><sessionKey>1</sessionKey>'
    b"</bodyContent></body></serv:message>"
)
XSI = b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
SERV_DECLARED = b' xmlns:serv="' + SERV.encode() + b'"'
STRICT = b"<serv:message" + XSI + SERV_DECLARED + b">" + BODY

ACCEPTED = {
    "as the schema has it": STRICT,
    "serv is not declared": b"<serv:message" + XSI + b">" + BODY,
    "nothing is declared": b"<serv:message>" + BODY,
    "white space before the declaration": b' \r\n\t<?xml version="1.0" encoding="UTF-8"?>\n' + STRICT,
    "a byte order mark, and white space": b'\xef\xbb\xbf\n<?xml version="1.0"?>' + STRICT,
    "a comment that declares it, before": b"<!-- <serv:message"
    + SERV_DECLARED
    + b"> -->\n<serv:message>"
    + BODY,
    "an attribute with a `>`": b"<serv:message a='>' b=\"'\">" + BODY,
    "an attribute's text that looks like a declaration": b"<serv:message a=' xmlns :serv'>" + BODY,
    "a line before the end of the tag": b"<serv:message\n>" + BODY,
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_servers_accept_is_read(name: str) -> None:
    root = etree.fromstring(normalise_request(ACCEPTED[name], PREFIXES))
    assert root.tag == f"{{{SERV}}}message"
    assert root.findtext("header/securityContext/siteName") == "a&b 名"
    assert root.find("body/bodyContent[@{http://www.w3.org/2001/XMLSchema-instance}type]") is not None


UNCHANGED = {
    "what is declared": STRICT,
    "UTF-16": "\ufeff<a/>".encode("utf-16-le"),
    "no XML": b" sessionKey=1&serv:message",
    "a prefix that only a descendant uses": b"<a><serv2:b/><c>observ:</c></a>",
    "another prefix": b"<meet:a/>",
    "a document type": b"<!DOCTYPE serv:message><serv:message/>",
    "nothing": b"",
    "no root": b"<?xml version='1.0'?>",
    "half a tag": b"<serv:message a='",
}


@pytest.mark.parametrize("name", UNCHANGED)
def test_everything_else_stays_as_it_is(name: str) -> None:
    assert normalise_request(UNCHANGED[name], PREFIXES) == UNCHANGED[name]


def test_an_element_of_its_own_namespace_keeps_it() -> None:
    other = b"<message><serv:a xmlns:serv='urn:other'/></message>"
    (child,) = etree.fromstring(normalise_request(other, PREFIXES))
    assert child.tag == "{urn:other}a"


@given(
    st.lists(
        st.sampled_from(
            [b" ", b"\n", b"<?xml version='1.0'?>", b"<!--serv:-->", b"<serv:a", b" xmlns:serv='x'", b">"]
        )
        | st.binary(max_size=3),
        max_size=12,
    )
)
def test_twice_is_once_and_only_declarations_are_added(parts: list[bytes]) -> None:
    content = b"".join(parts)
    once = normalise_request(content, PREFIXES)
    assert normalise_request(once, PREFIXES) == once
    for declaration in (SERV_DECLARED, XSI):
        once = once.replace(declaration, b"", 1)
    assert content.endswith(once.lstrip(b" \t\r\n")) or once == content
