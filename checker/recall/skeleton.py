"""A document as its markup and the texts in it, without its tree being built.

A document is cut where an element begins to hold text and ends right after it. What is left is its *skeleton*: every
tag, attribute, space and line of it, and every text that is not of the simplest kind. Where a skeleton is *plain*,
other texts of that kind in the places of those that were cut out change nothing but themselves:

- every ``<`` of a plain skeleton begins a tag and every ``>`` ends one, since it has no comment, CDATA section,
  processing instruction, document type, reference or text, and no attribute value holds ``>`` (nor ``<``: the parser
  sees to that);
- a text that was cut out holds no ``<``, ``>`` or ``&``, no control character and so no line end, and no character
  that XML lacks;
- it does not begin with white space, so that it never becomes blank.

So two documents of one plain skeleton are both well-formed or both not, and their trees differ in those texts alone.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import msgspec

_TEXT = re.compile(rb">([!-%'-;=?-\xff][ -%'-;=?-\xff]*+)</")
MARK = b"\0"
"""Stands where a text was cut out."""

_EMPTIED = b"></"
_NOT_SIMPLE = re.compile("(?:\\A|\n)\\s|[\ufffe\uffff]")
_PLAIN = re.compile(
    rb"""
    (?:<\?xml[ ]version=(?:"1\.0"|'1\.0')(?:[ ]encoding=(?:"(?P<double>[\w-]+)"|'(?P<single>[\w-]+)'))?[ ]?\?>)?
    (?:[ \t\r\n]*<[^<>&!?\0][^<>&\0]*>)+[ \t\r\n]*
    """,
    re.VERBOSE,
)
_UTF_8 = b"utf-8"
_LIKE_ASCII = frozenset({b"us-ascii", b"iso-8859-1", b"windows-1252"})
"""Encodings in which ASCII means what it does in UTF-8, and the rest does not."""


class Split(msgspec.Struct, frozen=True, eq=False):
    """A document in two: the pieces that its skeleton consists of, and the texts that were cut out between them.

    ``ascii`` says that the document needs no more than ASCII.
    """

    pieces: list[bytes]
    texts: list[bytes]
    ascii: bool

    def __repr__(self) -> str:
        return f"<{len(self.pieces)} pieces>"  # the texts are not for anybody to see

    def skeleton(self) -> bytes:
        """Give the document with a mark for each text."""
        return MARK.join(self.pieces)


def split(document: bytes) -> Split | None:
    """Cut the texts out of a document; None where that is not certain to be possible."""
    if MARK in document:  # no XML holds it, and two documents of one skeleton have to have as many texts
        return None
    parts = _TEXT.split(document)
    texts = parts[1::2]
    in_ascii = document.isascii()
    if not in_ascii and not _simple(texts):
        return None
    return Split(parts[::2], texts, in_ascii)


def _simple(texts: list[bytes]) -> bool:
    """Whether texts are UTF-8, lack what XML lacks, and do not begin with a space of any script."""
    try:
        decoded = b"\n".join(texts).decode()
    except UnicodeDecodeError:
        return False
    return _NOT_SIMPLE.search(decoded) is None


class Plain(NamedTuple):
    """What a plain skeleton is: how many texts it has room for, and whether they have to be ASCII."""

    texts: int
    only_ascii: bool

    def holds(self, document: Split) -> bool:
        """Whether a document of this skeleton is such a one, with its texts."""
        return document.ascii or not self.only_ascii


def plain(document: Split) -> Plain | None:
    """Give what makes a skeleton plain, or None where it is not."""
    match = _PLAIN.fullmatch(document.skeleton().replace(MARK, _EMPTIED))
    if match is None:
        return None
    encoding = (match["double"] or match["single"] or _UTF_8).lower()
    if encoding != _UTF_8 and encoding not in _LIKE_ASCII:
        return None
    return Plain(len(document.texts), only_ascii=encoding != _UTF_8)


def fill(skeleton: bytes, texts: list[bytes]) -> bytes:
    """Put texts into a plain skeleton: what `split` took apart."""
    parts = skeleton.split(MARK)
    filled = [parts[0]]
    for text, part in zip(texts, parts[1:], strict=True):
        filled += (b">", text, b"</", part)
    return b"".join(filled)
