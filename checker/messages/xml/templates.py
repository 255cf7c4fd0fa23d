"""Templates: documents that differ in nothing but texts have one structure, and all but the first need not be parsed.

A document is cut where a text stands alone between a start tag and an end tag, and where one stands alone in a comment or a
CDATA section. All other bytes, in their order, are its *template*. Put in the place of such a text, another text of the same
kind leaves the document as sound as it was, and its structure as it was, if

- it contains no ``<``, ``>`` or control character, so that nothing can begin or end in it;
- it is valid UTF-8, and without the two characters at the end of the plane that XML lacks;
- its references are XML's own five entities or numeric ones of characters that XML has;
- it has no ``--``, and no ``-`` at its end, if the document has a comment: what is cut can be part of one.

An attribute's value never contains ``<``, so no cut is in a tag. Whatever is not certain is parsed.
"""

from __future__ import annotations

import re
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")

MAX_DOCUMENT = 128 * 1024
"""Bytes of a document that is looked up here: nothing in it nears a limit of the parser."""

MAX_TEMPLATES = 2_048
MAX_BYTES = 32 * 1024 * 1024
MAX_SEEN = 16_384
"""Templates that are remembered, their bytes in all, and hashes of those that were met once and are not remembered yet."""

_TEXT = re.compile(rb">([^<>]++)</")
_TEXT_OR_SECTION = re.compile(rb">([^<>]++)</|<!--([^<>]+?)-->|<!\[CDATA\[([^<>]+?)\]\]>")
_CONTROLS = bytes([*range(9), 11, 12, *range(14, 32)])
_REFERENCE = re.compile(rb"&(?:(?:amp|lt|gt|quot|apos);|#(?:x([0-9A-Fa-f]{1,5})|([0-9]{1,6}));)?")
_CHARACTERS = ((9, 10), (13, 13), (0x20, 0xD7FF), (0xE000, 0xFFFD), (0x10000, 0x10FFFF))
_NOT_CHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")
_KINDS = (b"\1", b"\2", b"\3")
"""What stands for a text in a template, by where it was; no document has these bytes."""


class Cut(msgspec.Struct, frozen=True, eq=False):
    """A document's template, and its texts in their order; ``has_lines`` says that one of them has a line end."""

    template: bytes
    texts: list[bytes]
    has_lines: bool

    def __repr__(self) -> str:
        return f"<{len(self.texts)} texts>"  # which nobody is to see


def cut_document(content: bytes) -> Cut | None:
    """Cut the texts out of a document in UTF-8; None if it is not certain that others could take their place."""
    if len(content) > MAX_DOCUMENT:
        return None
    has_sections = b"<!" in content
    if not has_sections:
        parts = _TEXT.split(content)
        texts = parts[1::2]
        template = _KINDS[0].join(parts[::2])
    else:
        template, texts = _cut_sections(_TEXT_OR_SECTION.split(content))
    joined = b"\0".join(texts)
    if len(content.translate(None, _CONTROLS)) != len(content) or not _are_sound(content, joined):
        return None
    return Cut(template, texts, b"\n" in joined or b"\r" in joined)


def _cut_sections(parts: list[bytes]) -> tuple[bytes, list[bytes]]:
    pieces, texts = [parts[0]], []
    for at in range(1, len(parts), 4):
        kind = next(kind for kind in range(3) if parts[at + kind] is not None)
        texts.append(parts[at + kind])
        pieces += _KINDS[kind], parts[at + 3]
    return b"".join(pieces), texts


def _are_sound(content: bytes, joined: bytes) -> bool:
    if not content.isascii():
        try:
            content.decode()
        except UnicodeDecodeError:
            return False
        if any(character in content for character in _NOT_CHARACTERS):
            return False
    if joined.count(b"&") != joined.count(b"&amp;") and not all(map(_is_sound, _REFERENCE.finditer(joined))):
        return False
    return b"<!--" not in content or not (b"--" in joined or b"-\0" in joined or joined.endswith(b"-"))


def _is_sound(reference: re.Match[bytes]) -> bool:
    """Whether a reference stands for a character that XML has."""
    hexadecimal, decimal = reference.groups()
    if hexadecimal is None and decimal is None:
        return len(reference[0]) > 1
    number = int(hexadecimal, 16) if hexadecimal is not None else int(decimal)
    return any(first <= number <= last for first, last in _CHARACTERS)


def starts(content: bytes) -> list[int]:
    """Return where the texts of a document begin that `cut_document` cuts out, in bytes."""
    pattern = _TEXT_OR_SECTION if b"<!" in content else _TEXT
    return [match.start(match.lastindex or 0) for match in pattern.finditer(content)]


class Templates(Generic[T]):
    """Remembers what is known of templates. Its size is bounded."""

    def __init__(self) -> None:
        self._known: dict[bytes, T] = {}
        self._seen: set[int] = set()
        self._bytes = 0

    def get(self, template: bytes) -> T | None:
        """Return what is known of a template."""
        return self._known.get(template)

    def is_worth_keeping(self, template: bytes) -> bool:
        """Whether a template was met before: most of those that are met once are never met again."""
        number = hash(template)
        if number in self._seen:
            return True
        if len(self._seen) >= MAX_SEEN:
            self._seen.clear()
        self._seen.add(number)
        return False

    def put(self, template: bytes, known: T) -> None:
        """Remember what is known of a template."""
        self._bytes += len(template)
        if len(self._known) >= MAX_TEMPLATES or self._bytes > MAX_BYTES:
            self._known.clear()
            self._bytes = len(template)
        self._known[template] = known
