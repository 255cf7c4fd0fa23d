"""Evidence that is never used, or that is read where nothing is."""

from __future__ import annotations

from collections.abc import Iterator

from ...rules.model import ResponseEvidence, Rulebook
from ..finding import Severity
from .diagnostic import Diagnostic


def evidence(rulebook: Rulebook) -> Iterator[Diagnostic]:
    """Give the remarks on what tells the facts of a call."""
    yield from _shadowed(rulebook)
    yield from _read_nowhere(rulebook)
    yield from _not_evident(rulebook)


def _shadowed(rulebook: Rulebook) -> Iterator[Diagnostic]:
    """The first entry that fits decides, and one with names decides for its element whatever it holds."""
    entries = rulebook.document.evidence.response
    for number, entry in enumerate(entries):
        earlier = [
            other for other in entries[:number] if (other.fact, other.path) == (entry.fact, entry.path)
        ]
        held = {equal for other in earlier for equal in _equals(other)}
        by_values = entry.as_ is not None and _equals(entry) <= held
        if by_values or any(other.as_ is None for other in earlier):
            text = f"entry {number + 1} of `evidence.response` never decides: an earlier one on `{entry.path}` does"
            yield Diagnostic("shadowed", Severity.WARNING, text, f"{entry.fact} by {entry.path}")


def _equals(entry: ResponseEvidence) -> set[str]:
    """Give what an element has to hold for an entry that does not look up names."""
    return {equal.casefold() for equal in entry.equals}


def _read_nowhere(rulebook: Rulebook) -> Iterator[Diagnostic]:
    found = rulebook.document.evidence
    known = {*rulebook.row_by_path, *rulebook.document.unlisted.paths}
    read = {
        "evidence.response": [entry.path for entry in found.response],
        "evidence.match": [entry.response for entry in found.match],
        "evidence.session": [found.session.response] if found.session else [],
    }
    for key, paths in read.items():
        for path in dict.fromkeys(paths):
            if path not in known:
                text = f"`{key}` reads `{path}`, which is neither a row nor known as unlisted"
                yield Diagnostic("unknown-path", Severity.WARNING, text, path)


def _not_evident(rulebook: Rulebook) -> Iterator[Diagnostic]:
    found = rulebook.document.evidence
    told = {entry.fact for entry in found.response} | {entry.fact for entry in found.request}
    told |= {entry.fact for entry in found.match}
    for fact in rulebook.fact_ids:
        if fact not in told:
            text = f"no message tells `{fact}`: somebody has to say it"
            yield Diagnostic("not-evident", Severity.NOTE, text, f"`evidence` has no entry for {fact}")
