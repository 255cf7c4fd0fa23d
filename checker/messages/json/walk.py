"""The walk through what is known of a JSON document: where each element is, and the rows that are in each container."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ....engine.observation import Container, Unlisted
from .places import JsonPlace
from .shapes import NULL, Kind, ObjectShape, Run

PRESENT, ABSENT, MASKED = range(3)
"""The states of a text that was inspected."""


class Walk:
    """A walk through one document.

    ``parts`` are in order: the number of an object's shape, the kinds of an array's items, the state of a text. A position is the
    number of an element; that of a root is 0, except for a list of units, which is no element. ``unit_sizes`` are the numbers of
    elements of the units, and ``places`` gets the place of each element.
    """

    def __init__(
        self,
        parts: Iterable[Any],
        shapes: Iterable[ObjectShape],
        unit_sizes: Iterable[int],
        shift: int,
        places: dict[int, JsonPlace] | None = None,
    ) -> None:
        self.containers: list[Container] = []
        self.unlisted: list[Unlisted] = []
        self.read_at: list[int] = []
        self._places = places
        self._parts = iter(parts)
        self._shapes = iter(shapes)
        self.unit_starts: list[int] = []
        self._unit_sizes: Iterator[int] = iter(unit_sizes)
        self._shift = shift
        self._at = -1

    def walk_object(self) -> None:
        """Go through a root that is an object."""
        self._at = 0
        inside = self._members()
        self.containers.append((None, 0, inside))

    def walk_units(self, item_place: JsonPlace) -> bool:
        """Go through a list of units, and note where each begins; returns whether it has any.

        ``item_place`` is the place of items that are no objects.
        """
        kinds = next(self._parts)
        for kind in kinds:
            size = next(self._unit_sizes)
            self.unit_starts.append(self._at + 1)
            if kind is dict:
                self._at += size
            else:
                self._value(item_place, kind)
        return bool(kinds)

    def _members(self) -> int:
        """Go through the members of an object; returns the bits of the rows that are there."""
        next(self._parts)
        shape = next(self._shapes)
        present = shape.present
        runs = iter(shape.runs)
        for place, kind in shape.inspected:
            self._go_through(next(runs))
            present |= self._value(place, kind)
        self._go_through(next(runs))
        return present

    def _go_through(self, run: Run) -> None:
        """Go through members each of which is one element that is there."""
        places, unlisted = run
        before = self._at
        self._at += len(places)
        if unlisted:
            self.unlisted += [(place, before + number) for number, place in unlisted]
        if self._places is not None:
            self._places.update(enumerate(places, before + 1))

    def _value(self, place: JsonPlace, kind: Kind) -> int:
        """Go through the elements that a value is: one, or as many as an array has items."""
        if kind is not list:
            return self._element(place, kind)
        if place.item_place is not None:
            return 0 if self.walk_units(place.item_place) else self._element(place, kind)
        present, kinds = 0, next(self._parts)
        for each in kinds:
            present |= self._value(place, each)
        return present if kinds else self._element(place, kind)

    def _element(self, place: JsonPlace, kind: Kind) -> int:
        """Go through one element, which is no array unless that is empty; returns the bits of the rows that are there."""
        self._at = at = self._at + 1
        containers, unlisted = len(self.containers), len(self.unlisted)
        if place.row is None:
            self.unlisted.append((place, at))
        if self._places is not None:
            self._places[at] = place
        inside = self._members() if kind is dict else 0
        others = len(self.unlisted) - unlisted - (place.row is None)
        state = self._state(place, kind, at, is_blank=not inside and not others)
        if state != PRESENT:
            del self.containers[containers:], self.unlisted[unlisted:]
            if self._places is not None:
                del self._places[at]
            return place.bit << self._shift if state == MASKED else 0
        if not place.is_container:
            return place.bit | inside
        if kind is not NULL and kind is not list:  # null, and an array without items, lack nothing
            self.containers.append((place.path, at, inside))
        return place.bit

    def _state(self, place: JsonPlace, kind: Kind, at: int, *, is_blank: bool) -> int:
        if kind is dict or kind is list:
            return ABSENT if place.empty_is_absent and is_blank else PRESENT
        if kind is NULL and place.nulls_are_absent:
            return ABSENT
        if place.is_read:
            self.read_at.append(at)
        if kind is str and place.inspects_texts:
            state: int = next(self._parts)
            return state
        return PRESENT
