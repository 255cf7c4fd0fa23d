"""Bytes of a message that was recorded as text, in base64, or both."""

from __future__ import annotations

import base64
import binascii
import re

from ..core.errors import Reason
from .model import UnreadableContent

_DECLARATION = re.compile(
    r"""\A\ufeff?<\?xml\s[^>]*?\bencoding\s*=\s*(?P<quote>["'])(?P<encoding>[A-Za-z][\w.-]*)(?P=quote)"""
)


def bytes_of_text(text: str) -> bytes:
    """Encode a message that was decoded already, as JSON and YAML have it.

    Its XML declaration may still name the encoding that it had on the wire; it is made to name the one it has now.
    Line and column of everything after the declaration stay.
    """
    declared = _DECLARATION.match(text)
    if declared is None or declared["encoding"].upper() == "UTF-8":
        redeclared = text
    else:
        redeclared = text[: declared.start("encoding")] + "UTF-8" + text[declared.end("encoding") :]
    # Half a surrogate pair is no character; as bytes it is for the parser to refuse.
    return redeclared.encode("utf-8", "surrogatepass")


def bytes_of_base64(text: str, what: str) -> bytes | UnreadableContent:
    """Decode base64, which may be broken into lines; ``what`` names it where it is none."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return UnreadableContent(Reason.UNREADABLE, f"{what} is not base64, or is cut off")
