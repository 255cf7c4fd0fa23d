"""Check so many responses in JSON Lines, and say how much memory that took at most, in KB.

``python -m benchmarks.memory NUMBER``: the lines come through a pipe, so that there need be no room for them on disk.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from whosees.checker.cli.app import run


def peak() -> int:
    """Give the most memory that this process held, in KB; what its parent held before it began does not count."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0])


def check(number: int) -> None:
    """Check as many as that, as `check -` does."""
    command = [sys.executable, "-m", "benchmarks.lines", str(number)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as made:  # noqa: S603 - our own command
        assert made.stdout is not None  # noqa: S101 - it was asked for
        os.dup2(made.stdout.fileno(), 0)
        code = run(["check", "-", "--exit-zero", "--format", "json", "--output", os.devnull])
    if code or made.returncode:
        raise SystemExit(f"check ended with {code}, and what made its lines with {made.returncode}")


if __name__ == "__main__":
    check(int(sys.argv[1]))
    print(peak())  # noqa: T201 - this is what it is for
