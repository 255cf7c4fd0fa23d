"""Being ended from outside: a termination is an interrupt with another exit code, so that all is put in order first."""

from __future__ import annotations

import signal
from types import FrameType

EXIT_INTERRUPTED = 130
_BY_SHELL = 128
"""What a shell adds to a signal's number where it reports it as an exit code."""

_ended_by: int | None = None


def exit_code() -> int:
    """Give the exit code of a run that was broken off: 130 by an interrupt, 143 by a termination."""
    return EXIT_INTERRUPTED if _ended_by is None else _BY_SHELL + _ended_by


def install() -> None:
    """Treat being terminated, or left by the terminal, as an interrupt; what is ignored stays ignored."""
    for name in ("SIGTERM", "SIGHUP"):  # the second is not known on every system
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end)


def ignore_sigint_in_worker() -> None:
    """In a worker process: an interrupt is for the process that started it, which ends it in an orderly way."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


def _end(number: int, _frame: FrameType | None) -> None:
    global _ended_by  # noqa: PLW0603 - a process ends once
    _ended_by = number
    if callable(signal.getsignal(signal.SIGINT)):
        signal.raise_signal(signal.SIGINT)  # an event loop has a handler of its own for it
    else:
        raise KeyboardInterrupt
