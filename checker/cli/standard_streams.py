"""The standard streams, made safe to write to: one that is closed or full ends no command without a word."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from typing import Any


def prepare() -> None:
    """Give every standard stream that is closed something in its place, and let messages fail in silence.

    What was written to a closed standard output fails as on a full disk, so that it is said and not lost; what was
    read from a closed standard input cannot be read. A message that nobody can get is no reason to stop.
    """
    _take_places()
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - it lasts as long as the process
    sys.stdout = _text(_Noting(1, "w", closefd=False), sys.stdout)
    sys.stderr = _text(_Lossy(2, "w", closefd=False), sys.stderr)


def fault_of_output() -> OSError | None:
    """Give what was wrong with standard output, where something that was written to it could not be delivered."""
    with contextlib.suppress(OSError):
        sys.stdout.flush()
    below = getattr(sys.stdout, "buffer", None)
    raw = getattr(below, "raw", below)
    return raw.fault if isinstance(raw, _Noting) else None


def drop_output() -> None:
    """Give up standard output: Python writes what is left of it when it ends, and would fail anew."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _take_places() -> None:
    """Occupy the numbers of closed streams: a report that is opened next would get one, and messages with it."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # Opened the wrong way round, so that reading from the one and writing to the other fail.
            # The lowest number that is free is the one that is given.
            os.open(os.devnull, os.O_RDONLY if number == 1 else os.O_WRONLY)


def _text(raw: io.FileIO, like: Any) -> io.TextIOWrapper:
    """Give a text stream as Python had made it; characters that its encoding lacks are escaped."""
    if like is None:
        return io.TextIOWrapper(io.BufferedWriter(raw), "utf-8", "backslashreplace")
    # Where nothing is to be buffered, Python has nothing between text and file either.
    below: Any = raw if like.write_through else io.BufferedWriter(raw)
    return io.TextIOWrapper(
        below,
        like.encoding,
        "backslashreplace",
        line_buffering=like.line_buffering,
        write_through=like.write_through,
    )


class _Noting(io.FileIO):
    """Keeps in mind what first went wrong."""

    fault: OSError | None = None

    def write(self, content: Any, /) -> int:
        try:
            return super().write(content)
        except OSError as error:
            self.fault = self.fault or error
            raise


class _Lossy(io.FileIO):
    """Takes whatever it is given; what cannot be written is lost."""

    def write(self, content: Any, /) -> int:
        with contextlib.suppress(OSError):
            super().write(content)
        return memoryview(content).nbytes
