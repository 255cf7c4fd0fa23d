"""Reading of the matrix: a CSV file with a line for each row and a cell for each column."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import NamedTuple

from .decode import DecodeError, decode_text
from .model import Document, Row
from .names import did_you_mean, join_names
from .paths import path_error

_FIXED = ("element", "path")
_OPTIONAL = ("comments",)


class _Record(NamedTuple):
    """A line of the file: its number, and its cells by heading."""

    line: int
    cells: dict[str, str]


def read_matrix(document: Document, content: bytes) -> tuple[Row, ...]:
    """Return the rows of a matrix; raises DecodeError with the line that is wrong."""
    records = list(_records(document, content))
    if not records:
        raise DecodeError("line 2: the table has no rows")
    lines = _lines_by_path(document, records)
    return tuple(_row(document, number, record, lines) for number, record in enumerate(records, start=1))


def _records(document: Document, content: bytes) -> Iterator[_Record]:
    reader = csv.reader(io.StringIO(decode_text(content), newline=""), strict=True)
    header: list[str] | None = None
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if not any(stripped):
                continue
            if header is None:
                header = stripped
                _check_header(document, header)
            elif len(stripped) != len(header):
                raise DecodeError(
                    f"line {reader.line_num}: {len(stripped)} cells, but the header has {len(header)}"
                )
            else:
                yield _Record(reader.line_num, dict(zip(header, stripped, strict=True)))
    except csv.Error as error:
        raise DecodeError(f"line {reader.line_num}: {error}") from None
    if header is None:
        raise DecodeError("line 1: the header is missing")


def _check_header(document: Document, header: list[str]) -> None:
    required = [*_FIXED, *(column.printed for column in document.columns.values)]
    for name in required:
        if header.count(name) != 1:
            raise DecodeError(f"line 1: the header needs `{name}` once; it has {join_names(header)}")
    for name in header:
        if name not in (*required, *_OPTIONAL):
            raise DecodeError(f"line 1: unknown column `{name}`{did_you_mean(name, required)}")


def _lines_by_path(document: Document, records: list[_Record]) -> dict[str, int]:
    """Return the line of each path, once every path and element name is known to be sound."""
    lines: dict[str, int] = {}
    for line, cells in records:
        path = cells["path"]
        if error := path_error(path, document.wire.format, allow_any=True):
            raise DecodeError(f"line {line}: path `{path}` {error}")
        if path in lines:
            raise DecodeError(f"line {line}: path `{path}` is already in line {lines[path]}")
        if not cells["element"]:
            raise DecodeError(f"line {line}: `element` is empty")
        lines[path] = line
    return lines


def _row(document: Document, number: int, record: _Record, lines: dict[str, int]) -> Row:
    path = record.cells["path"]
    names = path.split("/")
    enclosing = ("/".join(names[:length]) for length in range(len(names) - 1, 0, -1))
    container = next((candidate for candidate in enclosing if candidate in lines), None)
    return Row(
        number=number,
        element=record.cells["element"],
        path=path,
        container=container,
        steps=tuple(names[container.count("/") + 1 if container else 0 :]),
        cells=_markers(document, record),
        comment=record.cells.get("comments", ""),
        line=record.line,
    )


def _markers(document: Document, record: _Record) -> dict[str, str]:
    """Return the marker ids of a row by column id."""
    id_of = {marker.printed: marker.id for marker in document.markers}
    markers: dict[str, str] = {}
    for column in document.columns.values:
        printed = record.cells[column.printed]
        if printed not in id_of:
            place = f"line {record.line}, column `{column.printed}`"
            raise DecodeError(f"{place}: `{printed}` is not a marker; the markers are {join_names(id_of)}")
        markers[column.id] = id_of[printed]
    return markers
