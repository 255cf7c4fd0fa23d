"""docs/guides/write-a-rulebook.md: its example is extracted and run, and comes out as the page says."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "guides" / "write-a-rulebook.md"
FILE = re.compile(r"^`([^`\n]+)`:\n\n```\w+\n(.*?)^```$", re.DOTALL | re.MULTILINE)
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)
SCRIPTS = Path(sys.executable).parent


@pytest.fixture
def example(tmp_path: Path) -> Path:
    for name, content in FILE.findall(PAGE.read_text(encoding="utf-8")):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(content, encoding="utf-8")
    return tmp_path


def test_what_the_page_shows_is_what_comes_out(example: Path) -> None:
    said = run = ""
    for block in CONSOLE.findall(PAGE.read_text(encoding="utf-8")):
        said += block
        for command in re.findall(r"^\$ (.*)$", block, re.MULTILINE):
            found = subprocess.run(
                shlex.split(command),
                cwd=example,
                env={**os.environ, "PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}"},
                capture_output=True,
                text=True,
                check=False,
            )
            run += f"$ {command}\n{found.stdout}{found.stderr}"
    assert run == said
    assert said.count("$ whosees") >= 5


def test_the_example_is_whole(example: Path) -> None:
    assert sorted(str(file.relative_to(example)) for file in example.rglob("*.*")) == [
        "calls/first.request.json",
        "calls/first.response.json",
        "order/rulebook.toml",
        "order/table.csv",
    ]
