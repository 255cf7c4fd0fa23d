"""The worked examples of docs about rulebooks are extracted and run, in a copy of the package if they change it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.installed import ENGINE

PAGES = Path(__file__).parents[2] / "docs"
FILE = re.compile(r'^```\w+ title="([^"\n]+)"\n(.*?)^```$', re.DOTALL | re.MULTILINE)
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)
DIFF = re.compile(r"^```diff\n-(.*)\n\+(.*)\n```$", re.MULTILINE)


def in_shell(command: str, folder: Path, package: Path = ENGINE.parents[1]) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(package)}
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def extract(page: str, folder: Path) -> None:
    for name, content in FILE.findall(page):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")


@pytest.mark.parametrize(
    "name", ["contributing/rulebook.md", "contributing/fact.md", "reference/http-rulebooks.md"]
)
def test_a_page_shows_what_its_commands_print(name: str, tmp_path: Path) -> None:
    page = (PAGES / name).read_text(encoding="utf-8")
    extract(page, tmp_path)
    for block in CONSOLE.findall(page):
        commands = re.findall(r"^\$ (.*)$", block, re.MULTILINE)
        assert "".join(f"$ {command}\n{in_shell(command, tmp_path)}" for command in commands) == block


def test_a_rulebook_is_built_in_by_its_folder_and_one_line(tmp_path: Path) -> None:
    page = (PAGES / "contributing" / "rulebook.md").read_text(encoding="utf-8")
    package = tmp_path / "copy" / "whosees"
    for part in ("rules", "engine", "reports", "checker"):
        shutil.copytree(ENGINE.parent / part, package / part)
    extract(page, package)
    registry = package / "rules" / "registry.py"
    ((old, new),) = DIFF.findall(page)
    text = registry.read_text(encoding="utf-8")
    assert text.count(old) == 1
    registry.write_text(text.replace(old, new), encoding="utf-8")
    shown = in_shell("whosees matrix --rules tickets", tmp_path, package.parent)
    assert shown == in_shell(f"whosees matrix --rules {package}/rules/tickets", tmp_path)
    assert "subject" in shown
