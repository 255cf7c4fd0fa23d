"""Conditional rows: elements that are expected only if others have certain texts (``when`` of ``[rows]``)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ...engine.observation import Container
from ...engine.places import bit_shift, row_bits
from ...rules.model import Row, Rulebook

Text = tuple[str, int, str]
"""A path, a position and the text there."""


class _Condition(NamedTuple):
    """Texts of which an element has to have one, any if there are none; ``within`` is the nearest container around it and the row."""

    bit: int
    path: str
    texts: tuple[str, ...]
    within: str | None


class RowConditions:
    """The conditions of one rulebook's rows; ``containers`` are the rows in each element whose occurrences are observed."""

    def __init__(self, rulebook: Rulebook, containers: Mapping[str | None, Sequence[Row]]) -> None:
        self._shift = 2 * bit_shift(rulebook)
        self._bits = row_bits(rulebook)
        self._conditions: dict[str | None, list[_Condition]] = {
            container: found
            for container, rows in containers.items()
            if (found := [each for row in rows for each in self._of(rulebook, row, container, containers)])
        }

    def _of(
        self, rulebook: Rulebook, row: Row, container: str | None, containers: Mapping[str | None, object]
    ) -> list[_Condition]:
        return [
            _Condition(self._bits[row.path], path, texts, _nearest_around(path, container, containers))
            for path, texts in rulebook.row_options[row.path].when.items()
        ]

    def __bool__(self) -> bool:
        return bool(self._conditions)

    def apply(self, containers: Sequence[Container], texts: Sequence[Text]) -> list[Container]:
        """Return the containers with the bits of the rows whose condition is not met there."""
        starts: dict[str | None, list[int]] = {}
        for path, at, _ in containers:
            starts.setdefault(path, []).append(at)
        for positions in starts.values():
            positions.sort()
        by_path: dict[str, list[tuple[int, str]]] = {}
        for path, at, text in texts:
            by_path.setdefault(path, []).append((at, text))
        return [
            (path, at, bits | self._unmet(at, self._conditions[path], starts, by_path))
            if path in self._conditions
            else (path, at, bits)
            for path, at, bits in containers
        ]

    def _unmet(
        self,
        at: int,
        conditions: Sequence[_Condition],
        starts: Mapping[str | None, Sequence[int]],
        texts: Mapping[str, Sequence[tuple[int, str]]],
    ) -> int:
        unmet = 0
        for condition in conditions:
            found = texts.get(condition.path, ())
            if condition.within is not None:
                begun = starts[condition.within]
                after = bisect_right(begun, at)
                first = bisect_left(found, (begun[after - 1],))
                found = found[first : bisect_left(found, (begun[after],)) if after < len(begun) else None]
            if not any(not condition.texts or text.strip() in condition.texts for _, text in found):
                unmet |= condition.bit << self._shift
        return unmet


def _nearest_around(path: str, container: str | None, containers: Mapping[str | None, object]) -> str | None:
    """Return the path of the nearest container around an element that is a container or in it; None for the whole unit."""
    while container is not None and not (container in containers and path.startswith(f"{container}/")):
        container = container.rpartition("/")[0] or None
    return container
