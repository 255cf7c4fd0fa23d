"""The figures of a campaign: ``python -m fuzz.figures LOG`` makes a table of its log."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec


class Round(msgspec.Struct, frozen=True):
    """The result of one round of a target. Memory is in MB, when all seeds were read, at the end, and at most.

    ``edges`` and ``kept`` are what was reached and kept by its end; ``broken`` names an input that broke a law.
    """

    target: str
    executions: int
    seconds: float
    rss_begin: int
    rss_end: int
    rss_peak: int
    edges: int
    kept: int
    ended: str
    broken: str = ""


def rounds_of(log: bytes) -> list[Round]:
    """Read a log."""
    return [msgspec.json.decode(line, type=Round) for line in log.splitlines()]


def table(rounds: Iterable[Round]) -> Iterator[str]:
    """Return the lines of a table in Markdown: a target a line, and all of them together."""
    by_target: dict[str, list[Round]] = {}
    for entry in rounds:
        by_target.setdefault(entry.target, []).append(entry)
    yield "| target | executions | a second | rounds | MB at the begin | MB at the end | edges | inputs kept | broke a law |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|--:|"
    everything = [entry for entries in by_target.values() for entry in entries]
    for name, entries in by_target.items():
        yield _line(name, entries)
    executions, seconds = _sums(everything)
    broken = sum(entry.ended != "whole" for entry in everything)
    yield f"| in all | {executions:,} | {executions / max(seconds, 1):,.0f} | {len(everything)} | | | | | {broken} |"


def _line(name: str, entries: list[Round]) -> str:
    executions, seconds = _sums(entries)
    begin, end = (max(getattr(entry, key) for entry in entries) for key in ("rss_begin", "rss_end"))
    broken = sum(entry.ended != "whole" for entry in entries)
    last = entries[-1]
    return (
        f"| {name} | {executions:,} | {executions / max(seconds, 1):,.0f} | {len(entries)} | {begin} | {end} "
        f"| {last.edges} | {last.kept} | {broken} |"
    )


def _sums(entries: list[Round]) -> tuple[int, float]:
    return sum(entry.executions for entry in entries), sum(entry.seconds for entry in entries)


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in table(rounds_of(Path(sys.argv[1]).read_bytes())))
