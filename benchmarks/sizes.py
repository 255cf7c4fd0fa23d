"""The size of a benchmark run, and what its parts share."""

from __future__ import annotations

from dataclasses import dataclass

from whosees.checker.messages.xml.parser import new_parser

SEED = 20260

Row = tuple[str, str, str]
"""A row of the table: its name, the figure, and its target."""


@dataclass(frozen=True, slots=True)
class Size:
    """The size of a benchmark run."""

    responses: int
    new: int
    slow: int
    files: int
    grown: tuple[int, ...]
    most: int


FULL = Size(20_000, 20_000, 10_000, 20_000, (100, 1_000, 10_000, 100_000), 1_000_000)
QUICK = Size(2_000, 500, 500, 1_000, (100, 1_000), 10_000)

PARSER = new_parser()
"""The checker's own options; one parser for all documents, which is the cheapest way to parse."""


def times(number: float) -> str:
    """Return a ratio as it is printed."""
    return f"{number:.2f} ×"
