"""``whosees scan``: judge recordings on Apache Spark."""

from __future__ import annotations

import contextlib
import os
import sys
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from ....engine.judge import Policy
from ....engine.result import Outcome, Summary
from ....reports.text.style import count, one_line
from ...checking.checker import Settings
from ...core.errors import Limits
from ...recordings.formats.arrow_rows import ColumnError
from ..errors import require
from ..options.context import Asked, context_options
from ..options.limits import limit_options
from ..options.policy import policy_options
from .check import exit_code

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_LINES = (".jsonl", ".ndjson", ".json")
_PACKED = (".gz", ".bz2", ".zst", ".lz4", ".snappy", ".deflate")

ROWS = 256
"""Rows that Spark hands to Python at a time, unless it was told otherwise: bodies are large."""

_SAID = {
    "PATH_NOT_FOUND": "there is no `{given}`",
    "PATH_ALREADY_EXISTS": "`{out}` exists already; name another, or remove it",
    "UNABLE_TO_INFER_SCHEMA": "`{given}` holds no Parquet that can be read",
}
"""What Spark finds wrong before a job starts, by its error conditions."""


@click.command("scan")
@click.argument("given", metavar="IN")
@click.argument("out", metavar="OUT")
@click.option("--master", metavar="URL", help="Spark's master, such as local[4], yarn or spark://HOST:7077.")
@click.option(
    "--conf", "configured", multiple=True, metavar="NAME=VALUE", help="A setting of Spark; repeatable."
)
@click.option(
    "--from",
    "kind",
    type=click.Choice(["parquet", "jsonl"]),
    help="What IN holds; by default its name or the names in the folder tell.",
)
@context_options
@policy_options
@limit_options
def command(
    given: str,
    out: str,
    *,
    master: str | None,
    configured: tuple[str, ...],
    kind: str | None,
    asked: Asked,
    policy: Policy,
    limits: Limits,
) -> int:
    """Judge recordings on Apache Spark: IN is a file or a folder of Parquet or JSON Lines, where Spark can read it.

    Results go to the folder OUT, a row for each response: as JSON Lines where its name ends in .jsonl, else as
    Parquet. IN and OUT can be wherever Spark reads and writes, such as hdfs:// or s3a://.

    Exit codes: 0 all was checked and conforms; 1 an error was found; 2 wrong usage, or the job failed; 3 no error was
    found, but something could not be checked or there was nothing to check; 130 interrupted.
    """
    require("scan", "pyspark", "spark")
    rulebook = asked.rulebook()
    asked.request_claims(rulebook)  # sees to it that the request can be read, before a job is started
    settings = Settings(
        rules=asked.rules,
        policy=policy,
        limits=limits,
        claims=asked.claims(rulebook),
        request=asked.request_content(limits.size),
    )
    lines = (kind or _kind_of(given)) == "jsonl"
    with _session(master, _pairs(configured)) as session, _saying(given, out):
        summary = _run(session, given, out, settings, lines=lines)
    click.echo(_told(summary, out))
    return exit_code(summary)


def _run(session: SparkSession, given: str, out: str, settings: Settings, *, lines: bool) -> Summary:
    """Run the job, and sum up what it wrote."""
    from ...integrations.spark import check_lines, check_parquet

    results = (check_lines if lines else check_parquet)(session, given, settings)
    as_lines = out.lower().rstrip("/").endswith(_LINES)
    if as_lines:
        results.write.json(out, ignoreNullFields=False)
        written = session.read.schema(results.schema).json(out)
    else:
        results.write.parquet(out)
        written = session.read.parquet(out)
    return _summary(written)


def _summary(written: DataFrame) -> Summary:
    """Count what was written, and not what tasks did: a task that was lost is run again."""
    summary = Summary()
    for row in written.groupBy("outcome", "reason").count().collect():
        if row["outcome"] in list(Outcome):
            summary.outcomes[Outcome(row["outcome"])] += row["count"]
            if row["reason"] is not None:
                summary.reasons[row["reason"]] += row["count"]
        else:
            summary.skipped[row["outcome"]] += row["count"]
    return summary


def _told(summary: Summary, out: str) -> str:
    outcomes = [
        f"{summary.outcomes[outcome]:,} {outcome}" for outcome in Outcome if summary.outcomes[outcome]
    ]
    said = count(summary.responses, "response") + (f": {', '.join(outcomes)}" if outcomes else "")
    if summary.reasons:
        reasons = sorted(summary.reasons.items(), key=lambda entry: (-entry[1], entry[0]))
        said += f"\nunchecked: {', '.join(f'{number:,} {reason}' for reason, number in reasons)}"
    if summary.skipped:
        said += f"\nskipped, being no response of this operation: {summary.skipped.total():,}"
    return said + (
        f"\nresults are in {one_line(out)}" if summary.responses else "\nthere was nothing to check"
    )


def _pairs(configured: tuple[str, ...]) -> dict[str, str]:
    settings = {}
    for pair in configured:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise click.UsageError(f"`--conf {pair}`: a setting of Spark is said as NAME=VALUE")
        settings[name] = value
    return settings


def _kind_of(given: str) -> str:
    """Find out what a path holds by its name, or by the names of what is in it; a usage error where they do not tell."""
    names = [given.rstrip("/")]
    if os.path.isdir(given):
        names += [name for _, _, files in os.walk(given) for name in files if not name.startswith(("_", "."))]
    kinds = {kind for name in names if (kind := _kind_by_name(name))}
    if len(kinds) == 1:
        return kinds.pop()
    what = "both Parquet and JSON Lines are in it" if kinds else "its name does not tell what it holds"
    raise click.UsageError(f"`{given}`: {what}; say --from parquet or --from jsonl")


def _kind_by_name(name: str) -> str:
    lower = name.lower()
    for ending in _PACKED:
        lower = lower.removesuffix(ending)
    if lower.endswith((".parquet", ".parq")):
        return "parquet"
    return "jsonl" if lower.endswith(_LINES) else ""


@contextlib.contextmanager
def _session(master: str | None, configured: dict[str, str]) -> Iterator[SparkSession]:
    """Give the session that there is, or begin one and end it afterwards."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    there = SparkSession.getActiveSession()
    if there is not None:
        yield there
        return
    if master is None or master.startswith("local"):
        # The processes that judge need what this one has.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder: Any = SparkSession.builder.appName("whosees scan")
    defaults = {
        "spark.sql.execution.arrow.maxRecordsPerBatch": str(ROWS),
        "spark.ui.showConsoleProgress": "false",
    }
    for name, value in {**defaults, **configured}.items():
        builder = builder.config(name, value)
    with _quietly():
        try:
            session = (builder.master(master) if master else builder).getOrCreate()
        except (PySparkException, Py4JError, OSError) as error:
            raise click.ClickException(
                f"Spark does not start: {_first_line(error)}; is Java there, and the master right?"
            ) from None
    try:
        session.sparkContext.setLogLevel("FATAL")  # what ends the job is said once, by us
        yield session
    finally:
        session.stop()


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """Keep to ourselves what Spark warns programmers of."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def _saying(given: str, out: str) -> Iterator[None]:
    """Say what goes wrong in one message."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        with _quietly():
            yield
    except ColumnError as error:
        raise click.ClickException(f"`{given}`: {error}") from None
    except PySparkException as error:
        said = _SAID.get((error.getCondition() or "").partition(".")[0])
        text = said.format(given=given, out=out) if said else f"the job failed: {_first_line(error)}"
        raise click.ClickException(text) from None
    except Py4JError as error:
        raise click.ClickException(f"the job failed: {_first_line(error)}") from None


def _first_line(error: Exception) -> str:
    """Give the first words of an error, which name what is wrong and hold nothing of what was read."""
    return one_line((str(error).strip() or type(error).__name__).splitlines()[0])[:300]
