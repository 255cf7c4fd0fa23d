"""docs/contributing/finding-rule.md: its module, its line of the registry and what it reports are one working example."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest

from support.reporting import ALWAYS_MC, check
from whosees.engine import finding_rules, judge
from whosees.engine.finding_rules import RULES, rules_of
from whosees.rules import builtin_rulebook

PAGE = (Path(__file__).parents[2] / "docs" / "contributing" / "finding-rule.md").read_text("utf-8")
MODULE, LINE = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
(OUTPUT,) = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(autouse=True)
def hollow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Add the page's rule as the page says: a module, and a line of the registry."""
    module = ModuleType(f"{finding_rules.__name__}.hollow")
    module.__package__ = finding_rules.__name__
    exec(MODULE, module.__dict__)  # noqa: S102 - it is the page's own example
    added = eval(f"({LINE.strip()})", {"hollow": module})  # noqa: S307 - as above
    monkeypatch.setattr(judge, "ROW_RULES", (*finding_rules.ROW_RULES, *added))
    monkeypatch.setitem(RULES, added[0].id, added[0])
    judge.judge_for.cache_clear()


def reported(paths: list[str]) -> list[str]:
    result = check(paths, facts={"caller": "anonymous", "password": "not-supplied"})
    return [f"{each.rule}: {each.message}\n" for each in result.findings if each.rule == "hollow"]


def test_the_example_reports_what_the_page_shows() -> None:
    hollowed = [path for path in ALWAYS_MC if not path.startswith("host/")]
    assert reported([*hollowed, "host"]) == [OUTPUT]
    assert reported(ALWAYS_MC) == []


def test_everything_else_follows_from_the_line() -> None:
    assert "hollow" in rules_of(builtin_rulebook())
