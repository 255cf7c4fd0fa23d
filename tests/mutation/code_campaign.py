"""The mutation of the code: every mutant of the engine and of the message reader, against the tests that reach it.

The tests are collected once; in a child process they are run once with coverage, which tells for each line which tests
run it. Then a child is forked for each mutant, in which the mutant takes the place of its function, and the tests that
run its line are run in turn, quick and different ones first, until one fails.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import pkgutil
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import ModuleType

import click
import coverage
import pytest
from _pytest.runner import runtestprotocol
from tabulate import tabulate

import whosees.checker.cli
import whosees.checker.messages
import whosees.engine
import whosees.reports

from .children import first_failure, in_a_child
from .chosen import in_process, thinned
from .code_mutants import CodeMutant, of_module, put_in_place
from .code_survivors import reason

TESTS = Path(__file__).parents[1]
ROOMS = (
    *("engine", "oracle", "rules", "checker/checking", "checker/messages"),
    *("checker/cli/test_rules_diff.py", "checker/service/live/test_plan.py"),
)
"""The tests that run the code in this process."""


def _modules(*packages: ModuleType) -> Iterator[str]:
    for package in packages:
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            yield found.name


MODULES = tuple(_modules(whosees.engine, whosees.checker.messages, whosees.reports, whosees.checker.cli))
"""Every module of the engine, of the readers of messages, of the reports and of the command line."""

ONLY_IF_NAMED = ("whosees.engine.learning", "whosees.reports", "whosees.checker.cli")
"""Packages that are mutated only if one of their modules is named: their tests take too long for the rest."""

THINNED = 9
"""Of a test with many variants one of so many judges the code."""

QUICK = 0.1
"""Seconds; tests are put into order by how many of these they need."""

Reached = dict[str, dict[int, list[str]]]
"""For each file the tests that run each of its lines."""


class Campaign:
    """A plugin of pytest that runs the collected tests on mutants instead of once."""

    def __init__(self, mutants: Sequence[CodeMutant], budget: float, log: Path | None = None) -> None:
        self._mutants = mutants
        self._budget = budget
        self._log = log
        self.killed_by: dict[CodeMutant, str] = {}

    def pytest_configure(self, config: pytest.Config) -> None:
        """Know a mark that a plugin would, which is not wanted here: tests that bear it are run all the same."""
        config.addinivalue_line("markers", "no_cover: not watched by pytest-cov")

    def pytest_collection(self) -> None:
        """Before the tests are imported: their examples are the same each time, and none is written down."""
        # Imported here: pytest wants to import its plugins itself.
        from hypothesis import settings

        settings.register_profile("mutation", deadline=None, derandomize=True, database=None)
        settings.load_profile("mutation")

    def pytest_runtest_setup(self) -> None:
        """Before each test: what functions remember is forgotten, or a test would not reach what an earlier one did."""
        for module in MODULES:
            for thing in vars(sys.modules[module]).values() if module in sys.modules else ():
                if hasattr(thing, "cache_clear") and thing.__module__ == module:
                    thing.cache_clear()

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Take the place of pytest's own loop."""
        items = {
            item.nodeid: item for item in thinned(in_process(session.items), keep_one_of=THINNED, many=50)
        }
        started = time.monotonic()
        modules = {mutant.module for mutant in self._mutants}
        reached, seconds = json.loads(in_a_child(lambda: _observe(list(items.values()), modules), 3600))
        sys.stderr.write(f"{len(items)} tests observed in {time.monotonic() - started:.0f} s\n")
        for number, mutant in enumerate(self._mutants, start=1):
            chosen = _in_turn(_reaching(mutant, reached), seconds, self._budget)
            expected = sum(seconds[name] for name in chosen)
            self.killed_by[mutant] = _fate(mutant, [items[name] for name in chosen], int(5 * expected) + 20)
            if self._log:
                with self._log.open("a", encoding="utf-8") as stream:
                    stream.write(json.dumps([str(mutant), mutant.line, self.killed_by[mutant]]) + "\n")
            if number % 50 == 0:
                survived = sum(not by for by in self.killed_by.values())
                sys.stderr.write(f"{number} of {len(self._mutants)}: {survived} survived\n")
        return True


def _fate(mutant: CodeMutant, items: Sequence[pytest.Item], seconds: int) -> str:
    def work() -> str:
        put_in_place(mutant)
        return first_failure(items)

    return in_a_child(work, seconds) if items else ""


def _observe(items: Sequence[pytest.Item], modules: Iterable[str]) -> str:
    """Run every test once, and tell which lines each one runs, and how long it takes."""
    cover = coverage.Coverage(data_file=None, include=[_file(name) for name in modules], config_file=False)
    seconds: dict[str, float] = {}
    cover.start()
    for item, following in zip(items, [*items[1:], None], strict=True):
        cover.switch_context(item.nodeid)
        started = time.process_time()
        reports = runtestprotocol(item, nextitem=following, log=False)
        seconds[item.nodeid] = time.process_time() - started
        if any(report.failed for report in reports):
            raise RuntimeError(f"{item.nodeid} fails without any mutant")
    cover.stop()
    data = cover.get_data()
    reached = {file: data.contexts_by_lineno(file) for file in data.measured_files()}
    return json.dumps([reached, seconds])


def _file(module: str) -> str:
    return os.path.realpath(str(importlib.import_module(module).__file__))


def _reaching(mutant: CodeMutant, reached: Reached) -> set[str]:
    """Return the tests that run the line of a mutant, or the statement that the line is in, or else its function."""
    lines = {int(line): set(tests) - {""} for line, tests in reached.get(_file(mutant.module), {}).items()}
    if mutant.remembered:
        return set().union(*lines.values())
    before = [line for line in lines if line <= mutant.line and lines[line]]
    after = [line for line in lines if line > mutant.line and lines[line]]
    # A change in the signature is reached by what runs the first line that follows.
    in_signature = "def " in mutant.change
    if after and (in_signature or not before):
        return lines[min(after)]
    return lines[max(before)] if before else set()


def _in_turn(tests: Iterable[str], seconds: dict[str, float], budget: float) -> list[str]:
    """Put quick tests first, and of equally quick ones different tests; as many as the budget allows."""
    variants: dict[str, list[str]] = defaultdict(list)
    for test in sorted(tests, key=lambda test: (seconds[test], test)):
        variants[test.partition("[")[0]].append(test)
    turns = sorted(
        (seconds[test] // QUICK, place, seconds[test], test)
        for of_one in variants.values()
        for place, test in enumerate(of_one)
    )
    chosen: list[str] = []
    for *_, needed, test in turns:
        budget -= needed
        if chosen and budget < 0:
            break
        chosen.append(test)
    return chosen


def run(
    mutants: Sequence[CodeMutant], budget: float, log: Path | None = None, rooms: Sequence[str] = ROOMS
) -> dict[CodeMutant, str]:
    """Run the tests on each mutant; gives the name of the test that failed on it, "" where it survived."""
    campaign = Campaign(mutants, budget, log)
    options = [
        "-q",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "-p",
        "no:cov",
        "--rootdir",
        str(TESTS.parent),
    ]
    # What is mutated is imported by now, and pytest, which wants to import its plugins itself, would say so.
    options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
    code = pytest.main([*options, *(str(TESTS / room) for room in rooms)], plugins=[campaign])
    if code != pytest.ExitCode.OK:
        raise RuntimeError(f"the tests could not be run: pytest ended with {code!r}")
    return campaign.killed_by


def report(killed_by: dict[CodeMutant, str]) -> str:
    """The score of each module."""
    rows = []
    for module in [*dict.fromkeys(mutant.module for mutant in killed_by), "all"]:
        found = {mutant: by for mutant, by in killed_by.items() if module in (mutant.module, "all")}
        survived = [mutant for mutant, by in found.items() if not by]
        known = Counter(reason(str(mutant)) is not None for mutant in survived)
        ended = sum(by.startswith("ended by signal") for by in found.values())
        score = 100 * (len(found) - len(survived)) / len(found)
        rows.append(
            [
                module,
                len(found),
                len(found) - len(survived),
                ended,
                known[True],
                known[False],
                f"{score:.1f} %",
            ]
        )
    head = ["module", "mutants", "killed", "of these: hung", "survived, explained", "survived", "score"]
    return tabulate(rows, head, tablefmt="github")


def _wanted(names: Sequence[str]) -> Iterator[CodeMutant]:
    for module in MODULES:
        if module.partition(".")[2] in names if names else not module.startswith(ONLY_IF_NAMED):
            sys.stderr.write(f"making the mutants of {module}\n")
            yield from of_module(module)


def main() -> int:
    """Run all; 1 where a mutant survived for which no reason is written down."""
    parser = argparse.ArgumentParser()
    parser.add_argument("modules", nargs="*", help="only these, such as `engine.judge`")
    parser.add_argument("--budget", type=float, default=30, help="seconds of tests per mutant")
    parser.add_argument("--log", type=Path, help="a file for what became of each mutant")
    parser.add_argument("--only", type=Path, help="a log: only the mutants that survived there")
    parser.add_argument("--room", action="append", help="only the tests of this room, such as `engine`")
    asked = parser.parse_args()
    mutants = list(_wanted(asked.modules))
    if asked.only:
        lines = [json.loads(line) for line in asked.only.read_text(encoding="utf-8").splitlines()]
        survived = {said for said, _, by in lines if not by}
        mutants = [mutant for mutant in mutants if str(mutant) in survived]
    killed_by = run(mutants, asked.budget, asked.log, asked.room or ROOMS)
    click.echo(report(killed_by))
    unexplained = [mutant for mutant, by in killed_by.items() if not by and reason(str(mutant)) is None]
    for mutant in unexplained:
        click.echo(f"survived: {mutant.module}, line {mutant.line}: {mutant.change}")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
