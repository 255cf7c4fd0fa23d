"""Responses in Apache Arrow tables: the batch function that `whosees scan` and other engines use.

The extra ``arrow`` is required: ``pip install 'whosees[arrow]'``. The columns are documented in docs/guides/scale.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ...engine.result import ResponseResult
from ...reports.check.json import response_object
from ..checking.checker import Checker
from ..checking.results import Skipped
from ..checking.settings import Settings
from ..recordings import Recording
from ..recordings.formats.arrow_rows import ID, ColumnError, columns_of

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["SKIPPED", "ArrowMissingError", "BatchChecker", "ColumnError", "check"]

SKIPPED = "skipped"
"""The outcome of a row that is not a response of this operation, with the reason in ``detail``. `check` counts those."""

ROWS = 1_000
"""Rows that are judged at a time."""


class ArrowMissingError(ImportError):
    """The extra ``arrow`` is not installed; the message says how to install it."""


class BatchChecker:
    """Judges rows with the checker of `whosees check`. ``schema`` is that of the results."""

    def __init__(self, settings: Settings) -> None:
        """Load the rulebook; raises RulebookError, and ArrowMissingError."""
        _require_pyarrow()
        from ...reports.check.table import results_schema

        self._checker = Checker(settings)
        self.schema: pa.Schema = results_schema(self._checker.rulebook)

    def check(self, batch: pa.RecordBatch, sources: Iterable[str] | None = None) -> pa.RecordBatch:
        """Judge each row of a batch; raises ColumnError for missing or wrong columns.

        ``sources`` has a name for each row; without it, a row is named by its ``id``.
        """
        columns = columns_of(batch.schema)
        ids = _ids(batch) if ID in columns.names else [None] * batch.num_rows
        named = [row or "" for row in ids] if sources is None else sources
        limits = self._checker.settings.limits
        return self.judge(zip(ids, columns.recordings(batch, limits, named), strict=True))

    def judge(self, recordings: Iterable[tuple[str | None, Recording]]) -> pa.RecordBatch:
        """Judge recordings, given with the ``id`` of their results, and return a row for each of their bodies."""
        from ...reports.check.table import results_batch

        rows = [
            {"id": row, **self._row(result)}
            for row, recording in recordings
            for result in self._checker.check(recording)
        ]
        return results_batch(self.schema, rows)

    def _row(self, result: ResponseResult | Skipped) -> dict[str, Any]:
        if isinstance(result, ResponseResult):
            return response_object(self._checker.rulebook, result)
        return {
            "source": result.source,
            "index": 0,
            "outcome": SKIPPED,
            "detail": result.why,
            "findings": [],
            "undetermined": [],
            "depends_on": [],
            "expected_failure": False,
        }


def check(data: Any, settings: Settings | None = None) -> pa.RecordBatchReader:
    """Judge each row of a table as it is read, and return a stream of results in the order of the rows.

    ``data`` is a Table, RecordBatch or RecordBatchReader of pyarrow, or any object that exports an Arrow stream, such
    as a data frame of Polars or a relation of DuckDB. Raises ColumnError for missing or wrong columns, TypeError for
    an object without a stream, RulebookError, and ArrowMissingError.
    """
    _require_pyarrow()
    import pyarrow as pa

    reader = _stream_of(data)
    columns_of(reader.schema)
    checker = BatchChecker(settings or Settings())

    def results() -> Iterator[pa.RecordBatch]:
        first = 0
        for batch in reader:
            for start in range(0, batch.num_rows, ROWS):
                rows = batch.slice(start, ROWS)
                sources = None
                if ID not in rows.schema.names:
                    sources = [f"row-{first + row}" for row in range(rows.num_rows)]
                first += rows.num_rows
                yield checker.check(rows, sources)

    return pa.RecordBatchReader.from_batches(checker.schema, results())


def _require_pyarrow() -> None:
    try:
        import pyarrow as pa  # noqa: F401 - only to see that it is there
    except ImportError:
        raise ArrowMissingError(
            "tables need `pyarrow`, which is not installed: pip install 'whosees[arrow]'"
        ) from None


def _stream_of(data: Any) -> pa.RecordBatchReader:
    import pyarrow as pa

    if isinstance(data, pa.RecordBatch):
        return pa.RecordBatchReader.from_batches(data.schema, [data])
    if hasattr(data, "__arrow_c_stream__"):
        return pa.RecordBatchReader.from_stream(data)
    raise TypeError(f"expected a table or a stream of Arrow, got {type(data).__name__}")


def _ids(batch: pa.RecordBatch) -> list[str | None]:
    return [None if row is None else str(row) for row in batch.column(ID).to_pylist()]
