"""Check so many responses in JSON Lines, and say how much memory that took at most, in KB.

``python -m benchmarks.memory NUMBER``: the lines come through a pipe, so that there need be no room for them on disk.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from whosees.checker.cli.app import run


def peak() -> int:
    """Return the most memory that this process held, in KB; what its parent held before it began does not count."""
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


def check_file(path: str) -> float:
    """Check a file; gives the seconds that it took."""
    begin = time.perf_counter()
    run(["check", path, "--exit-zero", "--format", "json", "--output", os.devnull])
    return time.perf_counter() - begin


if __name__ == "__main__":
    asked = sys.argv[1]
    seconds = check_file(asked) if not asked.isdigit() else check(int(asked)) or 0.0
    print(f"{seconds:.2f}", peak())  # noqa: T201 - this is what it is for
