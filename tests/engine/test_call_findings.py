"""Findings about a call as a whole: what they say, and the identities by which they are known."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from whosees.engine.call_findings import (
    context_conflict,
    not_enforced,
    pair_mismatch,
    unexpanded_variable,
    unexpected_success,
)
from whosees.engine.context import Conflict, Precedence, context_of, read_claim
from whosees.engine.finding import Finding, Severity
from whosees.rules import builtin_rulebook

RULEBOOK = builtin_rulebook()
HOST = context_of(RULEBOOK, {"service": "MC", "role": "host"})
ID = "getsessioninfo:MC/unknown/host/unknown"
STATED = read_claim(RULEBOOK, "role", "host", "--role", Precedence.FLAG)
SHOWN = read_claim(RULEBOOK, "role", "panelist", "request", Precedence.EVIDENCE)
WRONG = read_claim(RULEBOOK, "password", "not-supplied", "sidecar", Precedence.SIDECAR)

SAID: dict[str, tuple[Callable[[], Finding], Finding]] = {
    "a fact that the evidence contradicts": (
        lambda: context_conflict(RULEBOOK, HOST, Conflict(STATED, SHOWN)),
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
        lambda: unexpected_success(RULEBOOK, HOST, "sidecar"),
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
        lambda: not_enforced(RULEBOOK, HOST, WRONG),
        Finding(
            rule="password-not-enforced",
            severity=Severity.ERROR,
            path=None,
            element=None,
            message="the sidecar says that a wrong password was sent, and the response is a success",
            id=f"{ID}#password-not-enforced",
            explain_target="password-not-enforced",
        ),
    ),
    "a pair about two sessions": (
        lambda: pair_mismatch(RULEBOOK, HOST, "sessionkey", (3, 5)),
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
        lambda: unexpanded_variable(RULEBOOK, HOST, "a/b/c", ("%One%", "%Two%"), (7,)),
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


@pytest.mark.parametrize("case", SAID)
def test_a_finding_about_a_call_says_what_does_not_fit(case: str) -> None:
    found, expected = SAID[case]
    assert found() == expected


def test_conflicts_about_two_facts_are_two_findings() -> None:
    other = Conflict(WRONG, read_claim(RULEBOOK, "password", "supplied", "request", Precedence.EVIDENCE))
    assert context_conflict(RULEBOOK, HOST, other).id == f"{ID}#context-conflict:password"
