"""How text for people is set: width, colour, and tables."""

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
    """The medium: how many columns it has, and whether it shows colour."""

    width: int = 80
    colour: bool = False

    def paint(self, text: str, *looks: str) -> str:
        """Colour a text where the medium shows colour."""
        if not self.colour or not looks:
            return text
        return f"\x1b[{';'.join(_CODES[look] for look in looks)}m{text}\x1b[0m"

    def wrap(self, text: str, indent: int = 0, hanging: int = 0) -> str:
        """Break a text into lines of the medium's width; words, and so paths, stay whole."""
        return textwrap.fill(
            text,
            width=max(self.width, 40),
            initial_indent=" " * indent,
            subsequent_indent=" " * (indent + hanging),
            break_long_words=False,
            break_on_hyphens=False,
        )


def table(rows: Sequence[Sequence[str]], headers: Sequence[str]) -> str:
    """Set a table in plain columns."""
    # Imported here: only tables need it, and it costs more to import than most commands take.
    import tabulate

    tabulate.MIN_PADDING = 0
    return tabulate.tabulate(rows, headers=headers, tablefmt="simple", disable_numparse=True)


def count(number: int, noun: str, plural: str = "") -> str:
    """Give a number with its noun: `1 response`, `1,204 responses`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def listing(words: Sequence[str], last: str = "and") -> str:
    """Join words as in a sentence: `a, b and c`."""
    return f" {last} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def one_line(text: str) -> str:
    """Give what somebody wrote as it can be shown in a line: what would break it or steer a terminal is escaped."""
    return escape_control_chars(" ".join(text.split()))
