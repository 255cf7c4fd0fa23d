"""The mutation of the rulebook: all mutants, the tests that judge them, and the score.

Judges are the tests of tests/oracle, which share no code and no data with the product, in this process; those that run
the installed command are left out, since another process would load the rulebook as it is.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import pytest
from tabulate import tabulate

from . import rulebook_fields, rulebook_table
from .chosen import in_process, thinned
from .equivalent import EQUIVALENT
from .forked import Fate, fates
from .mutant import Mutant
from .rulebook_text import built_in

TESTS = Path(__file__).parents[1]
ORACLE = TESTS / "oracle"

JURIES = ("expect", "check", "explain")
"""A cell is judged by the tests of each of these commands alone, and has to be noticed by each."""
COMMANDS = ("matrix", "expect", "explain", "check")
THINNED = 12
"""A change outside of the table shows in one context as in another: one of so many variants of a test is enough."""


def all_mutants() -> Iterator[Mutant]:
    """Every mutant of the rulebook that ships with Whosees."""
    yield from rulebook_table.mutants(built_in())
    yield from rulebook_fields.mutants(built_in())


class Campaign:
    """A plugin of pytest that runs the collected tests on mutants instead of once."""

    def __init__(self, mutants: Sequence[Mutant]) -> None:
        self._mutants = mutants
        self.fates: list[Fate] = []

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Take the place of pytest's own loop."""
        for command in COMMANDS:
            importlib.import_module(f"whosees.checker.cli.commands.{command}")
        items = sorted(in_process(session.items), key=_quick_first)
        for fate in fates(self._mutants, lambda mutant: _juries(items, mutant)):
            self.fates.append(fate)
            done, of = len(self.fates), len(self._mutants)
            if fate.survived or not all(fate.by.values()):
                sys.stderr.write(f"survived: {fate.mutant}: {fate.by}\n")
            if done % 100 == 0 or done == of:
                sys.stderr.write(f"{done} of {of}\n")
        return True


def _juries(items: Sequence[pytest.Function], mutant: Mutant) -> dict[str, list[pytest.Function]]:
    """The tests that judge a mutant: those of each command for a cell, else all, or for what is no table a choice."""
    if mutant.kind == rulebook_table.CELL:
        at_first = sorted(items, key=lambda item: f"[{mutant.service}-" not in item.nodeid)
        return {jury: [item for item in at_first if _of_command(item, jury)] for jury in JURIES}
    if mutant.kind in rulebook_table.KINDS:
        return {"all": list(items)}
    return {"all": thinned(items, keep_one_of=THINNED, many=25)}


def _of_command(item: pytest.Function, command: str) -> bool:
    """Return whether a test asks this command; the test of the matrix stands with those of `expect`, and is none."""
    return item.path.stem == f"test_{command}" and "matrix" not in item.nodeid


def _quick_first(item: pytest.Function) -> int:
    """The order of the tests: the matrix first, and what tries many things last."""
    order = ["test_the_matrix", "test_evidence", "test_names", "test_expect", "test_explain", "test_check"]
    return next((place for place, name in enumerate(order) if name in item.nodeid), len(order))


def run(mutants: Sequence[Mutant], examples: str = "many") -> list[Fate]:
    """Run the tests on each mutant, with the examples of this profile."""
    campaign = Campaign(mutants)
    options = [
        "-q",
        "-q",
        "--hypothesis-profile",
        examples,
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "--rootdir",
        str(TESTS.parent),
        str(ORACLE),
    ]
    # The package is loaded before its tests are, as the mutants are made of it, and its plugin asserts nothing.
    options += ["-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning"]
    code = pytest.main(options, plugins=[campaign])
    if code != pytest.ExitCode.OK:
        raise RuntimeError(f"the tests could not be collected: pytest ended with {code!r}")
    return campaign.fates


def _row(kind: str, found: Sequence[Fate], survived: Sequence[Fate]) -> list[object]:
    refused = sum(fate.refused for fate in found)
    equivalent = sum(str(fate.mutant) in EQUIVALENT for fate in survived)
    score = 100 * (len(found) - len(survived)) / max(1, len(found) - equivalent)
    killed = len(found) - refused - len(survived)
    return [kind, len(found), refused, killed, equivalent, len(survived) - equivalent, f"{score:.1f} %"]


def report(found: Sequence[Fate]) -> str:
    """The score, per kind of mutation."""
    rows: list[list[object]] = []
    for kind in dict.fromkeys(fate.mutant.kind for fate in found):
        of_kind = [fate for fate in found if fate.mutant.kind == kind]
        rows.append(_row(kind, of_kind, [fate for fate in of_kind if fate.survived]))
        rows += [
            _row(f"- by `{jury}` alone", of_kind, [fate for fate in of_kind if not fate.by[jury]])
            for jury in (JURIES if kind == rulebook_table.CELL else ())
        ]
    rows.append(_row("all", found, [fate for fate in found if fate.survived]))
    head = ["mutation", "mutants", "refused", "killed", "equivalent", "survived", "score"]
    return tabulate(rows, head, tablefmt="github")


def main() -> int:
    """Run all, and say what came out of it; 1 where a mutant survived that is not known to be equivalent."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kind", action="append", help="only mutants of this kind")
    parser.add_argument("--every", type=int, default=1, help="only one mutant of so many")
    asked = parser.parse_args()
    mutants = [mutant for mutant in all_mutants() if not asked.kind or mutant.kind in asked.kind][
        :: asked.every
    ]
    found = run(mutants)
    say = click.echo
    say(report(found))
    survivors = {str(fate.mutant) for fate in found if not all(fate.by.values())}
    for survivor in sorted(survivors):
        say(f"\nsurvived: {survivor}\n  {EQUIVALENT.get(survivor, 'NO TEST NOTICES IT')}")
    wrong = EQUIVALENT.keys() & {str(mutant) for mutant in mutants} - survivors
    for name in sorted(wrong):
        say(f"\nsaid to be equivalent, and was noticed: {name}")
    return 1 if survivors - EQUIVALENT.keys() or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
