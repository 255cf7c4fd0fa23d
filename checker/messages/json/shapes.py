"""Shapes of JSON objects: what the names and kinds of its members tell of an object in its place, worked out once.

Traffic has few shapes and many values. Most members are there or not, whatever their value is. The others are *inspected* in each
document: objects and arrays, texts that are evidence, and texts that can be masked or empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import attrgetter, or_

from .places import JsonPlace


class Fraction(str):
    """The text of a number with a fraction or an exponent, which is not worked out."""

    __slots__ = ()


Kind = type
"""The type that a value is decoded to: dict, list, str, int, Fraction, bool or NoneType."""

NULL = type(None)

_bit_of = attrgetter("bit")

Run = tuple[Sequence[JsonPlace], Sequence[tuple[int, JsonPlace]]]
"""Places of members each of which is one element that is there, and those of them that are in no row, with their numbers."""


class ObjectShape:
    """The names and kinds of an object's members in a place.

    ``number`` is that of shapes in which the same is seen, and is never given again; None if the like was not met before. ``inspected`` are the members that can be more or less than an element that is
    there; before each of them, and after the last, comes one of ``runs``. ``present`` are the
    bits of the rows in the runs. ``to_inspect`` are places whose values are not always an element that is there. ``values`` are those of the inspected members whose values count, ``strings`` the number of strings.
    ``telling`` are the names that tell what a message is, and ``may_be_empty`` those of failures that can be null or empty, each as written and by name.
    """

    __slots__ = ("inspected", "may_be_empty", "number", "present", "runs", "strings", "telling", "values")

    def __init__(
        self,
        names: Sequence[str],
        places: Sequence[JsonPlace],
        kinds: Sequence[Kind],
        telling: frozenset[str],
        to_inspect: set[JsonPlace],
    ) -> None:
        self.number: int | None = None
        self.telling = telling
        self.may_be_empty: tuple[tuple[str, str], ...] = ()
        self.strings = kinds.count(str)
        inspected, values, runs = [], [], []
        present = begin = 0
        for at in _inspected(places, kinds, to_inspect):
            place, kind = places[at], kinds[at]
            present |= reduce(or_, map(_bit_of, places[begin:at]), 0)
            runs.append(_run(places[begin:at]))
            begin = at + 1
            inspected.append((place, kind))
            if kind is dict or kind is list or place.is_read or (kind is str and place.inspects_texts):
                values.append((names[at], place, kind))
        self.present = reduce(or_, map(_bit_of, places[begin:]), present)
        self.inspected = tuple(inspected)
        self.values = tuple(values)
        self.runs: tuple[Run, ...] = (*runs, _run(places[begin:]))


def _inspected(places: Sequence[JsonPlace], kinds: Sequence[Kind], to_inspect: set[JsonPlace]) -> list[int]:
    """Return the numbers of the members that can be more or less than an element that is there."""
    found = set()
    if to_inspect and not to_inspect.isdisjoint(places):
        found = {at for at, place in enumerate(places) if place in to_inspect}
    if dict in kinds or list in kinds:
        found.update([at for at, kind in enumerate(kinds) if kind is dict or kind is list])
    return sorted(found)


def _run(places: Sequence[JsonPlace]) -> Run:
    return places, [(number, place) for number, place in enumerate(places, 1) if place.row is None]
