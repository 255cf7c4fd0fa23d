"""Contexts: the facts that are known about a call, and those that follow from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import product
from math import prod

import msgspec

from ..rules.model import UNKNOWN, Fact, Rulebook
from ..rules.names import did_you_mean, join_names, normalize_name, suggestion


class ContextError(ValueError):
    """A fact or value that the rulebook does not have, or facts that exclude each other.

    `read_claims` sets ``fact`` and ``source`` to those of the claim that is wrong by itself.
    """

    fact = source = ""


class Context(msgspec.Struct, frozen=True, cache_hash=True):
    """A value for each fact of a rulebook, in its order; `unknown` if it is not known.

    Use `context_of` to make one: it checks that the values exist and do not contradict each other.
    """

    facts: tuple[str, ...]
    values: tuple[str, ...]

    def __getitem__(self, fact: str) -> str:
        return self.values[self.facts.index(fact)]

    def items(self) -> Iterator[tuple[str, str]]:
        """Return the pairs of fact and value, in the rulebook's order."""
        return zip(self.facts, self.values, strict=True)

    def known_facts(self) -> dict[str, str]:
        """Return the values of the facts that are known."""
        return {fact: value for fact, value in self.items() if value != UNKNOWN}


def context_of(rulebook: Rulebook, facts: Mapping[str, str]) -> Context:
    """Return the context with these facts and those that the rulebook's implications add.

    Raises ContextError for a fact or value that does not exist, and for facts that exclude each other.
    """
    values = dict.fromkeys(rulebook.fact_ids, UNKNOWN)
    for fact_id, value in facts.items():
        if fact_id not in values:
            raise ContextError(f"there is no fact `{fact_id}`{suggestion(fact_id, rulebook.fact_ids)}")
        if value != UNKNOWN and value not in rulebook.fact(fact_id).value_ids:
            raise ContextError(no_such_value(rulebook, rulebook.fact(fact_id), value))
        values[fact_id] = value
    completed = _complete(rulebook, tuple(values.values()))
    if isinstance(completed, str):
        raise ContextError(completed)
    return completed


@lru_cache(16_384)
def _complete(rulebook: Rulebook, stated: tuple[str, ...]) -> Context | str:
    """Return the context with stated values and those that follow, or why they exclude each other. Cached: explanations try every change."""
    values = dict(zip(rulebook.fact_ids, stated, strict=True))
    while implied := _implied_values(rulebook, values):
        values |= implied
    return _clash(rulebook, values) or Context(rulebook.fact_ids, tuple(values.values()))


def change_facts(rulebook: Rulebook, context: Context, changes: Mapping[str, str]) -> Context | None:
    """Return a context with other values of some facts, or None if they contradict the rest."""
    try:
        return context_of(rulebook, {**dict(context.items()), **changes})
    except ContextError:
        return None


def possible_contexts(rulebook: Rulebook, context: Context, facts: Iterable[str]) -> Iterator[Context]:
    """Return every context that `context` may be, once `facts` and the facts that imply them are known."""
    relevant = set(facts)
    for implication in rulebook.document.implications:
        if relevant & {*implication.when, *implication.then}:
            relevant |= {*implication.when, *implication.then}
    unknown = [fact for fact, value in context.items() if value == UNKNOWN and fact in relevant]
    for values in product(*(rulebook.fact(fact).value_ids for fact in unknown)):
        completed = change_facts(rulebook, context, dict(zip(unknown, values, strict=True)))
        if completed is not None:
            yield completed


def related_facts(rulebook: Rulebook, facts: Iterable[str]) -> frozenset[str]:
    """Return these facts and all that implications connect with them, however many it takes."""
    related: set[str] = set()
    found = set(facts)
    while found != related:
        related = set(found)
        for implication in rulebook.document.implications:
            connected = {*implication.when, *implication.then}
            if connected & related:
                found |= connected
    return frozenset(related)


def implied_facts(rulebook: Rulebook, context: Context) -> frozenset[str]:
    """Return the facts that follow from others in this context, so that naming them adds nothing."""
    values = dict(context.items())
    return frozenset(
        fact
        for implication in rulebook.document.implications
        if holds(implication.when, values)
        for fact in implication.then
    )


MAX_CONTEXTS = 200_000
"""The most contexts that are enumerated: more would take minutes, and no table for people has as many."""


class TooManyContextsError(ValueError):
    """A rulebook has more contexts than can be enumerated."""


def require_enumerable(choices: Iterable[int]) -> None:
    """Raise TooManyContextsError if facts with these numbers of values have too many combinations."""
    if (total := prod(choices)) > MAX_CONTEXTS:
        raise TooManyContextsError(
            f"its facts have {total:,} combinations of values; at most {MAX_CONTEXTS:,} can be enumerated"
        )


def all_contexts(rulebook: Rulebook) -> Iterator[Context]:
    """Return every context of a rulebook: each column with each value, or unknown, of each other fact.

    Raises TooManyContextsError if there are too many to enumerate.
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


def _implied_values(rulebook: Rulebook, values: Mapping[str, str]) -> dict[str, str]:
    """Return the values of unknown facts that follow from the implications."""
    return {
        fact: value
        for implication in rulebook.document.implications
        if holds(implication.when, values)
        for fact, value in implication.then.items()
        if values[fact] == UNKNOWN
    }


def _clash(rulebook: Rulebook, values: Mapping[str, str]) -> str:
    """Return a sentence about the implication that the values break, or an empty string."""
    for implication in rulebook.document.implications:
        if holds(implication.when, values) and not holds(implication.then, values):
            contrary = next(fact for fact, value in implication.then.items() if values[fact] != value)
            when = " and ".join(f"{fact} `{value}`" for fact, value in implication.when.items())
            return f"{when} excludes {contrary} `{values[contrary]}`: {implication.text}"
    return ""


def holds(facts: Mapping[str, str], values: Mapping[str, str]) -> bool:
    """Return whether values include these facts."""
    return all(values[fact] == value for fact, value in facts.items())


def no_such_value(rulebook: Rulebook, fact: Fact, text: str) -> str:
    """Return the message that a fact has no such value, with a suggestion."""
    if fact.id == rulebook.column_fact:
        for absent in rulebook.document.columns.without:
            if normalize_name(text) in map(normalize_name, (absent.title, *absent.names)):
                return f"{absent.title} has no column in {rulebook.table_title}; the columns are {_columns(rulebook)}"
    hint = did_you_mean(text, [name for value in fact.values for name in value.names])
    # A misspelt name is quoted. A text like none of the names can be anything, even a secret, so it is not.
    problem = f"`{text}` is not a known {fact.label}" if hint else f"not a known {fact.label}"
    return f"{problem}{hint or f'; the values are {join_names((*fact.value_ids, UNKNOWN))}'}"


def _columns(rulebook: Rulebook) -> str:
    return ", ".join(f"{column.id} ({column.title})" for column in rulebook.columns)
