"""Results: what a response came to, and what many came to together."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec import structs

from whosees.engine.baseline import BaselineMatch, Entry, EntryStatus
from whosees.engine.claims import Precedence, read_claim, resolve_claims
from whosees.engine.finding import Finding, Severity, finding_id
from whosees.engine.finding_rules.undecided import Undecided
from whosees.engine.result import Outcome, ResponseResult, Summary, outcome_of, result_of
from whosees.rules import builtin_rulebook

RULEBOOK = builtin_rulebook()
HOST = resolve_claims(RULEBOOK, [read_claim(RULEBOOK, "service", "MC", "--service", Precedence.FLAG)])
OTHER = resolve_claims(RULEBOOK, [read_claim(RULEBOOK, "service", "TC", "--service", Precedence.FLAG)])


def finding(severity: Severity, status: EntryStatus | None = None) -> Finding:
    entry = Entry("missing", "x", expires=date(2026, 1, 1))
    baseline = BaselineMatch(status, entry) if status else None
    return Finding("missing", severity, "status", "status", "x", "x", "status", baseline=baseline)


COUNTED = [
    (Severity.ERROR, None, Severity.ERROR),
    (Severity.WARNING, None, Severity.WARNING),
    (Severity.NOTE, None, Severity.NOTE),
    (Severity.ERROR, EntryStatus.ACCEPTED, Severity.NOTE),
    (Severity.WARNING, EntryStatus.ACCEPTED, Severity.NOTE),
    (Severity.ERROR, EntryStatus.EXPIRED, Severity.ERROR),
    (Severity.WARNING, EntryStatus.INCOMPLETE, Severity.WARNING),
]


@pytest.mark.parametrize(("severity", "status", "effective_severity"), COUNTED)
def test_what_a_baseline_accepts_counts_as_a_note(
    severity: Severity, status: EntryStatus | None, effective_severity: Severity
) -> None:
    one = finding(severity, status)
    assert one.effective_severity is effective_severity
    assert one.accepted == (status is EntryStatus.ACCEPTED)
    assert outcome_of((one,)) is (
        Outcome.VIOLATING if effective_severity is Severity.ERROR else Outcome.CONFORMANT
    )


def test_one_error_makes_a_response_violating_wherever_it_stands() -> None:
    note, error = finding(Severity.NOTE), finding(Severity.ERROR)
    assert outcome_of((note, error, note)) is Outcome.VIOLATING
    assert outcome_of((note, finding(Severity.ERROR, EntryStatus.ACCEPTED), note)) is Outcome.CONFORMANT
    assert outcome_of(()) is Outcome.CONFORMANT


def result(outcome: Outcome, *findings: Finding, expected_failure: bool = False) -> ResponseResult:
    return ResponseResult("a", 0, outcome, HOST, findings=findings, expected_failure=expected_failure)


def test_what_was_not_judged_is_unchecked_or_a_failure_that_was_expected() -> None:
    assert result(Outcome.CONFORMANT).judged
    assert result(Outcome.VIOLATING).judged
    assert not result(Outcome.UNCHECKED).judged
    assert not result(Outcome.CONFORMANT, expected_failure=True).judged


def test_a_result_says_what_is_undecided_and_what_would_decide_it() -> None:
    found = (finding(Severity.ERROR),)
    undecided = Undecided(("status", "hostKey"), ("role", "password"))
    came_to = result_of(HOST, found, undecided, "it", 2)
    assert (came_to.source, came_to.index, came_to.outcome, came_to.findings) == (
        "it",
        2,
        Outcome.VIOLATING,
        found,
    )
    assert came_to.resolved is HOST
    assert (came_to.undetermined, came_to.depends_on) == undecided
    assert came_to.of("another") == result_of(HOST, found, undecided, "another", 2)


UNLIKE: dict[str, dict[str, object]] = {
    "another body": {"index": 1},
    "another outcome": {"outcome": Outcome.CONFORMANT},
    "another reason": {"reason": "not-xml"},
    "another detail": {"detail": "it is empty"},
    "a failure that was expected": {"expected_failure": True},
    "other facts": {"resolved": OTHER},
    "other findings": {"findings": (finding(Severity.NOTE),)},
    "other rows left open": {"undetermined": ("status",)},
    "other facts that would settle them": {"depends_on": ("role",)},
}


@pytest.mark.parametrize("change", UNLIKE)
def test_two_results_are_alike_if_they_differ_in_their_sources_alone(change: str) -> None:
    one = result(Outcome.VIOLATING, finding(Severity.ERROR))
    assert one.dedup_key() == one.of("another").dedup_key()
    assert one.dedup_key() != structs.replace(one, **UNLIKE[change]).dedup_key()


def test_a_summary_counts_responses_reasons_findings_and_contexts() -> None:
    summary = Summary()
    error, note = finding(Severity.ERROR), finding(Severity.NOTE)
    accepted = finding(Severity.ERROR, EntryStatus.ACCEPTED)
    judged = result(Outcome.VIOLATING, error, error, note, accepted)
    unread = ResponseResult("a", 0, Outcome.UNCHECKED, OTHER, "not-xml")
    for one in (judged, judged, unread, unread, result(Outcome.CONFORMANT, accepted, note)):
        summary.add(one)
    for why in ("not a recording: image", "not a recording: image", "its body is `x`", "its body is `y`"):
        summary.skip(why)
    assert summary.responses == 5
    assert summary.outcomes == {Outcome.VIOLATING: 2, Outcome.UNCHECKED: 2, Outcome.CONFORMANT: 1}
    assert summary.reasons == {"not-xml": 2}
    assert summary.severities == {Severity.ERROR: 4, Severity.NOTE: 3}
    assert summary.accepted == 3
    assert summary.contexts == {HOST.context}
    assert summary.skipped == {"image": 2, "different operation": 2}


def test_a_summary_adds_up_what_stays_undecided_and_for_want_of_what() -> None:
    summary = Summary()
    for rows, facts in ((("a", "b"), ("role",)), ((), ()), (("a",), ("role", "password"))):
        summary.add(result_of(HOST, (), Undecided(rows, facts), "it", 0))
    assert (summary.responses, summary.undecided, summary.undecided_responses) == (3, 3, 2)
    assert summary.undecided_for_want_of == {"role": 2, "password": 1}


def test_an_identity_says_what_it_is_about_only_where_that_is_not_a_row() -> None:
    assert finding_id(RULEBOOK, HOST.context, "a/b") == "getsessioninfo:MC/unknown/unknown/unknown/a.b"
    assert finding_id(RULEBOOK, HOST.context, None, "x") == "getsessioninfo:MC/unknown/unknown/unknown#x"
