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
from ..checking.checker import Result

DELAY, INTERVAL = 1.0, 0.1
"""Seconds until the line appears, and between its changes."""

_ERASE = "\r\x1b[K"


class Progress:
    """Counts results that pass through. The line is erased before each one, so that a report can be written."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._next = clock() + DELAY
        self._shown = False

    def over(self, results: Iterable[Result], summary: Summary) -> Iterator[Result]:
        """Yield the results, and show how many of them the summary has counted."""
        try:
            for result in results:
                self._erase()
                yield result
                if (now := self._clock()) >= self._next:
                    self._next = now + INTERVAL
                    self._show(summary)
        finally:
            self._erase()

    def _show(self, summary: Summary) -> None:
        counts = [
            f"{summary.outcomes[outcome]:,} {outcome}" for outcome in Outcome if summary.outcomes[outcome]
        ]
        sys.stdout.flush()  # the report comes before the line
        line = f"checked {summary.responses:,}" + (f": {', '.join(counts)}" if counts else "")
        self._stream.write(_ERASE + line)
        self._stream.flush()
        self._shown = True

    def _erase(self) -> None:
        if self._shown:
            self._stream.write(_ERASE)
            self._stream.flush()
            self._shown = False


def progress_over(results: Iterable[Result], summary: Summary, wanted: bool | None) -> Iterable[Result]:
    """Show progress over results if it is wanted; by default, on a terminal that can erase a line."""
    is_terminal = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    wanted = is_terminal if wanted is None else wanted
    return Progress(sys.stderr).over(results, summary) if wanted else results
