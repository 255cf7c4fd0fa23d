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

import msgspec
from lxml import etree
from tabulate import tabulate

from whosees.checker.checking.checker import Checker
from whosees.checker.checking.settings import Settings
from whosees.checker.cli.app import run
from whosees.checker.messages.xml.parser import new_parser
from whosees.checker.recordings import Recording
from whosees.engine.context import Claim, Precedence
from whosees.engine.result import ResponseResult
from whosees.reports.check.base import CheckFormatter, RenderOptions
from whosees.reports.check.json import JsonFormatter
from whosees.reports.check.text import TextFormatter

from . import peers
from .corpus import RULEBOOK, Made, Shapes, as_text, contexts, json_messages, recordings, with_findings
from .measure import ROUNDS, each, of_check, of_process, peak_memory, ratio, wall_ratio

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


FULL = Size(20_000, 20_000, 10_000, 20_000, (100, 1_000, 10_000, 100_000), 1_000_000)
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
    yield from _judging(size)
    yield from _commands(size)
    yield from _memory(size)
    yield from _hostile()
    yield from _decisions()
    yield from _starting()
    yield from _growth(size)


def _times(number: float) -> str:
    return f"{number:.2f} ×"


def _judging(size: Size) -> Iterator[Row]:
    for shapes, number, what, target in (
        (Shapes.FEW, size.responses, "judge, shapes repeating", "≤ 1.2 ×"),
        (Shapes.ORDER, size.new, "judge, every shape new: another order", "≤ 3.0 ×"),
        (Shapes.UNLISTED, size.new, "judge, every shape new: other unlisted elements", "≤ 3.0 ×"),
    ):
        made = [entry for entry in recordings(SEED, number, shapes=shapes) if entry.conformant]
        pairs = [(entry.response, entry.request if at % 2 else None) for at, entry in enumerate(made)]
        contents = [content for pair in pairs for content in pair if content is not None]
        taken = _times(ratio(judging(pairs), parsing(contents)))
        responses = [response for response, _ in pairs]
        yield f"{what}; a request beside half", f"{taken} ({_peers(responses)})", target
    broken = list(with_findings(SEED, size.slow))
    for formatter, what, target in (
        (JsonFormatter(RULEBOOK), "JSON", "≤ 1.5 ×"),
        (TextFormatter(RULEBOOK, RenderOptions()), "text", "≤ 2.5 ×"),
    ):
        taken = _times(ratio(reporting(broken, formatter), parsing(broken)))
        yield f"judge, 6 errors each, {what} written", f"{taken} ({_peers(broken)})", target
    yield from _json(size)


def _json(size: Size) -> Iterator[Row]:
    for new, what, target in ((False, "repeating", "≤ 5 ×"), (True, "new", "≤ 8 ×")):
        contents = list(json_messages(SEED, size.slow, new=new))
        taken = _times(ratio(judging([(each, None) for each in contents], JSON), decoding(contents)))
        yield f"judge JSON messages, shapes {what}, against msgspec.json.decode", taken, target


JSON = Settings(rules="webex-rest-meeting", claims=(Claim("view", "user", "--view", Precedence.FLAG),))


def parsing(contents: list[bytes]) -> Callable[[], None]:
    """Parse, and do no more: the baseline."""

    def parse() -> None:
        for content in contents:
            etree.fromstring(content, PARSER)

    return parse


def decoding(contents: list[bytes]) -> Callable[[], None]:
    """Return a loop that decodes JSON, the baseline."""

    def decode() -> None:
        for content in contents:
            msgspec.json.decode(content)

    return decode


def judging(pairs: list[tuple[bytes, bytes | None]], settings: Settings | None = None) -> Callable[[], None]:
    """Return a loop that judges responses, some with their requests, by a checker that has seen nothing yet."""

    def judge() -> None:
        checker = Checker(settings or Settings())
        for response, request in pairs:
            for _ in checker.check(Recording("it", response, request)):
                pass

    return judge


def reporting(contents: list[bytes], formatter: CheckFormatter) -> Callable[[], None]:
    """Return a loop that judges and writes a report."""

    def report() -> None:
        checker = Checker(Settings())
        for content in contents:
            for result in checker.check(Recording("it", content)):
                if isinstance(result, ResponseResult):
                    formatter.response(result)

    return report


def _peers(contents: list[bytes]) -> str:
    """Return what others take on a tenth of these documents, parsing included: the 57 rules of one context."""
    context, sample = contexts()[0], contents[::10]
    taken = []
    for name, holds in (("Schematron", peers.schematron(context)), ("XPaths", peers.xpaths(context))):

        def work(holds: Callable[[etree._Element], bool] = holds) -> None:
            for content in sample:
                holds(etree.fromstring(content, PARSER))

        taken.append(f"{name} {_times(ratio(work, parsing(sample), 3))}")
    return ", ".join(taken)


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
            taken = _times(ratio(_check(files, out), _reading(files), ROUNDS))
            yield f"check DIR of {size.files:,} files, {what}, one worker", taken, "≤ 1.6 ×"
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
            line = {"id": number, "request": as_text(entry.request), "response": as_text(entry.response)}
            stream.write(json.dumps(line) + "\n")

    def loop() -> None:
        with open(path, "rb") as stream:
            for line in stream:
                entry = json.loads(line)
                etree.fromstring(entry["response"].encode(), PARSER)
                etree.fromstring(entry["request"].encode(), PARSER)

    check = _check(path, out)
    yield "check one JSON Lines file, one worker", _times(ratio(check, loop, ROUNDS)), "≤ 1.6 ×"
    yield from _json_rulebook(folder, out, size)
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


def _json_rulebook(folder: str, out: str, size: Size) -> Iterator[Row]:
    path = os.path.join(folder, "json.jsonl")
    with open(path, "w", encoding="utf-8") as stream:
        stream.writelines(
            json.dumps({"response": content.decode()}) + "\n"
            for content in json_messages(SEED, size.files, new=False)
        )

    def loop() -> None:
        with open(path, "rb") as stream:
            for line in stream:
                msgspec.json.decode(msgspec.json.decode(line)["response"])

    check = _check(path, out, "--rules", "webex-rest-meeting", "--fact", "view=user")
    what = "check a JSON rulebook's JSON Lines, against decoding line and response"
    yield what, _times(ratio(check, loop, ROUNDS)), "≤ 6 ×"


def _memory(size: Size) -> Iterator[Row]:
    few = peak_memory("benchmarks.memory", str(min(10_000, size.most)))
    many = peak_memory("benchmarks.memory", str(size.most))
    yield f"peak memory, {size.most:,} responses in JSON Lines against 10,000", _times(many / few), "≤ 1.1 ×"
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
    yield "explain as a process, against importing lxml.etree", _times(mine / theirs), "≤ 2.5 ×"


def _growth(size: Size) -> Iterator[Row]:
    made = [entry.response for entry in recordings(SEED, min(2_000, max(size.grown)))]
    for number in size.grown:
        contents = (made * (number // len(made) + 1))[:number]
        known = ratio(judging([(each, None) for each in contents]), parsing(contents), 3)
        yield f"growth: judge {number:,} responses, from cold", _times(known), "-"


if __name__ == "__main__":
    main()
