"""Waiting for another process to wait."""

from __future__ import annotations

import os
import select
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


def read_from(descriptor: int, process: subprocess.Popen[Any]) -> bytes:
    """Return the first bytes that come through a pipe; fails if the process ends before."""
    ended = os.pidfd_open(process.pid)
    try:
        ready, _, _ = select.select([descriptor, ended], [], [])
        if descriptor in ready:
            return os.read(descriptor, 64)
    finally:
        os.close(ended)
    _, err = process.communicate()
    raise AssertionError(f"it ended with {process.returncode} and wrote nothing: {err!r}")
