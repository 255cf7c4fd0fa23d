"""Facts that a recording cannot tell, since its format does not keep the part of the exchange that tells them."""

from __future__ import annotations

from functools import lru_cache

from msgspec import structs

from ...engine.result import ResponseResult, UnrecordedFact
from ...rules.model import UNKNOWN, Rulebook
from ..core.errors import Reason
from ..recordings import Part, Recording

_PARTS = {
    "security": Part.REQUEST_BODY,
    "body": Part.REQUEST_BODY,
    "header": Part.REQUEST_HEADERS,
    "jwt": Part.REQUEST_HEADERS,
    "request.header": Part.REQUEST_HEADERS,
    "request.cookie": Part.REQUEST_HEADERS,
    "request.jwt": Part.REQUEST_HEADERS,
    "response.header": Part.RESPONSE_HEADERS,
    "path": Part.URL,
    "query": Part.URL,
    "status": Part.STATUS,
}
"""The part of an exchange in which evidence is found, by the part that a rulebook names."""


def add_unrecorded(
    rulebook: Rulebook, recording: Recording, required: tuple[str, ...], result: ResponseResult
) -> ResponseResult:
    """Return a result with the facts it lacks that recordings of its format cannot tell."""
    facts = result.depends_on
    if result.reason == Reason.UNKNOWN_SERVICE:
        facts = (rulebook.column_fact,)
    elif result.reason == Reason.UNKNOWN_FACT:
        facts = tuple(fact for fact in required if result.resolved.context[fact] == UNKNOWN)
    if not facts:
        return result
    unrecorded = _unrecorded_facts(rulebook, recording.format, recording.absent_parts, facts)
    return structs.replace(result, unrecorded=unrecorded) if unrecorded else result


@lru_cache(256)
def _unrecorded_facts(
    rulebook: Rulebook, form: str, absent: tuple[Part, ...], facts: tuple[str, ...]
) -> tuple[UnrecordedFact, ...]:
    found = []
    for fact in facts:
        parts = _parts_of(rulebook, fact)
        if parts and parts <= {*absent}:
            found.append(UnrecordedFact(form, " and ".join(filter(None, sorted(parts, key=str))), fact))
    return tuple(found)


def _parts_of(rulebook: Rulebook, fact: str) -> set[Part | None]:
    """Return the parts that can tell a fact, or one from which it follows; None among them if it is the response's body."""
    sources = {fact}
    for implication in rulebook.document.implications:
        if fact in implication.then:
            sources |= implication.when.keys()
    evidence = rulebook.document.evidence
    stated: list[tuple[str, str]] = [(entry.fact, entry.part) for entry in evidence.request]
    stated += [(entry.fact, str(entry.part)) for entry in evidence.match]
    stated += [(entry.fact, str(entry.part)) for entry in evidence.http]
    parts: set[Part | None] = {_PARTS[part] for found, part in stated if found in sources}
    return parts | {None for entry in evidence.response if entry.fact in sources}
