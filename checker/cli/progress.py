"""Progress of a long run: one line on standard error that changes in place, and only on a terminal.

Progress bars of libraries, such as click's, want to know how many steps there are. Here nobody does before the end, and
the line has to make way for each part of the report.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TextIO

from ...engine.result import Outcome, Summary
from ..checking.results import Result

DELAY, INTERVAL = 1.0, 0.1
"""Seconds until the line appears, and between its changes."""

_ERASE = "\r\x1b[K"


class StatusLine:
    """A line at the end of a terminal that is replaced, or erased before other text."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shown = False

    def show(self, line: str) -> None:
        """Show a line in place of the previous one."""
        sys.stdout.flush()  # the report comes before the line
        self._stream.write(_ERASE + line)
        self._stream.flush()
        self._shown = True

    def erase(self) -> None:
        """Erase the line."""
        if self._shown:
            self._stream.write(_ERASE)
            self._stream.flush()
            self._shown = False


def is_shown_on(stream: TextIO) -> bool:
    """Return whether a stream is a terminal that can erase a line."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


class Progress:
    """Counts results that pass through. The line is erased before each one, so that a report can be written."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._line = StatusLine(stream)
        self._clock = clock
        self._next = clock() + DELAY

    def over(self, results: Iterable[Result], summary: Summary) -> Iterator[Result]:
        """Yield the results, and show how many of them the summary has counted."""
        try:
            for result in results:
                self._line.erase()
                yield result
                if (now := self._clock()) >= self._next:
                    self._next = now + INTERVAL
                    self._show(summary)
        finally:
            self._line.erase()

    def _show(self, summary: Summary) -> None:
        counts = [
            f"{summary.outcomes[outcome]:,} {outcome}" for outcome in Outcome if summary.outcomes[outcome]
        ]
        self._line.show(f"checked {summary.responses:,}" + (f": {', '.join(counts)}" if counts else ""))


def progress_over(results: Iterable[Result], summary: Summary, wanted: bool | None) -> Iterable[Result]:
    """Show progress over results if it is wanted; by default, on a terminal that can erase a line."""
    wanted = is_shown_on(sys.stderr) if wanted is None else wanted
    return Progress(sys.stderr).over(results, summary) if wanted else results
