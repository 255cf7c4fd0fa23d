"""Termination from outside: SIGTERM and SIGHUP become an interrupt, so that the run ends in an orderly way.

Python makes an interrupt an exception in whatever it is at. That is a traceback while modules load, and nothing at all in a place
from which no exception can come, such as a finalizer or a hook of `os.fork`. So an interrupt ends the process at once before a command begins
and after it has ended, and is blocked while a process starts.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from types import FrameType
from typing import NoReturn

EXIT_INTERRUPTED = 130
_SIGNAL_EXIT_BASE = 128
"""A shell reports a process that a signal ended with this plus the signal's number."""

_ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))

_received_signal: int | None = None


def exit_code() -> int:
    """Return the exit code of an interrupted run: 130 for an interrupt, 143 for a termination."""
    return EXIT_INTERRUPTED if _received_signal is None else _SIGNAL_EXIT_BASE + _received_signal


def end_interrupted() -> NoReturn:
    """End the process as interrupted, and do nothing else first."""
    with contextlib.suppress(OSError):
        os.write(2, b"\nwhosees: interrupted\n")  # below the ^C of a terminal
    os._exit(exit_code())


def end_on_interrupt() -> None:
    """Let an interrupt end the process at once, unless it is ignored: there is nothing to finish."""
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _end)


def install() -> None:
    """Let an interrupt be an exception, and treat SIGTERM and SIGHUP as an interrupt, unless they are ignored."""
    if signal.getsignal(signal.SIGINT) is _end:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    for name in ("SIGTERM", "SIGHUP"):  # not every system has the second
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)


def ignore_sigint_in_worker() -> None:
    """Ignore interrupts in a worker process: the process that started it ends it in an orderly way."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)


@contextlib.contextmanager
def blocked(start_method: str) -> Iterator[None]:
    """Block the signals that end a run, so that a process that is started meanwhile gets none before it ignores them."""
    if not hasattr(signal, "pthread_sigmask"):  # not every system has it
        yield
        return
    if start_method != "fork":
        # Imported here: only what starts processes needs it.
        from multiprocessing import resource_tracker

        resource_tracker.ensure_running()  # Python's own process, whose start would unblock them
    former = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, former)


def ignore_in_child() -> None:
    """Ignore the signals that end a run in a process that was started while they were blocked: its parent ends it."""
    for number in _ENDING:
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)


def _end(_number: int, _frame: FrameType | None) -> None:
    end_interrupted()


def _interrupt(number: int, _frame: FrameType | None) -> None:
    global _received_signal  # noqa: PLW0603 - a process is ended once
    _received_signal = number
    if callable(signal.getsignal(signal.SIGINT)):
        signal.raise_signal(signal.SIGINT)  # an event loop may have its own handler
    else:
        raise KeyboardInterrupt
