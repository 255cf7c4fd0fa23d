"""The finding rules: one module for each, or for a few that exclude each other, and their registry.

A rule says when it applies, what that means and what to do, and finds where it holds. To add one, write a module with a
`FindingRule` and name it here; docs/contributing/finding-rule.md shows how.
"""

from __future__ import annotations

from . import call, leaked, missing, undecided, unlisted
from .base import FindingRule

ELEMENT_RULES: tuple[FindingRule, ...] = (
    leaked.RULE,
    missing.MISSING,
    missing.OMITTED,
    undecided.RULE,
    *unlisted.RULES,
)
"""Rules about what a response shows, found in an observation."""

CALL_RULES = call.RULES
"""Rules about a call as a whole: not what is shown to whom, but what does not fit together."""

RULES = {rule.id: rule for rule in (*ELEMENT_RULES, *CALL_RULES)}
"""Every rule by id; the ids are stable."""
