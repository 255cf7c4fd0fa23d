"""Rules about a call as a whole: not what is shown to whom, but what does not fit together."""

from __future__ import annotations

from collections.abc import Iterator

from ...rules.model import EnforcementRule, Rulebook
from ..claims import Claim, Conflict, Precedence
from ..finding import Finding, Rule, Severity, finding_id
from .base import CallFacts, CallRule
from .enforcement import enforcement_rules


def _find_conflicts(call: CallFacts) -> Iterator[Finding]:
    for conflict in call.conflicts:
        message = _conflict_text(call.rulebook, conflict)
        yield _about_call(call, CONTEXT_CONFLICT, message, f"context-conflict:{conflict.stated.fact}")


def _conflict_text(rulebook: Rulebook, conflict: Conflict) -> str:
    stated, evidence = conflict.stated, conflict.evidence
    label, shown = rulebook.fact(stated.fact).label, f"`{evidence.value}`"
    if stated.precedence is not Precedence.EVIDENCE:
        other = rulebook.fact(evidence.fact).label
        return f"{stated.source} says {label} `{stated.value}`, the {evidence.source} shows {other} {shown}; {stated.source} counts"
    if stated.source != evidence.source:
        return f"the {stated.source} shows {label} `{stated.value}`, the {evidence.source} shows {shown}; neither counts"
    if stated.value == evidence.value:
        return f"the {stated.source} gives the {label} a value that it cannot have, which does not count"
    return f"the {stated.source} contradicts itself about the {label}: `{stated.value}` and {shown}; neither counts"


def _find_other_session(call: CallFacts) -> Iterator[Finding]:
    if call.other_session is not None:
        path, lines = call.other_session
        message = f"the request names another session than the response's `{path}`"
        yield _about_element(call, PAIR_MISMATCH, path, lines, message)


def _find_variables(call: CallFacts) -> Iterator[Finding]:
    if call.variables is not None:
        path, names, lines = call.variables
        held = ", ".join(f"`{name}`" for name in names)
        message = f"`{path}` still holds {held}, a variable that the server should have replaced"
        yield _about_element(call, UNEXPANDED_VARIABLE, path, lines, message)


def _find_unexpected_success(call: CallFacts) -> Iterator[Finding]:
    if call.expects_failure is not None and not _unenforced(call):
        message = f"the {call.expects_failure} expects a FAILURE, and the response is a success"
        yield _about_call(call, UNEXPECTED_SUCCESS, message, "unexpected-success")


def find_not_enforced(call: CallFacts) -> Iterator[Finding]:
    """Yield what was accepted although it has to be refused, in the rulebook's words."""
    rules = enforcement_rules(call.rulebook)
    for claim, texts in _unenforced(call)[:1]:
        message = f"{texts.message} (stated by {claim.source})"
        yield _about_call(call, rules[texts.rule], message, texts.rule)


def _unenforced(call: CallFacts) -> list[tuple[Claim, EnforcementRule]]:
    """Return the claims of something that has to be refused for which the rulebook has a rule, each with that rule."""
    rules = [
        (claim, call.rulebook.enforcement_rule(claim.fact, claim.value, claim.overrides or ""))
        for claim in call.refused
    ]
    return [(claim, rule) for claim, rule in rules if rule is not None]


def _about_call(call: CallFacts, rule: Rule, message: str, about: str) -> Finding:
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        path=None,
        element=None,
        message=message,
        id=finding_id(call.rulebook, call.context, None, about),
        explain_target=rule.id,
    )


def _about_element(
    call: CallFacts, rule: CallRule, path: str, lines: tuple[int, ...], message: str
) -> Finding:
    row = call.rulebook.row_by_path.get(path)
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        path=path,
        element=row.element if row else path.rpartition("/")[2],
        message=message,
        id=finding_id(call.rulebook, call.context, path, rule.id),
        explain_target=rule.id,
        lines=lines,
    )


PAIR_MISMATCH = CallRule(
    id="pair-mismatch",
    severity=Severity.WARNING,
    when="request and response name different sessions",
    meaning="The request asks for another session than the response is about, so one may not be the other's.",
    remedy="Pair the response with the request that it answers.",
    find=_find_other_session,
)

CONTEXT_CONFLICT = CallRule(
    id="context-conflict",
    severity=Severity.WARNING,
    when="a stated fact contradicts the evidence, or the evidence itself",
    meaning=(
        "A flag or sidecar says something of the call that request or response contradict, and the statement counts; or the "
        "evidence says two things at once, and the fact is unknown."
    ),
    remedy="Correct the flag or sidecar, or leave it out; state a fact that the evidence leaves unknown.",
    find=_find_conflicts,
)

UNEXPANDED_VARIABLE = CallRule(
    id="unexpanded-variable",
    severity=Severity.WARNING,
    when="a value still holds a printed variable",
    meaning="The element's value holds the name of a variable in place of what it stands for.",
    remedy="Make the server put in the value; callers cannot use such a text.",
    find=_find_variables,
)

UNEXPECTED_SUCCESS = CallRule(
    id="unexpected-success",
    severity=Severity.ERROR,
    when="a failure is expected, and the response is a success",
    meaning="The sidecar expects the call to fail, and the server answered it.",
    remedy="Make the server refuse the call, or correct the sidecar.",
    find=_find_unexpected_success,
)

RULES = (CONTEXT_CONFLICT, PAIR_MISMATCH, UNEXPANDED_VARIABLE, UNEXPECTED_SUCCESS)
