"""Names in messages: compared as people type them, suggested for misspelt ones, and joined to lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

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


def suggestion(name: str, known: Iterable[str], lead: str = "known are") -> str:
    """Return the end of a message about an unknown name: the nearest known ones, or all of them, if there are any."""
    names = list(known)
    return did_you_mean(name, names) or (f"; {lead} {join_names(names)}" if names else "")


def capitalize(text: str) -> str:
    """Return a text with an upper-case first letter; the others stay as they are."""
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """Return a text with a lower-case first letter, as messages begin; an abbreviation stays as it is."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def join_names(names: Iterable[str]) -> str:
    """Join names as a message lists them: `a`, `b`, `c`."""
    return ", ".join(f"`{name}`" for name in names)


def join_words(words: Sequence[str], last: str = "and") -> str:
    """Join words as a sentence does: a, b and c."""
    return f" {last} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
