"""The common parts of reports: visible text, locations, names of responses, coverage, counts of cells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from msgspec.structs import replace

from support.reporting import (
    ALWAYS_MC,
    RULEBOOK,
    check,
    expected_failure,
    summed,
    unchecked,
)
from whosees.engine.result import Summary
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
        ("run.har#entry-12[3]", SourceLocation("sub/run.har", "entry-12[3]")),
        ("log.jsonl:4711[3]", SourceLocation("sub/log.jsonl", "line 4711[3]", 4711)),
        ("list.response.json[3]", SourceLocation("sub/list.response.json")),
        ("-#entry-3", SourceLocation(None, "entry-3")),
        ("-:3[1]", SourceLocation(None, "line 3[1]", 3)),
        ("-[1]", SourceLocation(None)),
        ("-!tc/1.xml", SourceLocation(None, "tc/1.xml")),
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
