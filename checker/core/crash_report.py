"""Reports of internal errors, without the texts of exceptions, which can quote the input."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING

from . import signals

if TYPE_CHECKING:
    import logging


class InternalError(Exception):
    """An internal error, raised in place of the original exception; its text contains nothing of any input."""


EXIT_CRASHED = 70
"""EX_SOFTWARE of sysexits.h. Python's own 1 would mean that an error was found in a response."""


_WHAT_TO_DO = "this is a bug; please report these lines, which contain nothing of any input"


def format_crash(error: BaseException) -> str:
    """Return the types of exceptions and their places in the code, never their texts.

    An exception of a worker process has lost its places; run with one job to see them.
    """
    lines = [f"whosees: internal error: {_WHAT_TO_DO}"]
    for cause in _chain(error):
        lines.append(f"  {type(cause).__module__}.{type(cause).__qualname__}".replace("builtins.", ""))
        lines += [f"    at {location}" for location in _locations(cause.__traceback__)]
    return "\n".join(lines)


def install() -> None:
    """Replace Python's tracebacks in this process, which would quote the texts of exceptions."""
    sys.excepthook = lambda _kind, error, _traceback: report(error)
    sys.unraisablehook = _report_unraisable
    threading.excepthook = lambda raised: report(raised.exc_value)


def _report_unraisable(raised: sys.UnraisableHookArgs) -> None:
    if isinstance(raised.exc_value, KeyboardInterrupt):  # Python would drop it, and the run go on
        signals.end_interrupted()
    report(raised.exc_value)


def mute_logs() -> None:
    """Reduce the logs of libraries to what failed and where, without their texts."""
    # Imported here, because only commands that use a logging library need it.
    import logging

    class MutedHandler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            error = record.exc_info[1] if record.exc_info else None
            _write(f"whosees: {record.name} failed")
            report(error)

    logging.basicConfig(level=logging.ERROR, handlers=[MutedHandler()], force=True)


def report(error: BaseException | None) -> None:
    """Write a crash report to standard error; nothing if there is no error."""
    if error is not None:
        _write(format_crash(error))


def _write(text: str) -> None:
    if sys.stderr is not None:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and its causes, the first cause last."""
    cause: BaseException | None = error
    seen: set[int] = set()
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)


def _locations(traceback: TracebackType | None) -> Iterator[str]:
    while traceback is not None:
        frame = traceback.tb_frame
        yield f"{frame.f_globals.get('__name__', '?')}, line {traceback.tb_lineno}, in {frame.f_code.co_name}"
        traceback = traceback.tb_next
