"""The bytes of messages that were recorded as text or in base64, and of sidecars that recordings state."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping

from ...rules.decode import quote_toml
from ..core.errors import Reason
from .model import UnreadableContent

_DECLARATION = re.compile(
    r"""\A\ufeff?<\?xml\s[^>]*?\bencoding\s*=\s*(?P<quote>["'])(?P<encoding>[A-Za-z][\w.-]*)(?P=quote)"""
)


def encode_text(text: str) -> bytes:
    """Encode a message that is recorded as text, as JSON and YAML do.

    An XML declaration that still names the message's encoding on the wire is changed to UTF-8. Lines and columns after
    the declaration stay the same.
    """
    declared = _DECLARATION.match(text)
    if declared is not None and declared["encoding"].upper() != "UTF-8":
        text = text[: declared.start("encoding")] + "UTF-8" + text[declared.end("encoding") :]
    # A lone surrogate is no character; its bytes are left for the parser to refuse.
    return text.encode("utf-8", "surrogatepass")


def decode_base64(text: str, what: str) -> bytes | UnreadableContent:
    """Decode base64 that may be broken into lines; ``what`` names it in the message if it is not base64."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return UnreadableContent(Reason.UNREADABLE, f"{what} is not base64, or is cut off")


def encode_sidecar(facts: Mapping[str, str | None]) -> bytes:
    """Return a TOML sidecar that states the facts which are not None."""
    lines = (f"{quote_toml(key)} = {quote_toml(text)}\n" for key, text in facts.items() if text is not None)
    return "".join(lines).encode("utf-8", "surrogatepass")
