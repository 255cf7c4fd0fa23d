"""Loading of a rulebook: two files in, a validated `Rulebook` out."""

from __future__ import annotations

import csv
import errno
import functools
import io
import os
from collections.abc import Iterator, Mapping

import msgspec

from .decode import ShapeError, decode_toml
from .files import read_text_file
from .model import Document, Row, Rulebook
from .names import did_you_mean, listed
from .validate import path_fault, remarks

_HERE = os.path.dirname(__file__)
BUILTIN = os.path.join(_HERE, "getsessioninfo")
BUILTINS: Mapping[str, str] = {
    "getsessioninfo": BUILTIN,
    "webex-rest-meeting": os.path.join(_HERE, "webex_rest_meeting"),
}
"""The rulebooks that ship with Whosees, by id; the first is the one that counts where none is asked for."""

DEFAULT = "getsessioninfo"
RULEBOOK_FILE = "rulebook.toml"
TABLE_FILE = "table.csv"
SKELETON = os.path.join(_HERE, "skeleton")
"""A rulebook to begin one's own with: the two files, commented."""


class RulebookError(ValueError):
    """A rulebook cannot be used. The text names the file, the line or key, and what is wrong."""


@functools.cache
def builtin_rulebook(name: str = DEFAULT) -> Rulebook:
    """Load a rulebook that ships with Whosees; without a name Webex GetSessionInfo, Table 4-3."""
    rulebook = _load(BUILTINS[name])
    return msgspec.structs.replace(rulebook, location=None if name == DEFAULT else name)


def load_rulebook(path: str | os.PathLike[str]) -> Rulebook:
    """Load and validate a rulebook from its folder, from its TOML file, or by the id of one that is built in.

    A folder of one's own that is called like a built-in one is named with its path, as in ``./getsessioninfo``.
    Raises RulebookError with file, line or key, and what is wrong.
    """
    return builtin_rulebook(path) if isinstance(path, str) and path in BUILTINS else _load(path)


def _load(path: str | os.PathLike[str]) -> Rulebook:
    file = os.fspath(path)
    if isinstance(path, str) and "\0" not in path and not os.path.lexists(path):
        hint = did_you_mean(path, BUILTINS) or f"; built in are {listed(BUILTINS)}"
        raise RulebookError(f"`{path}`: cannot be read: {os.strerror(errno.ENOENT)}{hint}")
    if os.path.isdir(file):
        file = os.path.join(file, RULEBOOK_FILE)
    content = _read(file)
    try:
        document = decode_toml(content, Document)
    except ShapeError as error:
        raise RulebookError(f"`{file}`: {error}") from None
    for remark in remarks(document):
        raise RulebookError(f"`{file}`: {remark}")
    table_file = os.path.join(os.path.dirname(file), document.rulebook.table)
    table = _read(table_file)
    try:
        rows = tuple(_rows(document, table))
    except ShapeError as error:
        raise RulebookError(f"`{table_file}`: {error}") from None
    for remark in remarks(document, rows):
        raise RulebookError(f"`{file}`: {remark}")
    return Rulebook(document=document, rows=rows, contents=(content, table), location=os.fspath(path))


def _read(file: str) -> bytes:
    try:
        return read_text_file(file)
    except OSError as error:
        raise RulebookError(f"`{file}`: cannot be read: {error.strerror or error}") from None
    except ValueError as error:  # a NUL in the name
        raise RulebookError(f"`{file}`: cannot be read: {error}") from None


def _rows(document: Document, table: bytes) -> Iterator[Row]:
    """Read the matrix; raises ShapeError with the line that does not fit."""
    try:
        text = table.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = table.count(b"\n", 0, error.start) + 1
        raise ShapeError(f"line {line}: not UTF-8") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        printed_lines = [
            (reader.line_num, [cell.strip() for cell in cells]) for cells in reader if any(cells)
        ]
    except csv.Error as error:
        raise ShapeError(f"line {reader.line_num}: {error}") from None
    if not printed_lines:
        raise ShapeError("line 1: the header is missing")
    header = printed_lines[0][1]
    _check_header(document, header)
    records = [(line, _record(line, header, cells)) for line, cells in printed_lines[1:]]
    if not records:
        raise ShapeError("line 2: the table has no rows")
    paths: dict[str, int] = {}
    for line, record in records:
        path = record["path"]
        if fault := path_fault(path):
            raise ShapeError(f"line {line}: path `{path}` {fault}")
        if path in paths:
            raise ShapeError(f"line {line}: path `{path}` stands in line {paths[path]} already")
        if not record["element"]:
            raise ShapeError(f"line {line}: `element` is empty")
        paths[path] = line
    for number, (line, record) in enumerate(records, start=1):
        yield _row(document, number, line, record, paths)


def _check_header(document: Document, header: list[str]) -> None:
    wanted = ["element", "path", *(column.printed for column in document.columns.values)]
    for name in wanted:
        if header.count(name) != 1:
            raise ShapeError(f"line 1: the header needs `{name}` once; it has {listed(header)}")
    for name in header:
        if name not in (*wanted, "comments"):
            raise ShapeError(f"line 1: unknown column `{name}`{did_you_mean(name, wanted)}")


def _record(line: int, header: list[str], cells: list[str]) -> dict[str, str]:
    if len(cells) != len(header):
        raise ShapeError(f"line {line}: {len(cells)} cells under {len(header)} headings")
    return dict(zip(header, cells, strict=True))


def _row(document: Document, number: int, line: int, record: dict[str, str], paths: dict[str, int]) -> Row:
    marker_of = {marker.printed: marker.id for marker in document.markers}
    cells: dict[str, str] = {}
    for column in document.columns.values:
        printed = record[column.printed]
        if printed not in marker_of:
            raise ShapeError(
                f"line {line}, column `{column.printed}`: `{printed}` is no marker; known are {listed(marker_of)}"
            )
        cells[column.id] = marker_of[printed]
    names = record["path"].split("/")
    enclosing = ["/".join(names[:length]) for length in range(len(names) - 1, 0, -1)]
    container = next((path for path in enclosing if path in paths), None)
    return Row(
        number=number,
        element=record["element"],
        path=record["path"],
        container=container,
        steps=tuple(names[container.count("/") + 1 if container else 0 :]),
        cells=cells,
        comment=record.get("comments", ""),
        line=line,
    )
