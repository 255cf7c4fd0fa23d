"""Mutants of the matrix: its cells, its paths, its printed names, its order."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise

from .mutant import Mutant, Source

ELEMENT, PATH, CELLS = 0, 1, range(2, 7)
SERVICES = ("MC", "SC", "TC", "EC", "AO")
CELL = "cell changed"
KINDS = (
    CELL,
    *("row removed", "printed name misspelt", "printed name swapped", "rows in another order"),
    *("path misspelt", "path moved", "path swapped"),
)
MARKERS = ("✓", "X", "PW")


def mutants(source: Source) -> Iterator[Mutant]:
    """Each cell with each other marker; each path and row removed, misspelt, moved and swapped with each other one."""
    yield from _cells(source)
    yield from _rows(source)
    yield from _paths(source)


def _cells(source: Source) -> Iterator[Mutant]:
    head, *rows = source.table
    for number, row in enumerate(rows, start=1):
        for column in CELLS:
            for marker in MARKERS:
                if marker != row[column]:
                    mutant = source.copy()
                    mutant.table[number][column] = marker
                    name = f"{row[PATH]} for {head[column]}: {row[column]} becomes {marker}"
                    yield Mutant(CELL, name, mutant, SERVICES[column - CELLS.start])


def _rows(source: Source) -> Iterator[Mutant]:
    rows = source.table
    for number in range(1, len(rows)):
        mutant = source.copy()
        del mutant.table[number]
        yield Mutant("row removed", rows[number][PATH], mutant)
    for number in range(1, len(rows)):
        mutant = source.copy()
        mutant.table[number][ELEMENT] += "s"
        yield Mutant("printed name misspelt", rows[number][PATH], mutant)
    for one, other in pairwise(range(1, len(rows))):
        if rows[one][ELEMENT] != rows[other][ELEMENT]:
            mutant = source.copy()
            _swap(mutant, one, other, ELEMENT)
            yield Mutant("printed name swapped", f"{rows[one][PATH]} and {rows[other][PATH]}", mutant)
        mutant = source.copy()
        mutant.table[one], mutant.table[other] = mutant.table[other], mutant.table[one]
        yield Mutant("rows in another order", f"{rows[one][PATH]} and {rows[other][PATH]}", mutant)


def _paths(source: Source) -> Iterator[Mutant]:
    rows = source.table
    paths = {row[PATH] for row in rows}
    for number in range(1, len(rows)):
        path = rows[number][PATH]
        parent, _, name = path.rpartition("/")
        above = f"{parent}/" if parent else ""
        wrong = {
            "path misspelt": [f"{path}s", f"{above}{name[:-1]}", f"{above}{name[0].swapcase()}{name[1:]}"],
            "path moved": [
                *([f"{parent.rpartition('/')[0]}/{name}".lstrip("/")] if parent else []),
                *(f"{other}/{name}" for other in ("metaData", "material", "host") if other != parent),
            ],
        }
        for kind, candidates in wrong.items():
            for candidate in dict.fromkeys(candidates):
                if candidate not in paths:
                    mutant = source.copy()
                    mutant.table[number][PATH] = candidate
                    yield Mutant(kind, f"{path} becomes {candidate}", mutant)
    for one, other in combinations(range(1, len(rows)), 2):
        mutant = source.copy()
        _swap(mutant, one, other, PATH)
        yield Mutant("path swapped", f"{rows[one][PATH]} and {rows[other][PATH]}", mutant)


def _swap(source: Source, one: int, other: int, column: int) -> None:
    table = source.table
    table[one][column], table[other][column] = table[other][column], table[one][column]
