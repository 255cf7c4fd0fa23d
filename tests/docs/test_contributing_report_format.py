"""docs/contributing/report-format.md: its module, its line of the registry and its output are one working example."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from support.reporting import ALWAYS_MC, check, rendered, unchecked
from whosees.checker.cli.options.reporting import _parse_report
from whosees.reports import check as check_package
from whosees.reports.check import registry
from whosees.reports.check.registry import FORMATS, TABLES

PAGE = (Path(__file__).parents[2] / "docs" / "contributing" / "report-format.md").read_text("utf-8")
MODULE, LINE = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
(OUTPUT,) = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
ANONYMOUS = {"caller": "anonymous", "password": "not-supplied"}


@pytest.fixture(autouse=True)
def tap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Add the page's format as the page says: a module, and a line of the registry."""
    name = f"{check_package.__name__}.tap"
    module = ModuleType(name)
    module.__package__ = check_package.__name__
    exec(MODULE, module.__dict__)  # noqa: S102 - it is the page's own example
    monkeypatch.setitem(sys.modules, name, module)
    added = eval(f"{{{LINE}}}", dict(vars(registry)))  # noqa: S307 - as above
    for key, entry in added.items():
        monkeypatch.setitem(FORMATS, key, entry)


def test_the_example_writes_what_the_page_shows() -> None:
    leak = check([*ALWAYS_MC, "accessControl/sessionPassword"], "night/leak.xml", facts=ANONYMOUS)
    assert rendered("tap", [leak, unchecked("night/bad.xml")]) == OUTPUT


def test_the_command_line_offers_the_format() -> None:
    assert _parse_report("tap=out.tap").format == "tap"


@pytest.mark.parametrize("name", [*FORMATS, *TABLES])
def test_every_line_of_the_registry_names_a_formatter(name: str) -> None:
    """A target that does not exist would only fail when somebody asks for the format."""
    entry = (FORMATS | TABLES)[name]
    module, _, formatter = entry.target.partition(":")
    __import__(f"{check_package.__name__}.{module}")
    assert isinstance(getattr(sys.modules[f"{check_package.__name__}.{module}"], formatter), type)
