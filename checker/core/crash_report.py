"""A fault of the program itself, said without a word of any input: what an exception says can quote what was read."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import logging


class InternalError(Exception):
    """A fault of the program, raised in place of the exception that it shows as; its text holds nothing of any input."""


EXIT_CRASHED = 70
"""EX_SOFTWARE of sysexits.h; 1 is what Python ends with, and would say that something was found."""


_WHAT_TO_DO = "this is a defect of the program; please report these lines, which hold nothing of any input"


def said_of(error: BaseException) -> str:
    """Say where a fault happened: kinds of exceptions and places in code, never their words.

    What a worker process raised comes without its places; they are seen with one job.
    """
    lines = [f"whosees: internal error: {_WHAT_TO_DO}"]
    for cause in _chain(error):
        lines.append(f"  {type(cause).__module__}.{type(cause).__qualname__}".replace("builtins.", ""))
        lines += [f"    at {place}" for place in _places(cause.__traceback__)]
    return "\n".join(lines)


def install() -> None:
    """Let nothing else in this process write a traceback of Python's, which would quote an exception's words."""
    sys.excepthook = lambda _kind, error, _traceback: _tell(error)
    sys.unraisablehook = lambda raised: _tell(raised.exc_value)
    threading.excepthook = lambda raised: _tell(raised.exc_value)


def mute_logs() -> None:
    """Let logs of libraries say that something failed and where, and none of their words."""
    # Imported here: only commands that bring a library with a log need it.
    import logging

    class Muted(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            error = record.exc_info[1] if record.exc_info else None
            _write(f"whosees: {record.name} failed")
            _tell(error)

    logging.basicConfig(level=logging.ERROR, handlers=[Muted()], force=True)


def _tell(error: BaseException | None) -> None:
    if error is not None:
        _write(said_of(error))


def _write(text: str) -> None:
    if sys.stderr is not None:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Give an error and what it came from, the first one last."""
    cause: BaseException | None = error
    seen: set[int] = set()
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)


def _places(traceback: TracebackType | None) -> Iterator[str]:
    while traceback is not None:
        frame = traceback.tb_frame
        yield f"{frame.f_globals.get('__name__', '?')}, line {traceback.tb_lineno}, in {frame.f_code.co_name}"
        traceback = traceback.tb_next
