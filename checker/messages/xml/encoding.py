"""The encodings of XML documents that are read."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

from ...core.errors import Reason, UncheckedError

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
    if content.startswith(b"<?xml"):
        encoding = _declared_encoding(content[: content.find(b"?>", 0, LONGEST_DECLARATION) + 1 or None])
        if encoding == "utf-8":
            return content, False
        # All encodings that can be declared write ASCII alike.
        return content if content.isascii() else _decode(content, encoding), True
    if content[:1] in _SPACE and (beginning := _LATE_DECLARATION.match(content)):
        rest, _ = to_utf_8(content[beginning.end(1) :])
        end = rest.find(b"?>") + 2
        return beginning[1] + b"\n" * rest.count(b"\n", 0, end) + rest[end:], True
    if content.startswith(codecs.BOM_UTF8):
        return content, True
    if content.startswith(_FOUR_BYTES):
        raise _unsupported_encoding()
    wide = _WIDE.get(content[:2]) or _WIDE.get(content[:4])
    return (content, False) if wide is None else (_decode(content, wide), True)


def _decode(content: bytes, encoding: str) -> bytes:
    try:
        return content.decode(encoding).encode()
    except UnicodeError as error:
        at = error.start if isinstance(error, UnicodeDecodeError) else 0
        line = content.count(b"\n", 0, at) + 1
        raise UncheckedError(
            Reason.NOT_XML, f"at line {line}: bytes that its encoding does not have"
        ) from None


LONGEST_DECLARATION = 256
"""Bytes up to which the end of a declaration is looked for; a longer one is looked at in the whole document."""


@lru_cache(64)
def _declared_encoding(beginning: bytes) -> str:
    """Return the encoding that a document declares in its first bytes."""
    declared = _ENCODING.match(beginning)
    return _supported_encoding(declared[1]) if declared is not None else "utf-8"


def _supported_encoding(name: bytes) -> str:
    try:
        encoding = codecs.lookup(name.decode("ascii")).name
    except LookupError:
        encoding = ""
    if not _ACCEPTED.fullmatch(encoding):
        raise _unsupported_encoding()
    return encoding


def _unsupported_encoding() -> UncheckedError:
    return UncheckedError(
        Reason.NOT_XML, "at line 1: an encoding that is not read; UTF-8, UTF-16 and the ISO-8859 family are"
    )
