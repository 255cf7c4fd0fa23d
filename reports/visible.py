"""Text from input, made fit to be shown: what steers a terminal or a page, or is no text, becomes visible."""

from __future__ import annotations


def visible(text: str) -> str:
    """Write what cannot be printed as escapes: control and bidirectional characters, surrogates, no-characters.

    What is left can stand in XML, in JSON and on a terminal; the medium's own escaping still has to follow.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
