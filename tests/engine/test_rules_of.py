"""The rules of a run: those that every rulebook shares, and those of the rulebook about calls that must be refused."""

from __future__ import annotations

import inspect
import re

import pytest

from whosees.engine import finding_rules
from whosees.engine.claims import Precedence, read_claim
from whosees.engine.context import context_of
from whosees.engine.finding import Severity
from whosees.engine.finding_rules import RULES, call_findings, rules_of
from whosees.engine.finding_rules.base import CallFacts
from whosees.engine.policy import Policy, validate_policy, validate_selected_paths
from whosees.engine.result import FailOn, Outcome, Summary
from whosees.rules import builtin_rulebook, load_rulebook

RULEBOOK = builtin_rulebook()
CONTEXT = context_of(RULEBOOK, {"service": "MC", "password": "not-supplied"})
WRONG = read_claim(RULEBOOK, "password", "wrong", "sidecar", Precedence.SIDECAR)


def test_the_rulebook_adds_its_own_rules() -> None:
    assert list(rules_of(RULEBOOK)) == [*RULES, "password-not-enforced"]
    rule = rules_of(RULEBOOK)["password-not-enforced"]
    texts = RULEBOOK.enforcement_rules["password-not-enforced"]
    assert (rule.when, rule.meaning, rule.remedy) == (texts.when, texts.meaning, texts.remedy)
    assert list(rules_of(load_rulebook("webex-rest-meeting"))) == list(RULES)


def test_the_engine_has_no_word_of_it() -> None:
    assert "password" not in "".join(
        inspect.getsource(module) for module in (finding_rules, finding_rules.call)
    )


def test_what_was_accepted_is_said_in_the_words_of_the_rulebook() -> None:
    (found,) = call_findings(CallFacts(RULEBOOK, CONTEXT, refused=(WRONG,)))
    assert (found.rule, found.severity) == ("password-not-enforced", Severity.ERROR)
    assert found.message == "a wrong password was sent, and the response is a success (stated by sidecar)"
    assert found.id == "getsessioninfo:MC/unknown/unknown/not-supplied#password-not-enforced"


def test_it_takes_the_place_of_an_unexpected_success() -> None:
    both = CallFacts(RULEBOOK, CONTEXT, expects_failure="sidecar", refused=(WRONG,))
    assert [found.rule for found in call_findings(both)] == ["password-not-enforced"]
    other = CallFacts(RULEBOOK, CONTEXT, expects_failure="sidecar")
    assert [found.rule for found in call_findings(other)] == ["unexpected-success"]


def test_a_policy_names_rules_that_exist() -> None:
    validate_policy(RULEBOOK, Policy(select=("password-not-enforced", "leaked:host"), ignore=("unlisted",)))
    with pytest.raises(ValueError, match="`ignore`: there is no rule `mislaid`"):
        validate_policy(RULEBOOK, Policy(ignore=("mislaid",)))
    for empty in ("leaked:", "leaked:/", "leaked: "):
        with pytest.raises(ValueError, match=f"^`ignore`: `{empty}` names no path$"):
            validate_policy(RULEBOOK, Policy(ignore=(empty,)))


def test_a_policy_about_rows_names_paths_that_rows_have() -> None:
    """A misspelt path would select nothing, and a run that finds nothing is green. Findings about no row can have any path."""
    known = ("leaked:host", "leaked:/host/email/", "unlisted:anything", "misplaced:any/where", "omitted")
    others = (RULEBOOK, builtin_rulebook("github-user"))
    validate_selected_paths(others, Policy(select=(*known, "leaked:private_gists"), ignore=("leaked:x",)))
    message = "`select`: `leaked:host/emial` selects nothing: no row is at or below `host/emial`; did you mean `host/email`?"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        validate_selected_paths(others, Policy(select=("leaked:host/emial",)))
    with pytest.raises(ValueError, match="no row is at or below `plan`"):
        validate_selected_paths([RULEBOOK], Policy(select=("leaked", "missing:plan")))


@pytest.mark.parametrize("least", FailOn)
def test_each_line_of_failing_includes_those_before_it(least: FailOn) -> None:
    order = list(FailOn)
    for at, kind in enumerate(order):
        summary = Summary()
        if kind is FailOn.UNDECIDED:
            summary.undecided = 1
        else:
            summary.severities[Severity(kind)] = 1
        assert least.fails(summary) is (at <= order.index(least))
    violating = Summary()
    violating.outcomes[Outcome.VIOLATING] = 1
    assert least.fails(violating)
