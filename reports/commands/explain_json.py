"""The JSON of `explain`: schema ``whosees/explain@1``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...engine.explain.explain import Explanation
from ...engine.finding import Rule
from ...rules.model import Rulebook
from ..check.json import encode, rulebook_identity

SCHEMA = "whosees/explain@1"


def explain_json(rulebook: Rulebook, explanations: Sequence[Explanation]) -> str:
    """Give explanations as the schema has them, each match on a line."""
    matches = ",\n".join(encode(match_object(explanation)) for explanation in explanations)
    return f'{{"schema":"{SCHEMA}","rulebook":{encode(rulebook_identity(rulebook))},\n"matches":[\n{matches}\n]}}\n'


def explain_rule_json(rulebook: Rulebook, rule: Rule) -> str:
    """Give what a rule means: no match, and the rule beside it."""
    said = {
        "id": rule.id,
        "severity": rule.severity,
        "when": rule.when,
        "meaning": rule.meaning,
        "remedy": rule.remedy,
    }
    return (
        f'{{"schema":"{SCHEMA}","rulebook":{encode(rulebook_identity(rulebook))},'
        f'\n"matches":[],\n"rule":{encode(said)}}}\n'
    )


def match_object(explanation: Explanation) -> dict[str, Any]:
    """Give one explanation; what was read between the lines is cited among its reasons by number."""
    observed = explanation.observed
    return {
        "path": explanation.path,
        "element": explanation.element,
        "context": dict(explanation.context.items()),
        "expectation": explanation.expectation,
        "marker": explanation.marker,
        "summary": explanation.summary,
        "because": [
            *({"text": reason.text, "cite": reason.cite} for reason in explanation.because),
            *({"text": entry.text, "cite": entry.id} for entry in explanation.interpretations),
            *({"text": note.text, "cite": note.cite} for note in explanation.notes),
        ],
        "would_appear_if": [
            {
                "changes": dict(way.changes),
                "expectation": way.expectation,
                "caller_can": way.caller_can,
                "text": way.text,
            }
            for way in explanation.remedies
        ],
        "depends_on": list(explanation.undecided_facts),
        "elsewhere": explanation.elsewhere,
        "observed": None
        if observed is None
        else {"present": observed.present, "lines": list(observed.lines)},
    }
