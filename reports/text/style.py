"""Layout of text for terminals: width, colour and tables."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import msgspec

from ...engine.finding import Severity
from .escape import escape_control_chars

SEVERITY_LOOKS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}
"""The colour of each severity."""

_CODES = {"red": "31", "yellow": "33", "green": "32", "cyan": "36", "bold": "1", "dim": "2"}


class Style(msgspec.Struct, frozen=True):
    """Width and colour of the terminal or file that text is written to."""

    width: int = 80
    colour: bool = False

    def paint(self, text: str, *looks: str) -> str:
        """Return a text in these looks, unchanged if there is no colour."""
        if not self.colour or not looks:
            return text
        return f"\x1b[{';'.join(_CODES[look] for look in looks)}m{text}\x1b[0m"

    def wrap(self, text: str, indent: int = 0, hanging: int = 0) -> str:
        """Wrap a text to the width; words, and so paths and commands, stay whole."""
        return textwrap.fill(
            text,
            width=max(self.width, 40),
            initial_indent=" " * indent,
            subsequent_indent=" " * (indent + hanging),
            break_long_words=False,
            break_on_hyphens=False,
        )


def table(rows: Sequence[Sequence[str]], headers: Sequence[str]) -> str:
    """Return a table in plain columns."""
    # Imported late: only tables need it, and importing it takes longer than most commands run.
    import tabulate

    tabulate.MIN_PADDING = 0
    return tabulate.tabulate(rows, headers=headers, tablefmt="simple", disable_numparse=True)


def count(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun: `1 response`, `1,204 responses`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def one_line(text: str) -> str:
    """Return a text that somebody wrote as one safe line: line breaks become blanks, control characters are escaped."""
    return escape_control_chars(" ".join(text.split()))
