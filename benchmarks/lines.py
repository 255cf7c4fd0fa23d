"""Write so many recordings as JSON Lines to standard output: ``python -m benchmarks.lines NUMBER``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

from .corpus import as_text, recordings

MADE = 2000
"""As many are made up; then they come round again, with another number in their texts."""


def lines(number: int) -> Iterator[bytes]:
    """Return lines with a request and a response each."""
    made = [
        json.dumps({"request": as_text(entry.request), "response": as_text(entry.response)}).encode() + b"\n"
        for entry in recordings(5, MADE)
    ]
    for index in range(number):
        yield made[index % MADE].replace(b">t", b">t%d " % index)


if __name__ == "__main__":
    for line in lines(int(sys.argv[1])):
        sys.stdout.buffer.write(line)
