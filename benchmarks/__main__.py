"""Take every ratio and print it beside its target: ``python -m benchmarks [--quick] [--write FILE]``."""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from lxml import etree
from tabulate import tabulate

from whosees.checker.checking.checker import Checker, Settings
from whosees.checker.cli.app import run
from whosees.checker.messages.xml.parser import new_parser
from whosees.checker.recordings import Recording
from whosees.engine.result import ResponseResult
from whosees.reports.check.json import JsonFormatter

from . import peers
from .corpus import RULEBOOK, Made, Shapes, contexts, recordings, with_findings
from .measure import each, of_process, peak_memory, ratio, wall_ratio

SEED = 20260


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    responses: int
    new: int
    slow: int
    files: int
    grown: tuple[int, ...]
    most: int


FULL = Size(20_000, 20_000, 4_000, 20_000, (100, 1_000, 10_000, 100_000, 1_000_000), 1_000_000)
QUICK = Size(2_000, 500, 500, 1_000, (100, 1_000), 10_000)

PARSER = new_parser()
"""The checker's own options; one parser for all documents, which is the cheapest way to parse."""

Row = tuple[str, str, str]


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
of seven rounds (of three for commands and growth). Each round begins with a checker that has seen nothing. The
baseline is `lxml.etree.fromstring` with the checker's parser options and one parser for all. Single decisions and
processes are taken by pyperf.
"""


def _machine() -> str:
    return (
        f"Machine: {os.cpu_count()} cores, {platform.machine()}, {platform.system()}; Python "
        f"{platform.python_version()}, lxml {version('lxml')}, libxml2 {'.'.join(map(str, etree.LIBXML_VERSION))}."
    )


def _rows(size: Size) -> Iterator[Row]:
    yield from _judging(size)
    yield from _peers(size)
    yield from _commands(size)
    yield from _memory(size)
    yield from _decisions()
    yield from _starting()
    yield from _growth(size)


def _times(number: float) -> str:
    return f"{number:.2f} ×"


def _judging(size: Size) -> Iterator[Row]:
    usual = [made for made in recordings(SEED, size.responses) if made.conformant]
    responses = [made.response for made in usual]
    yield (
        "judge a conformant response, shapes repeating",
        _times(ratio(judging(responses), parsing(responses))),
        "≤ 1.0 ×",
    )
    both = [content for made in usual for content in (made.response, made.request)]
    yield "… with its request and sidecar", _times(ratio(judging_pairs(usual), parsing(both))), "≤ 1.0 ×"
    awkward = [made.response for made in recordings(SEED, size.responses, reference=0.05) if made.conformant]
    yield (
        "… 5 % with a reference or line end in a text",
        _times(ratio(judging(awkward), parsing(awkward))),
        "-",
    )
    slow = responses[: size.slow]
    yield "… with --no-fast-path", _times(ratio(judging(slow, fast_path=False), parsing(slow))), "-"
    for shapes, what in (
        (Shapes.ORDER, "judge a conformant response, every shape new: another order"),
        (Shapes.UNLISTED, "… every shape new: other unlisted elements, a finding for each"),
    ):
        new = [made.response for made in recordings(SEED, size.new, shapes=shapes) if made.conformant]
        yield what, _times(ratio(judging(new), parsing(new))), "≤ 1.8 ×"
    broken = list(with_findings(SEED, size.slow))
    yield (
        "judge a response with 5 findings, shapes repeating, JSON written",
        _times(ratio(reporting(broken), parsing(broken))),
        "≤ 3 ×",
    )


def parsing(contents: list[bytes]) -> Callable[[], None]:
    """Parse, and do no more: the baseline."""

    def parse() -> None:
        for content in contents:
            etree.fromstring(content, PARSER)

    return parse


def judging(contents: list[bytes], *, fast_path: bool = True) -> Callable[[], None]:
    """Judge with a checker that has seen nothing yet."""

    def judge() -> None:
        checker = Checker(Settings(fast_path=fast_path))
        for content in contents:
            for _ in checker.check(Recording("it", content)):
                pass

    return judge


def judging_pairs(made: list[Made]) -> Callable[[], None]:
    """Judge responses with what belongs to them."""

    def judge() -> None:
        checker = Checker(Settings())
        for entry in made:
            for _ in checker.check(Recording("it", entry.response, entry.request, entry.sidecar)):
                pass

    return judge


def reporting(contents: list[bytes]) -> Callable[[], None]:
    """Judge and write JSON."""

    def report() -> None:
        checker, written = Checker(Settings()), JsonFormatter(RULEBOOK)
        for content in contents:
            for result in checker.check(Recording("it", content)):
                if isinstance(result, ResponseResult):
                    written.response(result)

    return report


def _peers(size: Size) -> Iterator[Row]:
    context = contexts()[0]
    mine = [made.response for made in recordings(SEED, size.responses // 10)]
    mine = mine[:: len(contexts())]
    for name, holds in (
        ("Schematron, the 57 rules of one context", peers.schematron(context)),
        ("compiled XPaths, the 57 rules of one context", peers.xpaths(context)),
    ):

        def work(holds: Callable[[etree._Element], bool] = holds) -> None:
            for content in mine:
                holds(etree.fromstring(content, PARSER))

        yield f"peer: {name}, parsing included", _times(ratio(work, parsing(mine))), "-"


def _commands(size: Size) -> Iterator[Row]:
    made = list(recordings(SEED, size.files))
    gc.freeze()  # as the installed command does when it starts: what is here already is none of its garbage
    with tempfile.TemporaryDirectory() as folder:
        alone, pairs = (os.path.join(folder, name) for name in ("alone", "pairs"))
        os.mkdir(alone)
        os.mkdir(pairs)
        for number, entry in enumerate(made):
            Path(alone, f"{number:06}.response.xml").write_bytes(entry.response)
            if number < size.files // 2:
                Path(pairs, f"{number:06}.response.xml").write_bytes(entry.response)
                Path(pairs, f"{number:06}.request.xml").write_bytes(entry.request)
        out = os.path.join(folder, "out.json")
        for files, what in ((alone, "responses"), (pairs, "responses and requests")):
            taken = _times(ratio(_check(files, out), _reading(files), 3))
            yield f"check DIR of {size.files:,} files, {what}, one worker", taken, "≤ 1.3 ×"
        yield from _json_lines(folder, made, out, size)


def _reading(folder: str) -> Callable[[], None]:
    """Read and parse the files of a folder."""

    def loop() -> None:
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
            with open(entry.path, "rb") as stream:
                etree.fromstring(stream.read(), PARSER)

    return loop


def _check(path: str, out: str, *options: str) -> Callable[[], None]:
    def check() -> None:
        run(["check", path, "--exit-zero", "--format", "json", "-o", out, *options])

    return check


def _json_lines(folder: str, made: list[Made], out: str, size: Size) -> Iterator[Row]:
    path = os.path.join(folder, "recordings.jsonl")
    with open(path, "w", encoding="utf-8") as stream:
        for number, entry in enumerate(made):
            line = {"id": number, "request": entry.request.decode(), "response": entry.response.decode()}
            stream.write(json.dumps(line) + "\n")

    def loop() -> None:
        with open(path, "rb") as stream:
            for line in stream:
                entry = json.loads(line)
                etree.fromstring(entry["response"].encode(), PARSER)
                etree.fromstring(entry["request"].encode(), PARSER)

    check = _check(path, out)
    yield "check one JSON Lines file, one worker", _times(ratio(check, loop, 3)), "≤ 1.3 ×"
    yield from _workers(folder, path, out, size)


def _workers(folder: str, path: str, out: str, size: Size) -> Iterator[Row]:
    """Two processes against one: what a process costs to begin with counts less the more there is to judge."""
    many = os.path.join(folder, "many.jsonl")
    with open(many, "wb") as stream:
        stream.writelines(Path(path).read_bytes() for _ in range(10))
    alone = os.path.join(folder, "alone")
    for place, what in (
        (many, f"{10 * size.files:,} responses in JSON Lines"),
        (path, f"{size.files:,} responses in JSON Lines"),
        (alone, f"DIR of {size.files:,} files"),
    ):
        two = 1 / wall_ratio(_check(place, out, "--jobs", "2"), _check(place, out), 3)
        target = "≥ 1.7 ×" if place == many else "-"
        yield f"two workers against one, elapsed time, {what}", _times(two), target
    slowly = _check(path, out, "--no-fast-path")
    two = 1 / wall_ratio(_check(path, out, "--no-fast-path", "--jobs", "2"), slowly, 3)
    yield f"… {size.files:,} responses in JSON Lines, --no-fast-path", _times(two), "-"


def _memory(size: Size) -> Iterator[Row]:
    few = peak_memory("benchmarks.memory", str(min(10_000, size.most)))
    many = peak_memory("benchmarks.memory", str(size.most))
    yield f"peak memory, {size.most:,} responses in JSON Lines against 10,000", _times(many / few), "≤ 1.1 ×"
    yield f"peak memory, {size.most:,} responses in JSON Lines", f"{many:.0f} MB", "≤ 200 MB"


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
    yield "explain as a process, against importing lxml.etree", _times(mine / theirs), "≤ 2.5 ×"


def _growth(size: Size) -> Iterator[Row]:
    made = [entry.response for entry in recordings(SEED, min(2_000, max(size.grown)))]
    for number in size.grown:
        contents = (made * (number // len(made) + 1))[:number]
        known = ratio(judging(contents), parsing(contents), 3)
        yield f"growth: judge {number:,} responses, from cold", _times(known), "-"


if __name__ == "__main__":
    main()
