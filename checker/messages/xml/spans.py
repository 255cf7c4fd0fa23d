"""The content of a wanted element of the envelope: the elements in it, and the texts that are asked for."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from operator import itemgetter
from typing import Any

import msgspec

from ....engine.observation import Container, Unlisted, rows_of
from .envelope import BodyType
from .markup import SHIFT
from .places import XmlPlace

GOES_ON = object()
"""Stands for a text that is not cut out in one piece, so that it has to be put together."""

Text = tuple[int, Any]
"""The position of an element, and its text: None if it is the one that follows its piece, GOES_ON if it has to be put together."""

Spans = dict[str, list["Span"]]
"""Elements of an envelope, by role."""


class Span(msgspec.Struct, eq=False):
    """An element of the envelope that is wanted.

    ``fields`` are the elements directly in it: name, whether it is in the envelope's namespace or none, and text. For a body there
    is what was seen in it; ``texts`` are evidence, by path. ``between`` are texts that were cut
    out where only elements may stand; ``pick_between`` is the document's own.
    ``begin`` and ``end`` are the positions of its tags.
    """

    begin: int
    place: XmlPlace
    type: BodyType | None
    end: int = 0
    fields: list[tuple[str, bool, Text]] = []
    containers: list[Container] = []
    unlisted: list[Unlisted] = []
    texts: dict[str, list[Text]] = {}
    between: list[tuple[XmlPlace, Text]] = []
    pick_between: Callable[[list[bytes]], Iterable[bytes]] | None = None
    _rows: Hashable | None = None

    @property
    def rows(self) -> Hashable:
        """The rows in a body, to compare it by."""
        if self._rows is None:
            self._rows = rows_of(self.containers)
        return self._rows

    @property
    def has_elements(self) -> bool:
        """True if there is anything in a body."""
        return bool(self.unlisted or self.containers[-1][2])


def pick_parts(texts: Sequence[Text]) -> Callable[[list[bytes]], tuple[bytes, ...]] | None:
    """Return what takes texts out of a document's parts at once; None if there are none, or not each is one of them."""
    if not texts or any(known is not None for _, known in texts):
        return None
    numbers = [2 * (at >> SHIFT) + 1 for at, _ in texts]
    return itemgetter(*numbers, *numbers[: len(numbers) == 1])  # a single one would not be in a tuple
