"""The elements of a JSON document one by one, for those who ask where they are.

A verdict on a document that is written on one line needs none of this.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .places import ABSENT, PRESENT, JsonPlace

Located = tuple[JsonPlace, int]
"""The place of an element, and its position: the number of elements before it in the document."""


class Elements:
    """Goes through a document and notes the elements that are there; ``step`` returns the place of a member by its parent's place and its name."""

    def __init__(self, step: Callable[[JsonPlace, str], JsonPlace]) -> None:
        self.found: list[Located] = []
        self._step = step
        self._at = -1

    def add_root(self, root: Any, place: JsonPlace) -> None:
        """Go through a root: an object, or the list of units, which is no element itself."""
        if type(root) is list:
            self._add_list(root, place)
        else:
            self._at = 0
            self._add_members(root, place)

    def _add_members(self, members: dict[str, Any], place: JsonPlace) -> bool:
        """Go through the members of an object; returns whether anything is there."""
        are_there = [self._add(value, self._step(place, name)) for name, value in members.items()]
        return any(are_there)  # only after all were added

    def _add(self, value: Any, place: JsonPlace) -> bool:
        if type(value) is list and value:
            return self._add_list(value, place)
        self._at = at = self._at + 1
        number = len(self.found)
        self.found.append((place, at))
        is_blank = not (type(value) is dict and self._add_members(value, place))
        state = place.state_of(value, is_blank=is_blank)
        if state is not PRESENT:
            del self.found[number]
        return state is not ABSENT

    def _add_list(self, items: list[Any], place: JsonPlace) -> bool:
        if place.item_place is None:
            are_there = [self._add(item, place) for item in items]
            return any(are_there)
        is_there = False
        for item in items:
            if type(item) is dict:
                self._at += _number_of_elements(item)
            else:
                is_there |= self._add(item, place.item_place)
        return is_there


def _number_of_elements(value: Any) -> int:
    """Return the number of elements that a value is: an array is as many as its items, if it has any."""
    if type(value) is dict:
        return 1 + sum(map(_number_of_elements, value.values()))
    return sum(map(_number_of_elements, value)) if type(value) is list and value else 1
