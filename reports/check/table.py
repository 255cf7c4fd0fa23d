"""Results of `check` as rows of a table: the schema in Arrow, and Parquet and Arrow files that are written as results come.

A row is a response, with the fields of the JSON of `check` and its findings in a list. Imported only where it is asked
for: pyarrow is an extra.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pyarrow as pa
from pyarrow import ipc, parquet

from ...engine.result import ResponseResult, Summary
from ...rules.model import Rulebook
from .json import SCHEMA, response_object, rulebook_identity

KEY = b"whosees"
"""The key of the schema's metadata: JSON that names the schema of `check` and the rulebook, as its JSON does."""

ROWS = 1_000
"""Results that are held until they are packed into columns."""

GROUP = 10
"""Packs of rows that make a row group of Parquet."""

_HALF = re.compile("[\ud800-\udfff]")

_BASELINE = pa.struct(
    [
        ("standing", pa.string()),
        ("rule", pa.string()),
        ("id", pa.string()),
        ("reason", pa.string()),
        ("ticket", pa.string()),
        ("first_seen", pa.date32()),
        ("expires", pa.date32()),
    ]
)

FINDING = pa.struct(
    [
        ("rule", pa.string()),
        ("severity", pa.string()),
        ("path", pa.string()),
        ("element", pa.string()),
        ("expectation", pa.string()),
        ("marker", pa.string()),
        ("lines", pa.list_(pa.int32())),
        ("cause", pa.string()),
        ("message", pa.string()),
        ("because", pa.string()),
        ("id", pa.string()),
        ("explains", pa.string()),
        ("explain", pa.string()),
        ("baselined", pa.bool_()),
        ("baseline", _BASELINE),
    ]
)
"""A finding, field for field as in the JSON of `check`."""


def results_schema(rulebook: Rulebook) -> pa.Schema:
    """Give the columns of results: those of a response in the JSON of `check`, after the ``id`` that its row had."""
    fact = pa.struct([("value", pa.string()), ("from", pa.string())])
    identity = {"schema": SCHEMA, "rulebook": rulebook_identity(rulebook)}
    return pa.schema(
        [
            ("id", pa.string()),
            ("source", pa.string()),
            ("index", pa.int32()),
            ("outcome", pa.string()),
            ("reason", pa.string()),
            ("detail", pa.string()),
            ("context", pa.struct([(name, fact) for name in rulebook.fact_ids])),
            ("findings", pa.list_(FINDING)),
            ("undetermined", pa.list_(pa.string())),
            ("depends_on", pa.list_(pa.string())),
            ("expected_failure", pa.bool_()),
        ],
        metadata={KEY: json.dumps(identity)},
    )


def results_batch(schema: pa.Schema, rows: list[dict[str, Any]]) -> pa.RecordBatch:
    """Pack rows into columns; what is missing in a row is null."""
    try:
        return pa.RecordBatch.from_pylist(rows, schema=schema)
    except UnicodeEncodeError:  # half a character of UTF-16, which text in Arrow cannot hold
        return pa.RecordBatch.from_pylist([_sound(row) for row in rows], schema=schema)


def _sound(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sound(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_sound(inner) for inner in value]
    if isinstance(value, str):  # as the JSON of `check` has it
        return _HALF.sub(lambda half: f"\\u{ord(half[0]):04x}", value)
    return value


class _Written:
    """Where a writer writes to: what it wrote is taken out as it comes."""

    closed = False

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._at = 0

    def write(self, piece: Any) -> int:
        content = bytes(piece)
        self._pieces.append(content)
        self._at += len(content)
        return len(content)

    def tell(self) -> int:
        return self._at

    def flush(self) -> None:
        """Nothing is kept back."""

    def close(self) -> None:
        """What was written stays to be taken."""

    def taken(self) -> bytes:
        content = b"".join(self._pieces)
        self._pieces.clear()
        return content


class CheckTable:
    """Writes results as they come, some rows at a time; so it holds no more of them than those."""

    def __init__(self, rulebook: Rulebook, format_: str) -> None:
        """Write ``parquet``, or ``arrow`` for a file of Arrow's own."""
        self._rulebook = rulebook
        self._schema = results_schema(rulebook)
        self._rows: list[dict[str, Any]] = []
        self._packs: list[pa.RecordBatch] = []
        self._written = _Written()
        sink = pa.PythonFile(self._written, mode="w")
        # Dictionaries of what repeats make both small; Zstandard is read wherever Parquet is.
        self._writer: Any = (
            parquet.ParquetWriter(sink, self._schema, compression="zstd")
            if format_ == "parquet"
            else ipc.new_file(sink, self._schema, options=ipc.IpcWriteOptions(compression="zstd"))
        )

    def begin(self) -> bytes:
        """Open the file."""
        return self._written.taken()

    def response(self, result: ResponseResult) -> bytes:
        """Give one response: nothing, or a group of rows."""
        self._rows.append(response_object(self._rulebook, result))
        if len(self._rows) >= ROWS:
            self._pack()
        return self._group() if len(self._packs) >= GROUP else b""

    def end(self, summary: Summary) -> bytes:  # noqa: ARG002 - every report is given its totals; rows have none
        """Close the file."""
        self._pack()
        last = self._group()
        self._writer.close()
        return last + self._written.taken()

    def left_out(self) -> str:
        """Nothing: a table has room for all."""
        return ""

    def _pack(self) -> None:
        if self._rows:
            self._packs.append(results_batch(self._schema, self._rows))
            self._rows = []

    def _group(self) -> bytes:
        if self._packs:
            self._writer.write_table(pa.Table.from_batches(self._packs, self._schema))
            self._packs = []
        return self._written.taken()
