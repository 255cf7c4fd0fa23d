"""Reading of untrusted JSON into what was seen in it: names and places, and no value.

One pass through the decoded value compares each object with the shapes that are known, and takes from them what is there. Where in
the document that is, is worked out only if somebody asks for a line.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from functools import cached_property
from itertools import repeat
from typing import TYPE_CHECKING, Any

from ....engine.observation import Container, Observation, rows_of, split_located
from ..base import MAX_COMPARED
from .elements import Elements, Located
from .places import MASKED, PRESENT, JsonPlace
from .shapes import NULL, Kind
from .telling import values_at

if TYPE_CHECKING:
    from .document import JsonDocumentReader

_MISPLACED_LINE_END = re.compile(
    rb"\n(?:(?<=[{\[,]\n)[ \t]*+[}\]:,\n]|(?<=[ \t]\n)|(?<![{\[,]\n)[ \t]*+[^}\]])"
)
"""A line end that is neither right after ``{``, ``[`` or ``,`` nor right after a value and before ``}`` or ``]``, or that is in an
empty object or array, or before another."""

(_RETURN,) = b"\r"
_NO_NAMES: frozenset[str] = frozenset()
_NESTED = frozenset((dict, list))


class JsonDocument:
    """A document, or an item of its list, that was read: what was seen in it, and the texts that are evidence, by path.

    ``has_units`` says that the list is there whose items the rulebook judges one by one. The document itself
    is then what surrounds them; an item that is no object has nothing in it. ``names`` are those that tell what a message is,
    ``empty_names`` those of failure members with nothing in them, ``strings`` the number of the strings that were decoded, names included, and ``number`` that of an item among the items.
    ``value`` is what was decoded, never shown.
    ``containers`` and ``unlisted`` are as in `Observation`, the latter without positions.
    """

    is_object = False
    is_null = False
    has_units = False
    names = _NO_NAMES
    empty_names = _NO_NAMES
    number = 0
    strings = 0
    value: Any = None
    _at = -1
    _root: Any = None
    _rows: Hashable | None = None
    _start = 0
    _gaps = 0
    _units: list[JsonDocument] | None = None

    def __init__(
        self, content: bytes, reader: JsonDocumentReader, place: JsonPlace, whole: JsonDocument | None = None
    ) -> None:
        self.content = content
        self.is_one_line: bool = (
            whole.is_one_line if whole else content.find(b"\n", 0, -1) < 0 and _RETURN not in content
        )
        self.containers: list[Container] = []
        self.unlisted: list[JsonPlace] = []
        self.texts: list[tuple[str, str]] = []
        self._texts_at: list[int] = []
        self._layout: list[Any] = []
        self._reader = reader
        self._place = place
        self._whole = whole

    def read_root(self, root: Any, depth: int = 0) -> None:
        """Take in the decoded root; raises UncheckedError (too-large) for too many levels."""
        self._root = self.value = root
        if type(root) is list:  # only the root of a list of units
            self._add_units(root, self._place.item_place, depth)
        else:
            self.is_object = True
            self._at = 0
            self.containers.append((None, 0, self._add_members(root, self._place, depth)))
            for path, names in self._reader.telling_paths:
                self._add_telling(path, [*values_at(root, names)])
        if conditions := self._reader.conditions:
            self.containers = conditions.apply(self.containers, self.located_texts())

    def _add_telling(self, path: str, values: list[Any]) -> None:
        """Take in an element, not of the root, that tells what the message is."""
        if values:
            self.names |= {path}
            if path in self._reader.failure_names and all(map(_is_nothing, values)):
                self.empty_names |= {path}

    def read_misshapen(self, items: list[Any]) -> None:
        """Take in a root that is an array where none is expected; raises UncheckedError (too-large) for too many levels."""
        self._root = self.value = items
        self._add_array(items, self._place, 0)

    def _add_members(self, members: dict[str, Any], place: JsonPlace, depth: int) -> int:
        """Take in the members of an object; returns the bits of the rows that are there."""
        names, kinds = tuple(members), tuple(map(type, members.values()))
        reader = self._reader
        key = place, names
        known = reader.shapes.get(key)
        shape, strings = (known and known.get(kinds)) or reader.learn(
            self.content, key, members, kinds, known
        )
        if shape.telling:
            self.names = shape.telling
            if shape.failures:
                self.empty_names = frozenset(
                    [told for name, told in shape.failures if _is_nothing(members[name])]
                )
        self.strings += strings
        if not self.is_one_line:
            self._layout.append(shape)
            self._gaps += len(kinds) + bool(kinds)
        present = shape.present
        for skipped, unlisted, name, inner in shape.steps:
            self._at += skipped
            if unlisted:
                self.unlisted += unlisted
            value = members[name]
            kind = type(value)
            if kind is dict:
                present |= self._add_object(value, inner, depth + 1)
            elif kind is list:
                present |= self._add_array(value, inner, depth + 1)
            else:
                present |= self._add_scalar(value, inner, kind)
        self._at += shape.rest
        if shape.unlisted:
            self.unlisted += shape.unlisted
        return present

    def _add_value(self, value: Any, place: JsonPlace, depth: int) -> int:
        """Take in the elements that a value is, one or as many as an array has items; returns the bits of the rows that are there."""
        kind = type(value)
        if kind is dict:
            return self._add_object(value, place, depth)
        if kind is list:
            return self._add_array(value, place, depth)
        return self._add_scalar(value, place, kind)

    def _add_object(self, members: dict[str, Any], place: JsonPlace, depth: int) -> int:
        if depth >= self._reader.max_depth:
            self._reader.require_depth(depth + bool(members))
        self._at = at = self._at + 1
        number, is_unlisted = len(self.unlisted), place.row is None
        if is_unlisted:
            self.unlisted.append(place)
        inside = self._add_members(members, place, depth)
        if (
            place.empty_is_absent
            and not inside & self._reader.seen_bits
            and len(self.unlisted) == number + is_unlisted
        ):
            del self.unlisted[number:]
            return 0 if place.container is not None else inside
        if place.container is None:
            if place.through is not None and (place.bits_below & ~inside or self._reader.conditions):
                self.containers.append((place.through, at, inside))
            return place.bit | inside
        self.containers.append((place.container, at, inside))
        return place.bit

    def _add_array(self, items: list[Any], place: JsonPlace, depth: int) -> int:
        if place.item_place is not None:
            self._add_units(items, place.item_place, depth)
            return 0 if items else self._add_scalar(items, place, list)
        kinds = tuple(map(type, items))
        if not self.is_one_line:
            self._layout.append(kinds)
        if not items:
            return self._add_scalar(items, place, list)
        if depth >= self._reader.max_depth:
            self._reader.require_depth(depth + 1)
        self.strings += kinds.count(str)
        self._gaps += len(kinds) + 1
        if place.is_simple and _NESTED.isdisjoint(kinds):
            self._at += len(kinds)
            if place.row is None:
                self.unlisted += repeat(place, len(kinds))
            return place.bit
        present = 0
        for item in items:
            present |= self._add_value(item, place, depth + 1)
        return present

    def _add_scalar(self, value: Any, place: JsonPlace, kind: Kind) -> int:
        """Take in one element without elements in it: a scalar, or an empty array."""
        self._at = at = self._at + 1
        if place.reads and kind is not list and not (kind is NULL and place.nulls_are_absent):
            for path in place.reads:
                self.texts.append((path, _text(value)))
                self._texts_at.append(at)
        state = place.state_of(value)
        if not self.is_one_line:
            self._layout.append((state, kind is NULL))
        lacks_nothing = kind is NULL or kind is list
        unmet = place.bits_below << 2 * self._reader.shift if lacks_nothing else 0
        if state is not PRESENT:
            return unmet | (place.bit << self._reader.shift if state is MASKED else 0)
        if place.row is None:
            self.unlisted.append(place)
        container = place.container or place.through
        if container is not None and not lacks_nothing:
            self.containers.append((container, at, 0))
        return place.bit | unmet

    def _add_units(self, items: list[Any], item_place: JsonPlace | None, depth: int) -> None:
        """Read each item of the list that the rulebook judges as a document of its own."""
        reader = self._reader
        reader.require_depth(depth)
        self.has_units = True
        if self._units is None:
            self._units = []
        kinds = tuple(map(type, items))
        self.strings += kinds.count(str)
        for item, kind in zip(items, kinds, strict=True):
            unit = JsonDocument(self.content, reader, reader.unit_root, self)
            unit.number = len(self._units)
            unit._start = self._at + 1
            self._units.append(unit)
            unit.value = item
            if kind is dict:
                reader.require_depth(depth + 1)
                unit.read_root(item, depth + 1)
                self.strings += unit.strings
                self._at += unit._at + 1
            elif item_place is not None:
                unit.is_null = item is None
                self._add_value(item, item_place, depth + 1)

    def take_units(self) -> list[JsonDocument]:
        """Return the items of its list, which it does not know after that: they know it, and a circle would be garbage to search for."""
        units, self._units = self._units, []
        return units or []

    @property
    def shape(self) -> Hashable | None:
        """Its elements and their lines, to compare it by; None if its shape does not tell the lines, or is too much."""
        if self._at >= MAX_COMPARED:
            return None
        if self.is_one_line:
            self._rows = rows_of(self.containers)
            return self._rows, tuple(self.unlisted)
        return tuple(self._layout) if self.is_expanded else None

    @property
    def is_expanded(self) -> bool:
        """True if each member, each item and each bracket that closes has a line of its own, so that lines follow from the layout."""
        content = self.content.rstrip()
        return (
            self._whole is None
            and not self.has_units
            and content.count(b"\n") == self._gaps
            and content[:1] == b"{"
            and _RETURN not in content
            and _MISPLACED_LINE_END.search(content) is None
        )

    @property
    def shows_rows(self) -> bool:
        """True if a row's element is in it, masked or not."""
        return any(present & self._reader.seen_bits for _, _, present in self.containers)

    @property
    def has_short_texts(self) -> bool:
        """True if its texts that are evidence are short enough to compare it by them."""
        texts = self.texts
        return not texts or sum([len(text) for _, text in texts]) + len(texts) <= MAX_COMPARED

    def observation(self) -> Observation:
        """Return what was seen."""
        if self.is_one_line:
            return Observation(self.containers, self.unlisted, (), self.line, self._find, 1, self._rows)
        located = [(place, at) for place, at in self._located if place.row is None] if self.unlisted else []
        return Observation(self.containers, *split_located(located), self.line, self._find)

    def located_texts(self) -> list[tuple[str, int, str]]:
        """Return the texts that are evidence with their paths and positions."""
        return [(path, at, text) for (path, text), at in zip(self.texts, self._texts_at, strict=True)]

    def line(self, at: int) -> int:
        """Return the line on which an element begins; 1 is the first."""
        if self.is_one_line:
            return 1
        return self._whole.line(self._start + at) if self._whole is not None else self._lines[at]

    @cached_property
    def _lines(self) -> list[int]:
        return self._reader.lines(self.content)

    @cached_property
    def _located(self) -> list[Located]:
        elements = Elements(self._reader.step)
        if self._root is not None:
            elements.add_root(self._root, self._place)
        return elements.found

    def _find(self, paths: frozenset[str] | None) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for place, at in self._located:
            for path in {place.path, *place.reads} & paths if paths is not None else (place.path,):
                found.setdefault(path, []).append(at)
        return found


def _is_nothing(value: Any) -> bool:
    """Return whether a value is null, or an object or array with nothing in it."""
    return value is None or (not value and type(value) in (dict, list))


def _text(value: Any) -> str:
    """Return the text of a scalar as JSON writes it, of a string what it says, and of null none."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
