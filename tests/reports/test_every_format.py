"""Laws of every report format: what all of them show, and what none does."""

from __future__ import annotations

import html
import json

import pytest

from support.reporting import (
    ALWAYS_MC,
    HOSTILE,
    OPTIONS,
    RULEBOOK,
    check,
    hostile,
    hostile_reason,
    rendered,
    samples,
    summed,
    unchecked,
)
from whosees.reports.check.registry import FORMATS
from whosees.reports.text.escape import escape_control_chars

ANONYMOUS = {"caller": "anonymous", "password": "not-supplied"}


def test_the_registry_has_every_format() -> None:
    assert list(FORMATS) == ["text", "json", "junit", "sarif", "github", "gitlab", "markdown", "html"]


@pytest.mark.parametrize("format_", FORMATS)
def test_every_report_shows_coverage(format_: str) -> None:
    """`it is in every report`: the ratio of the whole table."""
    text = rendered(format_, [check(ALWAYS_MC, facts=ANONYMOUS)])
    shown = {"json": '"coverage":{"obligations":351,"exercised":57', "html": "<strong>57</strong> of 351"}
    assert shown.get(format_, "57 of 351") in text.replace("**", "")


@pytest.mark.parametrize("format_", FORMATS)
def test_no_report_shows_a_value(format_: str) -> None:
    """`A finding never holds an element's text`: the session's service type is the only text that is told."""
    value = "s3cr3t-vAlue"
    paths = [*ALWAYS_MC[1:], "metaData/agenda", "hostKey", "hots", "telephony/globalCallInNumbersURL"]
    result = check(paths, text=f"{value}%TollNum%", facts=ANONYMOUS)
    rules = {finding.rule for finding in result.findings}
    assert rules == {"leaked", "missing", "unlisted", "near-miss", "unexpanded-variable"}
    assert value not in rendered(format_, [result])


@pytest.mark.parametrize("format_", FORMATS)
def test_nothing_to_report_is_a_report(format_: str) -> None:
    assert rendered(format_, [])


@pytest.mark.parametrize("name", HOSTILE)
def test_text_steers_no_terminal(name: str) -> None:
    for result in (hostile(name), hostile_reason(name)):
        text = rendered("text", [result])
        assert all(line.isprintable() for line in text.split("\n"))
        assert escape_control_chars(name).split()[0] in text


def test_json_can_say_half_a_character() -> None:
    text = rendered("json", [unchecked("a\ud800b")])
    assert json.loads(text)["responses"][0]["source"] == "a\\ud800b"


def test_samples_hold_every_outcome() -> None:
    assert set(summed(samples()).outcomes) == {"conformant", "violating", "unchecked"}


@pytest.mark.parametrize("format_", [name for name in FORMATS if name not in ("parquet", "arrow")])
def test_every_report_tells_what_was_not_judged_by_kind(format_: str) -> None:
    """“What a folder holds and was not judged is counted by kind, never passed over in silence.”"""
    summary = summed([check(ALWAYS_MC)], skipped=2)
    for why in (
        "not a recording: HTML",
        "not a recording: capture; export it as HAR",
        "a list without items",
    ):
        summary.skip(why)
    report = FORMATS[format_].make(RULEBOOK, OPTIONS).end(summary)
    assert isinstance(report, str)
    kinds = {"different operation": 2, "HTML": 1, "capture": 1, "list without items": 1}
    if format_ == "json":
        assert json.loads(report.split('"summary":')[1][:-2])["skipped_by_kind"] == kinds
    else:
        text = " ".join(html.unescape(report).split())
        assert "kipped 3 messages (2 different operation, 1 list without items)" in text
        assert "kipped 2 files in no format that is read: 1 HTML, 1 capture; export it as HAR" in text
