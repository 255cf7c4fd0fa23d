"""Each view of the page, on a wide light and a narrow dark screen: whole, named, quiet, and for everyone to read."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from support.axe import LOOKS, SCREENS, severe_findings

from .browsing import VIEWS, Explorer

WIDTHS = {1280: (768, 1000, 1400), 380: (320, 360)}
"""Further widths that a view is shown in, by the width that it was opened in."""


LARGE = 1000
"""A narrower page looks as on a phone."""


class View(NamedTuple):
    """A view that is open, and may be looked at but not changed."""

    name: str
    width: int
    explorer: Explorer


@pytest.fixture(scope="module", params=[(view, *screen) for view in VIEWS for screen in SCREENS], ids=str)
def view(request: pytest.FixtureRequest, driver: Any, page_file: Any) -> View:
    name, width, scheme = request.param
    explorer = Explorer(driver, page_file)
    explorer.open(name, width=width, height=740, dark=scheme == "dark")
    return View(name, width, explorer)


def test_nothing_is_loaded_and_nothing_complains(view: View) -> None:
    script = "return performance.getEntriesByType('resource').map((entry) => entry.name)"
    assert view.explorer.run(script) == []
    assert view.explorer.complaints() == []


def test_everything_has_a_name_for_screen_readers(view: View) -> None:
    """Every control has a name, and the roles are those that the patterns for trees and tables ask for."""
    nodes = view.explorer.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    controls = {
        "button",
        "link",
        "radio",
        "textbox",
        "searchbox",
        "combobox",
        "treeitem",
        "tree",
        "table",
        "navigation",
        "main",
    }
    nameless = [
        (node["role"]["value"], node.get("nodeId"))
        for node in nodes
        if not node.get("ignored")
        and node.get("role", {}).get("value") in controls - {"main"}
        and not node.get("name", {}).get("value")
    ]
    assert nameless == []
    roles = {node["role"]["value"] for node in nodes if not node.get("ignored") and "role" in node}
    assert {"main", "navigation", "banner", "contentinfo"} <= roles
    if view.width > LARGE:  # a narrow page begins with its context folded
        if "view=check" not in view.name:
            assert {"radio", "group"} <= roles
        if "view=table" in view.name:
            assert {"table", "rowheader", "columnheader"} <= roles


def test_nothing_runs_off_the_screen(view: View) -> None:
    try:
        for width in (view.width, *WIDTHS[view.width]):
            view.explorer.resize(width, 740)
            needs, has = view.explorer.run(
                "return [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
            )
            assert needs <= has, width
    finally:
        view.explorer.resize(view.width, 740)


def test_axe_finds_nothing_serious(view: View) -> None:
    if view.name in VIEWS[1:5]:  # the others differ little from one of these, and axe takes seconds
        assert severe_findings(view.explorer.driver, None if view.width > LARGE else LOOKS) == []
