"""Layout of text for terminals: width, colour and tables."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

import msgspec

from ...engine.finding import Severity
from .escape import escape_control_chars

SEVERITY_LOOKS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}
"""The colour of each severity."""

_BREAKS = (
    re.compile(r"(\s+|(?<=/)(?=[^\s/]))"),
    re.compile(r"(\s+|(?<=[/_])(?=[^\s/_])|(?<=[a-z])(?=[A-Z]))"),
)
"""The places to break a cell: at blanks and after the slashes of a path, and if that is not enough within camelCase and snake_case."""

_GAP = 2

_CODES = {"red": "31", "yellow": "33", "green": "32", "cyan": "36", "bold": "1", "dim": "2"}


class Style(msgspec.Struct, frozen=True):
    """Width and colour of the terminal or file that text is written to.

    ``fits_tables`` breaks cells so that tables have that width too. Other programs get a row on a line.
    """

    width: int = 80
    colour: bool = False
    fits_tables: bool = False

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

    def table(self, rows: Sequence[Sequence[str]], headers: Sequence[str]) -> str:
        """Return a table in plain columns, of this width if it can be."""
        if not self.fits_tables:
            return table(rows, headers)
        columns = list(zip(headers, *rows, strict=True))
        first, *rest = zip(*_break_columns(columns, self.width - _GAP * (len(columns) - 1)), strict=True)
        return table(rest, first)


def _break_columns(columns: Sequence[Sequence[str]], room: int) -> list[list[str]]:
    """Return the columns with cells broken so that together they have this width, within words only if they have to be."""
    for breaks in _BREAKS:
        least = [max(len(part) for cell in column for part in breaks.split(cell)) for column in columns]
        if sum(least) <= room:
            break
    else:
        least = [1] * len(columns)
    natural = [max(map(len, column)) for column in columns]
    widths = next(
        (
            widths
            for most in range(max(natural), 0, -1)
            if sum(widths := [max(each, min(wide, most)) for each, wide in zip(least, natural, strict=True)])
            <= room
        ),
        natural,  # there is no room for a letter of each
    )
    return [_break_cells(column, width, breaks) for column, width in zip(columns, widths, strict=True)]


def _break_cells(column: Sequence[str], width: int, breaks: re.Pattern[str]) -> list[str]:
    wrapper = textwrap.TextWrapper(width, break_on_hyphens=False)
    wrapper.wordsep_simple_re = breaks
    return ["\n".join(wrapper.wrap(cell)) for cell in column]


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
