"""Elements without a value of their own: nulls, arrays without items, and texts that count as withheld."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

from .places import shown_name


def count_childless(root: Any) -> Counter[str]:
    """Return how often the element with each path is one of them; it takes no recursion, since documents may be nested deeply."""
    found: Counter[str] = Counter()
    waiting: list[tuple[str, Any]] = [("", root)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict):
            prefix = f"{path}/" if path else ""
            waiting.extend(
                (f"{prefix}{shown_name(name)}", inner)
                for name, inner in value.items()
                if inner is None or isinstance(inner, dict | list)
            )
        elif isinstance(value, list) and value:
            waiting.extend((path, item) for item in value if item is None or isinstance(item, dict | list))
        else:
            found[path] += 1
    return found


def count_withheld(root: Any, masks: Collection[str], *, nulls_are_absent: bool) -> Counter[str]:
    """Return how often the element with each path counts as absent: as one of the masks, or as null."""
    found: Counter[str] = Counter()
    waiting: list[tuple[str, Any]] = [("", root)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict):
            prefix = f"{path}/" if path else ""
            waiting.extend((f"{prefix}{shown_name(name)}", inner) for name, inner in value.items())
        elif isinstance(value, list):
            waiting.extend((path, item) for item in value)
        elif (value is None and nulls_are_absent) or (isinstance(value, str) and value in masks):
            found[path] += 1
    return found
