"""axe-core, which checks pages for accessibility, run in a browser."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

SCRIPT = files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
_RUN = """
const [only, done] = arguments;
axe.run(document, { resultTypes: ["violations"], selectors: false, ...(only && { runOnly: only }) }).then(({ violations }) => done(violations.flatMap((violation) =>
  violation.nodes.map((node) => [violation.impact, violation.id, node.html]))), (error) => done([["error", String(error), ""]]));
"""
LOOKS = ["color-contrast", "link-in-text-block", "scrollable-region-focusable"]
"""The rules that depend on width and colours; the others find the same on every screen."""
_SEVERE = ("serious", "critical", "error")

SCREENS = [(1280, "light"), (380, "dark")]
"""Each width and each colour scheme once: axe takes seconds for a page with a row for each element."""


def set_screen(browser: Any, width: int, scheme: str) -> None:
    """Show the page in a window of this width, to a reader who prefers this colour scheme."""
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def reset_screen(browser: Any) -> None:
    """Undo `set_screen`."""
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def severe_findings(browser: Any, only: list[str] | None = None) -> list[list[str]]:
    """Return the serious and critical findings about the page that is open, by all rules or some: impact, rule, element."""
    browser.execute_script(SCRIPT)
    return [found for found in browser.execute_async_script(_RUN, only) if found[0] in _SEVERE]
