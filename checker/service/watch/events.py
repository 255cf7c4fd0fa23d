"""The file of events: a line of JSON for each new finding, and for the totals."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from ....reports.commands.watch import WatchTotals, finding_event, totals_event
from ....rules.model import Rulebook
from .log import SeenFinding


class EventFile:
    """Appends events; each is in the file as soon as it is written. Raises OSError."""

    def __init__(self, path: str) -> None:
        # Not buffered, so that a process that is killed leaves whole lines.
        self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)

    def finding(self, rulebook: Rulebook, seen: SeenFinding) -> None:
        """Append a new finding."""
        self._append(finding_event(rulebook, seen.result, seen.finding, _now()))

    def totals(self, totals: WatchTotals) -> None:
        """Append the totals."""
        self._append(totals_event(totals, _now()))

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)

    def _append(self, line: str) -> None:
        content = f"{line}\n".encode()
        while content:
            content = content[os.write(self._descriptor, content) :]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
