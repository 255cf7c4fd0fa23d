"""Everything that a person does with the page: look, choose, search, compare, with mouse or keyboard, on any screen."""

from __future__ import annotations

from typing import Any

import pytest

from whosees.engine.context import context_of
from whosees.engine.expectation import Expectation
from whosees.reports.explorer.fragment import fragment
from whosees.rules.model import Column

from .browsing import ANONYMOUS, VIEWS, Explorer
from .messages import EVALUATOR, RULEBOOK, open_paths, request, response

DOWN, UP, LEFT, RIGHT, HOME, END, ENTER, ESCAPE, TAB = (
    "\ue015", "\ue013", "\ue012", "\ue014", "\ue011", "\ue010", "\ue007", "\ue00c", "\ue004",
)  # fmt: skip
"""Keys as the WebDriver standard has them."""

BADGES = (
    "return Object.fromEntries([...document.querySelectorAll('[role=treeitem]')].map((item) => "
    "[item.dataset.path, item.querySelector('.badge').classList[1]]))"
)


FACTS: list[dict[str, str]] = [
    {},
    {"caller": "anonymous", "password": "not-supplied"},
    {"role": "host"},
    {"password": "supplied"},
    {"caller": "authenticated", "role": "none"},
]


@pytest.mark.parametrize(("column", "facts"), list(zip(RULEBOOK.columns, FACTS, strict=True)))
def test_the_tree_shows_the_expectations_of_the_engine(
    explorer: Explorer, column: Column, facts: dict[str, str]
) -> None:
    """The decisions that the page is made of are compared in all contexts; here, what it shows of them."""
    context = context_of(RULEBOOK, {"service": column.id, **facts})
    explorer.open(fragment(RULEBOOK, context))
    assert explorer.run(BADGES) == {
        path: str(expected) for path, expected in EVALUATOR.expectations(context).items()
    }


def test_choosing_changes_the_tree_and_the_address(explorer: Explorer) -> None:
    explorer.choose("first-service", "EC")
    explorer.choose("first-caller", "anonymous")
    explorer.choose("first-password", "supplied")
    assert explorer.fragment() == "service=EC&caller=anonymous&password=supplied"
    context = context_of(RULEBOOK, {"service": "EC", "caller": "anonymous", "password": "supplied"})
    assert explorer.run(BADGES)["material/document"] == EVALUATOR.expectation("material/document", context)
    explorer.item("material/imageURL").click()
    assert explorer.fragment().endswith("&path=material/imageURL")
    assert "material/imageURL must be there" in explorer.text(".explanation")


def test_what_follows_from_a_choice_is_said(explorer: Explorer) -> None:
    explorer.choose("first-caller", "anonymous")
    assert "implied: an anonymous caller has role none (I5)" in explorer.text("#first-chooser, #chooser")
    # The last choice counts, and what excludes it gives way.
    explorer.choose("first-role", "host")
    assert explorer.fragment() == "service=MC&role=host"
    assert "caller is now unknown" in explorer.text("#notice")


@pytest.mark.parametrize("view", VIEWS)
def test_a_link_brings_everything_back(explorer: Explorer, view: str) -> None:
    explorer.open(view)
    before = explorer.run("return document.body.innerText")
    address = explorer.run("return location.hash.slice(1)")
    explorer.open("service=AO&role=presenter&path=status")
    assert explorer.run("return document.body.innerText") != before
    explorer.run("location.hash = arguments[0]", address)
    explorer.until(lambda: explorer.run("return document.body.innerText") == before)


def test_back_and_forward_go_through_what_was_chosen(explorer: Explorer) -> None:
    explorer.open(ANONYMOUS)
    explorer.item("status").click()
    explorer.item("host/email").click()
    explorer.driver.back()
    explorer.until(lambda: explorer.fragment().endswith("path=status"))
    explorer.until(lambda: explorer.text(".explanation h2") == "status")
    explorer.driver.forward()
    explorer.until(lambda: explorer.text(".explanation h2") == "host/email")


def test_a_link_that_says_what_the_rulebook_lacks_says_so(explorer: Explorer) -> None:
    explorer.open("service=XX&colour=red&path=nowhere&caller=anonymous")
    said = explorer.text("#notice")
    assert "service" in said
    assert "colour" in said
    assert "path" in said
    assert (
        explorer.run("return document.querySelector('input[name=first-caller]:checked').value") == "anonymous"
    )


def test_a_link_whose_facts_exclude_each_other_says_so(explorer: Explorer) -> None:
    explorer.open("service=TC&caller=anonymous&role=host")
    assert "an anonymous caller has role none" in explorer.text("#notice")
    assert explorer.run("return document.querySelector('input[name=first-service]:checked').value") == "TC"


def test_a_link_cannot_bring_markup_in(explorer: Explorer) -> None:
    explorer.open("q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&path=%3Cscript%3E&service=%3Cb%3E")
    assert explorer.run("return document.querySelectorAll('img, main script, b script').length") == 0
    assert "<img src=x onerror=alert(1)>" in explorer.text("#response")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("webExID", ["host/webExId"]),
        ("webexid", ["host/webExId"]),
        ("particpantAccessCode", ["telephony/participantAccessCode"]),
        ("participantaccesscode", ["telephony/participantAccessCode"]),
        ("ep:agenda", ["metaData/agenda"]),
        ("test.status", ["test/status"]),
        ("status", ["status", "accessControl/listStatus", "test/status"]),
        ("is locked", ["isLocked"]),
    ],
)
def test_search_takes_printed_and_wire_names(explorer: Explorer, query: str, found: list[str]) -> None:
    explorer.one("#search").send_keys(query)
    shown = explorer.run(
        "return [...document.querySelectorAll('[role=treeitem] > .line:not(.faint)')]"
        ".filter((line) => line.checkVisibility()).map((line) => line.parentElement.dataset.path)"
    )
    assert shown == found
    explorer.press(ENTER)
    assert explorer.text(".explanation h2") == found[0]


def test_search_finds_what_the_table_does_not_list(explorer: Explorer) -> None:
    explorer.one("#search").send_keys("hostkey", ENTER)
    assert "hostKey is not judged" in explorer.text(".explanation")


def test_a_misspelt_name_is_answered_with_what_was_perhaps_meant(explorer: Explorer) -> None:
    explorer.one("#search").send_keys("agneda")
    assert "No element is called “agneda”; did you mean agenda?" in explorer.text("#response")
    explorer.one(".empty .link").click()
    assert explorer.fragment().endswith("q=agenda")


def test_only_what_is_asked_for_is_shown(explorer: Explorer) -> None:
    explorer.open(ANONYMOUS)
    explorer.one("#only-must").click()
    shown = explorer.run(
        "return [...document.querySelectorAll('[role=treeitem] > .line:not(.faint)')]"
        ".filter((line) => line.checkVisibility()).map((line) => line.parentElement.dataset.path)"
    )
    context = context_of(RULEBOOK, {"service": "MC", "caller": "anonymous", "password": "not-supplied"})
    assert shown == [p for p, e in EVALUATOR.expectations(context).items() if e is Expectation.MUST]
    assert explorer.focused("id") == "only-must"
    assert explorer.fragment().endswith("only=must")


def test_the_tree_works_by_keyboard_alone(explorer: Explorer) -> None:
    explorer.open(ANONYMOUS)
    explorer.run("document.querySelector('[role=treeitem][tabindex=\"0\"]').focus()")
    assert explorer.focused("data-path") == "status"
    explorer.press(DOWN)
    assert explorer.focused("data-path") == "isLocked"
    assert explorer.fragment().endswith("path=isLocked")
    explorer.press(END)
    assert explorer.focused("data-path") == "isAutoRecord"
    explorer.press(UP, UP)
    assert explorer.focused("data-path") == "schedule/timeZone"
    explorer.press(LEFT)
    assert explorer.focused("data-path") == "schedule"
    explorer.press(LEFT)
    assert explorer.focused("aria-expanded") == "false"
    explorer.press(DOWN)
    assert explorer.focused("data-path") == "sipURL"
    explorer.press(UP, RIGHT, RIGHT)
    assert explorer.focused("data-path") == "schedule/startDate"
    explorer.press(ENTER)
    assert explorer.focused("class") == "explanation open"
    explorer.press(ESCAPE)
    assert explorer.focused("data-path") == "schedule/startDate"
    explorer.press(HOME)
    assert explorer.focused("data-path") == "status"


def test_every_control_is_reached_with_the_tabulator(explorer: Explorer) -> None:
    explorer.open(f"{ANONYMOUS}&path=metaData/agenda")
    wanted = {"first-service", "first-caller", "first-role", "first-password", "compare", "only-must"}
    reached: list[str] = []
    while len(reached) < 60 and not wanted.issubset(reached):
        explorer.press(TAB)
        reached.append(
            explorer.run(
                "const e = document.activeElement; return e.id || e.name || e.className || e.textContent"
            )
        )
    assert reached[:5] == ["skip", "tab-response", "tab-table", "tab-check", "search"]
    assert wanted.issubset(reached)
    assert explorer.run("return document.querySelectorAll('[role=treeitem][tabindex=\"0\"]').length") == 1


def test_the_table_is_the_printed_one_and_leads_to_explanations(explorer: Explorer) -> None:
    explorer.open("service=MC&view=table")
    printed = explorer.run(
        "return [...document.querySelectorAll('.printed-table tbody tr')].map((row) => [row.querySelector('.name').textContent,"
        " ...[...row.querySelectorAll('.cell')].map((cell) => cell.textContent)])"
    )
    expected = [
        [row.element, *(RULEBOOK.markers[row.cells[column.id]].printed for column in RULEBOOK.columns)]
        for row in RULEBOOK.rows
    ]
    assert printed == expected
    shown = explorer.text("#table")
    texts = [entry.text for entry in RULEBOOK.document.interpretations]
    texts += [note.text for note in RULEBOOK.document.notes]
    for text in texts:
        assert " ".join(text.replace("`", "").split()) in shown
    for path in RULEBOOK.document.unlisted.paths:
        assert path in shown
    cell = explorer.all(".printed-table tbody tr")[18].find_elements("css selector", ".cell")[3]
    assert cell.get_attribute("aria-label") == "agenda, EC: X, never returned"
    cell.click()
    assert explorer.fragment() == "service=EC&path=metaData/agenda&view=table"
    assert "agenda is printed X for EC (Event Center)." in explorer.text(".explanation")
    address = cell.get_attribute("href").partition("#")[2]
    explorer.open(address)
    assert "agenda is printed X for EC (Event Center)." in explorer.text(".explanation")


def test_the_table_works_by_keyboard(explorer: Explorer) -> None:
    explorer.open("service=MC&view=table")
    assert explorer.run("return document.querySelectorAll('.cell[tabindex=\"0\"]').length") == 1
    explorer.run("document.querySelector('.cell[tabindex=\"0\"]').focus()")
    explorer.press(RIGHT, DOWN, DOWN, LEFT)
    assert explorer.focused("aria-label") == "presenter, MC: X, never returned"
    explorer.press(ENTER)
    assert explorer.fragment() == "service=MC&path=presenter&view=table"


def test_comparing_begins_swaps_and_ends(explorer: Explorer) -> None:
    explorer.open(ANONYMOUS)
    explorer.one("#compare").click()
    assert "no element changes" in explorer.text(".summary")
    explorer.choose("second-password", "supplied")
    assert "14 elements more visible, 0 elements less" in explorer.text(".summary")
    explorer.one("#only-changes").click()
    assert len([line for line in explorer.all(".tree .line:not(.faint)") if line.is_displayed()]) == 14
    explorer.one("#swap").click()
    assert "0 elements more visible, 14 elements less" in explorer.text(".summary")
    explorer.one("#stop").click()
    assert explorer.fragment() == "service=MC&caller=anonymous&password=supplied"


def test_a_way_out_is_tried_with_one_click(explorer: Explorer) -> None:
    explorer.open(f"{ANONYMOUS}&path=metaData/agenda")
    ways = explorer.all(".ways .try")
    assert len(ways) == 5
    for at, expected in ((0, "versus.password=supplied"), (1, "versus.role=host")):
        explorer.open(f"{ANONYMOUS}&path=metaData/agenda")
        explorer.all(".ways .try")[at].click()
        assert expected in explorer.fragment()
        line = explorer.item("metaData/agenda")
        assert line.find_elements("css selector", ".badge")[-1].text.endswith("should")


def test_a_finding_leads_to_its_explanation_and_back_to_its_lines(explorer: Explorer, tmp_path: Any) -> None:
    recording, asked = tmp_path / "a.response.xml", tmp_path / "a.request.xml"
    recording.write_bytes(response("MC", open_paths("MC")))
    asked.write_bytes(request(""))
    explorer.open("view=check")
    explorer.give("response", recording)
    explorer.give("request", asked)
    link = next(entry for entry in explorer.all("#outcome .found a") if entry.text == "metaData/agenda")
    assert link.get_attribute("href").endswith(f"#{ANONYMOUS}&path=metaData/agenda")
    line = recording.read_text().splitlines().index("<ep:agenda>s3cr3t-value</ep:agenda>") + 1
    link.click()
    assert f"It is on line {line} of the response." in explorer.text(".explanation")
    explorer.one("#response-file + details + .status + .quiet, #response-status + .quiet").click()
    assert explorer.text("#outcome") == ""


def test_on_a_phone_the_explanation_comes_over_the_page_and_goes(explorer: Explorer) -> None:
    explorer.open(ANONYMOUS, width=360, height=740)
    assert not explorer.driver.find_element("css selector", ".explanation").is_displayed()
    explorer.item("isLocked").click()
    assert explorer.focused("class") == "explanation open"
    assert "isLocked must be there" in explorer.text(".explanation")
    explorer.one(".close").click()
    assert explorer.fragment() == ANONYMOUS
    assert explorer.focused("data-path") == "isLocked"


def test_the_page_may_send_nothing_even_if_it_wanted_to(explorer: Explorer) -> None:
    script = """
    const done = arguments[arguments.length - 1];
    fetch('http://127.0.0.1:9/').then(() => done('sent'), (error) => done(String(error)));
    """
    assert "Failed to fetch" in explorer.driver.execute_async_script(script)
    assert any("connect-src 'none'" in complaint for complaint in explorer.complaints())
    explorer.run("const image = new Image(); image.src = 'http://127.0.0.1:9/'; document.body.append(image)")
    explorer.until(lambda: any("img-src 'none'" in complaint for complaint in explorer.complaints()))


@pytest.mark.parametrize("width", [1000, 1100, 1250])
def test_names_stay_whole_in_a_narrow_window(explorer: Explorer, width: int) -> None:
    """Between phone and desktop widths the tree keeps room for names: none takes more than two lines."""
    explorer.open(f"{ANONYMOUS}&versus.service=TC&versus.role=host", width=width)
    lines = explorer.run(
        "return [...document.querySelectorAll('.tree .name')].map((name) => "
        "[name.textContent, name.getClientRects().length])"
    )
    assert [name for name, number in lines if number > 2] == []


def test_a_short_table_in_a_high_window_leaves_no_hole(explorer: Explorer) -> None:
    explorer.open(ANONYMOUS, width=768, height=4000)
    facts, tree = explorer.run(
        "return [document.querySelector('.side'), document.querySelector('.tree').closest('.page > *')]"
        ".map((part) => part.getBoundingClientRect()).map((box) => [box.top, box.bottom])"
    )
    assert 0 < tree[0] - facts[1] < 30
