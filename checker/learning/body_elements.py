"""Turn observations into the paths that learning takes, without texts: the only module that knows both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...engine.observation import Observation
from ...engine.places import Place

MAX_SHAPES = 10_000
"""Sequences of elements that are remembered; then remembering begins anew."""


@dataclass(frozen=True, slots=True)
class BodyElements:
    """The elements of a body: ``paths`` in the order of the message, and those that are ``partial``.

    An element is partial if it is in some occurrences of its container and not in others.
    """

    paths: tuple[str, ...]
    partial: tuple[str, ...]


class ElementReader:
    """Reads observations of a rulebook without rows, in which every element is unlisted; shapes are remembered."""

    def __init__(self) -> None:
        self._known: dict[tuple[Place, ...], BodyElements] = {}

    def of(self, observation: Observation) -> BodyElements:
        """Return the elements of a body."""
        places = tuple([place for place, _ in observation.unlisted])
        shown = self._known.get(places)
        if shown is None:
            if len(self._known) >= MAX_SHAPES:
                self._known.clear()
            shown = self._known[places] = _elements([place for place in places if _is_in_body(place)])
        return shown


def _is_in_body(place: Place) -> bool:
    """Return whether an element is part of the answer, and bears its name in the vocabulary of the answer."""
    return place.is_reachable and not place.is_text and bool(getattr(place, "in_body", True))


def _elements(places: Sequence[Place]) -> BodyElements:
    paths: dict[str, None] = {}
    current: dict[str, int] = {"": 0}
    occurrences: dict[str, int] = {"": 1}
    containers: dict[str, set[int]] = {}
    for number, place in enumerate(places, start=1):
        path = place.path
        parent = path.rpartition("/")[0]
        paths[path] = None
        current[path] = number
        occurrences[path] = occurrences.get(path, 0) + 1
        containers.setdefault(path, set()).add(current.get(parent, 0))
    partial = [path for path in paths if len(containers[path]) < occurrences.get(path.rpartition("/")[0], 1)]
    return BodyElements(tuple(paths), tuple(partial))
