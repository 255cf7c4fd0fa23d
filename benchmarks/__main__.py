"""Take every ratio and print it beside its target: ``python -m benchmarks [--quick] [--write FILE]``."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from lxml import etree
from tabulate import tabulate

from . import peers
from .commands import command_rows
from .corpus import recordings
from .judging import judging, judging_rows, parsing
from .measure import each, of_check, of_process, peak_memory, ratio
from .sizes import FULL, QUICK, SEED, Row, Size, times


def main() -> None:
    """Measure, print, and write what was asked for."""
    options = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    options.add_argument("--quick", action="store_true", help="less of everything, to see that it runs")
    options.add_argument("--write", metavar="FILE", help="write the table there too, as Markdown")
    asked = options.parse_args()
    size = QUICK if asked.quick else FULL
    rows: list[Row] = []
    for row in _rows(size):
        print(f"{row[0]}: {row[1]}  (target {row[2]})", flush=True)  # noqa: T201 - this is what it is for
        rows.append(row)
    if asked.write:
        table = tabulate(
            rows, headers=("what", "measured", "target"), tablefmt="github", disable_numparse=True
        )
        Path(asked.write).write_text(f"{_HEAD.format(machine=_machine())}\n{table}\n", "utf-8")


_HEAD = """# Results

Written by `make bench`. {machine}

A ratio compares processor time in one process on the same bytes, unless it says otherwise: both sides in turns, median
of five rounds (of three for growth and workers). Each round begins with a checker that has seen nothing. The
baseline is `lxml.etree.fromstring` with the checker's parser options and one parser for all. In brackets: the 57 rules of one
context as compiled Schematron and as compiled XPaths, on the same documents, parsing included. Single decisions
and processes are taken by pyperf.
"""


def _machine() -> str:
    return (
        f"Machine: {os.cpu_count()} cores, {platform.machine()}, {platform.system()}; Python "
        f"{platform.python_version()}, lxml {version('lxml')}, libxml2 {'.'.join(map(str, etree.LIBXML_VERSION))}."
    )


def _rows(size: Size) -> Iterator[Row]:
    yield from judging_rows(size)
    yield from command_rows(size)
    yield from _memory(size)
    yield from _hostile()
    yield from _decisions()
    yield from _starting()
    yield from _growth(size)


def _memory(size: Size) -> Iterator[Row]:
    few = peak_memory("benchmarks.memory", str(min(10_000, size.most)))
    many = peak_memory("benchmarks.memory", str(size.most))
    yield f"peak memory, {size.most:,} responses in JSON Lines against 10,000", times(many / few), "≤ 1.1 ×"
    yield f"peak memory, {size.most:,} responses in JSON Lines", f"{many:.0f} MB", "≤ 200 MB"


def _hostile() -> Iterator[Row]:
    begin, _, rest = next(recordings(SEED, 1)).response.partition(b"<ep:status>")
    rest = b"<ep:status>" + rest
    deep = b"<ep:n>" * 150 + b"</ep:n>" * 150
    leaves = b"".join(b"<ep:u%d>x</ep:u%d>" % (at, at) for at in range(6_000))
    long = b"".join(b"<ep:%s%d/>" % (b"n" * 900, at) for at in range(220))
    names = b"".join(b"<ep:agend%d/>" % at for at in range(190_000))
    for what, inside, limits in (
        (
            "a response of long names, deep nesting and thousands of unlisted leaves",
            deep + leaves + long,
            "≤ 1 s, ≤ 200 MB",
        ),
        ("190,000 near-miss and unlisted names", names, "≤ 3 s"),
    ):
        content = begin + inside + rest
        seconds, peak = of_check(content)
        yield f"hostile: {what} ({len(content) // 1000:,} kB)", f"{seconds:.2f} s, {peak:.0f} MB", limits


_ASKED = (
    "from benchmarks.corpus import EVALUATOR, contexts; from benchmarks import peers; context = contexts()[0]"
)


def _decisions() -> Iterator[Row]:
    table = each(f"{_ASKED}; table = EVALUATOR.expectations(context)", "table['schedule']")
    yield "one decision, of a context's table", f"{table:.2f} µs", "≤ 0.3 µs"
    asked = each(_ASKED, "EVALUATOR.expectation('schedule', context)")
    yield "one decision, of the evaluator", f"{asked:.2f} µs", "-"
    for name, peer in (("pycasbin", "casbin"), ("cedarpy", "cedar")):
        there = getattr(peers, peer)() is not None
        taken = f"{each(f'{_ASKED}; ask = peers.{peer}()', 'ask()'):.0f} µs" if there else "not installed"
        yield f"peer: one decision, {name}", taken, "-"


def _starting() -> Iterator[Row]:
    command = os.path.join(os.path.dirname(sys.executable), "whosees")
    mine = of_process([command, "explain", "agenda", "--service", "MC"])
    theirs = of_process([sys.executable, "-c", "import lxml.etree"])
    yield "explain as a process, against importing lxml.etree", times(mine / theirs), "≤ 2.5 ×"


def _growth(size: Size) -> Iterator[Row]:
    made = [entry.response for entry in recordings(SEED, min(2_000, max(size.grown)))]
    for number in size.grown:
        contents = (made * (number // len(made) + 1))[:number]
        known = ratio(judging([(each, None) for each in contents]), parsing(contents), 3)
        yield f"growth: judge {number:,} responses, from cold", times(known), "-"


if __name__ == "__main__":
    main()
