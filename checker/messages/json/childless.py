"""Elements without a value of their own: nulls, arrays without items, and texts that count as withheld."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

from .places import shown_name


def count_childless(root: Any) -> Counter[str]:
    """Return how often the element with each path is null, or an array without items."""
    return Counter(path for path, value in _leaves(root) if value is None or value == [])


def count_withheld(root: Any, masks: Collection[str], *, nulls_are_absent: bool) -> Counter[str]:
    """Return how often the element with each path counts as absent: as one of the masks, or as null."""
    return Counter(
        path
        for path, value in _leaves(root)
        if (value is None and nulls_are_absent) or (isinstance(value, str) and value in masks)
    )


def _leaves(root: Any) -> Iterator[tuple[str, Any]]:
    """Yield each scalar and each array without items, with its path; it takes no recursion, since documents may be nested deeply."""
    waiting: list[tuple[str, Any]] = [("", root)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict):
            prefix = f"{path}/" if path else ""
            waiting.extend((f"{prefix}{shown_name(name)}", inner) for name, inner in value.items())
        elif isinstance(value, list) and value:
            waiting.extend((path, item) for item in value)
        else:
            yield path, value
