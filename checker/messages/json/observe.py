"""Reading of untrusted JSON into what was seen in it: names and places, and no value."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from ....engine.observation import Container, Observation, Unlisted, rows_of
from .places import JsonPlace

if TYPE_CHECKING:
    from .document import JsonDocumentReader


class JsonContent:
    """The bytes of a document; the line and the place of each element are worked out when they are asked for."""

    def __init__(self, content: bytes, reader: JsonDocumentReader, root: JsonPlace) -> None:
        self.content = content
        self.is_one_line = content.find(b"\n", 0, -1) < 0 and b"\r" not in content  # but at its end
        self.members = 0
        self._reader = reader
        self._root = root
        self._lines: list[int] | None = None
        self._places: list[JsonPlace] | None = None

    def line(self, at: int) -> int:
        """Return the line on which an element begins; 1 is the first."""
        if self.is_one_line:
            return 1
        if self._lines is None:
            self._lines = self._reader.lines(self.content)
        return self._lines[at]

    def places(self) -> list[JsonPlace]:
        """Return the place of each element; that of an array's root is left out, as it is no element."""
        if self._places is None:
            again = JsonDocument(
                JsonContent(self.content, self._reader, self._root), self._reader, self._root
            )
            again.record_places()
            again.walk(self._reader.decoded(self.content))
            self._places = again.places
        return self._places


class JsonDocument:
    """A document, or an item of its list, that was read: what was seen in it, and the texts that are evidence, by path.

    ``units`` are the items of the list that the rulebook judges one by one, None if no list is there. The document itself
    is then what surrounds them, and so is an item that is no object.
    """

    def __init__(
        self, source: JsonContent, reader: JsonDocumentReader, root: JsonPlace, start: int = 0
    ) -> None:
        self.containers: list[Container] = []
        self.unlisted: list[Unlisted] = []
        self.texts: list[tuple[str, int, str]] = []
        self._rows: Hashable | None = None
        self.names: frozenset[str] = frozenset()
        self.is_object = False
        self.is_null = False
        self.units: list[JsonDocument] | None = None
        self.source = source
        self.places: list[JsonPlace] = []
        self._reader = reader
        self._root = root
        self._start = start
        self._at = start
        self._records_places = False

    def observation(self) -> Observation:
        """Return what was seen."""
        only_line = 1 if self.source.is_one_line else None
        return Observation(self.containers, self.unlisted, self.source.line, self._find, only_line, self.rows)

    @property
    def rows(self) -> Hashable:
        """The rows that were seen, to compare it by."""
        if self._rows is None:
            self._rows = rows_of(self.containers)
        return self._rows

    @property
    def is_one_line(self) -> bool:
        """True if there is no line end but at its end."""
        return self.source.is_one_line

    def line(self, at: int) -> int:
        """Return the line on which an element begins; 1 is the first."""
        return self.source.line(at)

    def record_places(self) -> None:
        """Record the place of each element while walking."""
        self._records_places = True
        self.places = [self._root]

    def _find(self, paths: frozenset[str] | None) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        places = self.source.places()
        for at in range(self._start, min(self._at + 1, len(places))):
            place = places[at]
            is_here = (
                self.units is None or not place.is_reachable
            )  # the items of a list have their own documents
            if place.parent is not None and is_here and (paths is None or place.path in paths):
                found.setdefault(place.path, []).append(at)
        return found

    def walk(self, root: Any) -> None:
        """Go through the decoded root; raises UncheckedError (too-large) for too many levels."""
        if type(root) is list:  # only the root of a list of units
            self._at = -1
            self.places = []
            self._walk_units(root, 0)
            return
        self._walk_object(root, 0)

    def _walk_object(self, root: dict[str, Any], depth: int) -> None:
        start, self.is_object = self._at, True
        inside = self._members(root, self._root, depth)
        self.containers.append((None, start, inside))
        if self._reader.conditions:
            self.containers = self._reader.conditions.applied(self.containers, self.texts)
        steps = self._root.steps
        self.names = frozenset([steps[name].name for name in root.keys() & self._reader.telling_names])

    def _walk_units(self, items: list[Any], depth: int) -> None:
        """Read each item of the list that the rulebook judges as a document of its own."""
        self._reader.require_depth(depth)
        self.units = [] if self.units is None else self.units
        for item in items:
            unit = JsonDocument(self.source, self._reader, self._reader.unit_root, self._at + 1)
            unit._records_places, unit.places = self._records_places, self.places
            if type(item) is dict:
                if self._records_places:
                    self.places.append(unit._root)
                self._reader.require_depth(depth + 1)
                unit._walk_object(item, depth + 1)
                self._at = unit._at
            else:
                unit.is_null = item is None
                self._value(item, self._reader.item_place, depth + 1)
            self.units.append(unit)

    def _members(self, members: dict[str, Any], place: JsonPlace, depth: int) -> int:
        """Go through the members of an object; returns the bits of the rows that are there."""
        self.source.members += len(members)
        present = 0
        steps, is_plain = place.steps, not self._records_places and not self._reader.empty_is_absent
        for name, value in members.items():
            inner = steps.get(name) or self._reader.below(self.source.content, place, name)
            if is_plain and inner.is_simple and type(value) is str:  # as most are
                self._at += 1
                present |= inner.bit
                if inner.row is None:
                    self.unlisted.append((inner, self._at))
            else:
                present |= self._value(value, inner, depth + 1)
        return present

    def _value(self, value: Any, place: JsonPlace, depth: int) -> int:
        """Go through the elements that a member's value is: one, or as many as an array has items."""
        kind = type(value)
        if kind is list and (value or place.is_unit):
            present = self._items(value, place, depth)
            if value:
                return present
        self._at = at = self._at + 1
        before = len(self.containers), len(self.unlisted)
        self._add_place(place, at)
        if place.is_read:
            self._read_text(value, place, at)
        inside = 0
        if kind is dict:
            self._reader.require_depth(depth + bool(value))
            inside = self._members(value, place, depth)
        if place.has_states and (state := self._state(value, place)) >= 0:
            self._forget(at, *before)
            return state
        others = len(self.unlisted) - before[1] - (place.row is None)
        if self._reader.empty_is_absent and not inside and not others and _is_blank(value):
            self._forget(at, *before)
            return 0
        if not place.is_container:
            return place.bit | inside
        if value is not None and kind is not list:  # null, and an array without items, lack nothing
            self.containers.append((place.path, at, inside))
        return place.bit

    def _add_place(self, place: JsonPlace, at: int) -> None:
        if self._records_places:
            self.places.append(place)
        if place.row is None:
            self.unlisted.append((place, at))

    def _read_text(self, value: Any, place: JsonPlace, at: int) -> None:
        if not isinstance(value, (dict, list)):
            self.texts.append((place.path, at, _text(value)))

    def _state(self, value: Any, place: JsonPlace) -> int:
        """Return the bits of a row's element that counts as absent: none, or that of a masked one; -1 if it is there."""
        node = place.node
        if node is None:
            return -1
        if value is None:
            return 0 if node.nulls_are_absent else -1
        is_masked = type(value) is str and value in node.masks
        return place.bit << self._reader.shift if is_masked else -1

    def _items(self, items: list[Any], place: JsonPlace, depth: int) -> int:
        """Go through the items of an array; returns the bits of the rows that are there."""
        if place.is_unit:
            self._walk_units(items, depth)
            return 0
        self._reader.require_depth(depth + 1)
        present = 0
        for item in items:
            present |= self._value(item, place, depth + 1)
        return present

    def _forget(self, at: int, containers: int, unlisted: int) -> None:
        """Leave out an element that counts as absent, and what was kept of those in it."""
        del self.containers[containers:], self.unlisted[unlisted:]
        if self._records_places:
            self.places[at] = self._root


def _is_blank(value: Any) -> bool:
    """Return whether a value of which nothing else was kept has no text of its own."""
    return value is None or isinstance(value, (dict, list)) or (isinstance(value, str) and not value.strip())


def _text(value: Any) -> str:
    """Return the text of a scalar as JSON writes it, of a string what it says, and of null none."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
