"""Elements that a schema has and no recording shows: rows whose cells nobody can decide yet."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from .cells import Cell, Matrix


def with_unseen(matrix: Matrix, schema: Sequence[str], never: Collection[str] = ()) -> Matrix:
    """Return a matrix that has every element of a schema, in its order; those of ``never`` are hidden if nobody saw them.

    An element that was never seen is not known, unless its container is hidden.
    """
    seen = set(matrix.paths)
    paths = merge_paths(schema, matrix.paths)
    cells: dict[tuple[str, str], Cell] = {}
    for path in paths:
        for column in matrix.space.columns:
            known = matrix.cells.get((path, column))
            container = cells.get((path.rpartition("/")[0], column))
            cells[path, column] = known or _unseen(matrix, path, column, container, never=path in never)
    return replace(matrix, paths=paths, cells=cells, unseen=tuple(path for path in paths if path not in seen))


def _unseen(matrix: Matrix, path: str, column: str, container: Cell | None, *, never: bool) -> Cell:
    possible = matrix.space.possible[column]
    withheld = possible if never else container.withheld if container is not None else 0
    return Cell(path, column, possible, withheld=withheld)


def merge_paths(known_paths: Sequence[str], seen: Sequence[str]) -> tuple[str, ...]:
    """Return known elements in their order, and others after the sibling, with all that is in it, that they follow."""
    paths, known = list(known_paths), set(known_paths)
    before: str | None = None
    for path in seen:
        if path not in known:
            place = 0
            if before is not None:
                sibling = "/".join(before.split("/")[: path.count("/") + 1])
                place = paths.index(before) + 1
                while place < len(paths) and paths[place].startswith(f"{sibling}/"):
                    place += 1
            paths.insert(place, path)
        before = path
    return tuple(paths)
