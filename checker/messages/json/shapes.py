"""Shapes of JSON objects: what the names and kinds of its members tell of an object in its place, worked out once.

Traffic has few shapes and many values. Most members are there or not, whatever their value is. The others are *inspected* in each
document: objects and arrays, texts that are evidence, and texts that can be masked or empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from .places import JsonPlace


class Fraction(str):
    """The text of a number with a fraction or an exponent, which is not worked out."""

    __slots__ = ()


Kind = type
"""The type that a value is decoded to: dict, list, str, int, Fraction, bool or NoneType."""

NULL = type(None)

_numbers = count()


class ObjectShape:
    """The names and kinds of an object's members in a place.

    ``number`` is that of shapes in which the same is seen, and is never given again. ``inspected`` are the members that can be more or less than an element that is
    there; before each of them, and after the last, comes one of ``runs``, which are places of members that are there. ``present`` are the
    bits of the rows in the runs. ``values`` are those of the inspected members whose values count, ``strings`` the number of strings.
    """

    __slots__ = ("inspected", "number", "present", "runs", "strings", "telling", "values")

    def __init__(
        self,
        names: Sequence[str],
        places: Sequence[JsonPlace],
        kinds: Sequence[Kind],
        telling: frozenset[str] = frozenset(),
    ) -> None:
        self.number = next(_numbers)
        self.telling = telling
        self.strings = kinds.count(str)
        inspected, values, runs = [], [], []
        present = begin = 0
        for at, (place, kind) in enumerate(zip(places, kinds, strict=True)):
            is_inner = kind is dict or kind is list
            if place.is_simple and not is_inner:
                present |= place.bit
                continue
            runs.append(places[begin:at])
            begin = at + 1
            inspected.append((place, kind))
            if is_inner or place.is_read or (kind is str and place.inspects_texts):
                values.append((names[at], place, kind))
        self.present = present
        self.inspected = tuple(inspected)
        self.values = tuple(values)
        self.runs = (*runs, places[begin:])
