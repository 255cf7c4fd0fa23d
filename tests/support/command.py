"""The command, called as a user calls it."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from whosees.checker.cli.app import run as run_command

COMMAND = Path(sys.executable).parent / "whosees"

_NEEDS_PROCESS = ("-j", "--jobs", "/dev/stdin", "/dev/fd")
"""Arguments of runs that start processes, or read the process's own streams."""

_READ_AT_START = ("PYTHON", "FORCE_COLOR", "_WHOSEES_COMPLETE")
"""Variables of the environment that are read before a command runs."""


@dataclass(frozen=True, slots=True)
class Run:
    """The result of a run of the command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The output as JSON."""
        return json.loads(self.out)


def whosees(*arguments: str | Path, stdin: bytes = b"", cwd: Path | None = None, **environment: str) -> Run:
    """Run ``whosees``; a traceback is never an answer.

    It runs in this process, since Python takes much longer to start than most commands to run, except where its
    start is what is tested, or where it needs processes of its own.
    """
    words = [str(argument) for argument in arguments]
    if any(word.startswith(_NEEDS_PROCESS) for word in words) or any(
        name.startswith(_READ_AT_START) for name in environment
    ):
        return whosees_process(*words, stdin=stdin, cwd=cwd, **environment)
    out, err = _stream(), _stream()
    with (
        _streams(_stream(stdin), out, err),
        _logging(),
        contextlib.chdir(cwd or "."),
        mock.patch.dict(os.environ, environment),
    ):
        code = run_command(words)
        out.flush()
        err.flush()
    return Run(code, out.buffer.getvalue().decode(), _checked(err.buffer.getvalue().decode()))  # type: ignore[attr-defined]


def whosees_process(
    *arguments: str | Path, stdin: bytes = b"", cwd: Path | None = None, **environment: str
) -> Run:
    """Run the installed ``whosees`` in a process of its own."""
    done = subprocess.run(
        [COMMAND, *map(str, arguments)],
        input=stdin,
        capture_output=True,
        cwd=cwd,
        env={**os.environ, **environment},
        check=False,
    )
    return Run(done.returncode, done.stdout.decode(), _checked(done.stderr.decode()))


def _checked(err: str) -> str:
    assert "Traceback" not in err, err
    assert "internal error" not in err, err
    return err


def _stream(content: bytes = b"") -> io.TextIOWrapper:
    """Return a standard stream as a pipe would be: not a terminal, and with the bytes below the text."""
    return io.TextIOWrapper(io.BytesIO(content), "utf-8", "backslashreplace", newline="")


@contextlib.contextmanager
def _streams(stdin: io.TextIOWrapper, stdout: io.TextIOWrapper, stderr: io.TextIOWrapper) -> Iterator[None]:
    with mock.patch.multiple(sys, stdin=stdin, stdout=stdout, stderr=stderr):
        yield


@contextlib.contextmanager
def _logging() -> Iterator[None]:
    """Restore the handlers of the log, which some commands replace for the rest of their process."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
