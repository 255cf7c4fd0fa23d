"""How names that people type are compared, and what is offered for a misspelt one."""

from __future__ import annotations

import re
from collections.abc import Iterable

_JOINTS = re.compile(r"[\s_-]+")


def normalize_name(name: str) -> str:
    """Reduce a name to what counts in a comparison: letter case, spaces, hyphens and underscores do not."""
    return _JOINTS.sub("", name).casefold()


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Give ``; did you mean `x`?`` for the known names nearest to a misspelt one, or an empty string."""
    # Imported here: few names are misspelt.
    import difflib

    by_plain = {normalize_name(candidate): candidate for candidate in known}
    nearest = difflib.get_close_matches(normalize_name(name), by_plain, n=2, cutoff=0.7)
    if not nearest:
        return ""
    return "; did you mean " + " or ".join(f"`{by_plain[match]}`" for match in nearest) + "?"


def lower_first(text: str) -> str:
    """Begin a text in lower case, as messages do; an abbreviation stays as it is."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def listed(names: Iterable[str]) -> str:
    """Give names for a message: `a`, `b`, `c`."""
    return ", ".join(f"`{name}`" for name in names)
