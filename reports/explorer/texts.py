"""Texts that rows share: sentences of explanations, with placeholders for the names of the row."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

from ...rules.model import Row, Rulebook

PATH, ELEMENT, NUMBER, CONTAINER, CONTAINER_NUMBER = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004"
"""Placeholders in a shared text: path, printed name and number of the row, path and number of its container."""

T = TypeVar("T", bound=Hashable)


class InternTable(Generic[T]):
    """Table that stores each distinct value once, and identifies it by its index."""

    def __init__(self) -> None:
        self._indices: dict[T, int] = {}

    def index_of(self, value: T) -> int:
        """Return the index of a value, adding it if it is new."""
        return self._indices.setdefault(value, len(self._indices))

    def entries(self) -> list[T]:
        """Return all values in the order of their indices."""
        return list(self._indices)


def share(rulebook: Rulebook, row: Row, text: str) -> str:
    """Return a text with placeholders for the row's names, or the text itself if `fill` would not restore it."""
    container = rulebook.row_by_path[row.container] if row.container is not None else None
    template = text.replace(f"`{row.path}`", f"`{PATH}`").replace(f"row {row.number},", f"row {NUMBER},")
    if template.startswith(f"{row.element} "):
        template = ELEMENT + template.removeprefix(row.element)
    if container is not None:
        template = template.replace(f" {container.path},", f" {CONTAINER},")
        template = template.replace(f"row {container.number},", f"row {CONTAINER_NUMBER},")
    return template if fill(rulebook, row, template) == text else text


def fill(rulebook: Rulebook, row: Row, template: str) -> str:
    """Return a shared text with the row's names in place of the placeholders, as the page does."""
    container = rulebook.row_by_path[row.container] if row.container is not None else None
    names = {PATH: row.path, ELEMENT: row.element, NUMBER: str(row.number)}
    if container is not None:
        names |= {CONTAINER: container.path, CONTAINER_NUMBER: str(container.number)}
    for place, name in names.items():
        template = template.replace(place, name)
    return template
