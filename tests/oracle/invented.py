"""Elements that the table does not list: those that real responses carry, and some that nobody knows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random

from .messages import TELLING
from .reading import ROW, Response, parent, plain

CARRIED = tuple((Path(__file__).parent / "unlisted.txt").read_text("utf-8").split())
"""Paths that the published response and recorded traffic show, and the table does not list."""

NAMES = ("inventedElement", "made-up.thing", "_x", "Zusätzliches")
"""Names that are like none of the table's."""

DEEP = 40
"""The most levels of unlisted elements in each other; a reader that gives up there gives up early."""

_SHORT = 90
"""Letters of a path in which more is put; reports cut paths of more than 240."""


@cache
def is_invented(path: str) -> bool:
    """Return whether an element, or one that it stands in, is none that anybody knows."""
    return path.endswith(STRANGE) or any(step in NAMES for step in path.split("/"))


STRANGE = "{strange}"
"""The end of the path of an element that has a row's name, and is of another namespace."""


def with_strangers(places: Response, draw: Random) -> Response:
    """Put elements with names of the table into a response that are of another namespace: these are no rows."""
    more = set(places)
    for _ in range(draw.randint(1, 3)):
        into = draw.choice(sorted(place for place in (*places, "") if not place or plain(place) in _HOLDERS))
        row = draw.choice([path for path in ROW if parent(path) == plain(into)])
        more.add(_join(into, row.rpartition("/")[2]) + STRANGE)
    return frozenset(more)


_HOLDERS = {parent(path) for path in ROW if parent(path) in ROW}


def with_unlisted(places: Response, draw: Random, *, wide: bool) -> Response:
    """Put some unlisted elements somewhere into a response, the same one more than once where it so happens."""
    names = NAMES if wide else NAMES[:-1]
    more = set(places)
    for _ in range(draw.randint(1, 4)):
        sound = (place for place in (*more, "") if plain(place) not in TELLING and len(place) < _SHORT)
        into = draw.choice(sorted(sound))
        more.update(_put_in(into, more, names, draw))
    return frozenset(more)


def _put_in(into: str, there: set[str], names: tuple[str, ...], draw: Random) -> Iterator[str]:
    known = [path for path in CARRIED if parent(path) == plain(into)]
    if known and draw.random() < 0.5:
        yield _next(_join(into, draw.choice(known).rpartition("/")[2]), there)
        return
    place = _next(_join(into, draw.choice(names)), there)
    yield place
    levels = draw.choice((0, 0, 1, 2, DEEP)) if draw.random() < 0.2 else 0
    for _ in range(levels):
        place = _join(place, "_x" if levels == DEEP else draw.choice(names))
        yield place


def _join(container: str, name: str) -> str:
    return f"{container}/{name}" if container else name


def _next(place: str, there: set[str]) -> str:
    """The place as it is, or numbered as the next of its name."""
    number = 1 + sum(plain(each) == plain(place) and parent(each) == parent(place) for each in there)
    return place if number == 1 else f"{place}[{number}]"
