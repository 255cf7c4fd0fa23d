"""The small rooms that reports share: visible text, places, names, coverage, what was seen, the registry."""

from __future__ import annotations

import html
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from msgspec.structs import replace

from support.reporting import (
    ALWAYS_MC,
    HOSTILE,
    OPTIONS,
    RULEBOOK,
    check,
    expected_failure,
    hostile,
    hostile_reason,
    rendered,
    samples,
    summed,
    unchecked,
)
from whosees.engine.result import Summary
from whosees.reports.check.registry import FORMATS
from whosees.reports.text.cell_counts import CellCount, CellCounts
from whosees.reports.text.coverage import coverage_of, coverage_summary, format_ratio
from whosees.reports.text.escape import escape_control_chars
from whosees.reports.text.locations import SourceLocation, SourceLocations
from whosees.reports.text.response_names import UniqueNames, response_name

HOST = {"caller": "authenticated", "role": "host", "password": "supplied"}
ANONYMOUS = {"caller": "anonymous", "password": "not-supplied"}


@given(st.text(alphabet=st.characters(codec=None)))
def test_visible_text_can_stand_anywhere(text: str) -> None:
    """An escaped text is printable, UTF-8 and XML, and stays the same when it is escaped again."""
    shown = escape_control_chars(text)
    assert shown.isprintable()
    element = etree.Element("a", name=shown)
    assert etree.fromstring(etree.tostring(element, encoding="UTF-8")).get("name") == shown
    assert escape_control_chars(shown) == shown


def test_visible_text_shows_what_it_was() -> None:
    assert escape_control_chars("a\x1b[31m\u202e\ud800") == "a\\x1b[31m\\u202e\\ud800"
    assert escape_control_chars("ünïcödé ✓") == "ünïcödé ✓"


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("a.xml", SourceLocation("sub/a.xml")),
        ("./a.xml", SourceLocation("sub/a.xml")),
        ("../a.xml", SourceLocation("a.xml")),
        ("/repo/x/a.xml", SourceLocation("x/a.xml")),
        ("/repository/a.xml", SourceLocation("/repository/a.xml")),
        ("-", SourceLocation(None)),
        ("n.zip!in/a.xml", SourceLocation("sub/n.zip", "in/a.xml")),
        ("n.tar.gz!run.har#entry-1", SourceLocation("sub/n.tar.gz", "run.har#entry-1")),
        ("run.har#entry-12", SourceLocation("sub/run.har", "entry-12")),
        ("log.jsonl.gz:4711", SourceLocation("sub/log.jsonl.gz", "line 4711", 4711)),
        ("wow!.xml", SourceLocation("sub/wow!.xml")),
        ("a#b.xml", SourceLocation("sub/a#b.xml")),
    ],
)
def test_places(source: str, place: SourceLocation) -> None:
    assert SourceLocations("/repo/sub", "/repo").locate(source) == place


def test_lines_of_a_member_are_none_of_the_file() -> None:
    assert SourceLocations("/r", "/r").locate("a.zip!b.xml").line_of((7, 9)) == 1
    assert SourceLocations("/r", "/r").locate("log.jsonl:3").line_of((7, 9)) == 3
    assert SourceLocations("/r", "/r").locate("b.xml").line_of((7, 9)) == 7
    assert SourceLocations("/r", "/r").locate("b.xml").line_of(()) == 1


def test_names_say_which_body() -> None:
    result = check(ALWAYS_MC)
    assert response_name(result) == "night/a.response.xml"
    assert response_name(replace(result, index=1)) == "night/a.response.xml, body 2"


@given(st.lists(st.sampled_from(["a", "b", "a (2)", "a (2) (2)", "a (3)"]), max_size=12))
def test_unique_names_are_unique(sources: list[str]) -> None:
    names, result = UniqueNames(), unchecked()
    given_names = [names.name(replace(result, source=source)) for source in sources]
    assert len(set(given_names)) == len(given_names)


def test_coverage_counts_what_was_judged() -> None:
    """Of the 351 obligations, 71 are MC's: 57 cells, and 14 of them PW, granted and withheld."""
    covered = coverage_of(
        RULEBOOK, summed([check(ALWAYS_MC, facts=ANONYMOUS), unchecked(), expected_failure()])
    )
    assert format_ratio(covered.total) == "57 of 351"
    assert {column: format_ratio(share) for column, share in covered.by_column.items()} == {
        "MC": "57 of 71",
        "SC": "0 of 72",
        "TC": "0 of 79",
        "EC": "0 of 61",
        "AO": "0 of 68",
    }
    assert coverage_summary(covered) == "coverage of obligations: 57 of 351 (MC 57 of 71)"


def test_without_a_judged_response_nothing_is_covered() -> None:
    assert coverage_summary(coverage_of(RULEBOOK, Summary())) == "coverage of obligations: 0 of 351"


def test_seen_counts_responses_by_cell() -> None:
    seen = CellCounts(RULEBOOK)
    for result in (
        check(ALWAYS_MC, facts=ANONYMOUS),
        check([*ALWAYS_MC, "metaData/agenda"], facts=ANONYMOUS),
        check(ALWAYS_MC, facts=HOST),
        check(ALWAYS_MC),
        check(ALWAYS_MC[1:], facts=ANONYMOUS),
        unchecked(),
    ):
        seen.add(result)
    cells = seen.cells()
    assert cells["metaData/agenda", "MC"] == CellCount(judged=5, leaked=1, omitted=1, undecided=1)
    assert (cells["metaData/agenda", "MC"].met, cells["metaData/agenda", "MC"].state) == (2, "leaked")
    assert (cells["status", "MC"].missing, cells["status", "MC"].state) == (1, "missing")
    assert (cells["confID", "MC"].met, cells["confID", "MC"].state) == (5, "met")
    assert cells["confID", "TC"].state == "untested"
    assert len(cells) == 57 * 5


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
