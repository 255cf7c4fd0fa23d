"""Observations built by hand, from paths and lines: what a reader would have seen."""

from __future__ import annotations

from collections.abc import Iterable

from whosees.engine.observation import Container, Observation, Unlisted, split_located
from whosees.engine.places import PathNode, Place, path_tree
from whosees.rules.model import Rulebook

Steps = tuple[str, ...]


def observed(
    rulebook: Rulebook, elements: Iterable[str | tuple[str, int]], *, other_namespace: Iterable[str] = ()
) -> Observation:
    """Return an observation of elements, by path.

    An element is on a line of its own, from line 2 on, unless its line is given; what it stands in is made with it, if it is
    not there yet. ``#2`` after a name makes a second element of that name. ``other_namespace`` are paths of elements whose
    names belong to another vocabulary.
    """
    builder = _Builder(rulebook, frozenset(other_namespace))
    for element in elements:
        path, line = element if isinstance(element, tuple) else (element, None)
        builder.add(tuple(path.split("/")), line)
    return builder.observation()


class _Builder:
    """Elements in the order in which they begin; a position is a place in it, the body's own is 0."""

    def __init__(self, rulebook: Rulebook, others: frozenset[str]) -> None:
        self._others = others
        self._tree: PathNode = path_tree(rulebook)
        self._lines: dict[Steps, int | None] = {(): 1}

    def add(self, steps: Steps, line: int | None) -> None:
        for length in range(1, len(steps)):
            self._lines.setdefault(steps[:length], None)
        self._lines[steps] = line

    def observation(self) -> Observation:
        steps = _in_document_order(self._lines)
        lines = {here: self._lines[here] or number + 1 for number, here in enumerate(steps)}
        places: dict[Steps, Place] = {}
        for here in steps:
            places[here] = self._place(here, places)
        containers = [
            container
            for here in reversed(steps)
            if (container := _container(here, places, steps)) is not None
        ]
        unlisted: list[Unlisted] = [
            (places[here], at) for at, here in enumerate(steps) if places[here].is_unlisted
        ]

        def find(paths: frozenset[str] | None) -> dict[str, list[int]]:
            found: dict[str, list[int]] = {}
            for at, here in enumerate(steps):
                wanted = paths is None or places[here].path in paths
                if wanted and places[here].is_reachable and here:
                    found.setdefault(places[here].path, []).append(at)
            return found

        return Observation(containers, *split_located(unlisted), lambda at: lines[steps[at]], find)

    def _place(self, here: Steps, places: dict[Steps, Place]) -> Place:
        if not here:
            return Place(None, "", self._tree)
        parent, name = places[here[:-1]], here[-1].partition("#")[0]
        node = parent.node.children.get(name) if parent.node is not None else None
        path = "/".join(step.partition("#")[0] for step in here)
        return Place(parent, name, node, other_namespace=path in self._others)


def _in_document_order(lines: dict[Steps, int | None]) -> list[Steps]:
    below: dict[Steps, list[Steps]] = {}
    for here in lines:
        if here:
            below.setdefault(here[:-1], []).append(here)

    def walk(here: Steps) -> Iterable[Steps]:
        yield here
        for inner in below.get(here, ()):
            yield from walk(inner)

    return list(walk(()))


def _container(here: Steps, places: dict[Steps, Place], steps: list[Steps]) -> Container | None:
    place = places[here]
    is_container = place.node is not None and place.node.is_container and (place.row is not None or not here)
    bits_below = place.node.bits_below if place.node is not None and place.is_reachable else 0
    if not is_container and not bits_below:
        return None
    present = 0
    for inner in steps:
        if len(inner) > len(here) and inner[: len(here)] == here and places[inner].row is not None:
            between = [places[inner[:length]] for length in range(len(here) + 1, len(inner))]
            row, node = places[inner].row, places[inner].node
            if node is not None and row is not None and all(_is_passed(each) for each in between):
                present |= node.bit
    if not is_container and not bits_below & ~present:
        return None
    return place.path or None, steps.index(here), present


def _is_passed(place: Place) -> bool:
    """Return whether a place is no container of its own."""
    return place.row is None or (place.node is not None and not place.node.is_container)
