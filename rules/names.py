"""Comparison of names that people type, and suggestions for misspelt ones."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SEPARATORS = re.compile(r"[\s_-]+")


def normalize_name(name: str) -> str:
    """Return a name as it is compared: without letter case, spaces, hyphens and underscores."""
    return _SEPARATORS.sub("", name).casefold()


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``; did you mean `x`?`` with the one or two nearest known names, or an empty string if none is near."""
    # Imported here because few names are misspelt.
    import difflib

    by_normalized = {normalize_name(candidate): candidate for candidate in known}
    nearest = difflib.get_close_matches(normalize_name(name), by_normalized, n=2, cutoff=0.7)
    if not nearest:
        return ""
    return "; did you mean " + " or ".join(f"`{by_normalized[match]}`" for match in nearest) + "?"


def lower_first(text: str) -> str:
    """Return a text with a lower-case first letter, as messages begin; an abbreviation stays as it is."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def listed(names: Iterable[str]) -> str:
    """Return names as a message lists them: `a`, `b`, `c`."""
    return ", ".join(f"`{name}`" for name in names)
