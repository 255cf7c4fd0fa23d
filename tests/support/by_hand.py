"""The meaning of a rulebook's keys, read without the evaluator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

import msgspec

from whosees.engine.context import Context, ContextError, change_facts, context_of
from whosees.rules.model import UNKNOWN, Marker, Rulebook

PRESENT = {"must": "missing", "should": "omitted", "masked": "missing"}
"""The finding about an element that is not there, by its expectation."""


def expectation_by_hand(marker: Marker, context: Mapping[str, str] | Context) -> str:
    """The marker's meaning where all is known, from the keys of the rulebook alone."""
    data = msgspec.to_builtins(marker)
    conditions = data["granted_if"]
    met = [all(context[fact] in values for fact, values in entry.items()) for entry in conditions]
    return str(data["granted"] if any(met) or not conditions else data["withheld"])


def known_contexts(rulebook: Rulebook) -> Iterator[dict[str, str]]:
    """Every combination of known values that the rulebook allows."""
    facts = {fact.id: fact.value_ids for fact in rulebook.facts}
    for values in product(*facts.values()):
        context = dict(zip(facts, values, strict=True))
        try:
            context_of(rulebook, context)
        except ContextError:
            continue
        yield context


def expected_rows(rulebook: Rulebook, context: Mapping[str, str]) -> dict[str, str]:
    """The expectation of every row in a context where all is known, by path."""
    column = context[rulebook.column_fact]
    return {
        row.path: expectation_by_hand(rulebook.markers[row.cells[column]], context) for row in rulebook.rows
    }


def single_fault(
    rulebook: Rulebook, path: str, expected: Mapping[str, str]
) -> tuple[str, set[tuple[str, str]]]:
    """The kind of the one fault that a row can have, and the findings that it has to come to; none for one that may be there.

    What a missing container holds is missing with it, but for members of maps, of which none is missing. An element that leaks
    brings the containers around it along.
    """
    if expected[path] == "may" or (expected[path] != "must-not" and path.endswith("*")):
        return "", set()
    if expected[path] == "must-not":
        around = [row for row in rulebook.row_by_path if f"{path}/".startswith(f"{row}/")]
        return "leak", {("leaked", row) for row in around if expected[row] == "must-not"}
    inside = [
        row
        for row in rulebook.row_by_path
        if f"{row}/".startswith(f"{path}/") and "*" not in row[len(path) :].split("/")
    ]
    return "omit", {(PRESENT[expected[row]], row) for row in inside if expected[row] in PRESENT}


def completions(rulebook: Rulebook, context: Context) -> Iterator[Context]:
    """Every way in which all that is unknown could turn out."""
    unknown = [fact for fact, value in context.items() if value == UNKNOWN]
    for values in product(*(rulebook.fact(fact).value_ids for fact in unknown)):
        completed = change_facts(rulebook, context, dict(zip(unknown, values, strict=True)))
        if completed is not None:
            yield completed
