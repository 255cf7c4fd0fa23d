"""On a terminal: colour, unless NO_COLOR is set, and its width."""

from __future__ import annotations

import os
import pty
import subprocess
from pathlib import Path

import pytest

from support.command import COMMAND

ROOT = Path(__file__).parents[3]
LEAK = "examples/synthetic/violating/mc-anonymous-leak.response.xml"


def on_a_terminal(*arguments: str, **environment: str) -> str:
    leader, follower = pty.openpty()
    with subprocess.Popen(
        [COMMAND, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=follower,
        stderr=follower,
        cwd=ROOT,
        env={**{k: v for k, v in os.environ.items() if k != "NO_COLOR"}, "COLUMNS": "60", **environment},
    ) as process:
        os.close(follower)
        shown = b""
        while True:
            try:
                part = os.read(leader, 65536)
            except OSError:  # the other side is closed
                break
            if not part:
                break
            shown += part
        process.wait()
    os.close(leader)
    return shown.decode()


def test_a_terminal_shows_colour_and_its_own_width() -> None:
    shown = on_a_terminal("check", LEAK)
    assert "\x1b[31mviolating\x1b[0m" in shown
    explained = on_a_terminal("explain", "agenda", "--service", "MC", NO_COLOR="1")
    assert max(map(len, explained.splitlines())) <= 60


@pytest.mark.parametrize("arguments", [["check", LEAK], ["explain", "agenda"], ["check", "--help"]])
def test_no_color_is_honoured(arguments: list[str]) -> None:
    assert "\x1b" not in on_a_terminal(*arguments, NO_COLOR="1")


def test_a_file_gets_no_colour_from_a_terminal(tmp_path: Path) -> None:
    on_a_terminal("check", LEAK, "-o", str(tmp_path / "out.txt"))
    assert "\x1b" not in (tmp_path / "out.txt").read_text()
