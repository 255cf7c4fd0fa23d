"""Measure whether memory grows: ``python -m fuzz.steady PLACE`` runs everything that a campaign kept over and over."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from fuzz.target import Target
from fuzz.targets import TARGETS

SECONDS = 6.0
_STATM = Path("/proc/self/statm")


def main() -> None:
    """Write a line a target: memory after every input was read once, half-way, and at the end."""
    place = Path(sys.argv[1])
    for name, target in TARGETS.items():
        inputs = [path.read_bytes() for path in sorted((place / name / "corpus").glob("*"))]
        if inputs:
            runs, memory = _steady(target, inputs)
            sizes = " -> ".join(f"{size:.1f}" for size in memory)
            sys.stdout.write(f"{name}: {len(inputs)} inputs, {runs:,} runs, {sizes} MB\n")
            sys.stdout.flush()


def _steady(target: Target, inputs: list[bytes]) -> tuple[int, list[float]]:
    memory = []
    runs = 0
    for seconds in (0.0, SECONDS / 2, SECONDS / 2):
        end = time.process_time() + seconds
        while True:
            for content in inputs:
                target.run(content)
            runs += len(inputs)
            if time.process_time() >= end:
                break
        memory.append(_megabytes())
    return runs, memory


def _megabytes() -> float:
    return int(_STATM.read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    main()
