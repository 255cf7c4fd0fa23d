"""Reading of untrusted JSON into what was seen in it: names and places, and no value.

A document is read in two passes. The first goes through the decoded value and compares each object with the shapes that are known;
it keeps all that a verdict rests on, so that a document like another needs no more. The second is the walk.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from ....engine.observation import Observation
from ..base import MAX_COMPARED
from .places import JsonPlace
from .shapes import Kind, ObjectShape
from .walk import ABSENT, MASKED, PRESENT, Walk

if TYPE_CHECKING:
    from .document import JsonDocumentReader

_MISPLACED_LINE_END = re.compile(
    rb"\n(?:(?<=[{\[,]\n)[ \t]*+[}\]:,\n]|(?<=[ \t]\n)|(?<![{\[,]\n)[ \t]*+[^}\]])"
)
"""A line end that is neither right after ``{``, ``[`` or ``,`` nor right after a value and before ``}`` or ``]``, or that is in an
empty object or array, or before another."""

(_RETURN,) = b"\r"
_NO_NAMES: frozenset[str] = frozenset()


class JsonDocument:
    """A document, or an item of its list, that was read: what was seen in it, and the texts that are evidence, by path.

    ``has_units`` says that the list is there whose items the rulebook judges one by one. The document itself
    is then what surrounds them; an item that is no object has nothing in it. ``names`` are those that tell what a message is, ``empty_names`` those of
    failure members with nothing in them, ``size`` is the number of elements, ``strings`` that of the strings that were decoded, names included, and ``number`` that of
    an item among the items.
    """

    is_object = False
    is_null = False
    names = _NO_NAMES
    empty_names = _NO_NAMES
    size = 1
    number = 0
    strings = 0
    _gaps = 0
    _is_new = False
    _lines: list[int] | None = None
    _units: list[JsonDocument] | None = None
    _unit_sizes: list[int] | None = None
    _walked: Walk | None = None

    def __init__(
        self, content: bytes, reader: JsonDocumentReader, root: JsonPlace, whole: JsonDocument | None = None
    ) -> None:
        self.content = content
        self.is_one_line: bool = (
            whole.is_one_line if whole else content.find(b"\n", 0, -1) < 0 and _RETURN not in content
        )
        self.texts: list[tuple[str, str]] = []
        self._reader = reader
        self._root = root
        self._whole = whole
        self._parts: list[Any] = []
        self._shapes: list[ObjectShape] = []

    @property
    def shape(self) -> Hashable | None:
        """The names, kinds and states that were seen, and no value, to compare it by; None if the like was not met before, or it is too much."""
        return tuple(self._parts) if self.size <= MAX_COMPARED and not self._is_new else None

    @property
    def is_expanded(self) -> bool:
        """True if each member, each item and each bracket that closes has a line of its own, so that lines follow from the shape."""
        content = self.content.rstrip()
        return (
            self._whole is None
            and not self.has_units
            and content.count(b"\n") == self._gaps
            and content[:1] == b"{"
            and _RETURN not in content
            and _MISPLACED_LINE_END.search(content) is None
        )

    def read_root(self, root: Any, depth: int = 0) -> None:
        """Take in the decoded root; raises UncheckedError (too-large) for too many levels."""
        if type(root) is list:  # only the root of a list of units
            self._add_units(root, self._root, depth)
            return
        self.is_object = True
        shape = self._add_object(root, self._root, depth)
        self.names = shape.telling
        if shape.may_be_empty:
            self.empty_names = frozenset([name for written, name in shape.may_be_empty if not root[written]])

    def _add_object(self, members: dict[str, Any], place: JsonPlace, depth: int) -> ObjectShape:
        kinds = tuple(map(type, members.values()))
        key = place, tuple(members), kinds
        reader = self._reader
        shape = reader.shapes.get(key) or reader.learn(self.content, key)
        self.strings += len(kinds) + shape.strings
        self.size += len(kinds)
        self._gaps += len(kinds) + bool(kinds)
        self._parts.append(shape.number)
        self._is_new |= shape.number is None
        self._shapes.append(shape)
        for name, inner, kind in shape.values:
            self._add_value(members[name], inner, kind, depth + 1)
        return shape

    def _add_value(self, value: Any, place: JsonPlace, kind: Kind, depth: int) -> None:
        """Take in a value that has to be inspected."""
        if kind is dict:
            self._reader.require_depth(depth + bool(value))
            self._add_object(value, place, depth)
        elif kind is not list:
            if place.is_read and not (value is None and place.nulls_are_absent):
                self.texts.append((place.path, _text(value)))
            if kind is str and place.inspects_texts:
                self._parts.append(_state(value, place))
        elif place.item_place is not None:
            self._add_units(value, place, depth)
        else:
            self._add_items(value, place, depth)

    def _add_items(self, items: list[Any], place: JsonPlace, depth: int) -> None:
        kinds = tuple(map(type, items))
        self._parts.append(kinds)
        if not kinds:
            return
        self._reader.require_depth(depth + 1)
        self.strings += kinds.count(str)
        self.size += len(kinds) - 1
        self._gaps += len(kinds) + 1
        if place.is_read or place.inspects_texts or dict in kinds or list in kinds:
            for item, kind in zip(items, kinds, strict=True):
                self._add_value(item, place, kind, depth + 1)

    def _add_units(self, items: list[Any], place: JsonPlace, depth: int) -> None:
        """Read each item of the list that the rulebook judges as a document of its own."""
        self._reader.require_depth(depth)
        if self._units is None or self._unit_sizes is None:
            self._units, self._unit_sizes = [], []
        kinds = tuple(map(type, items))
        self._parts.append(kinds)
        self.strings += kinds.count(str)
        for item, kind in zip(items, kinds, strict=True):
            unit = JsonDocument(self.content, self._reader, self._reader.unit_root, self)
            unit.number = len(self._units)
            self._units.append(unit)
            if kind is dict:
                self._reader.require_depth(depth + 1)
                unit.read_root(item, depth + 1)
                self.strings += unit.strings
            elif place.item_place is not None:
                unit.is_null = item is None
                self._add_value(item, place.item_place, kind, depth + 1)
            self._unit_sizes.append(unit.size)

    def take_units(self) -> list[JsonDocument]:
        """Return the items of its list, which it does not know after that: they know it, and a circle would be garbage to search for."""
        units, self._units = self._units, []
        return units or []

    @property
    def has_units(self) -> bool:
        """True if it is what surrounds the items of a list."""
        return self._unit_sizes is not None

    @property
    def has_short_texts(self) -> bool:
        """True if its texts that are evidence are short enough to compare it by them."""
        texts = self.texts
        return not texts or sum([len(text) for _, text in texts]) + len(texts) <= MAX_COMPARED

    @property
    def comparable_shape(self) -> Hashable | None:
        """The names and kinds that it shows, to compare it by; None if they do not tell the lines of its elements, or are too many."""
        if self.is_one_line:
            return self.shape
        return (self.shape, "expanded") if self.shape is not None and self.is_expanded else None

    def observation(self) -> Observation:
        """Return what was seen."""
        walked = self.walk()
        only_line = 1 if self.is_one_line else None
        return Observation(walked.containers, walked.unlisted, self.line, self._find, only_line)

    def walk(self) -> Walk:
        """Return what a walk through it sees."""
        if self._walked is None:
            self._walked = walked = self._begin_walk()
            if conditions := self._reader.conditions:
                walked.containers = conditions.apply(walked.containers, self.located_texts())
        return self._walked

    def located_texts(self) -> list[tuple[str, int, str]]:
        """Return the texts that are evidence with their paths and positions."""
        return [(path, at, text) for (path, text), at in zip(self.texts, self.walk().read_at, strict=True)]

    def _begin_walk(self, places: dict[int, JsonPlace] | None = None) -> Walk:
        walk = Walk(self._parts, self._shapes, self._unit_sizes or (), self._reader.shift, places)
        if self.is_object:
            walk.walk_object()
        elif self.has_units and self._root.item_place is not None:
            walk.walk_units(self._root.item_place)
        return walk

    def line(self, at: int) -> int:
        """Return the line on which an element begins; 1 is the first."""
        if self.is_one_line:
            return 1
        if self._whole is not None:
            start = self._whole.walk().unit_starts[self.number]
            return self._whole.line(start + at)
        if self._lines is None:
            self._lines = self._reader.lines(self.content)
        return self._lines[at]

    def _find(self, paths: frozenset[str] | None) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        places: dict[int, JsonPlace] = {}
        self._begin_walk(places)
        for at, place in places.items():
            if paths is None or place.path in paths:
                found.setdefault(place.path, []).append(at)
        return found


def _state(text: str, place: JsonPlace) -> int:
    """Return the state of a text: absent if it is blank and that counts as absent."""
    if text in place.masks:
        return MASKED
    return ABSENT if place.empty_is_absent and not text.strip() else PRESENT


def _text(value: Any) -> str:
    """Return the text of a scalar as JSON writes it, of a string what it says, and of null none."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
