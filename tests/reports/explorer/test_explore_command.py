"""`whosees explore`, called as a user does."""

from __future__ import annotations

import os
import subprocess
import webbrowser
from pathlib import Path

import pytest

from whosees.checker.cli.app import run

from .conftest import WHOSEES
from .test_page import own_rulebook


def explore(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the installed command."""
    return subprocess.run(
        [WHOSEES, "explore", *arguments], capture_output=True, text=True, check=False, cwd=cwd
    )


def test_it_writes_explorer_html_and_says_so(tmp_path: Path) -> None:
    ran = explore(cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (0, "")
    assert ran.stderr == "wrote `explorer.html`: open it in a browser\n"
    assert os.listdir(tmp_path) == ["explorer.html"]
    assert (tmp_path / "explorer.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_a_hyphen_is_standard_output(tmp_path: Path, page_file: Path) -> None:
    ran = explore("-o", "-", cwd=tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == page_file.read_text(encoding="utf-8")
    assert os.listdir(tmp_path) == []


def test_standard_output_cannot_be_opened(tmp_path: Path) -> None:
    ran = explore("--open", "-o", "-", cwd=tmp_path)
    assert ran.returncode == 2
    assert ran.stderr.startswith("whosees: `--open` needs a file; leave out `-o -`\n")


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    ran = explore("-o", "no/such/folder.html", cwd=tmp_path)
    assert ran.returncode == 2
    assert ran.stderr == "whosees: `no/such/folder.html` cannot be written: no such file or directory\n"


def test_a_rulebook_of_ones_own_is_taken(tmp_path: Path) -> None:
    file = own_rulebook(tmp_path, ('title = "Webex GetSessionInfo, Table 4-3"', 'title = "My own"'))
    ran = explore("--rules", str(file), cwd=tmp_path)
    assert ran.returncode == 0
    assert "<title>My own – Whosees explorer</title>" in (tmp_path / "explorer.html").read_text(
        encoding="utf-8"
    )


def test_a_broken_rulebook_is_said_to_be_broken(tmp_path: Path) -> None:
    ran = explore("--rules", "nowhere.toml", cwd=tmp_path)
    assert ran.returncode == 2
    assert ran.stderr.startswith("whosees: the rulebook `nowhere.toml`")
    assert os.listdir(tmp_path) == []


def test_a_rulebook_with_too_many_contexts_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("whosees.reports.explorer.decisions.CONTEXT_LIMIT", 10)
    monkeypatch.chdir(tmp_path)
    assert run(["explore"]) == 2
    assert (
        capsys.readouterr().err
        == "whosees: the rulebook has 324 combinations of facts, but a page holds at most 10\n"
    )
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("starts", [True, False])
def test_it_opens_the_page_in_the_browser(
    starts: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened: list[str] = []

    def open_(address: str) -> bool:
        opened.append(address)
        return starts

    monkeypatch.setattr(webbrowser, "open", open_)
    monkeypatch.chdir(tmp_path)
    assert run(["explore", "--open"]) == (0 if starts else 2)
    assert opened == [(tmp_path / "explorer.html").as_uri()]
    said = capsys.readouterr().err
    assert ("no browser could be started; open `explorer.html` yourself" in said) is not starts
