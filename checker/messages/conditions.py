"""Conditional rows: elements that are expected only if others have certain texts (``when`` of ``[rows]``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...engine.observation import Container
from ...engine.places import bit_shift, row_bits
from ...rules.model import Row, Rulebook

Text = tuple[str, int, str]
"""A path, a position and the text there."""


class RowConditions:
    """The conditions of one rulebook's rows."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._shift = 2 * bit_shift(rulebook)
        self._bits = row_bits(rulebook)
        self._rows: dict[str | None, list[tuple[Row, Mapping[str, tuple[str, ...]]]]] = {}
        for row in rulebook.rows:
            if when := rulebook.row_options[row.path].when:
                self._rows.setdefault(rulebook.judged_in[row.path], []).append((row, when))

    def __bool__(self) -> bool:
        return bool(self._rows)

    def apply(self, containers: Sequence[Container], texts: Sequence[Text]) -> list[Container]:
        """Return the containers with the bits of the rows whose condition is not met there."""
        by_path: dict[str, list[tuple[int, str]]] = {}
        for path, at, text in texts:
            by_path.setdefault(path, []).append((at, text))
        return [
            (path, at, bits | self._unmet(path, at, containers, by_path))
            if path in self._rows
            else (path, at, bits)
            for path, at, bits in containers
        ]

    def _unmet(
        self,
        container: str | None,
        start: int,
        containers: Sequence[Container],
        texts: Mapping[str, Sequence[tuple[int, str]]],
    ) -> int:
        end = min((at for path, at, _ in containers if path == container and at > start), default=1 << 62)
        unmet = 0
        for row, when in self._rows[container]:
            for path, values in when.items():
                is_inside = container is None or path.startswith(f"{container}/")
                found = [text for at, text in texts.get(path, ()) if not is_inside or start <= at < end]
                if not any(not values or text.strip() in values for text in found):
                    unmet |= self._bits[row.path] << self._shift
                    break
        return unmet
