"""The rules of `check` as SARIF describes them."""

from __future__ import annotations

from typing import Any

from ...engine.finding import RULES, Rule, Severity

UNCHECKED = "unchecked"

LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}

_UNCHECKED_RULE = Rule(
    UNCHECKED,
    Severity.ERROR,
    "a response could not be checked",
    "The input could not be judged, so nothing is known of what it shows to whom.",
    "Mend or leave out the input; --allow-unchecked REASON accepts a reason.",
)

_ALL = (*RULES.values(), _UNCHECKED_RULE)

INDEX = {rule.id: index for index, rule in enumerate(_ALL)}
"""Where each rule stands in the list."""


def rules() -> list[dict[str, Any]]:
    """Describe every rule, in the order of `INDEX`."""
    return [_described(rule) for rule in _ALL]


def _described(rule: Rule) -> dict[str, Any]:
    when = rule.when[:1].upper() + rule.when[1:]
    return {
        "id": rule.id,
        "name": "".join(part.capitalize() for part in rule.id.split("-")),
        "shortDescription": {"text": f"{when}."},
        "fullDescription": {"text": rule.meaning},
        "help": {
            "text": f"{rule.meaning}\n\n{rule.remedy}",
            "markdown": f"**{when}.** {rule.meaning}\n\n{rule.remedy}",
        },
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"precision": "very-high", "tags": ["visibility", "api"]},
    }
