"""The markup of an XML document as text: its pieces between texts, its tags, and their lines.

A document in UTF-8 is cut wherever a text stands alone between a start tag and an end tag. What is left between two such texts is a
*piece*, such as ``status><isLocked``: it begins in an end tag and ends in a start tag. Traffic has few pieces and many texts. Put in
the place of a text, another text leaves a document as sound as it was, and its structure as it was, if

- it contains no ``<``, ``>`` or control character, so that nothing can begin or end in it;
- it is valid UTF-8, and without the two characters at the end of the plane that XML lacks;
- its references are XML's own five entities or numeric ones of characters that XML has.

The same holds of what stands in a comment or a CDATA section, of which no more than the line ends are left in a piece. An
attribute's value never contains ``<``, so that no cut is in a tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import Any

from .texts import are_blank, is_blank_after, text_after

MAX_DOCUMENT = 128 * 1024
"""Bytes of a document that can be sound without being parsed: nothing in it nears a limit of the parser."""

_TEXT = re.compile(rb">([\t\n\r -;=?-\xff]++)</")
"""A text that is cut out: without ``<``, ``>`` and control characters. A set of what it may contain is matched faster than one of what not."""
_SECTION = re.compile(
    rb"<!(?:--((?:-?[^\x00-\x08\x0b\x0c\x0e-\x1f-])*+)-->"
    rb"|\[CDATA\[((?:[^\x00-\x08\x0b\x0c\x0e-\x1f\]]|\](?!\]>))*+)\]\]>)"
)
_TOKEN = re.compile(
    rb"""<(!--.*?--|!\[CDATA\[.*?\]\]|\?.*?\?|[^<>"'!?][^<>"']*+(?:"[^"<]*+"[^<>"']*+|'[^'<]*+'[^<>"']*+)*+)>""",
    re.DOTALL,
)
_UNUSUAL_REFERENCE = re.compile(
    rb"&(?!amp;|lt;|gt;|quot;|apos;|#(?:3[2-9]|[4-9]\d|[1-9]\d{2,3}|x[2-9A-Fa-f][0-9A-Fa-f]|x[1-9A-Fa-f][0-9A-Fa-f]{2});)"
)
"""A reference that is not certain to be sound at a glance: most are one of XML's five, or stand for a letter of ASCII or Europe."""
_SOUND_REFERENCE = re.compile(rb"&(?:(?:amp|lt|gt|quot|apos);|#(?:x([0-9A-Fa-f]{1,5})|([0-9]{1,6}));)?")
_CHARACTERS = ((9, 10), (13, 13), (0x20, 0xD7FF), (0xE000, 0xFFFD), (0x10000, 0x10FFFF))
_NO_CHARACTER, _NO_CHARACTER_EITHER = b"\xef\xbf\xbe", b"\xef\xbf\xbf"

MAX_PIECE, MAX_PIECES = 256, 4_096
"""Bytes of a piece, and pieces, whose tags' lines are remembered."""

GAP = b"\1"
"""Stands for a text in a template, the pieces of a document joined: no sound document contains it."""
_GAP, _EXCLAMATION, _LINE_FEED = b"\1!\n"
"""Bytes as numbers: ``in`` finds a number in bytes several times as fast as bytes, of which Python tries first whether they are one."""

SHIFT = 32
"""A position is the number of a piece, and in its last bits the number of a tag in it."""
_LOW = (1 << SHIFT) - 1


def cut(content: bytes) -> list[bytes]:
    """Return the pieces and texts of a document in turns, a piece first and last."""
    return _TEXT.split(_without_sections(content) if _EXCLAMATION in content else content)


def are_sound(content: bytes, parts: list[bytes]) -> bool:
    """Return whether a document is sound if its pieces stand where they do in others that are; False if that is not certain."""
    if _GAP in content:
        return False
    if not content.isascii():
        try:
            content.decode()
        except UnicodeDecodeError:
            return False
        if content.find(_NO_CHARACTER) >= 0 or content.find(_NO_CHARACTER_EITHER) >= 0:
            return False
    at = content.find(b"&")
    while at >= 0:
        if _UNUSUAL_REFERENCE.match(content, at) is not None:
            return all(map(_is_sound, _SOUND_REFERENCE.finditer(b"\0".join(parts[1::2]))))
        at = content.find(b"&", at + 1)
    return True


def ends_lines_inside(content: bytes, parts: list[bytes]) -> bool:
    """Return whether there can be a line end after the first piece of a document and before its last character; False is certain."""
    return 0 <= content.find(b"\n", len(parts[0])) < len(content) - 1


class Markup:
    """A document taken apart: ``parts`` are pieces and texts in turns, a piece first and last.

    One that is read whole is a single piece, of which ``numbers`` are the tags that count; None stands for all.
    """

    def __init__(
        self, content: bytes, parts: list[bytes] | None = None, *, numbers: list[int] | None = None
    ) -> None:
        self.content = content
        self.is_whole = parts is None
        self.parts = [content] if parts is None else parts
        self._numbers = numbers

    @cached_property
    def learnt(self) -> dict[int, Any]:
        """The knowledge of pieces that are not remembered longer, by their numbers."""
        return {}

    def tags(self, tokens: list[bytes]) -> Iterable[tuple[int, bytes]]:
        """Return the numbered tags among the tokens of a piece, without their brackets."""
        if self._numbers is None:
            return enumerate(tokens[1::2])
        return [(at, tokens[2 * at + 1]) for at in self._numbers]

    def tokens(self, number: int) -> list[bytes]:
        """Return what is in a piece: text and tags in turns, a text first and last, the tags without their brackets."""
        return self.all_tokens if self.is_whole else _TOKEN.split(self._piece(number))

    def _piece(self, number: int) -> bytes:
        """Return a piece with the brackets of its first and last tag."""
        begin = b"</" if number else b""
        end = b">" if 2 * number + 1 < len(self.parts) else b""
        return begin + self.parts[2 * number] + end

    @cached_property
    def all_tokens(self) -> list[bytes]:
        """The parts of the document, comments and CDATA sections included."""
        return _TOKEN.split(self.content)

    def text(self, at: int) -> str:
        """Return the text between a start tag and the next tag of an element, as a parser would give it."""
        return text_after(self.all_tokens, self._tag_number(at))

    def has_text(self, begin: int, end: int) -> bool:
        """Return whether there is any text between two tags but white space."""
        return not are_blank(self.all_tokens, self._tag_number(begin), self._tag_number(end))

    def has_text_after(self, at: int) -> bool:
        """Return whether there is any text but white space between a tag and the next tag of an element."""
        tokens, first = self.all_tokens, self._tag_number(at)
        end = first + 1
        while tokens[2 * end + 1].startswith((b"!", b"?")):
            end += 1
        return not are_blank(tokens, first, end)

    def _tag_number(self, at: int) -> int:
        return self._first_tags[at >> SHIFT] + (at & _LOW)

    @cached_property
    def _first_tags(self) -> list[int]:
        """The number of the first tag of each piece in the whole document."""
        pieces = range(len(self.parts) // 2)
        return list(accumulate([len(self.tokens(number)) // 2 for number in pieces], initial=0))

    def line(self, at: int) -> int:
        """Return the line on which a tag begins; 1 is the first."""
        number = at >> SHIFT
        line, piece = self._lines[2 * number], self.parts[2 * number]
        if _LINE_FEED not in piece:
            return line
        lines = self._piece_lines.get(number)
        if lines is None:
            is_short = len(piece) <= MAX_PIECE and not self.is_whole
            lines = _lines_in_short(self._piece(number)) if is_short else _lines_in(self.tokens(number))
            self._piece_lines[number] = lines
        return line + lines[at & _LOW]

    @cached_property
    def _piece_lines(self) -> dict[int, list[int]]:
        """The number of line ends before each tag of pieces, by their numbers."""
        return {}

    @property
    def only_line(self) -> int | None:
        """The line on which all elements begin that begin after the first piece; None if they begin on several."""
        first = self.parts[0].count(b"\n")
        if ends_lines_inside(self.content, self.parts):
            within = self.content.count(b"\n") - self.content.endswith(b"\n")
            if first != within:
                return None
        return 1 + first if len(self.parts) > 1 else None

    @cached_property
    def _lines(self) -> list[int]:
        """The line on which each part begins."""
        return list(accumulate([part.count(b"\n") for part in self.parts], initial=1))

    def without_empty(self, elements: Iterable[tuple[int, int]]) -> Markup:
        """Return a document that was read whole without what holds nothing in some of its elements, by their tags' positions."""
        kept, last = [], 0
        for begin, end in elements:
            kept += [*range(last, begin + 1), *_not_empty(self.all_tokens, begin, end)]
            last = max(end, begin + 1)
        return Markup(self.content, numbers=[*kept, *range(last, len(self.all_tokens) // 2)])


def _lines_in(tokens: list[bytes]) -> list[int]:
    """Return the number of line ends before each tag among the tokens of a piece."""
    return list(accumulate([token.count(b"\n") for token in tokens]))[::2]


@lru_cache(MAX_PIECES)
def _lines_in_short(piece: bytes) -> list[int]:
    """Return the number of line ends before each tag of a piece. Cached: pieces come again where templates do not."""
    return _lines_in(_TOKEN.split(piece))


def _without_sections(content: bytes) -> bytes:
    """Leave no more of comments and CDATA sections than line ends, if no processing instruction can seem to contain one."""
    pieces, last, at = [], 0, content.find(b"<!")
    if at < 0 or content.find(b"<?") != content.rfind(b"<?"):
        return content
    while at >= 0:
        section = _SECTION.match(content, at)
        if section is not None:
            pieces += [content[last:at], _empty(section)]
            last = section.end()
        at = content.find(b"<!", max(at + 2, last))
    return b"".join([*pieces, content[last:]])


def _empty(section: re.Match[bytes]) -> bytes:
    begin, end = (b"<!--", b"-->") if section[1] is not None else (b"<![CDATA[", b"]]>")
    return begin + b"\n" * section[0].count(b"\n") + end


def _not_empty(tokens: list[bytes], begin: int, end: int) -> list[int]:
    """Return the numbers of the tags between two, without those of elements that hold nothing but such elements and white space."""
    kept: list[int] = []
    open_: list[list[int | bool]] = [[0, True]]
    for at in range(begin + 1, end):
        tag = tokens[2 * at + 1]
        if tag.startswith(b"/"):
            first, is_blank = open_.pop()
            if is_blank and len(kept) == first + 1:
                del kept[first:]
            else:
                kept.append(at)
        elif not tag.startswith((b"!", b"?")) and not tag.endswith(b"/"):
            open_.append([len(kept), True])
            kept.append(at)
        open_[-1][1] &= is_blank_after(tag, tokens[2 * at + 2])
    return kept


def _is_sound(reference: re.Match[bytes]) -> bool:
    """Return whether a reference stands for a character that XML has."""
    hexadecimal, decimal = reference.groups()
    if hexadecimal is None and decimal is None:
        return len(reference[0]) > 1
    number = int(hexadecimal, 16) if hexadecimal is not None else int(decimal)
    return any(first <= number <= last for first, last in _CHARACTERS)
