"""How what comes from outside is said: names of files, and what the system finds wrong with them."""

from __future__ import annotations

from ...reports.text.escape import escape_control_chars


def os_error_text(error: OSError | ValueError) -> str:
    """Say what the system found wrong with a file, in the style of our own messages."""
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return said[:1].lower() + said[1:]


def escape_unprintable(text: str) -> str:
    """Give a name as it can be shown: what is no text, or would steer a terminal, is escaped."""
    if text.isascii():
        return escape_control_chars(text)
    try:
        return escape_control_chars(
            text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        )
    except UnicodeEncodeError:  # half a character that stands for no byte
        return escape_control_chars(text)
