"""Rules about calls that a server has to refuse: the rulebook has their ids and words."""

from __future__ import annotations

from collections.abc import Mapping

from ...rules.model import Rulebook
from ..finding import Rule, Severity


def enforcement_rules(rulebook: Rulebook) -> Mapping[str, Rule]:
    """Return the rules that are broken if a server accepts what it has to refuse, by id."""
    return {
        entry.rule: Rule(
            id=entry.rule,
            severity=Severity.ERROR,
            when=entry.when,
            meaning=entry.meaning,
            remedy=entry.remedy,
        )
        for entry in rulebook.enforcement_rules.values()
    }
