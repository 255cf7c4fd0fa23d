"""JSON as every report writes it: one line that no terminal and no CI system takes for more than text."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec

from ...rules.model import Rulebook

_SURROGATE = re.compile("[\ud800-\udfff]")


def encode(value: Any) -> str:
    """Return plain data as JSON on one line.

    What would control a terminal or a CI system is written as a JSON escape, so that decoding gives the original text.
    A lone surrogate, which JSON in UTF-8 cannot hold, becomes the text of its escape.
    """
    try:
        text = msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        text = _SURROGATE.sub(lambda half: f"\\\\u{ord(half[0]):04x}", text)
    if not text.isprintable():
        text = "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)
    return text.replace("##", "\\u0023#")


def rulebook_identity(rulebook: Rulebook) -> dict[str, str]:
    """Return the rulebook that a result is based on: id, version and digest of its content."""
    return {"id": rulebook.id, "version": rulebook.version, "digest": rulebook.digest}
