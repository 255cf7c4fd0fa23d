"""docs/reference/built-in-rulebooks.md states every decision that a rulebook rests on, with its basis."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from whosees.rules import builtin_rulebook
from whosees.rules.registry import DEFAULT, NAMES

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "built-in-rulebooks.md").read_text("utf-8")


@pytest.mark.parametrize("name", [name for name in NAMES if name != DEFAULT])
def test_the_page_has_every_interpretation_with_its_basis(name: str) -> None:
    (section,) = [part for part in PAGE.split("\n## ") if part.startswith(f"{name}\n")]
    rows = re.findall(r"^\| ([A-Z]\d+) \| .* \| (\w+) \|$", section, re.MULTILINE)
    document = builtin_rulebook(name).document
    assert rows == [(each.id, each.basis) for each in document.interpretations]
