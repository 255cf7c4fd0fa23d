"""Progress and completions: what a person at a terminal sees, and nobody else."""

from __future__ import annotations

import io
import os
import pty
import shutil
import subprocess
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from support.command import COMMAND, whosees
from support.judging import check_one
from support.messages import response
from whosees.checker.checking.results import Result, Skipped
from whosees.checker.cli.progress import Progress
from whosees.engine.result import ResponseResult, Summary

pytest_plugins = ["support.place"]

ERASE = "\r\x1b[K"


def counted(progress: Progress, results: list[Result]) -> Iterator[str]:
    """Count results as the command does, and give what was on the screen when each of them was."""
    summary = Summary()
    stream = progress._stream
    assert isinstance(stream, io.StringIO)
    for result in progress.over(results, summary):
        yield stream.getvalue()
        if isinstance(result, ResponseResult):
            summary.add(result)


def test_the_line_appears_late_and_is_erased_before_a_result_is_reported() -> None:
    result = check_one(response("MC", ["metaData/serviceType"]))
    seconds = count(0, 0.4)
    stream = io.StringIO()
    screens = list(counted(Progress(stream, lambda: next(seconds)), [result] * 4))
    assert screens[:3] == ["", "", ""], "short runs show nothing"
    line = f"{ERASE}checked 3: 3 violating"
    assert screens[3] == f"{line}{ERASE}"
    assert stream.getvalue() == f"{line}{ERASE}{ERASE}checked 4: 4 violating{ERASE}"


def test_what_is_passed_over_is_no_response() -> None:
    seconds = count(0, 9)
    stream = io.StringIO()
    list(counted(Progress(stream, lambda: next(seconds)), [Skipped("x", "y")]))
    assert stream.getvalue() == f"{ERASE}checked 0{ERASE}"


def test_nothing_is_shown_where_standard_error_is_no_terminal(place: Path) -> None:
    quiet = whosees("check", "recordings", cwd=place)
    assert quiet.err == ""
    assert whosees("check", "recordings", "--no-progress", cwd=place) == quiet


def test_a_terminal_is_recognised(place: Path) -> None:
    """In a run this short the line does not appear; that nothing else does is what can be held."""
    terminal, inside = pty.openpty()
    environment = {**os.environ, "TERM": "xterm"}
    done = subprocess.run(
        [COMMAND, "check", "recordings/good.response.xml", "-o", "report.txt"],
        cwd=place,
        env=environment,
        stderr=inside,
        check=False,
    )
    os.close(inside)
    os.close(terminal)
    assert done.returncode == 0


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_completion(shell: str) -> None:
    run = whosees(_WHOSEES_COMPLETE=f"{shell}_source")
    assert run.code == 0
    assert "_WHOSEES_COMPLETE=" in run.out
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=run.out.encode(), check=True)


def possible_contexts(words: str, place: Path) -> list[str]:
    run = whosees(
        cwd=place,
        _WHOSEES_COMPLETE="bash_complete",
        COMP_WORDS=words,
        COMP_CWORD=str(len(words.split(" ")) - 1),
    )
    return [line.partition(",")[2] for line in run.out.splitlines()]


@pytest.mark.processes
def test_commands_options_and_values_are_completed(place: Path) -> None:
    (place / "whosees.toml").write_text("broken")
    assert "check" in possible_contexts("whosees ", place)
    assert "--min-coverage" in possible_contexts("whosees check --min", place)
    assert possible_contexts("whosees check --unlisted ", place) == ["error", "warning", "note", "ignore"]
    assert possible_contexts("whosees expect --role p", place) == ["panelist", "presenter"]
    assert possible_contexts("whosees expect --rules none --role p", place) == [""]
