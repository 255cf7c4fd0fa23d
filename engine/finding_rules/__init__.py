"""The finding rules: one module for each, or for a few that exclude each other, and their registry.

A rule says when it applies, what that means and what to do, and finds where it holds. To add one, write a module with a
`RowRule` or a `PlaceRule` and name it here; docs/contributing/finding-rule.md shows how.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...rules.model import Rulebook
from ..finding import Finding, Rule
from . import call, leaked, missing, undecided, unlisted, unmasked
from .base import CallFacts, PlaceRule, RowRule
from .enforcement import enforcement_rules

ROW_RULES: tuple[RowRule, ...] = (
    leaked.RULE,
    unmasked.RULE,
    missing.MISSING,
    missing.OMITTED,
    undecided.RULE,
)
"""Rules about what a response shows of the rows."""

PLACE_RULES: tuple[PlaceRule, ...] = unlisted.RULES
"""Rules about elements in no row; the first that holds of one counts."""

CALL_RULES = call.RULES
"""Rules about a call as a whole: not what is shown to whom, but what does not fit together."""

RULES: Mapping[str, Rule] = {rule.id: rule for rule in (*ROW_RULES, *PLACE_RULES, *CALL_RULES)}
"""The rules that every rulebook shares, by id; the ids are stable."""


def rules_of(rulebook: Rulebook) -> Mapping[str, Rule]:
    """Return every rule that findings of a rulebook can have, by id: the shared ones, then the rulebook's own."""
    return {**RULES, **enforcement_rules(rulebook)}


def call_findings(facts: CallFacts) -> Iterator[Finding]:
    """Yield the findings about a call as a whole."""
    for rule in CALL_RULES:
        yield from rule.find(facts)
    yield from call.find_not_enforced(facts)
