"""Why the mutants of the code that survive do no harm."""

from __future__ import annotations

import re

_EQUALLY_LONG = "`strict` guards two sequences that are equally long by the way they are made; without it they are joined alike"
_MEMORY = "what is remembered is computed again: the same result, later"

SURVIVORS: dict[str, str] = {
    r"engine\.(ways|context).*zip\(.*(strict=None|strict=False|, \))": _EQUALLY_LONG,
    r"checker\.envelope:_aligned: .*zip\(.*(strict=None|strict=False|, \))": (
        "`strict` guards two lists of which the line before says that they are equally long"
    ),
    r"engine\.expectation:Evaluator\._open: .*\+known = (None|self\._left_open\.get\(None\))$": _MEMORY,
    r"engine\.names:_difference: .*\+if len\(letters \^ listed\.letters\) > 3 \* limit": (
        "the comparison of letters only spares the exact one that follows: what it lets through is refused there"
    ),
    r"engine\.names:edits: .*\+before: list\[int\] = None$": (
        "`before` is read from the second row on, and is set at the end of the first"
    ),
    r"engine\.ways:ways_to_appear: .*known\.items\(\) < changes\.items\(\)": (
        "no change is tried twice, so that none is equal to one that was found"
    ),
    r"engine\.ways:_smallest_first: .*\+for size in range\(len\(others\) \+ 1\)": (
        "the empty change leaves the context as it is, in which the row does not appear (the first line of `ways_to_appear`)"
    ),
    r"engine\.ways:_smallest_first: .*\+for size in range\(1, len\(others\) \+ 2\)": (
        "there is no combination of more facts than there are"
    ),
}
"""Reasons by a pattern that the name of a mutant holds."""


def reason(mutant: str) -> str | None:
    """Give the reason why a mutant survives, or None where there is none."""
    return next((why for pattern, why in SURVIVORS.items() if re.search(pattern, mutant)), None)
