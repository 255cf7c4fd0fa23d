"""Reasons why the mutants of the code that survive do no harm."""

from __future__ import annotations

import re

_EQUALLY_LONG = "`strict` guards two sequences that are equally long by the way they are made; without it they are joined alike"
_MEMORY = "what is remembered is computed again: the same result, later"

_MADE_UP = (
    "the rows are made up to be decided, each is looked up by its path, and nothing else of it is asked"
)

SURVIVORS: dict[str, str] = {
    r"engine\.(context|diff\.rulebooks):.*\+[^+]*zip\([^+]*(strict=None|strict=False|, )\)": _EQUALLY_LONG,
    r"checker\.messages\.xml\.reader:_align: .*zip\(.*(strict=None|strict=False|, \))": (
        "`strict` guards two lists of which the line before says that they are equally long"
    ),
    r"engine\.expectation:Evaluator\._find_undecided: .*\+undecided = (None|self\._undecided_by_context\.get\(None\))$": _MEMORY,
    r"engine\.expectation:Evaluator\.expectations: -decided = self.*\+decided = (None|self\._by_context\.get\(None\))$": _MEMORY,
    r"engine\.expectation:Evaluator\.expectations: .*_by_context\[context\] = None$": _MEMORY,
    r"engine\.expectation:Evaluator\._find_undecided: .*_undecided_by_context\[context\] = None$": _MEMORY,
    r"engine\.near_miss:_difference: .*\+if len\(letters \^ listed\.letters\) > 3 \* limit": (
        "the comparison of letters only spares the exact one that follows: what it lets through is refused there"
    ),
    r"engine\.near_miss:damerau_levenshtein: .*\+before: list\[int\] = None$": (
        "`before` is read from the second row on, and is set at the end of the first"
    ),
    r"engine\.explain\.remedies:find_remedies: .*known\.items\(\) < changes\.items\(\)": (
        "no change is tried twice, so that none is equal to one that was found"
    ),
    r"engine\.explain\.remedies:_smallest_first: .*\+for size in range\(len\(others\) \+ 1\)": (
        "the empty change leaves the context as it is, in which the row does not appear (the first line of `find_remedies`)"
    ),
    r"engine\.explain\.remedies:_smallest_first: .*\+for size in range\(1, len\(others\) \+ 2\)": (
        "there is no combination of more facts than there are"
    ),
    r"engine\.judge:in_order: .*\+if len\(listed\) (< 1 or|<= 1 and) len": (
        "findings of one severity are in order as they are; seeing that only spares sorting them"
    ),
    r"checker\.messages\.xml\.parser:_refusal: .*\+kind = entries\[0\].*(or True|\"XXXX\")": (
        "the parser never refuses without an entry in its log"
    ),
    r"checker\.messages\.xml\.parser:_refusal: .*\{line or 2\}": "the parser tells the line of every error",
    r"checker\.messages\.xml\.parser:Parser\.parse: .*\+if content\.count\(b\"<\"\) >= ": (
        "start tags are counted then, and that decides; asking first only spares it"
    ),
    r"checker\.messages\.xml\.parser:_declares_doctype: .*sub\(b\"XXXX\"": "what takes the place of a comment only has to be no markup",
    r"checker\.messages\.xml\.parser:_declares_doctype: .*content\[:65537\]": "how much of a broken document is looked through: any such number does",
    r"checker\.messages\.xml\.reader:XmlReader\.looks_like_message: .*if \(b\"\\0\" in document\) or True": (
        "a document without NUL bytes is the same when they are taken out; asking first only spares the copy"
    ),
    r"checker\.messages\.json\.locate:(text_of|_Scanner\._fault): .*(count|rfind)\(b?\"\\n\", None, ": "counting from None is counting from the beginning",
    r"checker\.messages\.json\.locate:_Scanner\.__init__: .*_counted = None": "counting from None is counting from the beginning",
    r"checker\.messages\.json\.locate:_Scanner\._space: .*if \(found\) or True": "the pattern fits no space too: it always fits",
    r"engine\.cubes:ContextSpace\.__init__: .*\+self\._bit = \{context: 2 << number ": (
        "which bit stands for a context is all one, if each has its own"
    ),
    r"engine\.cubes:ContextSpace\.cover: .*range\(len\(self\.facts\) - 1, -2, -1\)": (
        "the last fact is tried twice; what could not be added to a box cannot be added to a larger one"
    ),
    r"engine\.analysis\.decisions:_by_marker: .*\+(number|element|steps)=None,$": _MADE_UP,
    r"engine\.analysis\.decisions:_by_marker: .*\+for .* enumerate\(document\.markers, (|start=2)\)$": _MADE_UP,
    r"engine\.analysis\.decisions:_by_marker: .*\+evaluator = .* digest=(None|\"XXXX\")\)\)$": _MADE_UP,
    r"engine\.diff\.rulebooks:_kind: .*_SHOWN\[before\] <= _SHOWN\[after\]": "the line before has told equal ones apart",
}
"""Reasons by a pattern that the name of a mutant holds."""


def reason(mutant: str) -> str | None:
    """Return the reason why a mutant survives, or None where there is none."""
    return next((why for pattern, why in SURVIVORS.items() if re.search(pattern, mutant)), None)
