"""Fixtures of this folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from support.http_rulebook import FILE, PAGE, Example
from whosees.rules import Rulebook, load_rulebook
from whosees.rules.registry import BUILTINS, DEFAULT


@pytest.fixture
def rulebook(tmp_path: Path) -> Path:
    return Path(shutil.copytree(BUILTINS[DEFAULT], tmp_path / "rulebook"))


@pytest.fixture
def example(tmp_path: Path) -> Example:
    """Load the page's example with replacements, each of which has to fit once, and with more keys at its end."""

    def load(*replacements: tuple[str, str], more: str = "") -> Rulebook:
        files = dict(FILE.findall(PAGE.read_text(encoding="utf-8")))
        files["rulebook.toml"] += more
        for old, new in replacements:
            (name,) = [name for name, text in files.items() if old in text]
            assert files[name].count(old) == 1, old
            files[name] = files[name].replace(old, new)
        for name, text in files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        return load_rulebook(tmp_path)

    return load
