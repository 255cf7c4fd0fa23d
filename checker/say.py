"""How what comes from outside is said: names of files, and what the system finds wrong with them."""

from __future__ import annotations

import os


def fault(error: OSError | ValueError) -> str:
    """Say what the system found wrong with a file, in the style of our own messages."""
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return said[:1].lower() + said[1:]


def printable(text: str) -> str:
    """Give a name as it can be shown: what is no text, or would steer a terminal, is escaped."""
    decoded = os.fsencode(text).decode("utf-8", "backslashreplace")
    if decoded.isprintable():
        return decoded
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in decoded)
