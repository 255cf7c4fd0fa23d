"""Judging of exchanges that pass through: at once, or in the background, so that traffic neither waits nor fails."""

from __future__ import annotations

import atexit
import itertools
import logging
import math
import os
import random
import threading
import time
import weakref
from collections import deque

from msgspec import structs

from ...recordings import Recording
from .judge import Judge
from .tally import TrafficFinding, TrafficReport

MAX_BODY = 1024 * 1024
"""The bytes of a body that middleware copies; a longer one is unchecked."""

MAX_WAITING = 1_000
MAX_WAITING_BYTES = 64 * 1024 * 1024
"""The copies, and their bytes, that wait to be judged; more are dropped and counted."""

EXIT_SECONDS = 5.0
"""The longest time for which the end of a program waits until its last copies are judged."""

UNREAD = "a streamed body that was not read to its end"
"""Why an exchange is passed over, for good or until its body ends."""

_log = logging.getLogger("whosees")
_monitors: weakref.WeakSet[BackgroundMonitor] = weakref.WeakSet()


def log_finding(finding: TrafficFinding) -> None:
    """Write a finding to the log `whosees`."""
    _log.warning("%s (%s)", finding, finding.id)


def _is_number(value: object, kinds: type | tuple[type, ...], least: float, most: float) -> bool:
    return isinstance(value, kinds) and least <= value <= most  # type: ignore[operator]  # the kinds are of numbers


class Guard:
    """A context in which a defect of Whosees is counted and goes no further."""

    def __init__(self) -> None:
        self.errors = 0

    def __enter__(self) -> None:
        """Begin to guard."""

    def __exit__(self, kind: object, error: object, traceback: object) -> bool:
        """Count an exception that is an error, and swallow it."""
        self.errors += isinstance(error, Exception)
        return isinstance(error, Exception)


class Monitor:
    """Judges every exchange at once, as tests want it; ``max_body`` is the size in bytes up to which a body is copied.

    ``streams`` is the number of bodies that have begun and not ended, since their readers have not come to the end.
    """

    def __init__(self, judge: Judge, *, max_body: int = MAX_BODY) -> None:
        """Raise ValueError for an impossible bound."""
        if not _is_number(max_body, int, 1, math.inf):
            raise ValueError("`max_body` is a number of bytes, 1 or more")
        self.max_body = max_body
        self.guard = Guard()
        self.source: str | None = None
        self.streams = 0
        self._judge = judge
        self._numbers = itertools.count(1)

    def next_source(self) -> str:
        """Return a name for the next exchange: ``source`` if that is set, as by a test, or else a number."""
        return self.source or f"exchange {next(self._numbers)}"

    def samples(self) -> bool:
        """Decide whether the next exchange is judged; one that is not is counted."""
        return True

    def submit(self, recording: Recording) -> None:
        """Judge an exchange."""
        self._judge.judge(recording)

    def skip(self, why: str) -> None:
        """Count an exchange that cannot be judged, and why."""
        self._judge.skip(why)

    def flush(self, seconds: float | None = None) -> bool:  # noqa: ARG002 - those that judge later need it
        """Wait until everything so far is judged, or this time is over; return whether it is judged."""
        return True

    def report(self) -> TrafficReport:
        """Return what the exchanges came to that were judged so far; those that were not read are skipped."""
        report = self._judge.report()
        report = structs.replace(report, internal_errors=report.internal_errors + self.guard.errors)
        unread = {UNREAD: self.streams} if self.streams else {}
        return structs.replace(
            report, exchanges=report.exchanges + self.streams, skipped=report.skipped | unread
        )


class BackgroundMonitor(Monitor):
    """Judges a sample of exchanges on a thread of its own, from a bounded queue.

    ``sample`` is the share of exchanges that is judged, from 0 to 1. The thread starts with the first exchange, and
    again in a process that was forked, which counts for itself.
    """

    def __init__(self, judge: Judge, *, sample: float = 1.0, max_body: int = MAX_BODY) -> None:
        """Raise ValueError for an impossible sample or bound."""
        if not _is_number(sample, (int, float), 0, 1):
            raise ValueError("`sample` is the share of exchanges to judge, a number from 0 to 1")
        super().__init__(judge, max_body=max_body)
        self._sample = sample
        self._start_afresh()
        _monitors.add(self)

    def _start_afresh(self) -> None:
        self._process = os.getpid()
        self._waiting: deque[Recording] = deque()
        self._bytes = self._unfinished = self._not_sampled = self._dropped = 0
        self._changed = threading.Condition(threading.Lock())
        self._thread: threading.Thread | None = None

    def _in_this_process(self) -> threading.Condition:
        """Return the lock of the queue; in a process that was forked, locks and threads of the parent are of no use."""
        if self._process != os.getpid():
            self._start_afresh()
            self._judge.start_afresh()
        return self._changed

    def samples(self) -> bool:
        """Decide whether the next exchange is judged; one that is not is counted."""
        if self._sample >= 1 or random.random() < self._sample:  # noqa: S311 - no secret
            return True
        with self._in_this_process():
            self._not_sampled += 1
        return False

    def submit(self, recording: Recording) -> None:
        """Queue an exchange to be judged, or count it as dropped; it does not wait for the judging."""
        size = recording.size_in_memory
        with self._in_this_process():
            full = len(self._waiting) >= MAX_WAITING or self._bytes + size > MAX_WAITING_BYTES
            if full or not self._is_running():
                self._dropped += 1
                return
            self._waiting.append(recording)
            self._bytes += size
            self._unfinished += 1
            self._changed.notify_all()

    def _is_running(self) -> bool:
        if self._thread is None:
            thread = threading.Thread(target=self._run, name="whosees", daemon=True)
            try:
                thread.start()
            except RuntimeError:  # the system allows no more threads, or the interpreter is ending
                return False
            self._thread = thread
        return True

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._waiting:
                    self._changed.wait()
                recording = self._waiting.popleft()
                self._bytes -= recording.size_in_memory
            try:
                self._judge.judge(recording)
            except BaseException:  # noqa: BLE001 - SystemExit of a callback would end this thread, and nothing else
                self._judge.callback_errors += 1
            with self._changed:
                self._unfinished -= 1
                self._changed.notify_all()

    def flush(self, seconds: float | None = None) -> bool:
        """Wait until everything so far is judged, or this time is over; return whether it is judged."""
        end = None if seconds is None else time.monotonic() + seconds
        with self._in_this_process():
            while self._unfinished:
                left = None if end is None else end - time.monotonic()
                if left is not None and left <= 0:
                    return False
                self._changed.wait(left)
        return True

    def report(self) -> TrafficReport:
        """Return what the exchanges came to that were judged so far, and how many were passed over."""
        with self._in_this_process():
            not_sampled, dropped = self._not_sampled, self._dropped
        report = super().report()
        seen = report.exchanges + not_sampled + dropped
        return structs.replace(report, exchanges=seen, not_sampled=not_sampled, dropped=dropped)


@atexit.register
def _flush_all() -> None:
    end = time.monotonic() + EXIT_SECONDS
    for monitor in list(_monitors):
        monitor.flush(max(0.0, end - time.monotonic()))
