"""The encodings of JSON documents, and what servers write before one so that no page can load it as a script."""

from __future__ import annotations

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE

from ...core.errors import Reason, UncheckedError

BEGINNINGS = (b"{", b"[")
_PREFIX = re.compile(rb"""\)\]\}'?,?|(?:for[ ]?\(;;\)|while[ ]?\((?:1|true)\));""")
"""The prefixes that Angular, Gerrit, Google's and Meta's services write before JSON; their clients cut them off."""

_WIDE = {
    BOM_UTF32_LE: "UTF-32",  # which begins as UTF-16 does
    BOM_UTF32_BE: "UTF-32",
    BOM_UTF16_LE: "UTF-16",
    BOM_UTF16_BE: "UTF-16",
}
"""Marks of the byte order that cannot begin a document in UTF-8, and their encodings."""


def to_utf_8(content: bytes) -> bytes:
    """Return a document in UTF-8, with spaces in place of a prefix, so that its lines and columns stay.

    Raises UncheckedError (not-json) for bytes that its encoding does not have.
    """
    if content.startswith(BEGINNINGS):
        return content
    encoding = next((name for mark, name in _WIDE.items() if content.startswith(mark)), None)
    if encoding is not None:
        content = _decode(content, encoding)
    start = len(BOM_UTF8) if content.startswith(BOM_UTF8) else 0
    prefix = _PREFIX.match(content, start)
    return content if prefix is None else content[:start] + b" " * len(prefix[0]) + content[prefix.end() :]


def _decode(content: bytes, encoding: str) -> bytes:
    try:
        return content.decode(encoding).encode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UncheckedError(
            Reason.NOT_JSON,
            f"at line {line}: bytes that {encoding} does not have, with whose byte order mark it begins",
        ) from None
