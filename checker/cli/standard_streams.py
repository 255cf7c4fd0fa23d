"""The standard streams, made safe to write to: a command never ends silently because one is closed or full."""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import sys
from typing import Any

_PLAIN = "whosees-plain"
"""The name of the error handler of standard streams."""

_PLAIN_TEXTS = {"✓": "v", "…": "...", "→": "->", "‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-"}
"""Plain signs in place of our own, for an encoding that lacks those, such as that of ``LC_ALL=C`` or a Windows code page."""


def prepare() -> None:
    """Replace standard streams that are closed, and ignore messages that cannot be written.

    Writing to a closed standard output fails as on a full disk, so that the loss is reported; reading from a closed
    standard input fails. A message that nobody can receive is no reason to stop.
    """
    codecs.register_error(_PLAIN, _write_plainly)
    _occupy_closed()
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - it lasts as long as the process
    sys.stdout = _text_stream(_ErrorTrackingStream(1, "w", closefd=False), sys.stdout)
    sys.stderr = _text_stream(_ReplacingStream(2, "w", closefd=False), sys.stderr)


def output_error() -> OSError | None:
    """Return the first error of writing to standard output."""
    with contextlib.suppress(OSError):
        sys.stdout.flush()
    below = getattr(sys.stdout, "buffer", None)
    raw = getattr(below, "raw", below)
    return raw.error if isinstance(raw, _ErrorTrackingStream) else None


def drop_output() -> None:
    """Redirect standard output to nowhere: Python flushes it at exit, and would fail again."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _occupy_closed() -> None:
    """Occupy the numbers of closed streams; the next report that is opened would get one, and messages with it."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # Opened the wrong way round, so that reading from the one and writing to the other fail.
            # The system assigns the lowest number that is free.
            os.open(os.devnull, os.O_RDONLY if number == 1 else os.O_WRONLY)


def _text_stream(raw: io.FileIO, like: Any) -> io.TextIOWrapper:
    """Return a text stream like Python's own; characters that its encoding lacks are escaped."""
    if like is None:
        return io.TextIOWrapper(io.BufferedWriter(raw), "utf-8", _PLAIN)
    # Python itself has no buffer between text and file if nothing is to be buffered.
    below: Any = raw if like.write_through else io.BufferedWriter(raw)
    return io.TextIOWrapper(
        below,
        like.encoding,
        _PLAIN,
        line_buffering=like.line_buffering,
        write_through=like.write_through,
    )


def _write_plainly(error: UnicodeError) -> tuple[str | bytes, int]:
    """Replace a character that the encoding lacks: signs of ours by plain ones, and others by their escapes."""
    if not isinstance(error, UnicodeEncodeError):
        return codecs.backslashreplace_errors(error)
    lacking = error.object[error.start : error.end]  # several in a row, perhaps of both kinds
    escaped = [
        _PLAIN_TEXTS.get(each) or each.encode("ascii", "backslashreplace").decode() for each in lacking
    ]
    return "".join(escaped), error.end


class _ErrorTrackingStream(io.FileIO):
    """Keeps the first error of writing."""

    error: OSError | None = None

    def write(self, content: Any, /) -> int:
        try:
            return super().write(content)
        except OSError as error:
            self.error = self.error or error
            raise


class _ReplacingStream(io.FileIO):
    """Drops content that cannot be written."""

    def write(self, content: Any, /) -> int:
        with contextlib.suppress(OSError):
            super().write(content)
        return memoryview(content).nbytes
