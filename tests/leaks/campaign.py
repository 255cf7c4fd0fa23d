"""The campaign of `make leaks`: every row that a response must not show, in every way, in every response of the corpus.

Run as ``python -m leaks.campaign [--write FILE]`` in tests/. Its exit code is 1 if any leak was silent.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from .containers import CONTAINERS, packed_verdicts
from .corpus import Case, examples, generated, json_documents
from .json_ways import JSON_WAYS
from .plants import VERDICTS, plants
from .transformations import XML_WAYS, Transformation

SHOWN = 10
"""Silent leaks of a way that are shown: the first few tell what it is."""

HEAD = """\
# Planted leaks

Written by `make leaks`. Each line is a way to leak an element. In each way every row that a response must not show is planted in
every conformant response of the corpus: the synthetic examples, and generated ones for every context (one for those that expect
the same). *Violating* and *unchecked* fail a run with exit code 1 and 3; *warned* has a warning; *silent* is a leak that passed as
green.
"""


class Figures:
    """Counts of the leaks planted in each way, by verdict, and those of them that were silent."""

    def __init__(self) -> None:
        self.counts: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        self.silent: defaultdict[tuple[str, str], list[str]] = defaultdict(list)

    def add(self, group: str, way: str, verdict: str, name: str) -> None:
        """Count a leak."""
        self.counts[group, way][verdict] += 1
        if verdict == "silent":
            self.silent[group, way].append(name)

    @property
    def total(self) -> Counter[str]:
        """The leaks of all ways, by verdict."""
        return sum(self.counts.values(), Counter[str]())

    def table(self) -> str:
        """Return the figures as a table of Markdown."""
        lines = [f"| leak | way | planted | {' | '.join(VERDICTS)} |", "|---" * 7 + "|"]
        for group, way, counts in (
            *((*key, counts) for key, counts in self.counts.items()),
            ("all", "", self.total),
        ):
            figures = [sum(counts.values()), *(counts[verdict] for verdict in VERDICTS)]
            lines.append(f"| {group} | {way} | {' | '.join(f'{figure:,}' for figure in figures)} |")
        return "\n".join(lines)


def plant_messages(figures: Figures, cases: Iterable[Case], ways: Iterable[Transformation]) -> None:
    """Plant leaks in messages by themselves."""
    for plant in plants(cases, ways):
        verdict = plant.verdict()
        if verdict is not None:
            figures.add(plant.way.group, plant.way.name, verdict, str(plant))


def plant_containers(figures: Figures, cases: Iterable[Case], wire: str) -> None:
    """Plant leaks in recordings of every format."""
    with TemporaryDirectory() as folder:
        for name in CONTAINERS:
            for case in cases:
                for path, verdict in packed_verdicts(name, case, Path(folder)):
                    figures.add(f"container, {wire}", name, verdict, f"{path} in {case.name}")


def main(arguments: list[str] | None = None) -> int:
    """Run the whole campaign and report its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="a file for the figures")
    options = parser.parse_args(arguments)
    begun = time.process_time()
    figures = Figures()
    plant_messages(figures, (*examples(), *generated()), XML_WAYS)
    plant_containers(figures, (*examples(), *generated()), "XML")
    plant_messages(figures, json_documents(), JSON_WAYS)
    plant_containers(figures, json_documents(), "JSON")
    for (group, way), names in figures.silent.items():
        for name in names[:SHOWN]:
            sys.stdout.write(f"silent: {group}, {way}: {name}\n")
    planted, silent = figures.total.total(), figures.total["silent"]
    taken = f"{planted:,} leaks, {silent:,} silent, {time.process_time() - begun:.0f} s of CPU\n"
    sys.stdout.write(f"{figures.table()}\n\n{taken}")
    if options.write is not None:
        options.write.write_text(f"{HEAD}\n{figures.table()}\n\n{taken}", "utf-8")
    return 1 if silent else 0


if __name__ == "__main__":
    sys.exit(main())
