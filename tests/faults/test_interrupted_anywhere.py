"""An interrupt ends every command with 130 and one line, whatever Python is at in that moment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples" / "synthetic"
WHEN_IMPORTED = """
class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == {0!r}:
            signal.raise_signal(signal.SIGINT)
sys.meta_path.insert(0, Interrupting())
"""
AT_FORK = "os.register_at_fork(after_in_{0}=lambda: signal.raise_signal(signal.SIGINT))"
AT_EXIT = "import atexit; atexit.register(signal.raise_signal, signal.SIGINT)"
IN_A_CALLBACK = """
class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == {0!r}:
            Collected()
class Collected:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)
sys.meta_path.insert(0, Interrupting())
"""
"""Python drops what is raised while it collects an object."""

MATRIX = ("matrix", "-o", os.devnull)
CHECK = ("check", str(EXAMPLES), "--jobs", "2", "--quiet", "-o", os.devnull)
MOMENTS = {
    "the first of its modules": (WHEN_IMPORTED.format("whosees.checker.core.signals"), MATRIX),
    "a module of a library": (WHEN_IMPORTED.format("click.core"), MATRIX),
    "a command": (WHEN_IMPORTED.format("whosees.checker.cli.commands.matrix"), MATRIX),
    "what Python drops": (IN_A_CALLBACK.format("whosees.checker.cli.commands.matrix"), MATRIX),
    "the exit": (AT_EXIT, MATRIX),
    "the start of a worker": (AT_FORK.format("parent"), CHECK),
}


def run(moment: str, arguments: tuple[str, ...]) -> subprocess.CompletedProcess[bytes]:
    program = (
        f"import os, signal, sys\nsys.argv = ['whosees', *{arguments!r}]\n{moment}\n"
        "from whosees.checker.cli.main import main\nmain()"
    )
    return subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)


@pytest.mark.parametrize("moment", MOMENTS)
def test_an_interrupt_is_one_line_and_130(moment: str) -> None:
    done = run(*MOMENTS[moment])
    line = b"whosees: interrupted"
    if MOMENTS[moment][1] is CHECK:
        line += b"; the report covers what was judged until then"
    assert (done.returncode, done.stderr.strip()) == (130, line)


def test_a_worker_leaves_it_to_its_parent_before_it_has_begun() -> None:
    done = run(AT_FORK.format("child"), CHECK)
    assert (done.returncode, done.stderr) == (1, b""), "the verdict"
