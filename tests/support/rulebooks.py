"""Fixtures for rulebooks: the installed command, and rulebooks that differ a little from one that is built in."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from support.command import whosees
from whosees.rules import Rulebook, load_rulebook
from whosees.rules.registry import BUILTINS, SKELETON

Run = Callable[..., subprocess.CompletedProcess[str]]
Variant = Callable[..., Path]
Loaded = Callable[..., Rulebook]
REGION = """
[[facts]]
id = "region"
label = "region"
caller_can = false
state_unknown = "the region is not known"

[[facts.values]]
id = "here"
names = ["here"]
state = "the caller is here"
change = "be here"

[[facts.values]]
id = "there"
names = ["there"]
state = "the caller is there"
change = "be there"
"""
"""A fact more for a rulebook, which decides nothing."""


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run `whosees` as a user does, in a folder of the test's own."""

    def run(*arguments: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
        ended = whosees(*arguments, stdin=stdin.encode(), cwd=tmp_path)
        return subprocess.CompletedProcess(arguments, ended.code, ended.out, ended.err)

    return run


@pytest.fixture
def variant(tmp_path: Path) -> Variant:
    """Write a rulebook that differs from a built-in one, or from the skeleton: each replacement has to fit once."""

    def variant(
        *replacements: tuple[str, str], of: str = "getsessioninfo", name: str = "variant", more: str = ""
    ) -> Path:
        folder = tmp_path / name
        shutil.copytree(
            SKELETON if of == "skeleton" else BUILTINS[of],
            folder,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
        files = [file for file in folder.iterdir() if file.suffix in (".toml", ".csv")]
        for old, new in replacements:
            (file,) = [file for file in files if old in file.read_text(encoding="utf-8")]
            text = file.read_text(encoding="utf-8")
            assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file.name}"
            file.write_text(text.replace(old, new), encoding="utf-8")
        if more:
            with (folder / "rulebook.toml").open("a", encoding="utf-8") as stream:
                stream.write(f"\n{more}\n")
        return folder

    return variant


@pytest.fixture
def varied(variant: Variant) -> Loaded:
    """The same, loaded."""

    def varied(
        *replacements: tuple[str, str], of: str = "getsessioninfo", name: str = "variant", more: str = ""
    ) -> Rulebook:
        return load_rulebook(variant(*replacements, of=of, name=name, more=more))

    return varied
