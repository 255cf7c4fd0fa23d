"""Judge so many responses and say how much memory that took at most, in KB: ``python -m benchmarks.memory NUMBER``."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from sightline.checker.check import Settings
from sightline.checker.recordings import Recording
from sightline.checker.workers import check_all
from sightline.engine.result import ResponseResult, Summary
from sightline.reports.check_json import CheckJson

from .corpus import RULEBOOK, recordings

MADE = 2000
"""As many are made up; then they come round again, with another number in their texts."""


def judged(number: int) -> Summary:
    """Judge recordings as `check --format json` does, and throw the report away."""
    report, summary = CheckJson(RULEBOOK), Summary()
    for result in check_all(Settings(), _recordings(number), 1):
        if isinstance(result, ResponseResult):
            summary.add(result)
            deque((report.response(result),), maxlen=0)
    return summary


def _recordings(number: int) -> Iterator[Recording]:
    made = list(recordings(5, MADE))
    for index in range(number):
        entry = made[index % MADE]
        text = b">t%d " % index
        yield Recording(
            str(index), entry.response.replace(b">t", text), entry.request.replace(b">t", text), entry.sidecar
        )


def peak() -> int:
    """Give the most memory that this process held, in KB; what its parent held before it began does not count."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0])


if __name__ == "__main__":
    assert judged(int(sys.argv[1])).responses == int(sys.argv[1])  # noqa: S101 - a benchmark that judged less is none
    print(peak())  # noqa: T201 - this is what it is for
