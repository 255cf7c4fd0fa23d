"""Text from input, made fit to be shown: what steers a terminal or a page, or is no text, becomes visible."""

from __future__ import annotations

import re

_COMMAND = re.compile(r"(?<!\S)::|##(?=\w*\[)")
"""What CI systems take for commands in whatever a step prints.

GitHub: two colons that begin a line, after blanks too, and ``##[`` anywhere in it; Azure Pipelines ``##vso[``,
TeamCity ``##teamcity[``. A text that is wrapped can begin a line with any of its words.
"""


def escape_control_chars(text: str) -> str:
    """Write what cannot be printed as escapes: control and bidirectional characters, surrogates, no-characters.

    So is what CI systems take for commands. What is left can stand in XML, in JSON and on a terminal; the medium's own escaping still has to follow.
    """
    if not text.isprintable():
        text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    if "::" in text or "##" in text:
        return _COMMAND.sub(lambda found: f"\\x{ord(found[0][0]):02x}{found[0][1]}", text)
    return text
