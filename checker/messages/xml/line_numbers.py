"""Line numbers of elements whose start tags go over several lines.

The parser numbers an element by the line on which its start tag ends; people look for where it begins.
"""

from __future__ import annotations

import re
from itertools import zip_longest
from xml.parsers import expat

from lxml import etree

_LARGEST = 65_535
"""The largest line number that the parser keeps with an element."""

_UTF_8, _LITTLE_ENDIAN, _BIG_ENDIAN = "utf-8", "utf-16-le", "utf-16-be"

_TAG = re.compile(rb"<[A-Za-z_:\x80-\xff]")

_VALUE_LIKE_END = re.compile(rb"""=\s*+(?:"[^"<]*>\r?\n|'[^'<]*>\r?\n)""")
"""A value of which a line ends as a tag does; a text can look so too."""

_OVER_LINES = re.compile(
    _TAG.pattern + rb"""(?:[^<>"'\n]|"[^"<\n]*"|'[^'<\n]*')*+(?:\n|"[^"<]*\n|'[^'<]*\n)"""
)


def number_by_begin(content: bytes, root: etree._Element) -> None:
    """Number the elements of a sound document by the lines on which their start tags begin.

    Only a document that needs it is looked at again. A line ends with a line feed, as the parser counts too.
    """
    wide = b"\0" in content
    text = _narrow(content) if wide else content
    if not _goes_over_lines(text):
        return
    for element, line in zip_longest(root.iter(), _begins(text, _UTF_8 if wide else None)):
        if element is None or line is None or line > _LARGEST:
            return
        element.sourceline = line  # type: ignore[misc]  # it can be set; its stub does not know


def _narrow(content: bytes) -> bytes:
    """Give a text of two bytes a letter in UTF-8; one of four comes out as something without tags."""
    codec = _LITTLE_ENDIAN if content.startswith((b"\xff\xfe", b"<\0")) else _BIG_ENDIAN
    return content.decode(codec, "replace").encode()


def _goes_over_lines(text: bytes) -> bool:
    """Whether a start tag goes over lines; that of the root often does, and no finding is about it."""
    first = _TAG.search(text)
    if first is None:
        return False
    start = text.find(b">", first.start())
    ends_of_tags = text.count(b">\n", start) + text.count(b">\r\n", start)
    if ends_of_tags == text.count(b"\n", start) and not _VALUE_LIKE_END.search(text, start):
        return False  # as most messages are laid out
    return any(tag.start() != first.start() for tag in _OVER_LINES.finditer(text))


def _begins(text: bytes, encoding: str | None) -> list[int]:
    """Give the line of each start tag, in the document's order; none where this parser cannot read it."""
    offsets: list[int] = []
    parser = expat.ParserCreate(encoding)
    parser.StartElementHandler = lambda *_: offsets.append(parser.CurrentByteIndex)
    try:
        parser.Parse(text, True)  # noqa: FBT003 - it takes no names: this is all there is
    except (expat.ExpatError, LookupError, ValueError):
        return []
    lines, line, before = [], 1, 0
    for offset in offsets:
        line += text.count(b"\n", before, offset)
        before = offset
        lines.append(line)
    return lines
