"""Parsing of untrusted XML: no DTD, no entities, no network, bounded size, depth and number of elements."""

from __future__ import annotations

import re

from lxml import etree

from ...core.errors import Reason, UncheckedError
from ...core.limits import Limits, limit_exceeded
from .encoding import to_utf_8

XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"

_DOCTYPE = re.compile(rb"<!DOCTYPE", re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_ROOT = re.compile(rb"<[A-Za-z_:\x80-\xff]")

_RESOURCE_LIMIT = 114
"""The parser's error type for its own limits; lxml before 6.0.1 has no name for it."""

_DOCUMENTS = 64
"""Documents that one parser is used for: its dictionary of names grows with them."""

_MESSAGES: dict[str, str] = {
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
"""Messages by the parser's error type. Its own messages are never shown: they can quote the input."""


def new_parser(encoding: str | None = None) -> etree.XMLParser:
    """Return a parser that reads nothing but what it is given, and builds no comments and processing instructions.

    It takes documents to be in ``encoding``, whatever they declare.
    """
    return etree.XMLParser(
        encoding=encoding,
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
    """Parse a document and return its root, without comments and processing instructions.

    Raises UncheckedError: too-large, unsafe-xml (a DTD, and with it any entity), or not-xml with line and column.
    """
    return Parser(limits).parse(*to_utf_8(content))


class Parser:
    """Parses documents one after the other, within limits."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._parsers: dict[str | None, etree.XMLParser] = {}
        self._parsed = 0

    def parse(self, content: bytes, is_utf_8: bool) -> etree._Element:
        """Parse a document that is UTF-8, whatever it declares if ``is_utf_8``; see `parse` for what it raises."""
        limits = self._limits
        if len(content) > limits.size:
            raise limit_exceeded(f"larger than {limits.size:,} bytes", "size")
        if content.count(b"<") > limits.elements and _start_tags(content) > limits.elements:
            raise limit_exceeded(f"more than {limits.elements:,} elements", "elements")
        if not content.strip():
            raise UncheckedError(Reason.NOT_XML, "it is empty")
        parser = self._parser("utf-8" if is_utf_8 else None)
        try:
            root = etree.fromstring(content, parser)
        except etree.XMLSyntaxError as error:
            self._parsers.clear()
            # The error has a log too: that of every parser there was.
            raise _refusal(content, list(parser.error_log), error.position) from None
        errors = [entry for entry in parser.error_log if entry.level >= etree.ErrorLevels.ERROR]
        if errors:  # which the parser forgets, with all after them, if a warning follows
            raise _refusal(content, errors, (errors[0].line, errors[0].column))
        if content.find(b"<!DOCTYPE") >= 0 and root.getroottree().docinfo.internalDTD is not None:
            raise _unsafe()
        return root

    def _parser(self, encoding: str | None) -> etree.XMLParser:
        self._parsed += 1
        if self._parsed % _DOCUMENTS == 0:
            self._parsers.clear()
        parser = self._parsers.get(encoding)
        if parser is None:
            parser = self._parsers[encoding] = new_parser(encoding)
        return parser


def _start_tags(content: bytes) -> int:
    """Count start tags before anything is built of them, those in comments too."""
    return content.count(b"<") - sum(content.count(other) for other in (b"</", b"<!", b"<?"))


def _unsafe() -> UncheckedError:
    return UncheckedError(
        Reason.UNSAFE_XML,
        "it declares a document type; remove the DOCTYPE, which no message of the service has",
    )


def _refusal(content: bytes, entries: list[etree._LogEntry], position: tuple[int, int]) -> UncheckedError:
    kind = entries[0].type_name if entries else ""  # what follows from it comes after it
    line, column = position
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
    said = _MESSAGES["ERR_TAG_NOT_FINISHED"] if cut_off else _MESSAGES.get(kind, "it is not well-formed")
    return UncheckedError(Reason.NOT_XML, f"at line {line}, column {column}: {said}")


def _is_bound(entry: etree._LogEntry) -> bool:
    """Return whether an error is of a bound of the parser itself, which no option moves; see docs/reference/limits.md."""
    if entry.type == _RESOURCE_LIMIT or entry.type_name == "ERR_NAME_TOO_LONG":
        return True
    return entry.message.startswith("Comment too big")


def _declares_doctype(content: bytes) -> bool:
    """Return whether a DOCTYPE stands before the root of a document that could not be parsed, in any usual encoding."""
    prolog = _COMMENT.sub(b"", content[:65536])
    root = _ROOT.search(prolog)
    return _DOCTYPE.search(prolog, 0, root.start() if root else len(prolog)) is not None
