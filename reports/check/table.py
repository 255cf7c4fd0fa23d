"""Results of `check` as a table: the Arrow schema, and Parquet and Arrow files written as results arrive.

A row is a response, with the fields of the JSON of `check` and a list of its findings. This module needs pyarrow, which
an extra installs.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pyarrow as pa
from pyarrow import ipc, parquet

from ...engine.result import ResponseResult, Summary
from ...rules.model import Rulebook
from ..text.json import rulebook_identity
from .base import RenderOptions, TableFormatter
from .json import SCHEMA, response_object

KEY = b"whosees"
"""Key of the schema's metadata: JSON with the schema of `check` and the identity of the rulebook."""

BATCH_ROWS = 1_000
"""Results that are collected before they become a record batch."""

BATCHES_PER_GROUP = 10
"""Record batches in a row group of Parquet."""

_SURROGATE = re.compile("[\ud800-\udfff]")

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
    """Return the columns of results: the ``id`` of the input row, then the fields of a response in the JSON of `check`."""
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
    """Return rows as a record batch; a field that a row lacks is null."""
    try:
        return pa.RecordBatch.from_pylist(rows, schema=schema)
    except UnicodeEncodeError:  # a lone surrogate, which Arrow cannot hold
        return pa.RecordBatch.from_pylist([_escape_surrogates(row) for row in rows], schema=schema)


def _escape_surrogates(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _escape_surrogates(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_escape_surrogates(inner) for inner in value]
    if isinstance(value, str):  # as in the JSON of `check`
        return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", value)
    return value


class _Buffer:
    """File for a pyarrow writer; what was written is taken out between writes."""

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
        """Do nothing: the buffer is in memory."""

    def close(self) -> None:
        """Do nothing: the content is still to be taken."""

    def take(self) -> bytes:
        content = b"".join(self._pieces)
        self._pieces.clear()
        return content


class _TableFormatter(TableFormatter):
    """Writes results in groups of rows, and keeps only the current group."""

    def __init__(self, rulebook: Rulebook, _options: RenderOptions | None = None) -> None:
        self._rulebook = rulebook
        self._schema = results_schema(rulebook)
        self._rows: list[dict[str, Any]] = []
        self._batches: list[pa.RecordBatch] = []
        self._buffer = _Buffer()
        self._writer = self._open(pa.PythonFile(self._buffer, mode="w"))

    def _open(self, file: Any) -> Any:
        """Return a writer of the format; both use Zstandard, which every reader of Parquet supports."""
        raise NotImplementedError

    def begin(self) -> bytes:
        """Return the start of the file."""
        return self._buffer.take()

    def response(self, result: ResponseResult) -> bytes:
        """Return nothing, or a group of rows once it is complete."""
        self._rows.append(response_object(self._rulebook, result))
        if len(self._rows) >= BATCH_ROWS:
            self._make_batch()
        return self._write_group() if len(self._batches) >= BATCHES_PER_GROUP else b""

    def end(self, summary: Summary) -> bytes:  # noqa: ARG002 - rows have no totals
        """Return the rows that are left and the end of the file."""
        self._make_batch()
        last = self._write_group()
        self._writer.close()
        return last + self._buffer.take()

    def _make_batch(self) -> None:
        if self._rows:
            self._batches.append(results_batch(self._schema, self._rows))
            self._rows = []

    def _write_group(self) -> bytes:
        if self._batches:
            self._writer.write_table(pa.Table.from_batches(self._batches, self._schema))
            self._batches = []
        return self._buffer.take()


class ParquetFormatter(_TableFormatter):
    """A Parquet file."""

    def _open(self, file: Any) -> Any:
        return parquet.ParquetWriter(file, self._schema, compression="zstd")


class ArrowFormatter(_TableFormatter):
    """A file in Arrow's IPC format."""

    def _open(self, file: Any) -> Any:
        return ipc.new_file(file, self._schema, options=ipc.IpcWriteOptions(compression="zstd"))
