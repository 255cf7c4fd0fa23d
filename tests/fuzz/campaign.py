"""Fuzz every target for a given time, a round each in turn: ``python -m fuzz.campaign --seconds 600``. Needs atheris.

Each round is a process of its own, which begins with what the rounds before found. A line of JSON a round goes to the
log; ``python -m fuzz.figures LOG`` makes a table of it.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from fuzz.figures import Round
from fuzz.target import SCRATCH, in_memory
from fuzz.targets import TARGETS

ROUND = 60.0
"""The most seconds that a target has in a row."""
SHORTEST = 2.0

_RUNS = re.compile(r"^stat::number_of_executed_units:\s*(\d+)", re.MULTILINE)
_PEAK = re.compile(r"^stat::peak_rss_mb:\s*(\d+)", re.MULTILINE)
_BEGUN = re.compile(r"INITED .*?rss: (\d+)Mb")
_REACHED = re.compile(r"cov: (\d+) ft: \d+ corp: (\d+)/")
_RSS = re.compile(r"rss: (\d+)Mb")
_BROKEN = re.compile(r"Test unit written to (\S+)")


def main() -> int:
    """Run the campaign; 1 where an input broke a law."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600, help="in all, over the targets")
    parser.add_argument("--place", type=Path, default=Path("build/fuzz"), help="what was found is kept there")
    parser.add_argument("--log", type=Path, help="a line a round; PLACE/rounds.jsonl by default")
    parser.add_argument(
        "targets", nargs="*", metavar="TARGET", help=f"of {', '.join(TARGETS)}; all by default"
    )
    asked = parser.parse_args()
    names = asked.targets or list(TARGETS)
    if unknown := [name for name in names if name not in TARGETS]:
        parser.error(f"there is no target `{unknown[0]}`")
    place: Path = asked.place.resolve()
    place.mkdir(parents=True, exist_ok=True)
    log: Path = asked.log or place / "rounds.jsonl"
    broken = 0
    for done in _rounds(names, asked.seconds, place):
        with log.open("ab") as stream:
            stream.write(msgspec.json.encode(done) + b"\n")
        sys.stdout.write(f"{done.target}: {done.executions:,} in {done.seconds:.0f} s; {done.ended}\n")
        sys.stdout.flush()
        broken += done.ended != "whole"
    return 1 if broken else 0


def _rounds(names: Sequence[str], seconds: float, place: Path) -> Iterator[Round]:
    """Run a round of each target after the other, until the time is over."""
    end = time.monotonic() + seconds
    share = min(ROUND, max(SHORTEST, seconds / len(names)))
    while True:
        for name in names:
            if (left := end - time.monotonic()) < SHORTEST:
                return
            yield _round(name, min(share, left), place)


def _round(name: str, seconds: float, place: Path) -> Round:
    command = [sys.executable, "-m", "fuzz.run", name, str(place), f"-max_total_time={max(1, int(seconds))}"]
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="whosees-fuzz-", dir=in_memory()) as scratch:
        environment = {**os.environ, SCRATCH: scratch}
        here = Path(__file__).parents[1]
        done = subprocess.run(command, cwd=here, env=environment, capture_output=True, check=False)
    said = done.stderr.decode("utf-8", "replace")
    (place / f"{name}.log").write_text(said, "utf-8")
    reached = _REACHED.findall(said)
    broken = _BROKEN.search(said)
    begun, ended = _BEGUN.search(said), _RSS.findall(said)
    return Round(
        target=name,
        executions=_number(_RUNS.search(said)),
        seconds=round(time.monotonic() - began, 1),
        rss_begin=_number(begun),
        rss_end=int(ended[-1]) if ended else 0,
        rss_peak=_number(_PEAK.search(said)),
        edges=int(reached[-1][0]) if reached else 0,
        kept=int(reached[-1][1]) if reached else 0,
        ended="whole" if done.returncode == 0 else f"broken ({done.returncode})",
        broken=broken[1].rpartition("/")[2] if broken else "",
    )


def _number(found: re.Match[str] | None) -> int:
    return int(found[1]) if found else 0


if __name__ == "__main__":
    sys.exit(main())
