"""Undecided elements are counted, in every report, and can be made to fail a run (DESIGN 5, 6)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.command import Run, whosees

pytest_plugins = ["support.place"]

OPEN = 5
"""Elements of the response that PW governs: without role and password, none of them is decided."""


@pytest.fixture
def alone(place: Path) -> Path:
    """The leaking response, without the request that shows who called."""
    folder = place / "alone"
    folder.mkdir()
    (place / "recordings" / "leak.response.xml").rename(folder / "leak.response.xml")
    return place


def check(place: Path, *arguments: str) -> Run:
    return whosees("check", "alone", *arguments, cwd=place)


def test_a_green_run_says_how_much_it_could_not_decide(alone: Path) -> None:
    run = check(alone)
    assert run.code == 0
    text = " ".join(run.out.split())
    assert "1 response: 1 conformant" in text
    assert (
        f"undecided: {OPEN} elements in 1 response, for want of role and password (--role and --password, or a sidecar, "
        "decide them; --require role makes such responses unchecked)"
    ) in text


@pytest.mark.parametrize(
    "options", [(), ("--undecided", "ignore"), ("--ignore", "undecided"), ("--select", "leaked")]
)
def test_the_totals_count_whatever_is_reported(alone: Path, options: tuple[str, ...]) -> None:
    summary = json.loads(check(alone, "--format", "json", *options).out)["summary"]
    assert summary["undecided"] == OPEN
    assert summary["undecided_responses"] == 1
    assert summary["undecided_for_want_of"] == {"role": 1, "password": 1}


@pytest.mark.parametrize("format_", ["markdown", "html", "junit", "sarif", "github", "gitlab"])
def test_every_report_says_so(alone: Path, format_: str) -> None:
    report = check(alone, "--format", format_).out
    assert f"{OPEN} elements in 1 response, for want of role and password" in report


def test_a_decided_run_says_nothing_of_it(alone: Path) -> None:
    run = check(alone, "--caller", "anonymous", "--password", "not-supplied", "--format", "text")
    assert run.code == 1
    assert "undecided" not in run.out


def test_the_sign_of_a_job_summary_is_not_that_of_a_decided_run(alone: Path) -> None:
    assert check(alone, "--format", "markdown").out.startswith("## 🟡 Whosees: 1 response")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ((), 0),
        (("--undecided", "error"), 1),
        (("--undecided", "warning"), 0),
        (("--undecided", "warning", "--fail-on", "warning"), 1),
        (("--fail-on", "warning"), 0),
        (("--fail-on", "undecided"), 1),
        (("--fail-on", "note"), 1),
        (("--fail-on", "note", "--exit-zero"), 0),
        (("--require", "role"), 3),
        (("--require", "caller,password"), 3),
        (("--require", "role", "--allow-unchecked", "unknown-fact"), 0),
        (("--require", "service"), 0),
    ],
)
def test_options_move_the_line(alone: Path, options: tuple[str, ...], code: int) -> None:
    assert check(alone, *options).code == code


def test_a_required_fact_that_is_unknown_is_named(alone: Path) -> None:
    text = " ".join(check(alone, "--require", "role,password").out.split())
    assert "unchecked (unknown-fact)" in text
    assert "MC (response)" in text  # a fact that the response tells is known, though another is not
    assert "role and password" in text.replace("`", "") or "role, password" in text.replace("`", "")
    assert "required facts are unknown" in text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--require", "rol"), "`--require`: there is no fact `rol`; did you mean `role`?"),
        (("--select", "leeked"), "`--select`: there is no rule `leeked`; did you mean `leaked`?"),
        (("--ignore", "unlistd:host"), "`--ignore`: there is no rule `unlistd`; did you mean `unlisted`?"),
    ],
)
def test_a_misspelt_name_gets_a_suggestion(alone: Path, options: tuple[str, ...], message: str) -> None:
    run = check(alone, *options)
    assert run.code == 2
    assert message in run.err


def test_a_path_selects_what_is_at_or_below_it(place: Path) -> None:
    run = whosees("check", "recordings", "--format", "json", "--select", "leaked:accessControl", cwd=place)
    responses = json.loads(run.out)["responses"]
    paths = {finding["path"] for each in responses for finding in each["findings"]}
    assert paths == {"accessControl/sessionPassword"}
    ignored = whosees(
        "check", "recordings", "--format", "json", "--ignore", "leaked:accessControl", cwd=place
    )
    found = [f for each in json.loads(ignored.out)["responses"] for f in each["findings"]]
    assert "accessControl/sessionPassword" not in {f["path"] for f in found}
    assert "leaked" in {f["rule"] for f in found}


def test_the_configuration_has_the_same_options(alone: Path) -> None:
    (alone / "whosees.toml").write_text(
        'require = ["role", "password"]\nundecided = "warning"\nfail-on = "warning"\n'
    )
    assert check(alone).code == 3
    (alone / "whosees.toml").write_text('require = ["rol"]\n')
    assert "there is no fact `rol`" in check(alone).err
    (alone / "whosees.toml").write_text('fail-on = "warnings"\n')
    assert "`fail-on`: there is no `warnings`; did you mean `warning`?" in check(alone).err


def test_an_allowed_reason_is_not_hinted_at_again(alone: Path) -> None:
    hint = "--allow-unchecked REASON accepts one"
    assert hint in " ".join(check(alone, "--require", "role").out.split())
    allowed = " ".join(check(alone, "--require", "role", "--allow-unchecked", "unknown-fact").out.split())
    assert hint not in allowed
    assert "unchecked: 1 unknown-fact (allowed)" in allowed


def test_an_undecided_element_that_counts_as_an_error_fails_its_case(alone: Path) -> None:
    report = check(alone, "--undecided", "error", "--format", "junit").out
    assert '<failure type="undecided"' in report


def test_the_baseline_knows_the_rules_of_the_rulebook(alone: Path) -> None:
    entry = 'format = 1\n# mine\n[[entries]]\nrule = "password-not-enforced"\nid = "x"\nreason = "known"\nexpires = 2999-12-31\n'
    (alone / "known.toml").write_text(entry)
    run = check(alone, "--baseline", "known.toml", "--undecided", "error", "--baseline-update")
    assert run.code in (0, 1)
    assert (alone / "known.toml").read_text().startswith(entry)
    (alone / "known.toml").write_text(entry.replace("enforced", "enforcd"))
    assert "did you mean `password-not-enforced`?" in check(alone, "--baseline", "known.toml").err
