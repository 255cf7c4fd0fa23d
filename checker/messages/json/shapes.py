"""Shapes of JSON objects: what the names and kinds of its members tell of an object in its place, worked out once.

Traffic has few shapes and many values. Most members are there or not, whatever their value is. Only the *steps* have to be looked at
in each document: objects and arrays, texts that are evidence, and texts that can be masked or empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_

from .places import JsonPlace


class Fraction(str):
    """The text of a number with a fraction or an exponent, which is not worked out."""

    __slots__ = ()


Kind = type
"""The type that a value is decoded to: dict, list, str, int, Fraction, bool or NoneType."""

NULL = type(None)
_NESTED = frozenset((dict, list))

Step = tuple[int, Sequence[JsonPlace], str, JsonPlace, Kind]
"""A member whose value counts: the number of members between the step before it and this one, those of their places that are in no row,
and its own name, place and kind."""


Telling = tuple[frozenset[str], Sequence[tuple[str, str]]]
"""The names of a root's members that tell what a message is, and those of failures that can be null or empty, each as written and by name."""


class ObjectShape:
    """The names and kinds of an object's members in a place.

    ``steps`` are the members whose values count. ``present`` are the bits of the rows among the others. After the last step come
    ``rest`` members, and those in no row among them are ``unlisted``. ``strings`` is the number of strings among the members,
    ``telling`` are the names that tell what a message is, and ``may_be_empty`` those of failures that can be null or empty, each as written and by
    name.
    """

    __slots__ = ("may_be_empty", "present", "rest", "steps", "strings", "telling", "unlisted")

    def __init__(
        self,
        names: Sequence[str],
        places: Sequence[JsonPlace],
        kinds: Sequence[Kind],
        telling: Telling,
        to_inspect: set[JsonPlace],
    ) -> None:
        self.telling, self.may_be_empty = telling
        self.strings = kinds.count(str)
        bits = [place.bit for place in places]
        steps: list[Step] = []
        begin = 0
        absent: set[JsonPlace] = set()
        for at in _inspected(places, kinds, to_inspect):
            place, kind = places[at], kinds[at]
            if _is_step(place, kind):
                unlisted = [each for each in places[begin:at] if each.row is None and each not in absent]
                steps.append((at - begin, unlisted, names[at], place, kind))
                begin = at + 1
                bits[at] = 0
            elif kind is NULL and place.nulls_are_absent:
                absent.add(place)
                bits[at] = place.empty_bits
            elif kind is NULL:
                bits[at] |= place.empty_bits
        self.steps = steps
        self.rest = len(places) - begin
        self.unlisted = [each for each in places[begin:] if each.row is None and each not in absent]
        self.present = reduce(or_, bits, 0)


def _inspected(
    places: Sequence[JsonPlace], kinds: Sequence[Kind], to_inspect: set[JsonPlace]
) -> Sequence[int]:
    """Return the numbers of the members that can be more or less than an element that is there."""
    found = to_inspect.intersection(places)
    is_nested = not _NESTED.isdisjoint(kinds)
    if found and is_nested:
        return [at for at, place in enumerate(places) if place in found or kinds[at] in _NESTED]
    if found:
        return [at for at, place in enumerate(places) if place in found]
    return [at for at, kind in enumerate(kinds) if kind in _NESTED] if is_nested else ()


def _is_step(place: JsonPlace, kind: Kind) -> bool:
    """Return whether more than its kind decides what a member is."""
    return (
        kind in _NESTED
        or (place.is_read and not (kind is NULL and place.nulls_are_absent))
        or (kind is str and place.inspects_texts)
        or (place.container is not None and kind is not NULL)
    )
