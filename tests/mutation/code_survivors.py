"""Why the mutants of the code that survive do no harm."""

from __future__ import annotations

import re

_EQUALLY_LONG = "`strict` guards two sequences that are equally long by the way they are made; without it they are joined alike"
_MEMORY = "what is remembered is computed again: the same result, later"

_MADE_UP = (
    "the rows are made up to be decided, each is looked up by its path, and nothing else of it is asked"
)

SURVIVORS: dict[str, str] = {
    r"engine\.(context|diff\.rulebooks):.*\+[^+]*zip\([^+]*(strict=None|strict=False|, )\)": _EQUALLY_LONG,
    r"checker\.messages\.xml\.envelope:_aligned: .*zip\(.*(strict=None|strict=False|, \))": (
        "`strict` guards two lists of which the line before says that they are equally long"
    ),
    r"engine\.expectation:Evaluator\._undecided: .*\+undecided = (None|self\._undecided_by_context\.get\(None\))$": _MEMORY,
    r"engine\.expectation:Evaluator\.expectations: -decided = self.*\+decided = (None|self\._by_context\.get\(None\))$": _MEMORY,
    r"engine\.expectation:Evaluator\.expectations: .*_by_context\[context\] = None$": _MEMORY,
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
    r"engine\.judge:Judge\.__init__: .*shown=None\)\)$": "it is only asked whether `shown` is true",
    r"engine\.judge:Judge\._singly: .*known\.get\(None\)": _MEMORY,
    r"engine\.judge:_Judging\.rows_below: .*if \(len\(steps\) == 1\) and False else": (
        "what one step leads to is found by stepping as well as by name, which is only quicker"
    ),
    r"engine\.judge:_Judging\.findings: .*else (2 << 30|1 << 31)$": (
        "what is in no row comes after all rows: any number larger than theirs does"
    ),
    r"checker\.messages\.xml\.envelope:_status: .*(child\.text or|\"exceptionID\",|\"result\",) \"XXXX\"": (
        "an empty or absent text only has to be neither FAILURE nor a number"
    ),
    r"checker\.messages\.xml\.envelope:(type_name|is_request): .*content\.get\(XSI_TYPE\) or \"XXXX\"": (
        "an absent type only has to be none of those that are known"
    ),
    r"checker\.messages\.xml\.envelope:failure: .*if \(body\.status\) or True else None": (
        "it is asked of bodies whose status says FAILURE, and these have one"
    ),
    r"checker\.messages\.xml\.parser:_refusal: .*\+kind = entries\[0\].*(or True|\"XXXX\")": (
        "the parser never refuses without an entry in its log"
    ),
    r"checker\.messages\.xml\.parser:_refusal: .*\{line or 2\}": "the parser tells the line of every error",
    r"checker\.messages\.xml\.parser:parse: .*\+if content\.count\(b\"<\"\) >= ": (
        "start tags are counted then, and that decides; asking first only spares it"
    ),
    r"checker\.messages\.xml\.parser:parse: .*\+if content\.count\(b\"=\"\) >= ": (
        "the attributes of each element are counted then, and that decides; asking first only spares it"
    ),
    r"checker\.messages\.xml\.parser:_declares_doctype: .*sub\(b\"XXXX\"": "what takes the place of a comment only has to be no markup",
    r"checker\.messages\.xml\.parser:_declares_doctype: .*content\[:65537\]": "how much of a broken document is looked through: any such number does",
    r"checker\.messages\.xml\.reader:XmlReader\.speaks: .*if \(b\"\\0\" in document\) or True": (
        "a document without NUL bytes is the same when they are taken out; asking first only spares the copy"
    ),
    r"checker\.messages\.xml\.observe:PayloadReader\._(node|placed): .*sourceline or 1": "the parser gives every element its line",
    r"checker\.messages\.xml\.observe:PayloadReader\._node: .*self\._places\.get\(None\)": _MEMORY,
    r"checker\.messages\.json\.observe:json_node: .*\"UTF-8-SIG\"": "the letter case of an encoding's name does not matter",
    r"checker\.messages\.xml\.line_numbers:number_by_begin: .*line >= _LARGEST": (
        "a tag that begins in that line and goes on has that number already: the parser keeps none that is larger"
    ),
    r"checker\.messages\.xml\.line_numbers:_begins: .*Parse\(text, (False|)\)": "a sound document is complete, whether or not that is said",
    r"checker\.messages\.json\.observe:(json_node|_Parser\._refusal): .*(count|rfind)\(b?\"\\n\", None, ": "counting from None is counting from the beginning",
    r"checker\.messages\.json\.observe:_Parser\.__init__: .*_counted = None": "counting from None is counting from the beginning",
    r"checker\.messages\.json\.observe:_Parser\._string: .*and False else str": (
        "a string without escapes is read alike by the library; not asking it is only quicker"
    ),
    r"checker\.messages\.json\.observe:_Parser\._space: .*if \(found\) or True": "the pattern fits no space too: it always fits",
    r"checker\.messages\.json\.observe:_Parser\.document: .*_value\(\"\", None, ": (
        "at the top there is no parent: None is as empty as the empty text, and is only asked whether it is"
    ),
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
    r"engine\.explain\.explain:_conjunction: .*if len\(facts\) > 2 else facts": "two facts are joined by `and` either way",
}
"""Reasons by a pattern that the name of a mutant holds."""


def reason(mutant: str) -> str | None:
    """Return the reason why a mutant survives, or None where there is none."""
    return next((why for pattern, why in SURVIVORS.items() if re.search(pattern, mutant)), None)
