"""The page as a file: self-contained, nothing from input in it can run, and its data is whole."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any

import pytest
from lxml import html

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
    unchecked,
)
from whosees.engine.result import ResponseResult
from whosees.reports.check.html import report as check_html
from whosees.reports.check.html.report import HtmlFormatter
from whosees.reports.text.escape import escape_control_chars

ANONYMOUS = {"caller": "anonymous", "password": "not-supplied"}


def page(*results: ResponseResult) -> html.HtmlElement:
    return html.document_fromstring(rendered("html", results))


def data(root: html.HtmlElement, kind: str = "r") -> list[Any]:
    """Return the entries of a kind in the page's data."""
    (script,) = root.xpath("//script[@id='data']")
    return [entry[1:] for entry in json.loads(script.text) if entry[0] == kind]


def hashed(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def test_only_the_pages_own_style_and_script_may_run() -> None:
    root = page(*samples())
    (policy,) = root.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    (style,) = root.xpath("//style")
    (script,) = root.xpath("//script[not(@type)]")
    assert policy == (
        f"default-src 'none'; style-src '{hashed(style.text)}'; script-src '{hashed(script.text)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def test_it_needs_nothing_but_itself() -> None:
    root = page(*samples())
    assert not root.xpath("//*[@src or @action or @style] | //link | //img | //iframe | //object | //base")
    assert root.xpath("//@href") == ["#responses"]
    assert not root.xpath("//@*[starts-with(name(), 'on')]")
    assert not re.search(r"@import|url\(|https?:", rendered("html", []))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_data(name: str) -> None:
    text = rendered("html", [hostile(name), hostile_reason(name)])
    root = html.document_fromstring(text)
    assert len(root.xpath("//script")) == 3
    assert text.count("</script") == 3
    assert "<!--" not in text
    (shown, *_), (_, _, reason, *_) = data(root)
    assert reason == escape_control_chars(name)
    assert shown == escape_control_chars(name)
    assert all(line.isprintable() for line in text.splitlines())


def test_totals_say_what_it_came_to() -> None:
    root = page(*samples())
    (title,) = root.xpath("//h1/text()")
    assert title == "8 of 13 responses violate the table"
    totals = {entry.findtext("dt"): entry.findtext("dd") for entry in root.xpath("//dl[@class='totals']/div")}
    assert totals == {
        "conformant": "4", "violating": "8", "unchecked": "1", "errors": "21", "warnings": "52", "note": "1",
        "skipped": "0",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("results", "said"),
    [
        ([check(ALWAYS_MC, facts=ANONYMOUS)], "Every response conforms"),
        ([unchecked(), check(ALWAYS_MC, facts=ANONYMOUS)], "1 of 2 responses could not be checked"),
        ([check(["status", "metaData/serviceType"], facts=ANONYMOUS)], "1 of 1 response violates the table"),
        ([], "No response to check"),
        ([expected_failure()], "Every response conforms"),
    ],
)
def test_the_title_is_the_verdict(results: list[ResponseResult], said: str) -> None:
    assert page(*results).xpath("string(//h1)") == said


def test_the_map_has_57_rows_of_5_cells() -> None:
    rows = page(*samples()).xpath("//table[@class='map']/tbody/tr")
    assert [row.xpath("string(th/@title)") for row in rows] == [row.path for row in RULEBOOK.rows]
    assert {len(row.xpath("td")) for row in rows} == {5}


def test_cells_show_what_is_printed_and_what_was_seen() -> None:
    root = page(*samples())
    (cell,) = root.xpath("//button[@data-path='metaData/agenda'][@data-column='MC']")
    assert cell.text_content() == "▲PW"
    assert cell.getparent().get("class") == "leaked"
    assert cell.get("aria-label").startswith("metaData/agenda, MC, printed PW: 4 leaked, 1 omitted, ")
    (never,) = root.xpath("//tr[th/@title='metaData/agenda']/td[@class='untested']")[:1]
    assert never.get("title").endswith("no response in this column")


def test_coverage_is_told_by_column() -> None:
    rows = page(check(ALWAYS_MC, facts=ANONYMOUS)).xpath("//table[@class='coverage']/tr")
    assert [row.text_content().split("57")[-1] for row in rows[:1]] == [" of 71"]
    assert len(rows) == 5


def test_a_finding_is_explained_and_has_its_command() -> None:
    root = page(check([*ALWAYS_MC, "metaData/agenda"], facts=ANONYMOUS))
    ((rule, severity, path, message, where, command, reasons, cause, explored),) = data(root, "f")
    assert (rule, severity, path, where, cause) == ("leaked", 0, "metaData/agenda", "", "")
    assert message.startswith("`metaData/agenda` is there, and must not be: ")
    assert command == (
        "whosees explain metaData/agenda --service MC --caller anonymous --password not-supplied"
    )
    assert ["agenda is printed PW for MC (Meeting Center).", "Table 4-3, row 19, column MC"] in reasons
    assert explored == "service=MC&caller=anonymous&password=not-supplied&path=metaData/agenda"


def test_what_repeats_is_written_once() -> None:
    leak = check([*ALWAYS_MC, "metaData/agenda"], facts=ANONYMOUS)
    root = page(*[leak] * 50)
    assert (len(data(root)), len(data(root, "f")), len(data(root, "c"))) == (50, 1, 1)


def test_beyond_what_is_remembered_it_is_written_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_html, "MAX_REMEMBERED", 1)
    result = check([*ALWAYS_MC, "x1", "x2"], facts=ANONYMOUS)
    report = HtmlFormatter(RULEBOOK, OPTIONS)
    report.begin()
    first, second = report.response(result), report.response(result)
    assert (first.count('["f",'), second.count('["f",')) == (2, 1)


def test_a_line_of_data_is_written_when_a_response_comes() -> None:
    report = HtmlFormatter(RULEBOOK, OPTIONS)
    assert report.begin().endswith('["v",1]')
    assert report.response(unchecked()).count("\n") == 2
