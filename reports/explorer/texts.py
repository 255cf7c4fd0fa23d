"""Texts said once: explanations of different rows share their sentences, with places for the row's own names."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

from ...rules.model import Row, Rulebook

PATH, ELEMENT, NUMBER, CONTAINER, CONTAINER_NUMBER = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004"
"""What stands in a shared text for the row's path, printed name and number, and for its container's path and number."""

T = TypeVar("T", bound=Hashable)


class Pool(Generic[T]):
    """Things that are kept once, each known by its place."""

    def __init__(self) -> None:
        self._places: dict[T, int] = {}

    def place(self, thing: T) -> int:
        """Give the place of a thing, a new one where it is new."""
        return self._places.setdefault(thing, len(self._places))

    def things(self) -> list[T]:
        """Give all that is kept, in order of place."""
        return list(self._places)


def shared(rulebook: Rulebook, row: Row, text: str) -> str:
    """Put places for the row's names into a text, where `filled` gives the same text back; else leave it as it is."""
    container = rulebook.row_by_path[row.container] if row.container is not None else None
    template = text.replace(f"`{row.path}`", f"`{PATH}`").replace(f"row {row.number},", f"row {NUMBER},")
    if template.startswith(f"{row.element} "):
        template = ELEMENT + template.removeprefix(row.element)
    if container is not None:
        template = template.replace(f" {container.path},", f" {CONTAINER},")
        template = template.replace(f"row {container.number},", f"row {CONTAINER_NUMBER},")
    return template if filled(rulebook, row, template) == text else text


def filled(rulebook: Rulebook, row: Row, template: str) -> str:
    """Put the row's names into a shared text. The page does the same."""
    container = rulebook.row_by_path[row.container] if row.container is not None else None
    names = {PATH: row.path, ELEMENT: row.element, NUMBER: str(row.number)}
    if container is not None:
        names |= {CONTAINER: container.path, CONTAINER_NUMBER: str(container.number)}
    for place, name in names.items():
        template = template.replace(place, name)
    return template
