"""The process that judges copies, and its supervisor, which starts it again if it ends.

A message can be made to end the process that reads it, by the memory that it takes or by a defect of a library. Then the proxy goes
on, and so does what was found until then, since neither is in that process.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection
from typing import Protocol

from ...checking.dispatch import open_checker
from ...checking.results import Result
from ...checking.settings import Settings
from ...core import crash_report as crash
from ...core.signals import blocked, ignore_in_child
from .copies import ExchangeCopy
from .judging import ExchangeJudge

BATCH = 32
"""The most copies that the process is given at once: all that are not judged yet are lost if it ends."""

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 60.0
"""The seconds until the process is started again after it ended; they double each time."""

STEADY_SECONDS = 60.0
"""The time after which a process counts as one that works, so that the pause is the first one again."""

_GRACE_SECONDS = 5

LOWER_PRIORITY = 10
"""The niceness that is added to the processes that judge, so that they wait for the relay and not it for them."""


class JudgeEndedError(Exception):
    """The judging process has ended."""


class Judge(Protocol):
    """Judges copies, in their order."""

    def judge(self, copies: Sequence[ExchangeCopy]) -> Iterator[list[Result]]:
        """Yield the results of each copy as soon as they are there; raises JudgeEndedError."""
        ...

    def close(self) -> None:
        """End what judges."""
        ...


class JudgeProcess:
    """A process that judges copies."""

    def __init__(self, settings: Settings, *, trusts_header: bool) -> None:
        """Start the process; it reads its rulebooks while this one goes on."""
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_run, args=(settings, trusts_header, theirs), daemon=True)
        with blocked("spawn"):
            self._process.start()
        theirs.close()

    def judge(self, copies: Sequence[ExchangeCopy]) -> Iterator[list[Result]]:
        """Yield the results of each copy as soon as they are there; raises JudgeEndedError."""
        try:
            self._connection.send(list(copies))
            for _ in copies:
                yield self._connection.recv()
        except (OSError, EOFError):
            raise JudgeEndedError from None

    def close(self) -> None:
        """Let the process end, and wait for that."""
        self._connection.close()
        self._process.join(_GRACE_SECONDS)
        if self._process.exitcode is None:
            self._process.kill()
            self._process.join()


class JudgeSupervisor:
    """Judges copies by a process, and starts another one if it ends, after a pause that grows.

    ``ended`` is the number of processes that have ended. Nobody waits for the pause: copies that come meanwhile are not judged.
    """

    def __init__(self, start: Callable[[], Judge], clock: Callable[[], float] = time.monotonic) -> None:
        self.ended = 0
        self._start = start
        self._clock = clock
        self._pause = FIRST_PAUSE
        self._begun = clock()
        self._next_start = self._begun
        self._judge: Judge | None = start()

    def judge(self, copies: Sequence[ExchangeCopy]) -> Iterator[list[Result] | None]:
        """Yield the results of each copy, None for one that cannot be judged since the process ended."""
        for begin in range(0, len(copies), BATCH):
            yield from self._judge_batch(copies[begin : begin + BATCH])

    def _judge_batch(self, copies: Sequence[ExchangeCopy]) -> Iterator[list[Result] | None]:
        judge, judged = self._running(), 0
        if judge is not None:
            try:
                for results in judge.judge(copies):
                    judged += 1
                    yield results
            except JudgeEndedError:
                self._note_end(judge)
        yield from [None] * (len(copies) - judged)

    def _running(self) -> Judge | None:
        if self._judge is None and self._clock() >= self._next_start:
            self._begun = self._clock()
            self._judge = self._start()
        return self._judge

    def _note_end(self, judge: Judge) -> None:
        judge.close()
        now = self._clock()
        if now - self._begun >= STEADY_SECONDS:
            self._pause = FIRST_PAUSE
        self.ended += 1
        self._judge = None
        self._next_start = now + self._pause
        self._pause = min(2 * self._pause, LONGEST_PAUSE)

    def close(self) -> None:
        """End the process."""
        if self._judge is not None:
            self._judge.close()


def yield_to_traffic() -> None:
    """Let this process wait where another one needs the processor: the relay, whose callers wait."""
    if hasattr(os, "nice"):  # not every system has it
        os.nice(LOWER_PRIORITY)


def _run(settings: Settings, trusts_header: bool, connection: Connection) -> None:
    """Judge what comes until the other end is closed. Signals are the other process's affair."""
    ignore_in_child()
    yield_to_traffic()
    crash.install()
    crash.mute_logs()
    judge = ExchangeJudge(open_checker(settings), trusts_header=trusts_header, on_crash=crash.report)
    with contextlib.suppress(EOFError, OSError):
        while True:
            for copy in connection.recv():
                connection.send(judge.check(judge.recording(copy)))
