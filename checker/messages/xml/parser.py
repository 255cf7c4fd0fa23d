"""Parsing of XML that nobody vouches for: no DTD, no entities, no network, bounded size and depth."""

from __future__ import annotations

import re

from lxml import etree

from ...core.errors import Reason, UncheckedError
from ...core.limits import Limits, limit_exceeded
from .line_numbers import number_by_begin

XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"

_DOCTYPE = re.compile(rb"<!DOCTYPE", re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_ROOT = re.compile(rb"<[A-Za-z_:\x80-\xff]")

_RESOURCE_LIMIT = 114
"""The parser's error type of what is beyond its limits; lxml before 6.0.1 has no name for it."""

_SAID: dict[str, str] = {
    "ERR_DOCUMENT_EMPTY": "no XML begins there",
    "ERR_TAG_NOT_FINISHED": "it ends before its elements do: is it cut off?",
    "ERR_TAG_NAME_MISMATCH": "an end tag does not match its start tag",
    "ERR_INVALID_ENCODING": "bytes that its encoding does not have",
    "ERR_INVALID_CHAR": "a character that XML does not allow",
    "ERR_UNSUPPORTED_ENCODING": "an encoding that is not known",
    "ERR_UNKNOWN_ENCODING": "an encoding that is not known",
    "ERR_UNDECLARED_ENTITY": "an entity that nothing declares",
    "ERR_ATTRIBUTE_REDEFINED": "an attribute that is given twice",
    "NS_ERR_UNDEFINED_NAMESPACE": "a prefix that no namespace is declared for",
    "ERR_DOCUMENT_END": "content after the end of the document",
}
"""What is wrong, by the parser's error type. Its own messages are never shown: they can quote the input."""


def new_parser() -> etree.XMLParser:
    """Make a parser that reads nothing but what it is given, and builds no comments and processing instructions."""
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )


def parse(content: bytes, limits: Limits) -> etree._Element:
    """Parse a document and give its root; comments and processing instructions are left out.

    Raises Refusal: too-large, unsafe-xml (a DTD, and with it any entity), or not-xml with line and column.
    """
    if len(content) > limits.size:
        raise limit_exceeded(f"larger than {limits.size:,} bytes", "size")
    if content.count(b"<") > limits.elements and _start_tags(content) > limits.elements:
        raise limit_exceeded(f"more than {limits.elements:,} elements", "elements")
    if not content.strip():
        raise UncheckedError(Reason.NOT_XML, "it is empty")
    # A parser is not shared between documents: its error log and its dictionary would grow with them.
    parser = new_parser()
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise _refusal(content, parser, error) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise _unsafe()
    number_by_begin(content, root)
    # An equals sign stands in each attribute: only where there are many, some element can have too many.
    if content.count(b"=") > limits.attributes:
        _require_few_attributes(root, limits)
    return root


def _start_tags(content: bytes) -> int:
    """Count start tags before anything is built of them, those in comments too."""
    text = content.replace(b"\0", b"")
    return text.count(b"<") - sum(text.count(other) for other in (b"</", b"<!", b"<?"))


def _require_few_attributes(root: etree._Element, limits: Limits) -> None:
    declared = 0
    for _, found in etree.iterwalk(root, events=("start-ns", "start")):
        if not isinstance(found, etree._Element):  # noqa: SLF001 - the name of the type
            declared += 1
            continue
        if declared + len(found.attrib) > limits.attributes:
            raise limit_exceeded(
                f"at line {found.sourceline}: more than {limits.attributes:,} attributes of an element",
                "attributes",
            )
        declared = 0


def _unsafe() -> UncheckedError:
    return UncheckedError(
        Reason.UNSAFE_XML,
        "it declares a document type; remove the DOCTYPE, which no message of the service has",
    )


def _refusal(content: bytes, parser: etree.XMLParser, error: etree.XMLSyntaxError) -> UncheckedError:
    entries = list(parser.error_log)  # the error has a log too: that of every parser there was
    kind = entries[0].type_name if entries else ""  # what follows from it comes after it
    line, column = error.position
    if _declares_doctype(content):
        return _unsafe()
    if any(map(_is_bound, entries)):
        return UncheckedError(
            Reason.TOO_LARGE,
            f"beyond what is parsed, at line {line or 1}: nested too deeply, or a name or text too long",
        )
    lines = content.split(b"\n")
    at_the_end = line >= len(lines) and column >= len(lines[-1])
    cut_off = at_the_end and kind not in ("ERR_DOCUMENT_EMPTY", "ERR_DOCUMENT_END")
    said = _SAID["ERR_TAG_NOT_FINISHED"] if cut_off else _SAID.get(kind, "it is not well-formed")
    return UncheckedError(Reason.NOT_XML, f"at line {line}, column {column}: {said}")


def _is_bound(entry: etree._LogEntry) -> bool:
    """Whether an error is of a bound of the parser itself, which no option moves; see docs/reference/limits.md."""
    if entry.type == _RESOURCE_LIMIT or entry.type_name == "ERR_NAME_TOO_LONG":
        return True
    return entry.message.startswith("Comment too big")


def _declares_doctype(content: bytes) -> bool:
    """Whether a DOCTYPE stands before the root of a document that could not be parsed, in any usual encoding."""
    prolog = _COMMENT.sub(b"", content[:65536].replace(b"\0", b""))
    root = _ROOT.search(prolog)
    return _DOCTYPE.search(prolog, 0, root.start() if root else len(prolog)) is not None
