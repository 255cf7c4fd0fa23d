"""Claims: statements about the facts of a call, and the context that they resolve to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from typing import TypeVar

import msgspec
from msgspec import structs

from ..rules.model import UNKNOWN, Rulebook
from ..rules.names import normalize_name
from .context import Context, ContextError, context_of, holds, no_such_value

T = TypeVar("T")


class Precedence(IntEnum):
    """The precedence of a claim: a higher one wins, and a claim about one call beats one about all calls."""

    EVIDENCE = 1
    CONFIG = 2
    SIDECAR = 3
    FLAG = 4


class Claim(msgspec.Struct, frozen=True, cache_hash=True):
    """A statement that a fact has a value.

    ``source`` names its origin, for people. ``overrides`` is the value in the evidence that this claim accounts for,
    so that the two do not contradict each other.
    """

    fact: str
    value: str
    source: str
    precedence: Precedence
    overrides: str | None = None


class Conflict(msgspec.Struct, frozen=True):
    """A stated fact and the evidence against it."""

    stated: Claim
    evidence: Claim


class ResolvedContext(msgspec.Struct, frozen=True, cache_hash=True):
    """The context that claims resolve to, the source of each fact, and the contradictions."""

    context: Context
    sources: tuple[str, ...]
    conflicts: tuple[Conflict, ...] = ()


DEFAULT = "default"
"""The source of a fact that nothing states."""


def read_claim(rulebook: Rulebook, fact_id: str, text: str, source: str, precedence: Precedence) -> Claim:
    """Return the claim that a text states by any name of a value; raises ContextError if it names none."""
    fact = rulebook.fact(fact_id)
    if normalize_name(text) == UNKNOWN:
        return Claim(fact_id, UNKNOWN, source, precedence)
    for value in fact.values:
        if normalize_name(text) in map(normalize_name, value.names):
            return Claim(fact_id, value.id, source, precedence)
        for override in value.overrides:
            if normalize_name(text) in map(normalize_name, override.names):
                return Claim(fact_id, value.id, source, precedence, override.evidence)
    titles = {normalize_name(column.title): column.id for column in rulebook.columns}
    if fact_id == rulebook.column_fact and normalize_name(text) in titles:
        return Claim(fact_id, titles[normalize_name(text)], source, precedence)
    raise ContextError(no_such_value(rulebook, fact, text))


def unique_facts(pairs: Iterable[tuple[str, T]], option: str = "") -> dict[str, T]:
    """Return stated values by fact; raises ContextError for a fact that ``option`` states with two values."""
    stated: dict[str, T] = {}
    for fact, value in pairs:
        if stated.setdefault(fact, value) != value:
            raise ContextError(f"`{f'{option} {fact}'.strip()}` is given twice, with different values")
    return stated


def read_claims(
    rulebook: Rulebook, stated: Iterable[tuple[str, str, str]], precedence: Precedence
) -> tuple[Claim, ...]:
    """Return the claims of facts that are stated together, each as fact, text and source.

    Raises ContextError for a fact or value that does not exist, for facts that exclude each other, and for one that two
    sources state differently.
    """
    claims: dict[str, Claim] = {}
    for fact, text, source in stated:
        try:
            context_of(rulebook, {fact: UNKNOWN})  # raises for an unknown fact
            claim = read_claim(rulebook, fact, text, source, precedence)
        except ContextError as error:
            error.fact, error.source = fact, source
            raise
        other = claims.setdefault(fact, claim)
        if (other.value, other.overrides) != (claim.value, claim.overrides):
            raise ContextError(f"`{other.source}` and `{source}` state different values of `{fact}`")
    context_of(rulebook, {fact: claim.value for fact, claim in claims.items()})
    return tuple(claims.values())


def resolve_claims(rulebook: Rulebook, claims: Sequence[Claim]) -> ResolvedContext:
    """Return the context in which the claim of highest precedence wins for each fact.

    Evidence against a statement is set aside and reported as a conflict. Raises ContextError if two claims of one
    precedence, other than evidence, exclude each other.
    """
    chosen: dict[str, Claim] = {}
    conflicts: list[Conflict] = []
    for claim in sorted(claims, key=lambda claim: -claim.precedence):
        winner = chosen.get(claim.fact)
        if winner is None:
            rival = _find_rival(rulebook, chosen, claim)
            if rival is None:
                chosen[claim.fact] = claim
                continue
            if claim.precedence is not Precedence.EVIDENCE and claim.precedence == rival.precedence:
                both = {rival.fact: rival.value, claim.fact: claim.value}
                context_of(rulebook, both)  # raises with the reason
            winner = rival
        if _contradicts(winner, claim) and not any(known.stated == winner for known in conflicts):
            conflicts.append(Conflict(winner, claim))
    context = context_of(rulebook, {claim.fact: claim.value for claim in chosen.values()})
    return ResolvedContext(
        context, tuple(_source(rulebook, context, chosen, fact) for fact in context.facts), tuple(conflicts)
    )


def resolve_changes(rulebook: Rulebook, claims: Iterable[Claim], changes: Sequence[Claim]) -> ResolvedContext:
    """Return the context with other values for some facts: a flag that contradicts one gives way, as evidence does to a flag."""
    changed = {claim.fact for claim in changes}
    kept = [
        structs.replace(claim, precedence=min(claim.precedence, Precedence.SIDECAR))
        for claim in claims
        if claim.fact not in changed
    ]
    return resolve_claims(rulebook, [*changes, *kept])


def _find_rival(rulebook: Rulebook, chosen: Mapping[str, Claim], claim: Claim) -> Claim | None:
    """Return a chosen claim that excludes this one, or None."""
    for other in chosen.values():
        try:
            context_of(rulebook, {other.fact: other.value, claim.fact: claim.value})
        except ContextError:
            return other
    return None


def _contradicts(winner: Claim, claim: Claim) -> bool:
    return (
        winner.precedence is not Precedence.EVIDENCE
        and claim.precedence is Precedence.EVIDENCE
        and UNKNOWN not in (winner.value, claim.value)
        and (winner.fact != claim.fact or winner.value != claim.value)
        and winner.overrides != claim.value
    )


def _source(rulebook: Rulebook, context: Context, chosen: Mapping[str, Claim], fact: str) -> str:
    """Return the source of a fact; an implied fact has the source of its premise."""
    claim = chosen.get(fact)
    if claim is not None and claim.value == context[fact]:
        return claim.source
    for implication in rulebook.document.implications:
        if implication.then.get(fact) == context[fact] and holds(implication.when, dict(context.items())):
            return _source(rulebook, context, chosen, next(iter(implication.when)))
    return DEFAULT
