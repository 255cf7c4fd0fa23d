"""Termination from outside: SIGTERM and SIGHUP become an interrupt, so that the run ends in an orderly way."""

from __future__ import annotations

import signal
from types import FrameType

EXIT_INTERRUPTED = 130
_SIGNAL_EXIT_BASE = 128
"""A shell reports a process that a signal ended with this plus the signal's number."""

_received_signal: int | None = None


def exit_code() -> int:
    """Return the exit code of an interrupted run: 130 for an interrupt, 143 for a termination."""
    return EXIT_INTERRUPTED if _received_signal is None else _SIGNAL_EXIT_BASE + _received_signal


def install() -> None:
    """Treat SIGTERM and SIGHUP as an interrupt, unless they are ignored."""
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


def _interrupt(number: int, _frame: FrameType | None) -> None:
    global _received_signal  # noqa: PLW0603 - a process is ended once
    _received_signal = number
    if callable(signal.getsignal(signal.SIGINT)):
        signal.raise_signal(signal.SIGINT)  # an event loop may have its own handler
    else:
        raise KeyboardInterrupt
