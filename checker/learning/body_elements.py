"""Turn observations into the paths that learning takes, without texts: the only module that knows both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from ...engine.observation import Observation
from ...engine.places import Place
from ...rules.paths import ANY_NAME

_NONE: Mapping[str, int] = MappingProxyType({})

MAX_SHAPES = 10_000
"""Sequences of elements that are remembered; then remembering begins anew."""


@dataclass(frozen=True, slots=True)
class BodyElements:
    """The elements of a body: ``paths`` in the order of the message, and those that are ``partial``.

    An element is partial if it is in some occurrences of its container and not in others. ``empty`` are containers in which
    nothing is missing: maps without members, of which no rulebook demands any, and those that are null or arrays without items
    wherever they are.
    """

    paths: tuple[str, ...]
    partial: tuple[str, ...]
    empty: tuple[str, ...] = ()


class ElementReader:
    """Reads observations of a rulebook without rows, in which every element is unlisted; shapes are remembered.

    ``maps`` are containers whose members have free keys for names, which are taken for one name.
    """

    def __init__(self, maps: Sequence[str] = ()) -> None:
        self._maps = maps
        self._known: dict[object, BodyElements] = {}

    def of(
        self,
        observation: Observation,
        childless: Mapping[str, int] = _NONE,
        withheld: Mapping[str, int] = _NONE,
    ) -> BodyElements:
        """Return the elements of a body.

        In so many occurrences of ``childless`` elements nothing can be missing, and so many of ``withheld`` count as absent.
        """
        counts = frozenset(childless.items()), frozenset(withheld.items())
        places = tuple(observation.unlisted), counts
        shown = self._known.get(places)
        if shown is None:
            if len(self._known) >= MAX_SHAPES:
                self._known.clear()
            shown = self._known[places] = _elements(
                [place.path for place in places[0] if _is_in_body(place)], self._maps, childless, withheld
            )
        return shown


def _is_in_body(place: Place) -> bool:
    """Return whether an element is part of the answer, and bears its name in the vocabulary of the answer."""
    return place.is_reachable and not place.is_text and bool(getattr(place, "in_body", True))


def _elements(
    shown: Sequence[str], maps: Sequence[str], childless: Mapping[str, int], withheld: Mapping[str, int]
) -> BodyElements:
    paths: dict[str, None] = {}
    current: dict[str, int] = {"": 0}
    occurrences: dict[str, int] = {"": 1}
    containers: dict[str, set[int]] = {}
    for number, path in enumerate((_with_free_keys(path, maps) for path in shown), start=1):
        parent = path.rpartition("/")[0]
        paths[path] = None
        current[path] = number
        occurrences[path] = occurrences.get(path, 0) + 1
        containers.setdefault(path, set()).add(current.get(parent, 0))
    without, absent = (_by_free_keys(counts, maps) for counts in (childless, withheld))
    filled = {path: number - without[path] for path, number in occurrences.items()}
    partial = [
        path
        for path in paths
        if not path.endswith(ANY_NAME) and len(containers[path]) < filled.get(path.rpartition("/")[0], 1)
    ]
    empty = [path for path in maps if path in paths and f"{path}/{ANY_NAME}" not in paths]
    empty += [path for path in paths if without[path] and filled[path] <= 0 and path not in empty]
    gone = {path for path in paths if occurrences[path] <= absent[path]}
    partial += [path for path in paths if absent[path] > 0 and path not in partial]
    return BodyElements(
        *(tuple(path for path in each if path not in gone) for each in (paths, partial, empty))
    )


def _by_free_keys(counts: Mapping[str, int], maps: Sequence[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for path, number in counts.items():
        found[_with_free_keys(path, maps)] += number
    return found


def _with_free_keys(path: str, maps: Sequence[str]) -> str:
    """Return a path in which `*` stands for the keys of maps; a map in another one follows it."""
    for container in maps:
        prefix = "" if container == "." else f"{container}/"
        if path.startswith(prefix) and path != container:
            rest = path[len(prefix) :].split("/")
            path = "/".join([*([container] if prefix else []), ANY_NAME, *rest[1:]])
    return path
