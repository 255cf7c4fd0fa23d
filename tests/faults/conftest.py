"""Fixtures of this folder."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from support.command import COMMAND
from support.traffic import GOOD, LEAKING


@pytest.fixture(autouse=True)
def heeded() -> None:
    """Make the started commands heed every signal: the runner of the tests may ignore some, as `nohup` does."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:
            default = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
            signal.signal(number, default)


FULL = "/dev/full"
needs_full = pytest.mark.skipif(
    not os.path.exists(FULL), reason=f"there is no {FULL}, which fails as a full disk does"
)


@dataclass(frozen=True, slots=True)
class Room:
    """A folder with recordings, and the command run in it."""

    folder: Path

    def run(self, *arguments: str, **options: Any) -> tuple[int, bytes, bytes]:
        """Run the command; gives exit code, standard output and standard error."""
        done = self.start(*arguments, **options)
        out, err = done.communicate()
        return done.returncode, out or b"", err or b""

    def start(
        self, *arguments: str, environment: Mapping[str, str] = os.environ, before: str = "", **options: Any
    ) -> subprocess.Popen[bytes]:
        """Start the command, after what a shell is told to do first."""
        streams: dict[str, Any] = {
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
            "stdin": subprocess.DEVNULL,
        }
        first = ["sh", "-c", f'{before}; exec "$0" "$@"'] if before else []
        return subprocess.Popen(
            [*first, COMMAND, *arguments], cwd=self.folder, env=environment, **{**streams, **options}
        )

    def on_a_full_disk(self, *arguments: str) -> tuple[int, bytes, bytes]:
        """Run the command where no file can grow."""
        # What measures coverage in the process writes a file too.
        kept = {name: text for name, text in os.environ.items() if not name.startswith("COVERAGE_PROCESS")}
        return self.run(*arguments, environment=kept, before="ulimit -f 0")

    def names(self) -> Sequence[str]:
        """Return the names of all files in it, below the recordings aside."""
        return sorted(path.name for path in self.folder.iterdir() if path.name != "recordings")


@pytest.fixture
def room(tmp_path: Path) -> Room:
    folder = tmp_path / "recordings"
    folder.mkdir()
    for number in range(40):
        (folder / f"{number:02}.xml").write_bytes(LEAKING if number % 4 == 0 else GOOD)
    return Room(tmp_path)
