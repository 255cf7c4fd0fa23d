"""Findings about a call as a whole: what they say, and the identities by which they are known."""

from __future__ import annotations

from typing import Any

import pytest

from whosees.engine.claims import Claim, Conflict, Precedence, read_claim
from whosees.engine.context import context_of
from whosees.engine.finding import Finding, Severity
from whosees.engine.finding_rules import call_findings
from whosees.engine.finding_rules.base import CallFacts
from whosees.rules import builtin_rulebook

RULEBOOK = builtin_rulebook()
HOST = context_of(RULEBOOK, {"service": "MC", "role": "host"})
ID = "getsessioninfo:MC/unknown/host/unknown"
STATED = read_claim(RULEBOOK, "role", "host", "--role", Precedence.FLAG)
SHOWN = read_claim(RULEBOOK, "role", "panelist", "request", Precedence.EVIDENCE)
WRONG = read_claim(RULEBOOK, "password", "wrong", "sidecar", Precedence.SIDECAR)


def found(**facts: Any) -> list[Finding]:
    call = CallFacts(RULEBOOK, HOST, **facts)
    return list(call_findings(call))


FINDINGS: dict[str, tuple[dict[str, Any], Finding]] = {
    "a fact that the evidence contradicts": (
        {"conflicts": (Conflict(STATED, SHOWN),)},
        Finding(
            rule="context-conflict",
            severity=Severity.WARNING,
            path=None,
            element=None,
            message="--role says role `host`, the request shows role `panelist`; --role counts",
            id=f"{ID}#context-conflict:role",
            explain_target="context-conflict",
        ),
    ),
    "a call that did not fail": (
        {"expects_failure": "sidecar"},
        Finding(
            rule="unexpected-success",
            severity=Severity.ERROR,
            path=None,
            element=None,
            message="the sidecar expects a FAILURE, and the response is a success",
            id=f"{ID}#unexpected-success",
            explain_target="unexpected-success",
        ),
    ),
    "a wrong password that did no harm": (
        {"expects_failure": "sidecar", "refused": (WRONG,)},
        Finding(
            rule="password-not-enforced",
            severity=Severity.ERROR,
            path=None,
            element=None,
            message="a wrong password was sent, and the response is a success (stated by sidecar)",
            id=f"{ID}#password-not-enforced",
            explain_target="password-not-enforced",
        ),
    ),
    "a pair about two sessions": (
        {"other_session": ("sessionkey", (3, 5))},
        Finding(
            rule="pair-mismatch",
            severity=Severity.WARNING,
            path="sessionkey",
            element="sessionKey",
            message="the request names another session than the response's `sessionkey`",
            id=f"{ID}/sessionkey#pair-mismatch",
            explain_target="pair-mismatch",
            lines=(3, 5),
        ),
    ),
    "variables in what no row lists": (
        {"variables": ("a/b/c", ("%One%", "%Two%"), (7,))},
        Finding(
            rule="unexpanded-variable",
            severity=Severity.WARNING,
            path="a/b/c",
            element="c",
            message="`a/b/c` still holds `%One%`, `%Two%`, a variable that the server should have replaced",
            id=f"{ID}/a.b.c#unexpanded-variable",
            explain_target="unexpanded-variable",
            lines=(7,),
        ),
    ),
}


@pytest.mark.parametrize("case", FINDINGS)
def test_a_finding_about_a_call_says_what_does_not_fit(case: str) -> None:
    facts, expected = FINDINGS[case]
    assert found(**facts) == [expected]


def test_conflicts_about_two_facts_are_two_findings() -> None:
    other = Conflict(WRONG, read_claim(RULEBOOK, "password", "supplied", "request", Precedence.EVIDENCE))
    conflicts = found(conflicts=(Conflict(STATED, SHOWN), other))
    assert [each.id for each in conflicts] == [
        f"{ID}#context-conflict:role",
        f"{ID}#context-conflict:password",
    ]


def _shown(value: str, source: str) -> Claim:
    return Claim("role", value, source, Precedence.EVIDENCE)


CONTRADICTIONS = {
    "two values": (
        Conflict(_shown("host", "response"), _shown("not host", "response")),
        "the response contradicts itself about the role: `host` and `not host`; neither counts",
    ),
    "a value that is none": (
        Conflict(_shown("another value", "response"), _shown("another value", "response")),
        "the response gives the role a value that it cannot have, which does not count",
    ),
    "two sources": (
        Conflict(_shown("host", "response"), _shown("panelist", "request header X")),
        "the response shows role `host`, the request header X shows `panelist`; neither counts",
    ),
}


@pytest.mark.parametrize("case", CONTRADICTIONS)
def test_evidence_that_contradicts_itself_does_not_count(case: str) -> None:
    contradiction, text = CONTRADICTIONS[case]
    [conflict] = found(conflicts=(contradiction,))
    assert conflict.message == text
