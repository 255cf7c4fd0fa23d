"""Checks that several parts of a rulebook share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..model import UNKNOWN, Document
from ..names import did_you_mean, join_names

MAX_LISTED = 12
"""The most names that a message lists if none of them resembles the one that was given."""


def check_references(key: str, names: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    """Report each name that is not known."""
    candidates = list(known)
    for name in names:
        if name not in candidates:
            hint = did_you_mean(name, candidates)
            if not hint and 0 < len(candidates) <= MAX_LISTED:
                hint = f"; known are {join_names(candidates)}"
            yield f"`{key}`: there is no `{name}`{hint}"


def check_values(
    document: Document, key: str, facts: Mapping[str, Iterable[str]], *, allow_unknown: bool = False
) -> Iterator[str]:
    """Report each fact that does not exist, and each value that its fact does not have."""
    known = {fact.id: list(fact.value_ids) for fact in document.facts}
    known[document.columns.fact] = [column.id for column in document.columns.values]
    declared = [fact.id for fact in document.facts]
    yield from check_references(key, facts, declared)
    for fact_id, values in facts.items():
        if fact_id in declared:
            extra = [UNKNOWN] if allow_unknown else []
            yield from check_references(f"{key}.{fact_id}", values, [*known[fact_id], *extra])


def duplicates(names: Iterable[str]) -> Iterator[str]:
    """Return each name that has occurred before."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield name
        seen.add(name)
