"""The elements that become rows: those of recordings and of a schema, without what no rulebook can have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from ...engine.learning.cells import Matrix
from ...engine.learning.evidence import Evidence
from ...engine.learning.unseen import with_unseen
from ...rules.model import Rulebook
from ...rules.names import join_names
from ...rules.paths import ANY_NAME, path_error
from ..schemas.outline import Outline


def free_key_containers(paths: Iterable[str]) -> tuple[str, ...]:
    """Return the containers whose members have free keys for names, and no others; `.` is the body."""
    names: dict[str, set[str]] = {}
    for path in paths:
        container, _, name = path.rpartition("/")
        names.setdefault(container, set()).add(name)
    return tuple(container or "." for container, inner in names.items() if inner == {ANY_NAME})


def with_schema(matrix: Matrix, outline: Outline, base: Rulebook | None, notes: list[str]) -> Matrix:
    """Add the elements of a schema that no recording shows, and note how recordings and schema differ."""
    unlisted = set(base.document.unlisted.paths) if base else set()
    paths = [element.path for element in outline.elements if element.path not in unlisted]
    unknown = [path for path in matrix.paths if path not in set(paths)]
    if unknown:
        notes.append(f"the schema does not have {_some(unknown)}, which recordings show")
    write_only = {element.path for element in outline.elements if element.is_write_only}
    shown = [path for path in matrix.paths if path in write_only]
    if shown:
        notes.append(f"recordings show {_some(shown)}, which is for requests only by the schema")
    return with_unseen(matrix, paths, write_only)


def _some(paths: list[str]) -> str:
    more = f" and {len(paths) - FEW:,} more" if len(paths) > FEW else ""
    return f"{join_names(paths[:FEW])}{more}"


def name_unseen_rows(evidence: Evidence, base: Rulebook | None) -> list[str]:
    """Name the rows of a base that no recording shows: it cannot be told whether they are hidden or not set."""
    seen = set(evidence.paths)
    rows = [row.path for row in base.rows if row.path not in seen] if base else []
    some = ", ".join(f"`{path}`" for path in rows[:FEW])
    more = f" and {len(rows) - FEW:,} more" if len(rows) > FEW else ""
    return [f"no recording shows {some}{more}, so the draft has no row for them"] if rows else []


def name_withheld(paths: Iterable[str]) -> list[str]:
    """Name the elements that recordings have and that count as absent there; the draft demands no mask."""
    found = sorted(paths)
    text = f"counted as absent where masked or null, as `[wire]` says: {_some(found)}; a marker with `granted` masked demands a mask"
    return [text] if found else []


FEW = 5
"""Names that a note lists."""

MANY_CHILDREN = 100
"""Names in one container, from which on they look like keys of a map."""


def about_paths(evidence: Evidence, outline: Outline | None = None) -> list[str]:
    """Return notes about elements that are no rows as they are; names that a schema has are no keys of a map."""
    notes = []
    children: dict[str, int] = {}
    known = {element.path for element in outline.elements} if outline else set()
    for path in evidence.paths:
        if path in known:
            continue
        parent = path.rpartition("/")[0]
        children[parent] = children.get(parent, 0) + 1
    for parent, number in children.items():
        if number >= MANY_CHILDREN:
            notes.append(
                f"{f'`{parent}`' if parent else 'the body'} has {number:,} different names in it, which look like keys of a map: "
                f"learn them as one with --map {parent or '.'}"
            )
    if evidence.too_many_paths:
        notes.append(f"only the first {len(evidence.paths):,} different elements were learnt")
    return notes


def drop_unlisted(matrix: Matrix, base: Rulebook | None) -> Matrix:
    """Leave out what a base lists as known and not judged, unless rows are in it."""
    if base is None:
        return matrix
    unlisted = set(base.document.unlisted.paths)
    paths = tuple(path for path in matrix.paths if path not in unlisted)
    order = {row.path: row.number for row in base.rows}
    if all(path in order for path in paths):
        paths = tuple(sorted(paths, key=lambda path: order[path]))
    return _restrict(matrix, paths)


def _restrict(matrix: Matrix, paths: tuple[str, ...]) -> Matrix:
    kept = set(paths)
    return replace(
        matrix, paths=paths, cells={where: cell for where, cell in matrix.cells.items() if where[0] in kept}
    )


def with_valid_paths(matrix: Matrix, wire: Literal["xml", "json"], notes: list[str]) -> Matrix:
    """Leave out elements whose names no row of a rulebook can have."""
    paths = tuple(path for path in matrix.paths if not path_error(path, wire, allow_any=True))
    if len(paths) < len(matrix.paths):
        left_out = [path for path in matrix.paths if path_error(path, wire, allow_any=True)]
        some = ", ".join(f"`{path}`" for path in left_out[:3])
        notes.append(
            f"a rulebook cannot have rows for {len(left_out):,} of the elements, such as {some}; they are left out"
        )
    return _restrict(matrix, paths)
