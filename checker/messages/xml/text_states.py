"""Rows of XML messages that a text decides on: elements whose text is a mask, and rows with a condition."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence

from ....engine.observation import Container, Unlisted
from ....engine.places import bit_shift, row_bits
from ....rules.model import Row, Rulebook
from ..conditions import RowConditions

Texts = Mapping[str, Sequence[tuple[int, str]]]
"""Positions and texts of elements, by path."""


class TextStates:
    """The masks and conditions of one rulebook's rows."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._conditions = RowConditions(rulebook, {**rulebook.rows_through, **rulebook.rows_judged_in})
        self._shift = bit_shift(rulebook)
        self._bits = row_bits(rulebook)
        self._masks: list[tuple[Row, frozenset[str]]] = [
            (row, frozenset(masks))
            for row in rulebook.rows
            if (masks := rulebook.row_options[row.path].masks)
        ]
        self._around: dict[str, list[str | None]] = {
            row.path: [
                rulebook.judged_in[row.path],
                *[path for path, rows in rulebook.rows_through.items() if row in rows],
            ]
            for row, _ in self._masks
        }
        self._below = {
            path: sum(self._bits[row.path] for row in rows) for path, rows in rulebook.rows_judged_in.items()
        }

    def __bool__(self) -> bool:
        return bool(self._masks or self._conditions)

    def apply(
        self, containers: Sequence[Container], texts: Texts, unlisted: Sequence[Unlisted]
    ) -> tuple[list[Container], set[int]]:
        """Return the containers with the bits of rows that are masked there, or whose condition is not met, and the masked positions.

        An element that contains others is not masked, whatever text it begins with.
        """
        found, masked = list(containers), set[int]()
        inner: dict[str, list[int]] = {}
        for place, at in unlisted if self._masks else ():
            if place.parent is not None:
                inner.setdefault(place.parent.path, []).append(at)
        for row, masks in self._masks:
            if row.path in texts:
                rows_in = [at for path, at, bits in containers if path == row.path and bits]
                elements = _are_masked(texts[row.path], masks, [*inner.get(row.path, ()), *rows_in])
                for around in self._around[row.path]:
                    self._mask(found, row, around, elements)
                masked.update(at for at, is_masked in elements if is_masked)
                if self._below[row.path]:
                    self._expect_nothing_in(found, row, masked)
        if self._conditions:
            flat = [(path, at, text) for path, each in texts.items() for at, text in each]
            found = self._conditions.apply(found, flat)
        return found, masked

    def _mask(
        self, containers: list[Container], row: Row, around: str | None, elements: Sequence[tuple[int, bool]]
    ) -> None:
        """Mark a row in each container with a path: as masked if one of its elements there is, and only so if all are."""
        places = sorted((at, place) for place, (path, at, _) in enumerate(containers) if path == around)
        starts = [at for at, _ in places]
        states: dict[int, set[bool]] = {}
        for at, is_masked in elements:
            states.setdefault(places[bisect_right(starts, at) - 1][1], set()).add(is_masked)
        bit = self._bits[row.path]
        for place, are_masked in states.items():
            path, at, bits = containers[place]
            bits |= bit << self._shift if True in are_masked else 0
            containers[place] = path, at, bits if False in are_masked else bits & ~bit

    def _expect_nothing_in(self, containers: list[Container], row: Row, masked: Collection[int]) -> None:
        """Mark the rows in masked elements as rows whose condition is not met, so that none of them is missing."""
        for place, (path, at, bits) in enumerate(containers):
            if path == row.path and at in masked:
                containers[place] = path, at, bits | self._below[path] << 2 * self._shift


def _are_masked(
    texts: Sequence[tuple[int, str]], masks: frozenset[str], inner: Sequence[int]
) -> list[tuple[int, bool]]:
    """Return for each element its position and whether its text is a mask; ``inner`` are the positions of elements in them."""
    starts = [at for at, _ in texts]
    with_elements = {starts[bisect_right(starts, at) - 1] for at in inner}
    return [(at, text in masks and at not in with_elements) for at, text in texts]
