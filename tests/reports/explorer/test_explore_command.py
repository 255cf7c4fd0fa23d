"""`whosees explore`, called as a user does."""

from __future__ import annotations

import os
import webbrowser
from pathlib import Path

import pytest

from support.command import Run, whosees
from whosees.checker.cli.app import run as run_command
from whosees.rules.registry import SKELETON


def explore(*arguments: str, cwd: Path) -> Run:
    """Run the command for a small rulebook."""
    return whosees("explore", "--rules", SKELETON, *arguments, cwd=cwd)


def test_it_writes_explorer_html_and_says_so(tmp_path: Path) -> None:
    run = explore(cwd=tmp_path)
    assert (run.code, run.out) == (0, "")
    assert run.err == "wrote `explorer.html`: open it in a browser\n"
    assert os.listdir(tmp_path) == ["explorer.html"]
    assert (tmp_path / "explorer.html").read_text("utf-8").startswith("<!doctype html>")


def test_a_hyphen_is_standard_output(tmp_path: Path) -> None:
    run = explore("-o", "-", cwd=tmp_path)
    assert (run.code, run.err) == (0, "")
    assert os.listdir(tmp_path) == []
    explore(cwd=tmp_path)
    assert run.out == (tmp_path / "explorer.html").read_text("utf-8")


def test_standard_output_cannot_be_opened(tmp_path: Path) -> None:
    run = explore("--open", "-o", "-", cwd=tmp_path)
    assert run.code == 2
    assert run.err.startswith("whosees: `--open` needs a file; leave out `-o -`\n")


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    run = explore("-o", "no/such/folder.html", cwd=tmp_path)
    assert run.code == 2
    assert run.err == "whosees: `no/such/folder.html` cannot be written: no such file or directory\n"


def test_the_built_in_rulebook_is_taken_by_default(page: str) -> None:
    assert "<title>Webex GetSessionInfo, Table 4-3 – Whosees explorer</title>" in page


def test_a_rulebook_of_ones_own_is_taken(tmp_path: Path) -> None:
    assert explore(cwd=tmp_path).code == 0
    title = "<title>What the API shows to whom – Whosees explorer</title>"
    assert title in (tmp_path / "explorer.html").read_text("utf-8")


def test_a_broken_rulebook_is_said_to_be_broken(tmp_path: Path) -> None:
    run = whosees("explore", "--rules", "nowhere.toml", cwd=tmp_path)
    assert run.code == 2
    assert run.err.startswith("whosees: the rulebook `nowhere.toml`")
    assert os.listdir(tmp_path) == []


def test_a_rulebook_with_too_many_contexts_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("whosees.reports.explorer.decisions.CONTEXT_LIMIT", 10)
    monkeypatch.chdir(tmp_path)
    assert run_command(["explore"]) == 2
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
    assert run_command(["explore", "--rules", SKELETON, "--open"]) == (0 if starts else 2)
    assert opened == [(tmp_path / "explorer.html").as_uri()]
    said = capsys.readouterr().err
    assert ("no browser could be started; open `explorer.html` yourself" in said) is not starts
