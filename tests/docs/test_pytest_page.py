"""docs/guides/pytest.md: the tests that it shows pass on a server that answers as the table says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from support.documents import ROOT, blocks

PAGE = ROOT / "docs" / "guides" / "pytest.md"
CLIENT = """
import pathlib, types, pytest

EXAMPLES = pathlib.Path({examples!r})


def answer(name):
    return types.SimpleNamespace(content=(EXAMPLES / f"{{name}}.response.xml").read_bytes())


@pytest.fixture
def client():
    return types.SimpleNamespace(
        get_session_info=lambda session_key: answer("mc-anonymous"),
        as_host=lambda: answer("mc-host"),
    )
"""


def test_the_tests_that_the_page_shows_pass(tmp_path: Path) -> None:
    tests = [block for block in blocks(PAGE.read_text("utf-8")) if block.title]
    for block in tests:
        (tmp_path / block.title).write_text(block.text, "utf-8")
    examples = ROOT / "examples" / "synthetic" / "conformant"
    (tmp_path / "conftest.py").write_text(CLIENT.format(examples=str(examples)), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"{len(tests)} passed" in done.stdout, done.stdout
