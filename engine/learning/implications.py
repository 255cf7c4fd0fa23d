"""Facts that follow from others, as far as recordings tell: combinations that never come up though they should have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .evidence import Evidence

CHANCE = 1e-4
"""The probability of the work of chance up to which a combination that never came up counts as impossible."""


@dataclass(frozen=True, slots=True)
class ImplicationCandidate:
    """Wherever ``fact`` has a value, ``then`` had one and the same, in so many recorded contexts.

    ``certain`` says that this can hardly be chance.
    """

    fact: str
    value: str
    then: str
    then_value: str
    contexts: int
    certain: bool


def implication_candidates(
    evidence: Evidence, column: str, facts: Sequence[str]
) -> Iterator[ImplicationCandidate]:
    """Return the facts that had one value wherever another fact had a certain one, though not elsewhere."""
    contexts = {facts_of: dict(facts_of) for facts_of, _, _ in evidence.seen}
    known = [context for context in contexts.values() if column in context]
    for fact in facts:
        for value in dict.fromkeys(context[fact] for context in known if fact in context):
            for then in facts:
                if then != fact:
                    yield from _follows(known, fact, value, then)


def _follows(
    known: Sequence[Mapping[str, str]], fact: str, value: str, then: str
) -> Iterator[ImplicationCandidate]:
    here = [context[then] for context in known if context.get(fact) == value and then in context]
    elsewhere = [context[then] for context in known if context.get(fact, value) != value and then in context]
    values = set(here)
    if len(values) != 1 or not elsewhere or set(elsewhere) == values:
        return
    (then_value,) = values
    share = (elsewhere.count(then_value) + 1) / (len(elsewhere) + 2)
    yield ImplicationCandidate(fact, value, then, then_value, len(here), certain=share ** len(here) <= CHANCE)


def select_implications(found: Iterable[ImplicationCandidate]) -> list[ImplicationCandidate]:
    """Return the certain ones, each pair of facts in one direction: if both hold, the one with more contexts."""
    certain = sorted((each for each in found if each.certain), key=lambda each: -each.contexts)
    kept: list[ImplicationCandidate] = []
    for each in certain:
        reverse = any(
            (other.fact, other.then) == (each.then, each.fact) and other.value == each.then_value
            for other in kept
        )
        if not reverse:
            kept.append(each)
    return kept
