"""How what comes from outside is said: names of files, and what the system finds wrong with them."""

from __future__ import annotations

from ...reports.text.visible import visible


def fault(error: OSError | ValueError) -> str:
    """Say what the system found wrong with a file, in the style of our own messages."""
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return said[:1].lower() + said[1:]


def printable(text: str) -> str:
    """Give a name as it can be shown: what is no text, or would steer a terminal, is escaped."""
    if text.isascii():
        return visible(text)
    try:
        return visible(text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace"))
    except UnicodeEncodeError:  # half a character that stands for no byte
        return visible(text)
