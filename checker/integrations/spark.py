"""Responses on Apache Spark: a data frame of calls in, a data frame of results out, judged where the rows are.

It needs the extra ``spark``, on the executors too: ``pip install 'whosees[spark]'``. Columns are those of the batch
function (docs/scale.md), which judges the rows of each partition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING
from urllib.parse import unquote

from ...rules.model import Rulebook
from ..checking.checker import Settings
from ..core.errors import Reason
from ..core.limits import Limits
from ..recordings import Recording, UnreadableContent
from ..recordings.formats.arrow_rows import KNOWN, columns_of
from ..recordings.formats.json_lines import recording_of_line
from .arrow import ROWS, BatchChecker

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["SparkMissingError", "check", "check_lines", "check_parquet"]

Batches = Iterator["pa.RecordBatch"]

_SOURCE = "__source"
"""The column that names a row for people, while Spark carries it."""


class SparkMissingError(ImportError):
    """What the extra ``spark`` brings is not installed; the text says how to get it."""


@dataclass(frozen=True, slots=True)
class _Shipped(Settings):
    """Settings that go to executors with their rulebook, since its files are where the driver is."""

    shipped: Rulebook | None = None

    def rulebook(self) -> Rulebook:
        """Give the rulebook that came along."""
        return self.shipped or Settings.rulebook(self)


def check(frame: DataFrame, settings: Settings | None = None) -> DataFrame:
    """Judge each row of a data frame: a data frame of results, which Spark computes when it is asked for.

    Raises ColumnError where its columns are not as they should be, RulebookError, and SparkMissingError.
    """
    _require_pyspark()
    return _judged(frame, settings or Settings(), lambda checker, batch: checker.check(batch))


def check_parquet(session: SparkSession, path: str, settings: Settings) -> DataFrame:
    """Judge Parquet files, or those in a folder: rows are named as `whosees check` names them."""
    from pyspark.sql import functions

    frame = session.read.parquet(path)
    place = functions.concat(
        functions.col("_metadata.file_path"), functions.lit("#row-"), functions.col("_metadata.row_index")
    )
    known = [f"`{name}`" for name in frame.columns if name in KNOWN]
    others = [f"`{name}`" for name in frame.columns if name not in KNOWN]
    columns_of(
        _arrow_schema(frame.select(*known, *others))
    )  # a slip in a name is said, though it is not read
    named = frame.select(*known, place.alias(_SOURCE))
    name = _naming(path)

    def judged(checker: BatchChecker, batch: pa.RecordBatch) -> pa.RecordBatch:
        sources = [name(source) for source in batch.column(_SOURCE).to_pylist()]
        return checker.check(batch.drop_columns([_SOURCE]), sources)

    return _judged(named, settings, judged)


def check_lines(session: SparkSession, path: str, settings: Settings) -> DataFrame:
    """Judge files of JSON Lines, or those in a folder. Rows are named by their file: Spark counts no lines."""
    from pyspark.sql import functions

    lines = session.read.text(path, lineSep="\n")
    named = lines.select(
        functions.col("value").cast("binary").alias("line"),
        functions.col("_metadata.file_path").alias(_SOURCE),
    )
    name, limits = _naming(path), settings.limits

    def judged(checker: BatchChecker, batch: pa.RecordBatch) -> pa.RecordBatch:
        sources = [name(source) for source in batch.column(_SOURCE).to_pylist()]
        contents = (line.as_py().strip() for line in batch.column("line"))
        return checker.judged(
            _line(content, source, limits)
            for content, source in zip(contents, sources, strict=True)
            if content
        )

    return _judged(named, settings, judged, needs_columns=False)


def _line(content: bytes, source: str, limits: Limits) -> tuple[str | None, Recording]:
    if len(content) > limits.line:
        long = f"the line is longer than {limits.line:,} bytes; --max-size allows more"
        return None, Recording(source, UnreadableContent(Reason.TOO_LARGE, long), explicit=False)
    return recording_of_line(content, source)


def _judged(
    frame: DataFrame,
    settings: Settings,
    judge: Callable[[BatchChecker, pa.RecordBatch], pa.RecordBatch],
    *,
    needs_columns: bool = True,
) -> DataFrame:
    """Let executors judge a frame's batches, each task with a checker of its own."""
    from pyspark.sql.pandas.types import from_arrow_schema

    if needs_columns:
        columns_of(_arrow_schema(frame.drop(_SOURCE)))
    stated = {field.name: getattr(settings, field.name) for field in fields(Settings)}
    shipped = _Shipped(**stated, shipped=settings.rulebook())

    def judged(batches: Iterable[pa.RecordBatch]) -> Batches:
        checker = BatchChecker(shipped)
        for batch in batches:
            for start in range(0, batch.num_rows, ROWS):
                yield judge(checker, batch.slice(start, ROWS))

    return frame.mapInArrow(judged, from_arrow_schema(BatchChecker(shipped).schema))


def _arrow_schema(frame: DataFrame) -> pa.Schema:
    from pyspark.sql.pandas.types import to_arrow_schema

    return to_arrow_schema(frame.schema)


def _naming(path: str) -> Callable[[str], str]:
    """Give what names a file for people as `check` does: from the path as it was given, where that is a local one."""
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
