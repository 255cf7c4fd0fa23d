"""A real browser with the page in it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 20
"""Seconds until something that the page does is given up."""

ANONYMOUS = "service=MC&caller=anonymous&password=not-supplied"
VIEWS = [
    "",
    f"{ANONYMOUS}&path=metaData/agenda",
    f"{ANONYMOUS}&versus.service=TC&versus.role=host&path=telephony",
    "service=EC&view=table&path=host",
    "service=MC&view=check",
    "service=MC&q=nosuchname",
]
"""Fragments, one for each thing that the page shows."""

JUDGE = """
const bytes = (text) => text === null ? null : Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
return arguments[0].map((entry) =>
  window.whosees.check(bytes(entry.response), bytes(entry.request), entry.stated));
"""


@contextmanager
def browser(profile: Path) -> Iterator[Any]:
    """Start a headless Chromium with a profile of its own; skips the test where there is none."""
    webdriver = pytest.importorskip(
        "selenium.webdriver", reason="selenium is not installed: make install-dev"
    )
    if CHROMIUM is None or DRIVER is None:
        pytest.skip("no chromium and chromedriver: apt-get install chromium chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    try:
        yield driver
    finally:
        driver.quit()


class Explorer:
    """The page, and what a person does with it; unless a test opens it, it is opened at first use."""

    def __init__(self, driver: Any, file: Path) -> None:
        self._driver = driver
        self._is_open = False
        self.address = file.as_uri()

    @property
    def driver(self) -> Any:
        """The browser with the page in it."""
        if not self._is_open:
            self.open()
        return self._driver

    def open(self, fragment: str = "", *, width: int = 1400, height: int = 950, dark: bool = False) -> None:
        """Load the page anew at a fragment, in a window of this size."""
        self._is_open = True
        self.resize(width, height)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
        self.driver.get("about:blank")
        self.driver.get_log("browser")
        self.driver.get(f"{self.address}#{fragment}")

    def resize(self, width: int, height: int) -> None:
        """Show the page in a window of this size."""
        screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)

    def run(self, script: str, *arguments: object) -> Any:
        """Run a script in the page and give what it returns."""
        return self.driver.execute_script(script, *arguments)

    def all(self, selector: str) -> list[Any]:
        """Return the elements that a CSS selector names."""
        elements: list[Any] = self.driver.find_elements("css selector", selector)
        return elements

    def one(self, selector: str) -> Any:
        """Return the only visible element that a CSS selector names."""
        seen = [element for element in self.all(selector) if element.is_displayed()]
        assert len(seen) == 1, f"{len(seen)} visible elements for {selector}"
        return seen[0]

    def text(self, selector: str = "body") -> str:
        """Return the visible text of an element, in single blanks."""
        return " ".join(self.driver.find_element("css selector", selector).text.split())

    def item(self, path: str) -> Any:
        """Return the line of an element in the tree."""
        return self.one(f'[role="treeitem"][data-path="{path}"] > .line')

    def fragment(self) -> str:
        """Return the fragment that the address has now."""
        fragment: str = self.run("return location.hash.slice(1)")
        return fragment

    def press(self, *keys: str) -> None:
        """Press keys where the focus is."""
        for key in keys:
            self.driver.switch_to.active_element.send_keys(key)

    def focused(self, attribute: str) -> str | None:
        """Return an attribute of what has the focus."""
        value: str | None = self.driver.switch_to.active_element.get_attribute(attribute)
        return value

    def choose(self, group: str, value: str) -> None:
        """Choose a value of a fact; `group` is such as `first-caller`."""
        self.driver.find_element("css selector", f'input[name="{group}"][value="{value}"]').send_keys(" ")

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something holds."""
        from selenium.webdriver.support.wait import WebDriverWait

        WebDriverWait(self.driver, PATIENCE, poll_frequency=0.05).until(lambda _: condition())

    def give(self, which: str, file: Path) -> None:
        """Upload a response or a request to be judged, and wait until it was read."""
        self.driver.find_element("id", f"{which}-file").send_keys(str(file))
        self.until(lambda: self.text(f"#{which}-status").startswith(file.name))

    def complaints(self) -> list[str]:
        """Return the browser's complaints since the page was opened."""
        return [entry["message"] for entry in self.driver.get_log("browser")]
