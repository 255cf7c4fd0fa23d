"""The page in a real browser: it filters and folds, by mouse and by keyboard, and runs nothing of its input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

from support.axe import LOOKS, SCREENS, reset_screen, set_screen, severe_findings
from support.reporting import ALWAYS_MC, HOSTILE, check, hostile, rendered, samples
from whosees.engine.result import ResponseResult
from whosees.reports.text.escape import escape_control_chars
from whosees.reports.text.response_names import response_name

ANONYMOUS = {"caller": "anonymous", "password": "not-supplied"}


class Page:
    """A report, opened in the browser."""

    def __init__(self, browser: webdriver.Chrome, folder: Path, results: list[ResponseResult]) -> None:
        self.browser = browser
        file = folder / "report.html"
        file.write_text(rendered("html", results), encoding="utf-8")
        self.log_messages("browser")
        self.log_messages("performance")
        browser.get(file.as_uri())

    def all(self, selector: str) -> list[WebElement]:
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector: str) -> WebElement:
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def names(self) -> list[str]:
        return [element.text for element in self.all(".response .name")]

    def response(self, name: str) -> WebElement:
        """Return the first response of this name."""
        return self.all(".response")[self.names().index(name)]

    def status(self) -> str:
        return self.one("#shown").text

    def wait(self, shown: str) -> None:
        """Wait until so many responses are said to be shown."""
        WebDriverWait(self.browser, 20).until(lambda _: self.status() == shown, f"never shown: {shown}")

    def run(self, script: str) -> Any:
        return self.browser.execute_script(script)

    def log_messages(self, kind: str) -> list[str]:
        """Return the entries logged since the last call."""
        entries = self.browser.get_log(kind)  # type: ignore[no-untyped-call]  # selenium types all but this
        return [entry["message"] for entry in entries]

    def complaints(self) -> list[str]:
        """The complaints of the browser."""
        return self.log_messages("browser")

    def requested_urls(self) -> set[str]:
        """Every address that the page asked for."""
        events = [json.loads(message)["message"] for message in self.log_messages("performance")]
        page = self.browser.current_url
        return {
            event["params"]["request"]["url"]
            for event in events
            if event["method"] == "Network.requestWillBeSent" and event["params"]["documentURL"] == page
        }


@pytest.fixture
def page(browser: webdriver.Chrome, tmp_path: Path) -> Page:
    return Page(browser, tmp_path, samples())


def test_it_opens_without_complaint_and_asks_for_nothing_else(page: Page) -> None:
    assert page.status() == "13 responses"
    assert page.complaints() == []
    assert page.requested_urls() == {page.browser.current_url}


def test_a_response_folds_open_with_its_findings(page: Page) -> None:
    response = page.response("night/leak.response.xml")
    assert not response.find_elements(By.CSS_SELECTOR, ".finding")
    response.find_element(By.CSS_SELECTOR, "summary").click()
    WebDriverWait(page.browser, 20).until(lambda _: response.find_elements(By.CSS_SELECTOR, ".finding"))
    finding = response.find_element(By.CSS_SELECTOR, ".finding")
    assert finding.find_element(By.CSS_SELECTOR, ".path").text == "metaData/agenda"
    assert finding.find_element(By.CSS_SELECTOR, ".where").text == "line 27"
    assert "agenda is printed PW for MC" in finding.find_element(By.CSS_SELECTOR, "ol").text
    assert finding.find_element(By.CSS_SELECTOR, ".command code").text == (
        "whosees explain metaData/agenda --service MC --caller anonymous --password not-supplied"
    )


def test_a_finding_links_to_its_state_in_the_explorer(browser: webdriver.Chrome, tmp_path: Path) -> None:
    page = Page(browser, tmp_path, [check([*ALWAYS_MC, "metaData/agenda"], facts=ANONYMOUS)])
    page.one(".response summary").click()
    WebDriverWait(browser, 20).until(lambda _: page.all("a.explored"), "never folded open")
    links = {link.get_attribute("href") for link in page.all("a.explored")}
    state = "service=MC&caller=anonymous&password=not-supplied&path=metaData/agenda"
    assert f"{(tmp_path / 'explorer.html').as_uri()}#{state}" in links


def test_what_another_finding_explains_is_folded_under_it(page: Page) -> None:
    response = page.response("night/missing.response.xml")
    response.find_element(By.CSS_SELECTOR, "summary").click()
    WebDriverWait(page.browser, 20).until(lambda _: response.find_elements(By.CSS_SELECTOR, ".caused"))
    caused = response.find_element(By.CSS_SELECTOR, ".caused")
    assert caused.text == "and 4 elements in it"
    caused.find_element(By.CSS_SELECTOR, "summary").click()
    WebDriverWait(page.browser, 20).until(
        lambda _: len(caused.find_elements(By.CSS_SELECTOR, ".finding")) == 4
    )


SELECTIONS = [
    ("outcome", "unchecked", "1 of 13 responses"),
    ("outcome", "violating", "8 of 13 responses"),
    ("column", "TC", "1 of 13 responses"),
    ("rule", "missing", "3 of 13 responses"),
    ("rule", "pair-mismatch", "0 of 13 responses"),
]
WORDS = {
    "agenda": "7 of 13 responses",
    "night/LEAK anonymous": "2 of 13 responses",
    "night/missing": "1 of 13 responses",
    "nothing has this": "0 of 13 responses",
}


def test_selections_filter(page: Page) -> None:
    for control, value, shown in SELECTIONS:
        Select(page.one(f"#{control}")).select_by_value(value)
        page.wait(shown)
        assert len(page.all(".response")) == int(shown.split(maxsplit=1)[0])
        Select(page.one(f"#{control}")).select_by_index(0)
        page.wait("13 responses")


def test_words_filter_together(page: Page) -> None:
    for words, shown in WORDS.items():
        page.one("#find").clear()
        page.one("#find").send_keys(words)
        page.wait(shown)
    assert page.one(".empty").text == "No response matches."


def test_most_errors_come_first_unless_the_order_of_the_input_is_chosen(page: Page) -> None:
    errors = [element.text for element in page.all(".response .tag.s0")]
    numbers = [int(text.split()[0]) for text in errors]
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) == 8
    Select(page.one("#order")).select_by_value("input")
    assert page.names() == [response_name(result) for result in samples()]


def test_a_cell_of_the_map_shows_its_responses(page: Page) -> None:
    cell = page.one("button[data-path='metaData/agenda'][data-column='MC']")
    cell.click()
    page.wait("5 of 13 responses")
    assert cell.get_attribute("aria-pressed") == "true"
    assert page.one("#cell").text == "Only metaData/agenda for MC: show all"
    page.one("#cell").click()
    page.wait("13 responses")
    assert not page.one("#cell").is_displayed()


def test_everything_can_be_done_from_the_keyboard(page: Page) -> None:
    body = page.one("body")
    body.send_keys(Keys.TAB)
    assert page.run("return document.activeElement.textContent") == "Skip to the responses"
    body.send_keys("/")
    assert page.run("return document.activeElement.id") == "find"
    page.browser.switch_to.active_element.send_keys("agenda")
    page.wait("7 of 13 responses")
    first = page.one(".response > summary")
    page.run("document.querySelector('.response > summary').focus()")
    first.send_keys(Keys.ENTER)
    WebDriverWait(page.browser, 20).until(lambda _: page.all(".response[open] .finding"))
    stops = page.all(".map button[tabindex='0']")
    assert len(stops) == 1
    page.run("document.querySelector(\".map button[tabindex='0']\").focus()")
    before = page.run("return document.activeElement.getAttribute('aria-label')")
    page.browser.switch_to.active_element.send_keys(Keys.ARROW_DOWN)
    after = page.run("return document.activeElement.getAttribute('aria-label')")
    assert before != after
    assert len(page.all(".map button[tabindex='0']")) == 1
    page.browser.switch_to.active_element.send_keys(Keys.ENTER)
    WebDriverWait(page.browser, 20).until(lambda _: page.one("#cell").is_displayed())


def test_it_is_light_or_dark_as_the_reader_has_it(page: Page) -> None:
    shown = {}
    for scheme in ("light", "dark"):
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        shown[scheme] = page.run("return getComputedStyle(document.body).backgroundColor")
    page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert shown["light"] == "rgb(246, 246, 243)"
    assert shown["dark"] == "rgb(18, 21, 24)"


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_axe_finds_nothing_serious(page: Page, width: int, scheme: str) -> None:
    set_screen(page.browser, width, scheme)
    page.browser.refresh()
    page.run(
        "document.getElementById('map').open = true;"
        "document.querySelectorAll('.response > summary').forEach((summary) => summary.click())"
    )
    WebDriverWait(page.browser, 20).until(lambda _: len(page.all(".inside")) == 13)
    found = severe_findings(page.browser, None if scheme == "light" else LOOKS)
    reset_screen(page.browser)
    assert found == []


def test_nothing_is_wider_than_the_window(page: Page) -> None:
    page.run("document.querySelectorAll('.response > summary')[1].click()")
    for width in (320, 420, 800, 1400):
        set_screen(page.browser, width, "light")
        assert page.run("return document.documentElement.scrollWidth") <= width
    reset_screen(page.browser)


def test_hostile_names_are_shown_and_do_nothing(browser: webdriver.Chrome, tmp_path: Path) -> None:
    page = Page(browser, tmp_path, [hostile(name) for name in HOSTILE])
    assert page.names() == [escape_control_chars(name) for name in HOSTILE]
    page.run("document.querySelectorAll('.response > summary').forEach(s => s.click())")
    WebDriverWait(browser, 20).until(lambda _: len(page.all(".inside")) == len(HOSTILE))
    page.run("document.querySelectorAll('.notes > summary').forEach(s => s.click())")
    assert page.run("return document.scripts.length") == 3
    assert page.run("return document.querySelectorAll('#list b, #list script').length") == 0
    assert page.complaints() == []


def test_the_policy_keeps_foreign_script_from_running(browser: webdriver.Chrome, tmp_path: Path) -> None:
    """Markup that slipped through all escaping would still be stopped by the policy."""
    page = Page(browser, tmp_path, samples())
    page.run(
        "const s = document.createElement('script'); s.textContent = 'window.slipped = true';"
        "document.body.append(s); const d = document.createElement('div');"
        "d.innerHTML = '<img src=x onerror=\"window.slipped = true\">'; document.body.append(d);"
    )
    assert page.run("return window.slipped") is None
    assert any("Content Security Policy" in said for said in page.complaints())


def test_ten_thousand_responses(browser: webdriver.Chrome, tmp_path: Path) -> None:
    kinds = [
        *samples(),
        check(["status", "metaData/serviceType"], "night/poor.response.xml", facts=ANONYMOUS),
    ]
    page = Page(browser, tmp_path, kinds * 715)
    assert page.status() == "10,010 responses"
    assert len(page.all(".response")) <= 300
    page.run("document.getElementById('more').scrollIntoView()")
    WebDriverWait(browser, 20).until(lambda _: len(page.all(".response")) >= 200)
    page.one("#find").send_keys("night/poor.response")
    page.wait("715 of 10,010 responses")
    assert set(page.names()) == {"night/poor.response.xml"}
    assert page.complaints() == []
