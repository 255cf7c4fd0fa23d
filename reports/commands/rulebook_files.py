"""A rulebook as its two files: ``rulebook.toml`` and the matrix in CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from ...rules.decode import quote_toml
from ...rules.model import Document, Row

_LINE = 90
"""The longest table that is written in one line."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def rulebook_toml(document: Document, comment: str = "") -> str:
    """Return ``rulebook.toml``; keys that have their default value are left out."""
    lines = [f"# {line}".rstrip() for line in comment.splitlines()]
    table = _plain(document)
    for key, value in table.items():
        lines += _tables(key, value)
    return "\n".join(lines) + "\n"


def tables_toml(key: str, values: Iterable[msgspec.Struct]) -> str:
    """Return entries of an array of tables, to be added to a ``rulebook.toml``."""
    return "\n".join(_tables(key, [_plain(value) for value in values])) + "\n"


def matrix_csv(document: Document, rows: Iterable[Row]) -> str:
    """Return the matrix: a line for each row, with the printed markers in the cells."""
    rows = tuple(rows)
    printed = {marker.id: marker.printed for marker in document.markers}
    columns = document.columns.values
    comments = any(row.comment for row in rows)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(
        ["element", "path", *(column.printed for column in columns), *(["comments"] if comments else [])]
    )
    for row in rows:
        cells = [printed[row.cells[column.id]] for column in columns]
        writer.writerow([row.element, row.path, *cells, *([row.comment] if comments else [])])
    return text.getvalue()


def _plain(value: Any) -> Any:
    """Return a value as TOML has it, without what is left out by default."""
    if isinstance(value, msgspec.Struct):
        fields = msgspec.structs.fields(value)
        pairs = ((field, getattr(value, field.name)) for field in fields)
        return {
            field.encode_name: _plain(found)
            for field, found in pairs
            if field.required or found != _default(field)
        }
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, tuple | list) else value


def _default(field: msgspec.structs.FieldInfo) -> Any:
    if field.default is not msgspec.NODEFAULT:
        return field.default
    return field.default_factory() if field.default_factory is not msgspec.NODEFAULT else msgspec.NODEFAULT


def _tables(key: str, value: Any) -> Iterator[str]:
    """Write a table, or each table of a list, after an empty line: first its own values, then the tables in it."""
    many = _is_tables(value)
    for table in value if many else [value]:
        may_be_inline = many or "." in key
        nested = {
            name: inner
            for name, inner in table.items()
            if (not may_be_inline and isinstance(inner, dict)) or _is_nested(inner)
        }
        if many or not nested or len(nested) < len(table):
            yield ""
            yield f"[[{key}]]" if many else f"[{key}]"
        for name, inner in table.items():
            if name not in nested:
                yield f"{_key(name)} = {_inline(inner)}"
        for name, inner in nested.items():
            yield from _tables(f"{key}.{_key(name)}", inner)


def _is_nested(value: Any) -> bool:
    """Return whether a value is written as tables of its own, and not in one line."""
    if not isinstance(value, dict):
        return _is_tables(value)
    return any(isinstance(inner, dict) for inner in value.values()) or len(_inline(value)) > _LINE


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(inner, dict) for inner in value)


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else quote_toml(name)


def _inline(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quote_toml(value)
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{_key(name)} = {_inline(inner)}' for name, inner in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_inline, value))}]"
    return str(value)
