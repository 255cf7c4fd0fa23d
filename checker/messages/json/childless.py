"""Elements in which nothing can be missing: nulls, and arrays without items."""

from __future__ import annotations

from collections import Counter
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
