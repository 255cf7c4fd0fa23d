"""The markup of an XML document as text: its tags, the texts between them, and their lines.

What is cut here was parsed before, or has the markup of what was: so every ``<`` begins a tag, a comment, a CDATA section or a
processing instruction, and there is no document type. All of it is UTF-8.
"""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import accumulate

from ...core.errors import Reason, UncheckedError

_TOKEN = re.compile(
    rb"""<(!--.*?--|!\[CDATA\[.*?\]\]|\?.*?\?|[^<>"']*+(?:"[^"<]*+"[^<>"']*+|'[^'<]*+'[^<>"']*+)*+)>""",
    re.DOTALL,
)
_REFERENCE = re.compile(rb"&(?:#x([0-9A-Fa-f]+)|#([0-9]+)|(\w+));")
_ENTITIES = {b"amp": "&", b"lt": "<", b"gt": ">", b"quot": '"', b"apos": "'"}

_ENCODING = re.compile(rb"""<\?xml(?=\s)[^>]*?\sencoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']""")
_SPACE = b" \t\r\n"
_LATE_DECLARATION = re.compile(rb"([ \t\r\n]+)<\?xml\s[^>]*\?>")

_WIDE = {
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
    "<?".encode("utf-16-le"): "utf-16-le",
    "<?".encode("utf-16-be"): "utf-16-be",
}
"""Beginnings of documents of two bytes a character, and their encodings."""

_FOUR_BYTES = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, b"<\0\0\0", b"\0\0\0<")
"""Beginnings of documents of four bytes a character, which the parser would read and nothing here does."""

_ACCEPTED = re.compile(
    r"utf-8|ascii|iso8859-\d+|cp125\d|koi8-[ru]|shift_jis|euc_(?:jp|kr)|gb(?:2312|k|18030)|big5"
)
"""Encodings that are read, by Python's names; of those with states, such as UTF-7, none: their bytes are not what they seem."""


def to_utf_8(content: bytes) -> tuple[bytes, bool]:
    """Return a document in UTF-8, and whether it has to be parsed as such whatever it declares.

    A mark of the byte order is kept, which the parser passes over. White space before the XML declaration is kept, and the declaration left out: its lines still count. Raises UncheckedError
    (not-xml) for an encoding that is not read, and for bytes that its encoding does not have.
    """
    if content[:1] in _SPACE and (beginning := _LATE_DECLARATION.match(content)):
        rest, _ = to_utf_8(content[beginning.end(1) :])
        end = rest.find(b"?>") + 2
        return beginning[1] + b"\n" * rest.count(b"\n", 0, end) + rest[end:], True
    if content.startswith(codecs.BOM_UTF8):
        return content, True
    if content.startswith(_FOUR_BYTES):
        raise _not_read()
    encoding = _WIDE.get(content[:2]) or _WIDE.get(content[:4])
    if encoding is None:
        declared = _ENCODING.match(content)
        encoding = _accepted(declared[1]) if declared is not None else "utf-8"
    if encoding == "utf-8" or (encoding == "ascii" and content.isascii()):
        return content, False
    try:
        return content.decode(encoding).encode(), True
    except UnicodeError as error:
        at = error.start if isinstance(error, UnicodeDecodeError) else 0
        line = content.count(b"\n", 0, at) + 1
        raise UncheckedError(
            Reason.NOT_XML, f"at line {line}: bytes that its encoding does not have"
        ) from None


@lru_cache(64)
def _accepted(name: bytes) -> str:
    try:
        encoding = codecs.lookup(name.decode("ascii")).name
    except LookupError:
        encoding = ""
    if not _ACCEPTED.fullmatch(encoding):
        raise _not_read()
    return encoding


def _not_read() -> UncheckedError:
    return UncheckedError(
        Reason.NOT_XML, "at line 1: an encoding that is not read; UTF-8, UTF-16 and the ISO-8859 family are"
    )


class Markup:
    """A document taken apart: tag ``n`` is followed by text ``n + 1``; text 0 stands before the first tag."""

    def __init__(self, content: bytes) -> None:
        self._parts = _TOKEN.split(content)

    @property
    def tags(self) -> list[bytes]:
        """The tags without their brackets; comments, CDATA sections and processing instructions are among them."""
        return self._parts[1::2]

    def text(self, at: int) -> str:
        """Return the text between a start tag and the next tag of an element, as a parser would give it."""
        if self._parts[2 * at + 1].endswith(b"/"):
            return ""
        pieces = [unescape(self._parts[2 * at + 2])]
        for part in range(2 * at + 3, len(self._parts), 2):
            tag = self._parts[part]
            if not tag.startswith((b"!", b"?")):
                break
            if tag.startswith(b"![CDATA["):
                pieces.append(_line_ends(tag[8:-2]).decode())
            pieces.append(unescape(self._parts[part + 1]))
        return "".join(pieces)

    def goes_on(self, at: int) -> bool:
        """Whether the text after a tag goes on behind a comment, a CDATA section or a processing instruction."""
        return self._parts[2 * at + 3].startswith((b"!", b"?"))

    def line(self, at: int) -> int:
        """Return the line on which a tag begins; 1 is the first."""
        return bisect_right(self._line_ends, self._offsets[2 * at]) + 1

    @cached_property
    def _offsets(self) -> list[int]:
        """Where each part ends, brackets not counted."""
        return list(accumulate(map(len, self._parts)))

    @cached_property
    def _line_ends(self) -> list[int]:
        return [match.start() for match in re.finditer(b"\n", b"".join(self._parts))]

    def text_span(self, at: int) -> tuple[int, int]:
        """Return where the text of an element begins and ends, up to the next tag, in bytes of the document."""
        begin = self._offsets[2 * at + 1] + 2 * (at + 1)  # the brackets of the tags so far
        is_empty = self._parts[2 * at + 1].endswith(b"/")
        return begin, begin + (0 if is_empty else len(self._parts[2 * at + 2]))

    def between(self, begin: int, end: int) -> Iterator[tuple[int, bytes]]:
        """Return the numbered tags between two."""
        return ((at, self._parts[2 * at + 1]) for at in range(begin + 1, end))

    def without_empty(self, begin: int, end: int) -> list[tuple[int, bytes]]:
        """Return the numbered tags between two, without those of elements that hold nothing but such elements and white space."""
        kept: list[tuple[int, bytes]] = []
        open_: list[list[int | bool]] = [[0, True]]
        for at in range(begin + 1, end):
            tag = self._parts[2 * at + 1]
            if tag.startswith(b"/"):
                first, is_blank = open_.pop()
                if is_blank and len(kept) == first + 1:
                    del kept[first:]
                else:
                    kept.append((at, tag))
            elif not tag.startswith((b"!", b"?")) and not tag.endswith(b"/"):
                open_.append([len(kept), True])
                kept.append((at, tag))
            open_[-1][1] &= self.is_blank_after(at)
        return kept

    def is_blank_after(self, at: int) -> bool:
        """Whether nothing but white space stands right after a tag, and in it if it is a CDATA section."""
        tag, text = self._parts[2 * at + 1], unescape(self._parts[2 * at + 2])
        if tag.startswith(b"![CDATA["):
            text += _line_ends(tag[8:-2]).decode()
        return not text or text.isspace()


def unescape(text: bytes) -> str:
    """Return a text as a parser gives it: line ends normalised, references resolved."""
    if b"&" not in text and b"\r" not in text:
        return text.decode()
    text = _line_ends(text)
    pieces = _REFERENCE.split(text)
    for at in range(1, len(pieces), 4):
        pieces[at], pieces[at + 1], pieces[at + 2] = (
            b"",
            b"",
            _character(*pieces[at : at + 3]).encode("utf-8", "surrogatepass"),
        )
    return b"".join(pieces).decode("utf-8", "surrogatepass")


def _line_ends(text: bytes) -> bytes:
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _character(hexadecimal: bytes | None, decimal: bytes | None, name: bytes | None) -> str:
    """Return what a reference stands for; a document that was parsed has no others."""
    if name is not None:
        return _ENTITIES.get(name, "")
    # Zeros can lead without end, and Python bounds the digits that it takes for a decimal.
    return chr(int(hexadecimal, 16) if hexadecimal is not None else int((decimal or b"").lstrip(b"0")))
