"""Responses on Apache Spark: a data frame of calls in, a data frame of results out, judged on the executors.

The extra ``spark`` is required, also on the executors: ``pip install 'whosees[spark]'``. The columns are those of the
batch function (docs/guides/scale.md), which judges the rows of each partition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import unquote

from ..checking.settings import Settings
from ..core.errors import Reason
from ..core.limits import Limits
from ..recordings import Recording, UnreadableContent
from ..recordings.formats.arrow_rows import KNOWN, columns_of
from ..recordings.formats.json_lines import recording_of_line
from .arrow import ROWS, BatchChecker
from .rulebooks import bind

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["SparkMissingError", "check", "check_lines", "check_parquet"]

Batches = Iterator["pa.RecordBatch"]

_SOURCE = "__source"
"""The column of row names, while Spark carries it."""


class SparkMissingError(ImportError):
    """The extra ``spark`` is not installed; the message says how to install it."""


def check(frame: DataFrame, settings: Settings | None = None) -> DataFrame:
    """Judge each row of a data frame, and return a data frame of results, which Spark computes on demand.

    Raises ColumnError for missing or wrong columns, RulebookError, and SparkMissingError.
    """
    _require_pyspark()
    return _judge(frame, settings or Settings(), lambda checker, batch: checker.check(batch))


def check_parquet(session: SparkSession, path: str, settings: Settings) -> DataFrame:
    """Judge Parquet files, or those in a folder. Rows are named as `whosees check` names them."""
    from pyspark.sql import functions

    frame = session.read.parquet(path)
    place = functions.concat(
        functions.col("_metadata.file_path"), functions.lit("#row-"), functions.col("_metadata.row_index")
    )
    known = [f"`{name}`" for name in frame.columns if name in KNOWN]
    others = [f"`{name}`" for name in frame.columns if name not in KNOWN]
    columns_of(
        _arrow_schema(frame.select(*known, *others))
    )  # reports a misspelt column, although that one is not read
    named = frame.select(*known, place.alias(_SOURCE))
    name = _namer(path)

    def judge(checker: BatchChecker, batch: pa.RecordBatch) -> pa.RecordBatch:
        sources = [name(source) for source in batch.column(_SOURCE).to_pylist()]
        return checker.check(batch.drop_columns([_SOURCE]), sources)

    return _judge(named, settings, judge)


def check_lines(session: SparkSession, path: str, settings: Settings) -> DataFrame:
    """Judge files of JSON Lines, or those in a folder. Rows are named by their file, since Spark counts no lines."""
    from pyspark.sql import functions

    lines = session.read.text(path, lineSep="\n")
    named = lines.select(
        functions.col("value").cast("binary").alias("line"),
        functions.col("_metadata.file_path").alias(_SOURCE),
    )
    name, limits = _namer(path), settings.limits

    def judge(checker: BatchChecker, batch: pa.RecordBatch) -> pa.RecordBatch:
        sources = [name(source) for source in batch.column(_SOURCE).to_pylist()]
        contents = (line.as_py().strip() for line in batch.column("line"))
        return checker.judge(
            _line(content, source, limits)
            for content, source in zip(contents, sources, strict=True)
            if content
        )

    return _judge(named, settings, judge, needs_columns=False)


def _line(content: bytes, source: str, limits: Limits) -> tuple[str | None, Recording]:
    if len(content) > limits.line:
        long = f"the line is longer than {limits.line:,} bytes; --max-size allows more"
        return None, Recording(source, UnreadableContent(Reason.TOO_LARGE, long), explicit=False)
    return recording_of_line(content, source)


def _judge(
    frame: DataFrame,
    settings: Settings,
    judge: Callable[[BatchChecker, pa.RecordBatch], pa.RecordBatch],
    *,
    needs_columns: bool = True,
) -> DataFrame:
    """Judge a frame's batches on the executors, with one checker in each task."""
    from pyspark.sql.pandas.types import from_arrow_schema

    if needs_columns:
        columns_of(_arrow_schema(frame.drop(_SOURCE)))
    bound = bind(settings, settings.rulebook())  # its files are only where the driver is

    def judge_all(batches: Iterable[pa.RecordBatch]) -> Batches:
        checker = BatchChecker(bound)
        for batch in batches:
            for start in range(0, batch.num_rows, ROWS):
                yield judge(checker, batch.slice(start, ROWS))

    return frame.mapInArrow(judge_all, from_arrow_schema(BatchChecker(bound).schema))


def _arrow_schema(frame: DataFrame) -> pa.Schema:
    from pyspark.sql.pandas.types import to_arrow_schema

    return to_arrow_schema(frame.schema)


def _namer(path: str) -> Callable[[str], str]:
    """Return a function that names files as `check` does: by the given path, if that is a local one."""
    from os.path import abspath

    start = abspath(path)

    def name(uri: str) -> str:
        local = unquote(uri).removeprefix("file:")
        plain = "/" + local.lstrip("/") if local != unquote(uri) else local
        inside = plain.removeprefix(start)
        return path.rstrip("/") + inside if inside != plain else plain

    return name


def _require_pyspark() -> None:
    try:
        import pyspark  # noqa: F401 - only to see that it is there
    except ImportError:
        raise SparkMissingError(
            "Spark needs `pyspark`, which is not installed: pip install 'whosees[spark]'"
        ) from None
