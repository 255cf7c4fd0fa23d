"""Evidence that is never used, or that is read from unknown elements."""

from __future__ import annotations

from collections.abc import Iterator

from ...rules.model import ResponseEvidence, Rulebook
from ..finding import Severity
from ..places import row_at
from .diagnostic import Diagnostic


def check_evidence(rulebook: Rulebook) -> Iterator[Diagnostic]:
    """Return the diagnostics of evidence."""
    yield from _check_shadowed(rulebook)
    yield from _unknown_paths(rulebook)
    yield from _without_evidence(rulebook)
    yield from _one_sided(rulebook)


def _check_shadowed(rulebook: Rulebook) -> Iterator[Diagnostic]:
    """Report each entry that an earlier one always anticipates: the first entry that fits decides."""
    entries = rulebook.document.evidence.response
    for number, entry in enumerate(entries):
        earlier = [
            other for other in entries[:number] if (other.fact, other.path) == (entry.fact, entry.path)
        ]
        earlier_texts = {equal for other in earlier for equal in _equals(other)}
        by_values = entry.as_ is not None and _equals(entry) <= earlier_texts
        if by_values or any(other.as_ is None for other in earlier):
            text = f"entry {number + 1} of `evidence.response` is never used: an earlier one reads `{entry.path}`"
            yield Diagnostic("shadowed", Severity.WARNING, text, f"{entry.fact} by {entry.path}")


def _equals(entry: ResponseEvidence) -> set[str]:
    """Return the texts of an entry as they are compared."""
    return {equal.casefold() for equal in entry.equals}


def _unknown_paths(rulebook: Rulebook) -> Iterator[Diagnostic]:
    found = rulebook.document.evidence
    known = {*rulebook.row_by_path, *rulebook.document.unlisted.paths}
    read = {
        "evidence.response": [entry.path for entry in found.response],
        "evidence.match": [entry.response for entry in found.match],
        "evidence.session": [found.session.response] if found.session else [],
        "rows.when": [path for options in rulebook.document.rows.values() for path in options.when],
    }
    for key, paths in read.items():
        for path in dict.fromkeys(paths):
            if path not in known and row_at(rulebook, path) is None:
                text = f"`{key}` reads `{path}`, which is neither a row nor in `unlisted.paths`"
                yield Diagnostic("unknown-path", Severity.WARNING, text, path)


def _without_evidence(rulebook: Rulebook) -> Iterator[Diagnostic]:
    stated = _stated_values(rulebook)
    for fact in rulebook.fact_ids:
        if fact not in stated:
            text = f"no evidence states `{fact}`, so it has to be given for each response"
            yield Diagnostic("not-evident", Severity.NOTE, text, f"`evidence` has no entry for {fact}")


def _one_sided(rulebook: Rulebook) -> Iterator[Diagnostic]:
    """Report each fact with two values of which evidence states one: then the fact is that one or unknown, and never the other."""
    stated = _stated_values(rulebook)
    for fact in rulebook.document.facts:
        implied = {entry.then[fact.id] for entry in rulebook.document.implications if fact.id in entry.then}
        known = [value for value in fact.value_ids if value in stated.get(fact.id, ())]
        others = [value for value in fact.value_ids if value not in implied.union(known)]
        if len(known) == len(others) == 1 and len(fact.value_ids) == len(known + others):
            text = f"evidence can state that `{fact.id}` is `{known[0]}`, but never that it is `{others[0]}`"
            remedy = f"an entry of `evidence.http` can say `present` or `absent`; or state {others[0]} for each response"
            yield Diagnostic("one-sided", Severity.NOTE, text, remedy)


def _stated_values(rulebook: Rulebook) -> dict[str, set[str]]:
    """Return the values of each fact that evidence can state."""
    evidence = rulebook.document.evidence
    entries = [
        *((entry.fact, (*entry.names.values(), entry.as_)) for entry in evidence.response),
        *((entry.fact, (entry.if_given, entry.if_not)) for entry in evidence.request),
        *((entry.fact, entry.values) for entry in evidence.http),
        *((entry.fact, (entry.as_,)) for entry in evidence.match),
    ]
    stated: dict[str, set[str]] = {}
    for fact, values in entries:
        stated.setdefault(fact, set()).update(value for value in values if value is not None)
    return stated
