"""Remedies in words: who can change what, in the same column and in others."""

from __future__ import annotations

import pytest

from whosees.engine.context import context_of
from whosees.engine.expectation import Evaluator
from whosees.engine.explain.explain import explain
from whosees.reports.text.remedies import remedy_advice
from whosees.rules import load_rulebook

BY_CALLER = "it would appear after any of these changes by the caller"
NOT_BY_CALLER = "no change by the caller would make it appear"
ADVICE = [
    ("github-user", "login", "profile=authenticated", ["it already appears; nothing has to change"]),
    (
        *("github-user", "private_gists", "profile=authenticated user_scope=no-scope"),
        [BY_CALLER, "- use a token with the scope user (user_scope=has-scope): should"],
    ),
    (
        *("github-user", "private_gists", "profile=by-name user_scope=has-scope caller=same-user"),
        [NOT_BY_CALLER, "another profile shows it: the authenticated user (authenticated)"],
    ),
    (
        *("github-user", "private_gists", "profile=by-name user_scope=no-scope caller=same-user"),
        [
            NOT_BY_CALLER,
            "another profile shows it after any of these changes: the authenticated user (authenticated)",
            "- use a token with the scope user (user_scope=has-scope): should",
        ],
    ),
    ("github-repos", "allow_rebase_merge", "push=push", ["no change would make it appear, in any push"]),
    (
        *("github-repos", "allow_rebase_merge", "push=no-push"),
        ["no change would make it certain to appear, in any push: at most it may be there"],
    ),
    (
        *("webex-rest-meeting", "agenda", "view=user role=none password=not-supplied protection=password"),
        [
            BY_CALLER,
            "- be the host (role=host): should",
            "- be a cohost (role=cohost): should",
            "- be an invitee (role=invitee): should",
            "- put the meeting's password into the request (password=supplied): should",
            "it would also appear after a change that the caller cannot make ()",
            "- ask about a meeting without a password (protection=none): should",
        ],
    ),
    (
        *("getsessioninfo", "metaData/description", "service=MC caller=anonymous password=supplied"),
        [NOT_BY_CALLER, "another service shows it: Training Center or Event Center (TC, EC)"],
    ),
]


@pytest.mark.parametrize(("rules", "path", "facts", "lines"), ADVICE)
def test_the_advice_says_who_can_change_what(rules: str, path: str, facts: str, lines: list[str]) -> None:
    rulebook = load_rulebook(rules)
    context = context_of(rulebook, dict(pair.split("=") for pair in facts.split()))
    advice = remedy_advice(rulebook, explain(Evaluator(rulebook), rulebook.row_by_path[path], context))
    found = [advice.text, *(f"- {step.text}" for step in advice.here)]
    for other in advice.elsewhere:
        found += [f"{other.text} ({', '.join(other.columns)})", *(f"- {step.text}" for step in other.steps)]
    assert found == lines
