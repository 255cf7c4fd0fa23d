"""Findings that a baseline accepts, in every format: shown as such, and no failure anywhere."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from support.command import whosees

pytest_plugins = ["support.place"]


@pytest.fixture
def accepted(place: Path) -> Path:
    """A place where every error is accepted."""
    run = whosees("check", "recordings", "--baseline", "known.toml", "--baseline-update", cwd=place)
    assert run.code == 1
    file = place / "known.toml"
    text = file.read_text().replace('reason = ""', 'reason = "known"')
    file.write_text(
        text.replace("# it counts until it has a reason and: expires = YYYY-MM-DD", "expires = 2999-12-31")
    )
    return place


def report(place: Path, name: str) -> str:
    run = whosees("check", "recordings", "--baseline", "known.toml", "--format", name, cwd=place)
    assert (run.code, run.err) == (0, "")
    return run.out


def test_junit_has_no_failure(accepted: Path) -> None:
    root = ET.fromstring(report(accepted, "junit"))  # noqa: S314 - our own file
    assert root.findall(".//failure") == []


def test_sarif_has_notes_that_say_it(accepted: Path) -> None:
    (run,) = json.loads(report(accepted, "sarif"))["runs"]
    assert {result["level"] for result in run["results"]} == {"note"}
    leaks = [result["message"]["text"] for result in run["results"] if result["ruleId"] == "leaked"]
    assert len(leaks) == 5
    assert all("; accepted until 2999-12-31: known" in text for text in leaks)


def test_annotations_and_code_quality_are_mere_remarks(accepted: Path) -> None:
    github = report(accepted, "github")
    assert "::error" not in github
    assert "::warning" not in github
    assert {issue["severity"] for issue in json.loads(report(accepted, "gitlab"))} == {"info"}


def test_a_saved_result_gives_the_same_reports(accepted: Path) -> None:
    (accepted / "saved.json").write_text(report(accepted, "json"))
    for name in ("json", "junit", "sarif", "markdown", "github", "gitlab", "html"):
        converted = whosees("convert", "saved.json", "--format", name, cwd=accepted)
        assert (converted.err, converted.out) == ("", report(accepted, name)), name


def test_a_saved_result_says_too_which_entries_are_stale_and_which_were_not_exercised(place: Path) -> None:
    ids = ("MC/anonymous/not-supplied/host.email", "TC/anonymous/not-supplied/host.email")
    entries = "".join(f'[[entries]]\nrule = "missing"\nid = "getsessioninfo:{id_}"\n' for id_ in ids)
    (place / "known.toml").write_text(f"format = 1\n{entries}")
    arguments = ("check", "recordings", "--baseline", "known.toml")
    (place / "saved.json").write_text(whosees(*arguments, "--format", "json", cwd=place).out)
    converted = whosees("convert", "saved.json", "--format", "text", cwd=place).out
    assert converted == whosees(*arguments, cwd=place).out
    assert "baseline: 0 findings accepted, 1 entry stale, 1 entry stale or not exercised\n" in converted


def test_the_totals_count_it(accepted: Path) -> None:
    assert "11 baselined" in report(accepted, "github")
