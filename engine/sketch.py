"""Sketches: an observation as far as judging needs it where nothing is leaked, without a node for each element."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import msgspec

from ..rules.model import Rulebook
from .observation import Node

Occurrence = tuple[str | None, int, int]
"""An occurrence of a container: its row's path, None for the root; the line where it begins; and the bits of the rows
that stand directly below it and are there."""


class Unlisted(msgspec.Struct, frozen=True, eq=False, gc=False):
    """An element that no row lists, with all that is in it; ``parent`` is the path of what it stands in."""

    parent: str
    path: str
    node: Node


class Sketch(msgspec.Struct, frozen=True, eq=False):
    """What was seen: the containers as they end, the root last, and the unlisted elements as they begin.

    What is in an unlisted element belongs to it, and is not given again.
    """

    occurrences: list[Occurrence]
    unlisted: list[Unlisted]


@lru_cache(16)
def row_bits(rulebook: Rulebook) -> Mapping[str, int]:
    """Give each row's bit among those of the rows that stand directly below the same one, by path."""
    return {row.path: 1 << place for rows in rulebook.rows_below.values() for place, row in enumerate(rows)}
