"""Waiting for another process to wait."""

from __future__ import annotations

import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any


def until_it_waits(process: subprocess.Popen[Any]) -> None:
    """Return when a process waits for something, as far as the system tells.

    A signal that comes right before a program begins to wait is seen by Python only after it waited: so a test
    that sends one has to know that it waits already.
    """
    with suppress(OSError):  # there is no such file on every system
        while Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "R":
            pass
