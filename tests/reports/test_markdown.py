"""Markdown for a job's summary: what GitHub-flavoured Markdown makes of it, and the limit of 1 MiB."""

from __future__ import annotations

import re
from html import unescape

import pytest
from lxml import html
from markdown_it import MarkdownIt

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
    written,
)
from whosees.engine.result import ResponseResult
from whosees.reports.check.markdown import MAX_BYTES, MarkdownFormatter
from whosees.reports.text.escape import escape_control_chars

HOST = {"caller": "authenticated", "role": "host", "password": "supplied"}
ANONYMOUS = {"caller": "anonymous", "password": "not-supplied"}
LEAK = [*ALWAYS_MC, "metaData/agenda"]
GFM = MarkdownIt("gfm-like", {"linkify": False, "html": True})


def page(*results: ResponseResult) -> html.HtmlElement:
    """Render the Markdown as a site does."""
    return html.fragment_fromstring(GFM.render(rendered("markdown", results)), create_parent="div")


def limited(limit: int, *results: ResponseResult) -> tuple[str, str]:
    report = MarkdownFormatter(RULEBOOK, OPTIONS, limit)
    return written(report, results), report.truncation_notice()


def cells(table: html.HtmlElement) -> list[list[str]]:
    return [[cell.text_content().strip() for cell in row.iter("th", "td")] for row in table.iter("tr")]


def test_totals_and_coverage_come_first() -> None:
    root = page(*samples())
    totals, covered, *_ = root.iter("table")
    assert cells(totals) == [
        ["conformant", "violating", "unchecked", "errors", "warnings", "notes", "skipped"],
        ["4", "8", "1", "21", "52", "1", "0"],
    ]
    assert cells(covered)[0] == ["MC", "SC", "TC", "EC", "AO"]
    assert "Coverage of obligations: " in root.text_content()
    assert root[0].tag == "h2"


def test_what_is_right_is_only_counted() -> None:
    text = rendered("markdown", samples())
    assert "night/leak" in text
    assert "night/fine" not in text


def test_a_finding_is_a_row_with_its_reason_and_command() -> None:
    *_, table = page(check(LEAK, facts=ANONYMOUS)).iter("table")
    header, row = cells(table)
    assert header == ["", "rule", "element", "where", "why"]
    assert row[:4] == ["error", "leaked", "metaData/agenda", "line 27"]
    assert "Table 4-3 has PW for MC" in row[4]
    assert "whosees explain metaData/agenda --service MC" in row[4]


def test_what_another_finding_explains_is_folded_into_its_row() -> None:
    *_, table = page(check([p for p in ALWAYS_MC if not p.startswith("host")], facts=ANONYMOUS)).iter("table")
    _, row = cells(table)
    assert row[1:3] == ["missing", "hostand 4 elements in it"]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_text(name: str) -> None:
    root = page(hostile_reason(name), hostile(name))
    assert escape_control_chars(name) in root.text_content()
    known = {
        "div",
        "h2",
        "p",
        "strong",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "details",
        "summary",
        "code",
        "br",
    }
    assert {element.tag for element in root.iter()} <= known
    *_, table = root.iter("table")
    assert {len(row) for row in cells(table)} == {5}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_can_become_a_link_or_a_mention(name: str) -> None:
    escaped = rendered("markdown", [hostile(name)])
    block = escaped[escaped.index("<details") :]
    assert not re.search(
        r"@|https?:|www\.|[\[\]*_`~](?![^<]*>)", re.sub(r"&#\d+;", "", block).replace("|", "")
    )
    assert escape_control_chars(name) in unescape(block)


def test_the_limit_is_what_github_takes() -> None:
    assert MAX_BYTES == 1024 * 1024


def test_over_the_limit_violations_stay_and_the_cut_is_stated() -> None:
    warned = check(ALWAYS_MC, "warned.xml", facts=HOST)
    results = [warned, *samples() * 20]
    whole = rendered("markdown", results)
    text, notice = limited(30_000, *results)
    assert len(text.encode()) <= 30_000 < len(whole.encode())
    assert notice.startswith("shows ")
    assert unescape(notice) in unescape(text)
    assert "warned&#" not in text
    assert "warned.xml" in whole
    assert "warned.xml" not in text


def test_a_response_with_very_many_findings_is_cut_too() -> None:
    from msgspec.structs import replace

    result = hostile("x")
    many = replace(result, findings=result.findings * 200)
    text = rendered("markdown", [many])
    assert text.count("| error |") <= 100
    assert "and 300 more findings in this response" in text


def test_within_the_limit_there_is_no_notice() -> None:
    assert limited(MAX_BYTES, *samples())[1] == ""
