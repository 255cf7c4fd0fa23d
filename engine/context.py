"""Contexts: what is known about a call, where it is known from, and what contradicts what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from itertools import product
from math import prod

import msgspec

from ..rules.model import UNKNOWN, Fact, Rulebook
from ..rules.names import did_you_mean, listed, normalize_name


class ContextError(ValueError):
    """A fact or value that the rulebook does not know, or facts that exclude each other."""


class Context(msgspec.Struct, frozen=True):
    """A value for each fact of a rulebook, in its order; `unknown` where it is not known.

    Made by `context_of`, which sees to it that the values exist and do not contradict each other.
    """

    facts: tuple[str, ...]
    values: tuple[str, ...]

    def __getitem__(self, fact: str) -> str:
        return self.values[self.facts.index(fact)]

    def items(self) -> Iterator[tuple[str, str]]:
        """Give (fact, value) in the rulebook's order."""
        return zip(self.facts, self.values, strict=True)

    def known(self) -> dict[str, str]:
        """Give the facts that are known."""
        return {fact: value for fact, value in self.items() if value != UNKNOWN}


def context_of(rulebook: Rulebook, facts: Mapping[str, str]) -> Context:
    """Make a context from what is known; what follows from it by the rulebook's implications is added.

    Raises ContextError for an unknown fact or value, and for facts that exclude each other.
    """
    values = dict.fromkeys(rulebook.fact_ids, UNKNOWN)
    for fact_id, value in facts.items():
        if fact_id not in values:
            hint = did_you_mean(fact_id, rulebook.fact_ids) or f"; known are {listed(rulebook.fact_ids)}"
            raise ContextError(f"there is no fact `{fact_id}`{hint}")
        if value != UNKNOWN and value not in rulebook.fact(fact_id).value_ids:
            raise ContextError(no_such_value(rulebook, rulebook.fact(fact_id), value))
        values[fact_id] = value
    while implied := _implied(rulebook, values):
        values |= implied
    if clash := _clash(rulebook, values):
        raise ContextError(clash)
    return Context(rulebook.fact_ids, tuple(values.values()))


def change(rulebook: Rulebook, context: Context, changes: Mapping[str, str]) -> Context | None:
    """Change facts of a context; None where the result would contradict itself."""
    try:
        return context_of(rulebook, {**dict(context.items()), **changes})
    except ContextError:
        return None


def possible_contexts(rulebook: Rulebook, context: Context, facts: Iterable[str]) -> Iterator[Context]:
    """Give every context that `context` can turn out to be once `facts` and what implies them are known."""
    relevant = set(facts)
    for implication in rulebook.document.implications:
        if relevant & {*implication.when, *implication.then}:
            relevant |= {*implication.when, *implication.then}
    unknown = [fact for fact, value in context.items() if value == UNKNOWN and fact in relevant]
    for values in product(*(rulebook.fact(fact).value_ids for fact in unknown)):
        completed = change(rulebook, context, dict(zip(unknown, values, strict=True)))
        if completed is not None:
            yield completed


def implied_facts(rulebook: Rulebook, context: Context) -> frozenset[str]:
    """Give the facts that follow from others in this context, so that they need not be said."""
    values = dict(context.items())
    return frozenset(
        fact
        for implication in rulebook.document.implications
        if _holds(implication.when, values)
        for fact in implication.then
    )


MOST_CONTEXTS = 200_000
"""Combinations of values that are gone through: more would take minutes, and no table for people has as many."""


class TooManyError(ValueError):
    """A rulebook distinguishes more contexts than can be gone through one by one."""


def require_enumerable(choices: Iterable[int]) -> None:
    """See that so many values of each fact come to contexts that can be gone through; raises TooManyError."""
    if (total := prod(choices)) > MOST_CONTEXTS:
        raise TooManyError(f"its facts come to {total:,} contexts; {MOST_CONTEXTS:,} can be gone through")


def all_contexts(rulebook: Rulebook) -> Iterator[Context]:
    """Give every context that a rulebook distinguishes: each column with each value, or unknown, of each fact.

    Raises TooManyError where they are more than can be gone through.
    """
    choices = [
        fact.value_ids if fact.id == rulebook.column_fact else (*fact.value_ids, UNKNOWN)
        for fact in rulebook.facts
    ]
    require_enumerable(map(len, choices))
    seen: set[Context] = set()
    for values in product(*choices):
        try:
            context = context_of(rulebook, dict(zip(rulebook.fact_ids, values, strict=True)))
        except ContextError:
            continue
        if context not in seen:
            seen.add(context)
            yield context


def _implied(rulebook: Rulebook, values: Mapping[str, str]) -> dict[str, str]:
    """Give the values that unknown facts must have, by the implications whose condition is met."""
    return {
        fact: value
        for implication in rulebook.document.implications
        if _holds(implication.when, values)
        for fact, value in implication.then.items()
        if values[fact] == UNKNOWN
    }


def _clash(rulebook: Rulebook, values: Mapping[str, str]) -> str:
    """Say which implication the values break, or give an empty string."""
    for implication in rulebook.document.implications:
        if _holds(implication.when, values) and not _holds(implication.then, values):
            contrary = next(fact for fact, value in implication.then.items() if values[fact] != value)
            when = " and ".join(f"{fact} `{value}`" for fact, value in implication.when.items())
            return f"{when} excludes {contrary} `{values[contrary]}`: {implication.text}"
    return ""


def _holds(facts: Mapping[str, str], values: Mapping[str, str]) -> bool:
    return all(values[fact] == value for fact, value in facts.items())


def no_such_value(rulebook: Rulebook, fact: Fact, text: str) -> str:
    """Say that a fact has no such value, with what was perhaps meant."""
    if fact.id == rulebook.column_fact:
        for absent in rulebook.document.columns.without:
            if normalize_name(text) in map(normalize_name, (absent.title, *absent.names)):
                return f"{absent.title} has no column in {rulebook.table_title}; the columns are {_columns(rulebook)}"
    hint = did_you_mean(text, [name for value in fact.values for name in value.names])
    # A misspelt name is shown; what is like none can be anything, a secret in the place of what was done with it say.
    said = f"`{text}` is no {fact.label}" if hint else f"that is no {fact.label}"
    return f"{said}{hint or f'; known are {listed((*fact.value_ids, UNKNOWN))}'}"


def _columns(rulebook: Rulebook) -> str:
    return ", ".join(f"{column.id} ({column.title})" for column in rulebook.columns)


class Precedence(IntEnum):
    """How much a claim counts: a higher rank beats a lower one, and what is said of one call what is said of all."""

    EVIDENCE = 1
    CONFIG = 2
    SIDECAR = 3
    FLAG = 4


class Claim(msgspec.Struct, frozen=True):
    """Somebody or something says that a fact has a value.

    ``source`` says who, for people. ``despite`` is the evidence that this claim admits and explains: it is
    then no contradiction.
    """

    fact: str
    value: str
    source: str
    precedence: Precedence
    despite: str | None = None


class Conflict(msgspec.Struct, frozen=True):
    """A stated fact and the evidence against it."""

    stated: Claim
    evidence: Claim


class ResolvedContext(msgspec.Struct, frozen=True):
    """What claims come to: the context, where each fact is known from, and the contradictions."""

    context: Context
    sources: tuple[str, ...]
    conflicts: tuple[Conflict, ...] = ()


DEFAULT = "default"
"""The source of a fact that nothing tells."""


def read_claim(rulebook: Rulebook, fact_id: str, text: str, source: str, precedence: Precedence) -> Claim:
    """Read a stated value by any of its names, in any letter case; raises ContextError where it has none."""
    fact = rulebook.fact(fact_id)
    if normalize_name(text) == UNKNOWN:
        return Claim(fact_id, UNKNOWN, source, precedence)
    for value in fact.values:
        if normalize_name(text) in map(normalize_name, value.names):
            return Claim(fact_id, value.id, source, precedence)
        for despite in value.despite:
            if normalize_name(text) in map(normalize_name, despite.names):
                return Claim(fact_id, value.id, source, precedence, despite.evidence)
    titles = {normalize_name(column.title): column.id for column in rulebook.columns}
    if fact_id == rulebook.column_fact and normalize_name(text) in titles:
        return Claim(fact_id, titles[normalize_name(text)], source, precedence)
    raise ContextError(no_such_value(rulebook, fact, text))


def resolve_claims(rulebook: Rulebook, claims: Sequence[Claim]) -> ResolvedContext:
    """Weigh claims: for each fact the highest rank counts, and what a lower one says against it is set aside.

    Raises ContextError where claims of one rank exclude each other; evidence never does, since what contradicts
    a statement is set aside and reported, and what contradicts other evidence is not known.
    """
    chosen: dict[str, Claim] = {}
    conflicts: list[Conflict] = []
    for claim in sorted(claims, key=lambda claim: -claim.precedence):
        winner = chosen.get(claim.fact)
        if winner is None:
            rival = _excluding(rulebook, chosen, claim)
            if rival is None:
                chosen[claim.fact] = claim
                continue
            if claim.precedence is not Precedence.EVIDENCE and claim.precedence == rival.precedence:
                both = {rival.fact: rival.value, claim.fact: claim.value}
                context_of(rulebook, both)  # raises, and says why
            winner = rival
        if _contradicts(winner, claim) and not any(known.stated == winner for known in conflicts):
            conflicts.append(Conflict(winner, claim))
    context = context_of(rulebook, {claim.fact: claim.value for claim in chosen.values()})
    return ResolvedContext(
        context, tuple(_source(rulebook, context, chosen, fact) for fact in context.facts), tuple(conflicts)
    )


def _excluding(rulebook: Rulebook, chosen: Mapping[str, Claim], claim: Claim) -> Claim | None:
    """Give the chosen claim that cannot stand together with this one, if there is one."""
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
        and winner.despite != claim.value
    )


def _source(rulebook: Rulebook, context: Context, chosen: Mapping[str, Claim], fact: str) -> str:
    """Say where a fact is known from; an implied one comes from where its premise comes from."""
    claim = chosen.get(fact)
    if claim is not None and claim.value == context[fact]:
        return claim.source
    for implication in rulebook.document.implications:
        if implication.then.get(fact) == context[fact] and _holds(implication.when, dict(context.items())):
            return _source(rulebook, context, chosen, next(iter(implication.when)))
    return DEFAULT
