"""The sentences that every report shares, word for word: in the singular and in the plural, with and without each part."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from support.reporting import ALWAYS_MC, RULEBOOK, check, summed, unchecked
from whosees.engine.baseline import BaselineMatch, BaselineSummary, Entry, EntryStatus
from whosees.engine.claims import Precedence, read_claim, resolve_claims
from whosees.engine.context import context_of
from whosees.engine.finding import Finding, Severity
from whosees.engine.result import Summary, UnrecordedFact
from whosees.reports.text.baseline import baseline_note, baseline_summary
from whosees.reports.text.coverage import coverage_of, coverage_text
from whosees.reports.text.phrases import (
    explain_command,
    format_lines,
    format_totals,
    undecided_notice,
    undecided_remedy,
    unrecorded_notices,
)
from whosees.rules import load_rulebook

HOST = {"caller": "authenticated", "role": "host", "password": "supplied"}
ENTRY = Entry("missing", "x")


@pytest.mark.parametrize(
    ("rule", "lines", "text"),
    [
        ("leaked", (), ""),
        ("leaked", (7,), "line 7"),
        ("leaked", (7, 9), "lines 7, 9"),
        ("leaked", tuple(range(1, 11)), "lines 1, 2, 3, 4, 5, 6, 7, 8 and 2 more"),
        ("missing", (7,), "in the element on line 7"),
        ("omitted", (7, 9), "in the element on lines 7, 9"),
    ],
)
def test_lines(rule: str, lines: tuple[int, ...], text: str) -> None:
    finding = Finding(rule, Severity.ERROR, "status", "status", "x", "x", "status", lines=lines)
    assert format_lines(finding) == text


@pytest.mark.parametrize(
    ("rows", "facts", "text"),
    [
        ((), (), ""),
        (("a",), ("role",), "1 element undecided because role is unknown; pass --role to decide it"),
        (
            *(("a", "b"), ("role", "view")),
            "2 elements undecided because role and view are unknown; pass --role or --fact view=NAME to decide them",
        ),
    ],
)
def test_what_stays_undecided(rows: tuple[str, ...], facts: tuple[str, ...], text: str) -> None:
    assert undecided_notice(replace(check(ALWAYS_MC), undetermined=rows, depends_on=facts)) == text


@pytest.mark.parametrize(
    ("wanting", "text"),
    [
        (
            [("role",)],
            "--role, or a sidecar, decides them; --require role makes such responses unchecked",
        ),
        (
            [("password", "role"), ("role",)],
            "--password and --role, or a sidecar, decide them; --require role makes such responses unchecked",
        ),
        (
            [("password",), ("role",)],
            "--password and --role, or a sidecar, decide them; --require password,role makes such responses unchecked",
        ),
    ],
)
def test_what_decides_the_undecided(wanting: list[tuple[str, ...]], text: str) -> None:
    """The fact that is required is one that every such response lacks, or each that any lacks."""
    results = [replace(check(ALWAYS_MC), undetermined=("a",), depends_on=facts) for facts in wanting]
    assert undecided_remedy(summed(results)) == text


def test_what_a_format_does_not_keep() -> None:
    lacking = [
        UnrecordedFact("curl -v output", "request body", "role"),
        UnrecordedFact("curl -v output", "request body", "password"),
        UnrecordedFact("WireMock's mappings", "URL", "view"),
    ]
    about_curl = (
        "not recorded: role and password cannot be known from curl -v output, for want of the request body; "
        "state them in a context.toml"
    )
    assert unrecorded_notices(lacking) == [
        about_curl,
        "not recorded: view cannot be known from WireMock's mappings, for want of the URL; state it in a context.toml",
    ]


def test_the_totals_in_one_line() -> None:
    accepted = BaselineMatch(EntryStatus.ACCEPTED, ENTRY)
    leaking = check([*ALWAYS_MC, "panelistsInfo"], facts=HOST)
    (leak, *others) = leaking.findings
    summary = summed([leaking, replace(leaking, findings=(replace(leak, baseline=accepted), *others))])
    summary.add(replace(check(ALWAYS_MC), undetermined=("a", "b"), depends_on=("role",), findings=()))
    summary.add(replace(check(ALWAYS_MC), undetermined=("a",), depends_on=("role", "password"), findings=()))
    summary.add(unchecked())
    summary.skip("not a recording: image")
    warnings = len([each for each in others if each.severity is Severity.WARNING])
    notes = len(others) - warnings
    assert format_totals(summary) == (
        "5 responses: 2 conformant, 2 violating, 1 unchecked; "
        f"1 error, {2 * warnings} warnings, {2 * notes} notes, 1 baselined; "
        "undecided: 3 elements in 2 responses, for want of role and password; "
        "skipped 1 file in no format that is read: 1 image"
    )
    assert format_totals(Summary()) == "0 responses; 0 errors, 0 warnings, 0 notes"


def test_the_command_names_a_rulebook_that_is_not_the_default() -> None:
    rulebook = load_rulebook("github-user")
    context = context_of(rulebook, {"profile": "by-name"})
    command = "whosees explain bio --fact profile=by-name --rules github-user"
    assert explain_command(rulebook, "bio", context) == command
    claims = [read_claim(RULEBOOK, "caller", "anonymous", "request", Precedence.EVIDENCE)]
    implied = resolve_claims(RULEBOOK, claims).context  # role none follows, so that stating it adds nothing
    assert explain_command(RULEBOOK, "agenda", implied) == "whosees explain agenda --caller anonymous"


@pytest.mark.parametrize(
    ("entry", "note"),
    [
        (ENTRY, "accepted"),
        (Entry("missing", "x", reason=" moved\n "), "accepted: moved"),
        (Entry("missing", "x", reason="moved", ticket="OPS-1"), "accepted: moved, OPS-1"),
        (Entry("missing", "x", expires=date(2027, 1, 31)), "accepted until 2027-01-31"),
    ],
)
def test_what_a_baseline_accepts(entry: Entry, note: str) -> None:
    assert baseline_note(BaselineMatch(EntryStatus.ACCEPTED, entry)) == note


def test_the_use_of_a_baseline() -> None:
    def use(accepted: int, *numbers: int) -> BaselineSummary:
        return BaselineSummary(accepted, *((ENTRY,) * number for number in numbers))

    expired, incomplete, added, stale, unjudged = 1, 2, 1, 2, 1
    assert baseline_summary(use(1, expired, incomplete, added, stale, unjudged)) == (
        "baseline: 1 finding accepted, 1 entry added, 1 entry expired, 2 entries incomplete, 2 entries stale, "
        "1 entry stale or not exercised"
    )
    assert baseline_summary(use(2, 0, 0, 0, 0, 0)) == "baseline: 2 findings accepted"


def test_coverage_as_a_table() -> None:
    summary = summed([check(ALWAYS_MC, facts=HOST)])
    first, blank, table = coverage_text(RULEBOOK, coverage_of(RULEBOOK, summary))
    assert (first, blank) == ("coverage: 57 of 351 obligations exercised (16.2 %)", "")
    lines = [line.split() for line in table.splitlines()]
    assert lines[2] == ["MC", "23/23", "20/20", "14/14", "0/14", "57/71", "80.2", "%"]
    assert lines[-1] == ["all", "23/117", "20/102", "14/66", "0/66", "57/351", "16.2", "%"]


def test_a_marker_that_a_column_does_not_have_is_no_obligation_of_it() -> None:
    rulebook = load_rulebook("github-user")
    *_, table = coverage_text(rulebook, coverage_of(rulebook, Summary()))
    by_name = next(line.split() for line in table.splitlines() if line.startswith("by-name"))
    markers = {row.cells["by-name"] for row in rulebook.rows}
    assert len(markers) < len(rulebook.markers)
    assert "–" in by_name
    assert "0/0" not in by_name
