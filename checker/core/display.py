"""The display of file names and of the operating system's errors."""

from __future__ import annotations

from ...reports.text.escape import escape_control_chars


def escape_unprintable(text: str) -> str:
    """Return a name with bytes that are not text, and terminal control characters, escaped."""
    if text.isascii():
        return escape_control_chars(text)
    try:
        return escape_control_chars(
            text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        )
    except UnicodeEncodeError:  # a lone surrogate that stands for no byte
        return escape_control_chars(text)
