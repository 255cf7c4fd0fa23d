"""A copy of the built-in rulebook, to be broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from whosees.rules import RulebookError, load_rulebook

TABLE, TOML = "table-4-3.csv", "rulebook.toml"


def edit(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def refusal(folder: Path) -> str:
    with pytest.raises(RulebookError) as caught:
        load_rulebook(folder)
    return str(caught.value).replace(str(folder), "DIR")
