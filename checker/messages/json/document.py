"""Reading of JSON documents: decoded by a library, refused if they are larger than allowed or two readers could see two things."""

from __future__ import annotations

import json
from collections.abc import Hashable
from itertools import count
from typing import Any

import msgspec

from ....engine.places import PathNode, bit_shift, path_tree
from ....engine.recurrence import Recurrence
from ....rules.model import Rulebook
from ...core.errors import Reason, UncheckedError
from ...core.limits import Limits, limit_exceeded
from ..base import MAX_COMPARED
from ..conditions import RowConditions
from .locate import scan, text_of
from .observe import JsonDocument
from .places import JsonPlace, shown_name
from .shapes import NULL, Fraction, Kind, ObjectShape

_DECODER = msgspec.json.Decoder(float_hook=Fraction)
(_BACKSLASH,) = b"\\"
MAX_STEPS = 20_000
"""Names in their places that are remembered; then the reader begins anew."""
MAX_KEPT = 128 * 1024
"""Bytes of the document that was read last, up to which it is kept: it is read again if a glance at it was not enough."""
MAX_SHAPED = 1_000_000
"""Letters of the names in shapes that are remembered, a member for 16 more; then they are forgotten."""

_numbers = count()
_NO_NAMES: frozenset[str] = frozenset()
_MAY_BE_EMPTY = (NULL, dict, list)

ShapeKey = tuple[JsonPlace, tuple[str, ...], tuple[Kind, ...]]
"""The place of an object, the names of its members, and their kinds."""


class JsonDocumentReader:
    """Reads documents of one direction by the names of one rulebook."""

    def __init__(
        self,
        rulebook: Rulebook,
        limits: Limits,
        read: frozenset[str],
        unit: str = "",
        *,
        empty_is_absent: bool = False,
    ) -> None:
        self._empty_is_absent = empty_is_absent
        self._limits = limits
        self.conditions = RowConditions(rulebook)
        self._telling_names = _telling_names(rulebook)
        wire = rulebook.document.wire
        self._failure_names = frozenset(wire.failure_members).difference(wire.recognised_by)
        self.shift = bit_shift(rulebook)
        self._unit = unit
        self._tree = path_tree(rulebook, read)
        self.shapes: dict[ShapeKey, ObjectShape] = {}
        self._numbers: dict[Hashable, int] = {}
        self._met = Recurrence()
        self._last: JsonDocument | None = None
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._to_inspect: set[JsonPlace] = set()
        self.unit_root = self._place(None, "", self._tree)
        self._root = self.unit_root if not self._unit else self._surroundings()
        self._room = MAX_STEPS
        self._forget_shapes()

    def _forget_shapes(self) -> None:
        self.shapes.clear()
        self._numbers.clear()
        self._shape_room = MAX_SHAPED

    def _place(self, parent: JsonPlace | None, name: str, node: PathNode | None = None) -> JsonPlace:
        place = JsonPlace(parent, name, node, empty_is_absent=self._empty_is_absent)
        if not place.is_simple:
            self._to_inspect.add(place)
        return place

    def _surroundings(self) -> JsonPlace:
        """Return the root of what surrounds the units: no element in it is in a row, and names of rows are misplaced."""
        root = place = self._place(None, "")
        root.is_reachable = False
        for name in filter(None, self._unit.removesuffix("[]").split("/")):
            place.steps[name] = place = self._place(place, shown_name(name))
        place.item_place = self._place(root, "")
        return root

    def read(self, content: bytes) -> JsonDocument:
        """Read a document whose root is an object, or the list of units, unless it is the one that was read last.

        Raises UncheckedError: too-large, not-json with line and column, or not-a-message if the root is no object.
        """
        last = self._last
        if last is not None and last.content is content:
            return last
        if self._room <= 0:
            self._begin_anew()
        root = self.decode_document(content)
        if not isinstance(root, dict) and not (self._unit == "[]" and isinstance(root, list)):
            self.lines(content)
            raise UncheckedError(Reason.NOT_A_MESSAGE, "its root is no object")
        document = JsonDocument(content, self, self._root)
        document.read_root(root)
        if _strings(content) != document.strings:
            self.lines(content)  # which raises, since an object has a name twice
        self._last = document if len(content) <= MAX_KEPT and not document.has_units else None
        return document

    def decode_document(self, content: bytes) -> Any:
        """Decode a document; raises UncheckedError."""
        limits = self._limits
        if len(content) > limits.size:
            raise limit_exceeded(f"larger than {limits.size:,} bytes", "size")
        if len(content) >= limits.elements and _most_elements(content) >= limits.elements:
            self.lines(content)  # which builds nothing of it, and raises if there are really as many elements
        try:
            return _DECODER.decode(content)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            self.lines(content)
        # What the decoder lacks: single surrogates, integers of thousands of digits, and a mark at the start.
        return json.loads(text_of(content), parse_float=Fraction, parse_int=Fraction)

    def learn(self, content: bytes, key: ShapeKey) -> ObjectShape:
        """Return the shape of an object that is not remembered, and remember it if the like was met before."""
        place, names, kinds = key
        steps = place.steps
        try:
            places = tuple([steps[name] for name in names])
        except KeyError:
            places = tuple([steps.get(name) or self._below(content, place, name) for name in names])
        telling, may_be_empty = self._telling(key, places) if place.parent is None else (_NO_NAMES, ())
        shape = ObjectShape(names, places, kinds, telling, self._to_inspect)
        shape.may_be_empty = may_be_empty
        # Where null counts as any value, kinds differ that are seen as the same.
        seen = place, tuple([places for places, _ in shape.runs]), shape.inspected, telling
        if seen not in self._numbers and not self._met.was_met(seen):
            return shape
        if len(names) <= MAX_COMPARED:
            if self._shape_room <= 0:
                self._forget_shapes()
            self._shape_room -= 16 * (len(names) + 1) + sum(map(len, names))
            shape.number = self._numbers.setdefault(seen, next(_numbers))
            self.shapes[key] = shape
        return shape

    def _telling(
        self, key: ShapeKey, places: tuple[JsonPlace, ...]
    ) -> tuple[frozenset[str], tuple[tuple[str, str], ...]]:
        """Return the names that tell what a message is, and the failure members that may be empty, as written and by name."""
        _, names, kinds = key
        found = {written: names.index(written) for written in self._telling_names.intersection(names)}
        telling = [places[at].name for at in found.values()]
        may_be_empty = [
            (written, name)
            for (written, at), name in zip(found.items(), telling, strict=True)
            if kinds[at] in _MAY_BE_EMPTY and name in self._failure_names and telling.count(name) == 1
        ]
        return frozenset(telling), tuple(may_be_empty)

    def _below(self, content: bytes, place: JsonPlace, name: str) -> JsonPlace:
        """Return the place of a member that was not met there before, and remember it."""
        if len(name) > self._limits.name:
            self.lines(content)
        shown = shown_name(name)
        inner = self._place(place, shown, place.node.child(shown) if place.node is not None else None)
        if self._room > 0:
            self._room -= 1
            place.steps[name] = inner
        return inner

    def require_depth(self, depth: int) -> None:
        """Raise UncheckedError (too-large) for a level that is not allowed."""
        if depth > self._limits.depth:
            raise limit_exceeded(f"more than {self._limits.depth} levels of elements", "depth")

    def lines(self, content: bytes) -> list[int]:
        """Return the line of each element of a document, in order; raises UncheckedError for what is wrong with it."""
        return scan(content, self._limits)


def _telling_names(rulebook: Rulebook) -> frozenset[str]:
    """Return the names of members of the root that tell what a message is, in every spelling."""
    wire, spellings = rulebook.document.wire, rulebook.document.spellings
    names = (*wire.recognised_by, *wire.failure_members)
    return frozenset(spelling for name in names for spelling in (name, *spellings.get(name, ())))


def _most_elements(content: bytes) -> int:
    """Return a number that the elements of a document, less one, do not exceed."""
    return content.count(b",") + content.count(b"[") + content.count(b"{")


def _strings(content: bytes) -> int:
    """Return the number of strings in a document, names included, and those that are lost if a name comes twice."""
    quotes = content.count(b'"')
    if _BACKSLASH in content:  # some may be in strings
        escaped = content if content.find(b"\\\\") < 0 else content.replace(b"\\\\", b"")
        quotes -= escaped.count(b'\\"')
    return quotes // 2
