"""Mutants of the rulebook."""

from __future__ import annotations

from dataclasses import dataclass

from .rulebook_text import Source

__all__ = ["Mutant", "Source"]


@dataclass(frozen=True)
class Mutant:
    """A rulebook that differs from the built-in one in one small thing: what kind of thing, and which one.

    ``service`` is the one that a cell is of: its tests are run first.
    """

    kind: str
    name: str
    source: Source
    service: str = ""

    def __str__(self) -> str:
        return f"{self.kind}: {self.name}"
