"""Small changes of plain data, each at the places that a pattern names.

A pattern is a key of ``rulebook.toml`` with ``[]`` for each entry of a list and ``{}`` for each value of a table with
free keys: ``columns.values[].names[]``, ``spellings{}[]``, ``evidence.response[].names{}``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import combinations, pairwise
from typing import Any

Place = tuple[str | int, ...]
Changed = tuple[str, Callable[[Any], None]]
"""The description of a change, and the function that makes it, in a copy."""
Change = Callable[[Any, str], Iterator[Changed]]
"""All changes of one kind, at the places of a pattern."""

_STEP = re.compile(r"\[\]|\{\}|[^.\[\]{}]+")


def places(data: Any, pattern: str) -> list[Place]:
    """Every place of a pattern that is there; a key that is left out has none."""
    found: list[Place] = [()]
    for step in _STEP.findall(pattern):
        found = [(*place, key) for place in found for key in _keys(at(data, place), step)]
    return found


def _keys(value: Any, step: str) -> list[str | int]:
    if step == "[]":
        return list(range(len(value)))
    if step == "{}":
        return list(value)
    return [step] if step in value else []


def at(data: Any, place: Place) -> Any:
    """The value at a place."""
    for key in place:
        data = data[key]
    return data


def _set(place: Place, value: Any) -> Callable[[Any], None]:
    def change(data: Any) -> None:
        at(data, place[:-1])[place[-1]] = value

    return change


def _in_words(data: Any, place: Place) -> str:
    """A place in words: entries by their id or name where they have one."""
    words: list[str] = []
    for length, key in enumerate(place, start=1):
        entry = at(data, place[:length])
        named = isinstance(entry, dict) and next((entry[k] for k in ("id", "name") if k in entry), None)
        words.append(str(named or key))
    return ".".join(words)


def removed(data: Any, pattern: str) -> Iterator[Changed]:
    """Leave it out."""
    for place in places(data, pattern):

        def change(data: Any, place: Place = place) -> None:
            del at(data, place[:-1])[place[-1]]

        value = at(data, place)
        shown = f" ({value})" if isinstance(value, str) else ""
        yield f"{_in_words(data, place)}{shown} is left out", change


def misspelt(data: Any, pattern: str) -> Iterator[Changed]:
    """Add a letter."""
    for place in places(data, pattern):
        yield f"{_in_words(data, place)} is misspelt", _set(place, f"{at(data, place)}x")


def shortened(data: Any, pattern: str) -> Iterator[Changed]:
    """Drop the last letter."""
    for place in places(data, pattern):
        yield f"{_in_words(data, place)} is cut short", _set(place, at(data, place)[:-1])


def flipped(data: Any, pattern: str) -> Iterator[Changed]:
    """Turn yes and no around."""
    for place in places(data, pattern):
        yield f"{_in_words(data, place)} is turned round", _set(place, not at(data, place))


def becomes(*values: Any) -> Change:
    """Put each other one of these values there."""

    def changes(data: Any, pattern: str) -> Iterator[Changed]:
        for place in places(data, pattern):
            for value in values:
                if value != at(data, place):
                    yield f"{_in_words(data, place)} becomes {value}", _set(place, value)

    return changes


def swapped(data: Any, pattern: str) -> Iterator[Changed]:
    """Exchange each two that differ; two of one list are left, since the order of these lists does not count."""
    for one, other in combinations(places(data, pattern), 2):
        of_one_list = isinstance(one[-1], int) and one[:-1] == other[:-1]
        if at(data, one) != at(data, other) and not of_one_list:

            def change(data: Any, one: Place = one, other: Place = other) -> None:
                first, second = at(data, one), at(data, other)
                _set(one, second)(data)
                _set(other, first)(data)

            yield f"{_in_words(data, one)} and {_in_words(data, other)} are swapped", change


def reordered(data: Any, pattern: str) -> Iterator[Changed]:
    """Exchange each two neighbours."""
    for one, other in pairwise(places(data, pattern)):
        if one[:-1] == other[:-1]:

            def change(data: Any, one: Place = one, other: Place = other) -> None:
                first, second = at(data, one), at(data, other)
                _set(one, second)(data)
                _set(other, first)(data)

            yield f"{_in_words(data, one)} comes after {_in_words(data, other)}", change


def joined_by(*values: Any) -> Change:
    """Add each of these values to a list that lacks it; the pattern is that of the list."""

    def changes(data: Any, pattern: str) -> Iterator[Changed]:
        for place in places(data, pattern):
            for value in values:
                entries = at(data, place)
                if value not in entries:
                    yield f"{_in_words(data, place)} has {value} too", _set(place, [*entries, value])

    return changes


def given(key: str, *values: Any) -> Change:
    """Set a key in each table that lacks it; the pattern is that of the tables."""

    def changes(data: Any, pattern: str) -> Iterator[Changed]:
        for place in places(data, pattern):
            for value in values:
                if key not in at(data, place):
                    yield f"{_in_words(data, place)} is given {key} = {value}", _set((*place, key), value)

    return changes


def rekeyed(data: Any, pattern: str) -> Iterator[Changed]:
    """Misspell a free key."""
    for place in places(data, pattern):

        def change(data: Any, place: Place = place) -> None:
            table = at(data, place[:-1])
            table[f"{place[-1]}x"] = table.pop(place[-1])

        yield f"the key {_in_words(data, place)} is misspelt", change


def conjoined(data: Any, pattern: str) -> Iterator[Changed]:
    """Make one entry, which asks for all, of a list of entries of which one is enough."""
    for place in places(data, pattern):
        entries = at(data, place)
        yield (
            f"{_in_words(data, place)} asks for all",
            _set(place, [{k: v for e in entries for k, v in e.items()}]),
        )
