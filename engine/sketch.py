"""Sketches: an observation as far as judging needs it where nothing is leaked, without a node for each element."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from ..rules.model import Rulebook
from .observation import Node


class Unlisted(NamedTuple):
    """An element that no row lists, with all that is in it; ``parent`` is the path of what it stands in."""

    parent: str
    path: str
    node: Node


class Sketch(NamedTuple):
    """One occurrence of a container, or the root of what was seen.

    ``row`` is the container's path, None for the root, and ``line`` where it begins. ``rows`` has the bits of the rows
    that stand directly below it and are there. ``parts`` are the containers and the unlisted elements in it, in
    document order.
    """

    row: str | None
    line: int
    rows: int
    parts: tuple[Sketch | Unlisted, ...]

    def line_for(self, steps: tuple[str, ...]) -> int:
        """Give the line where what these steps lead to would have its place, as `Node.deepest` does."""
        for part in self.parts if len(steps) > 1 else ():
            if isinstance(part, Unlisted) and part.node.name == steps[0] and not part.node.foreign:
                return part.node.deepest(steps[1:]).line
        return self.line


@lru_cache(16)
def row_bits(rulebook: Rulebook) -> Mapping[str, int]:
    """Give each row's bit, by path."""
    return {row.path: 1 << place for place, row in enumerate(rulebook.rows)}
