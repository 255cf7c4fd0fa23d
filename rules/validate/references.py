"""Validation of the references of ``rulebook.toml`` to rows of the matrix."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..model import CitedFor, Document, Row
from ..paths import path_error
from .checks import check_references, check_values, duplicates


def reference_errors(document: Document, rows: Iterable[Row]) -> Iterator[str]:
    """Report, one by one, references to rows that do not exist."""
    rows = tuple(rows)
    paths = {row.path for row in rows}
    yield from check_references("spellings", document.spellings, paths)
    yield from _spelling_errors(document, paths)
    for note in document.notes:
        yield from check_references(f"notes.{note.id}.rows", note.rows, paths)
    if document.variables:
        yield from check_references("variables.path", [document.variables.path], paths)
    yield from _unlisted_errors(document, paths)
    yield from _common_errors(document, rows)
    yield from _option_errors(document, paths)
    yield from _mask_errors(document, rows)
    for entry in document.interpretations:
        yield from _scope_errors(document, f"interpretations.{entry.id}.cited_for", entry.cited_for, paths)
    for statement in document.statements:
        key = f"statements.{statement.id}.cited_for"
        yield from _scope_errors(document, key, statement.cited_for, paths)


def _unlisted_errors(document: Document, paths: set[str]) -> Iterator[str]:
    unlisted = document.unlisted
    for path in unlisted.paths:
        if path in paths:
            yield f"`unlisted.paths`: `{path}` is a row of the table"
        elif error := path_error(path, document.wire.format, allow_any=True):
            yield f"`unlisted.paths`: `{path}` {error}"
    if unlisted.cite is not None:
        yield from check_references(
            "unlisted.cite", [unlisted.cite], [each.id for each in document.interpretations]
        )
    yield from check_references("unlisted.notes", unlisted.notes, unlisted.paths)


def _option_errors(document: Document, paths: set[str]) -> Iterator[str]:
    """Report options of rows that do not exist, that do not fit the format, or that name no single element."""
    yield from check_references("rows", document.rows, paths)
    for path, options in document.rows.items():
        if options.nulls is not None and document.wire.format != "json":
            yield f'`rows."{path}"`: `nulls` belongs to `format = "json"`, but the format here is `xml`'
        for other in options.when:
            if error := path_error(other, document.wire.format, allow_any="*" in path):
                yield f'`rows."{path}".when`: `{other}` {error}'
            elif other == path:
                yield f'`rows."{path}".when`: the row cannot depend on itself'


def _mask_errors(document: Document, rows: tuple[Row, ...]) -> Iterator[str]:
    """Report rows that have to be masked without a text that is a mask."""
    masked = {each.id for each in document.markers if "masked" in (each.when_granted, each.otherwise)}
    for row in rows:
        options = document.rows.get(row.path)
        masks = document.wire.masks if options is None or options.masks is None else options.masks
        for marker in masked.intersection(row.cells.values()):
            if not masks:
                yield f"`wire.masks`: the marker `{marker}` of `{row.path}` needs at least one text"


def _common_errors(document: Document, rows: tuple[Row, ...]) -> Iterator[str]:
    names = dict.fromkeys(name for row in rows for name in (row.element, row.path.rpartition("/")[2]))
    yield from check_references("unlisted.common", document.unlisted.common, names)
    for name in duplicates(document.unlisted.common):
        yield f"`unlisted.common`: `{name}` is named twice"


def _spelling_errors(document: Document, paths: set[str]) -> Iterator[str]:
    for path, spellings in document.spellings.items():
        parent = path.rpartition("/")[0]
        for spelling in spellings:
            other = f"{parent}/{spelling}" if parent else spelling
            if other in paths or other in document.unlisted.paths:
                yield f"`spellings`: `{spelling}` for `{path}` is the name of another element"


def _scope_errors(document: Document, key: str, scope: CitedFor | None, paths: set[str]) -> Iterator[str]:
    if scope is not None:
        yield from check_references(f"{key}.rows", scope.rows, paths)
        columns = [column.id for column in document.columns.values]
        yield from check_references(f"{key}.columns", scope.columns, columns)
        yield from check_references(f"{key}.markers", scope.markers, [each.id for each in document.markers])
        yield from check_values(document, f"{key}.facts", scope.facts, allow_unknown=True)
