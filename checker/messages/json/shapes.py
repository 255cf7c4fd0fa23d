"""Shapes of JSON objects: what the names of its members tell of an object in its place, worked out once.

Traffic has few shapes and many values. Most members are there or not, whatever their value is. Only the *steps* have to be looked at
in each document: objects and arrays, and members whose value counts.
"""

from __future__ import annotations

from collections.abc import Sequence

from .places import JsonPlace


class Fraction(str):
    """The text of a number with a fraction or an exponent, which is not worked out."""

    __slots__ = ()


Kind = type
"""The type that a value is decoded to: dict, list, str, int, Fraction, bool or NoneType."""

NULL = type(None)

Step = tuple[int, Sequence[JsonPlace], str, JsonPlace]
"""A member that is looked at: the number of members between the step before it and this one, those of their places that are in no row,
and its own name and place."""

Telling = tuple[frozenset[str], Sequence[tuple[str, str]]]
"""The names of a root's members that tell what a message is, and those of failures, which may be empty, each as written and by name."""


class ObjectShape:
    """The names of an object's members in a place, and which of them are objects and arrays.

    ``steps`` are the members to look at. ``present`` are the bits of the rows among the others. After the last step come
    ``rest`` members, and those in no row among them are ``unlisted``. ``telling`` are the names that tell what a message is, and
    ``failures`` those of failures, each as written and by name.
    """

    __slots__ = ("failures", "present", "rest", "steps", "telling", "unlisted")

    def __init__(
        self,
        names: Sequence[str],
        places: Sequence[JsonPlace],
        looked_at: Sequence[int],
        telling: Telling,
    ) -> None:
        self.telling, self.failures = telling
        self.steps: list[Step] = []
        present = begin = 0
        for end in (*looked_at, len(places)):
            unlisted: list[JsonPlace] = []
            for place in places[begin:end]:
                if place.row is None:
                    unlisted.append(place)
                else:
                    present |= place.bit
            if end < len(places):
                self.steps.append((end - begin, unlisted, names[end], places[end]))
                begin = end + 1
        self.present = present
        self.rest = len(places) - begin
        self.unlisted = unlisted
