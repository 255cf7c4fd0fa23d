"""``whosees scan``: judge recordings on Apache Spark."""

from __future__ import annotations

import contextlib
import os
import sys
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from ....engine.finding import Severity
from ....engine.result import DIFFERENT_OPERATION, Outcome, Summary
from ....reports.text.phrases import skipped_notices, undecided_remedy, undecided_total
from ....reports.text.style import count, one_line
from ...checking.settings import Settings
from ...core.limits import Limits
from ...recordings.formats.arrow_rows import ColumnError
from ..errors import require_extra, split_pair
from ..exit_codes import exit_code
from ..help import EXIT_CODES, examples
from ..options.context import ContextOptions, context_options
from ..options.gate import fail_on_option
from ..options.limits import limit_options
from ..options.policy import PolicyOptions, policy_options
from ..several import settings_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_LINES = (".jsonl", ".ndjson", ".json")
_PACKED = (".gz", ".bz2", ".zst", ".lz4", ".snappy", ".deflate")

ROWS = 256
"""Rows that Spark passes to Python at a time unless configured otherwise: bodies are large."""

_MESSAGES = {
    "PATH_NOT_FOUND": "there is no `{given}`",
    "PATH_ALREADY_EXISTS": "`{out}` exists already; name another, or remove it",
    "UNABLE_TO_INFER_SCHEMA": "`{given}` contains no readable Parquet",
}
"""Messages for errors before a job starts, by Spark's error condition."""


@click.command(
    "scan",
    help=f"""Judge recordings on Apache Spark.

    IN is a file or a folder of Parquet or JSON Lines. Results go to the folder OUT, one row for each response: as
    JSON Lines if its name ends in .jsonl, otherwise as Parquet. IN and OUT can be wherever Spark reads and writes,
    such as hdfs:// or s3a://.

    {EXIT_CODES}
    """,
    epilog=examples("whosees scan traffic.parquet results.parquet --master 'local[4]'"),
)
@click.argument("given", metavar="IN")
@click.argument("out", metavar="OUT")
@click.option(
    "--master", metavar="URL", help="The Spark master, such as local[4], yarn or spark://HOST:7077."
)
@click.option(
    "--conf", "configured", multiple=True, metavar="NAME=VALUE", help="A Spark setting; repeatable."
)
@click.option(
    "--from",
    "kind",
    type=click.Choice(["parquet", "jsonl"]),
    help="The format of IN; by default recognised by its name, or by the names in the folder.",
)
@context_options
@policy_options
@limit_options
@fail_on_option
def command(
    given: str,
    out: str,
    *,
    master: str | None,
    configured: tuple[str, ...],
    kind: str | None,
    options: ContextOptions,
    policy: PolicyOptions,
    limits: Limits,
    fail_on: str,
) -> int:
    """Run the job and return the exit code."""
    require_extra("scan", "pyspark", "spark")
    settings = settings_of(options, policy, limits)
    lines = (kind or _kind_of(given)) == "jsonl"
    with (
        _session(master, dict(split_pair("--conf", pair) for pair in configured)) as session,
        _spark_errors(given, out),
    ):
        summary = _run(session, given, out, settings, lines=lines)
    click.echo(_totals(summary, out))
    return exit_code(summary, fail_on=fail_on)


def _run(session: SparkSession, given: str, out: str, settings: Settings, *, lines: bool) -> Summary:
    """Run the job, and return the totals of what it wrote."""
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
    """Count what was written, not what tasks did: a lost task is run again."""
    summary = Summary()
    for row in written.groupBy("outcome", "reason").count().collect():
        if row["outcome"] in list(Outcome):
            summary.outcomes[Outcome(row["outcome"])] += row["count"]
            if row["reason"] is not None:
                summary.reasons[row["reason"]] += row["count"]
        else:
            summary.skipped[DIFFERENT_OPERATION] += row["count"]
    _count_findings(written, summary)
    _count_undecided(written, summary)
    return summary


def _count_findings(written: DataFrame, summary: Summary) -> None:
    found = written.selectExpr("explode(findings) as finding").where("not finding.baselined")
    for row in found.selectExpr("finding.severity as severity").groupBy("severity").count().collect():
        summary.severities[Severity(row["severity"])] += row["count"]


def _count_undecided(written: DataFrame, summary: Summary) -> None:
    from pyspark.sql import functions

    left_open = written.where("size(undetermined) > 0")
    totals = left_open.selectExpr("count(*) as responses", "sum(size(undetermined)) as elements").first()
    if totals is not None:
        summary.undecided_responses, summary.undecided = totals["responses"], totals["elements"] or 0
    facts = left_open.selectExpr("posexplode(depends_on) as (place, fact)").groupBy("fact")
    counted = facts.agg(functions.min("place").alias("place"), functions.count("fact").alias("responses"))
    for row in counted.orderBy("place", "fact").collect():
        summary.undecided_for_want_of[row["fact"]] = row["responses"]


def _totals(summary: Summary, out: str) -> str:
    outcomes = [
        f"{summary.outcomes[outcome]:,} {outcome}" for outcome in Outcome if summary.outcomes[outcome]
    ]
    text = count(summary.responses, "response") + (f": {', '.join(outcomes)}" if outcomes else "")
    if undecided := undecided_total(summary):
        text += f"\nundecided: {undecided} ({undecided_remedy(summary)})"
    if summary.reasons:
        reasons = sorted(summary.reasons.items(), key=lambda entry: (-entry[1], entry[0]))
        text += f"\nunchecked: {', '.join(f'{number:,} {reason}' for reason, number in reasons)}"
    text += "".join(f"\n{notice}" for notice in skipped_notices(summary))
    return text + (f"\nresults are in {one_line(out)}" if summary.responses else "\nnothing to check")


def _kind_of(given: str) -> str:
    """Return the format of a path by its name, or by the names in it; raise UsageError if they do not tell."""
    names = [given.rstrip("/")]
    if os.path.isdir(given):
        names += [name for _, _, files in os.walk(given) for name in files if not name.startswith(("_", "."))]
    kinds = {kind for name in names if (kind := _kind_by_name(name))}
    if len(kinds) == 1:
        return kinds.pop()
    what = "contains both Parquet and JSON Lines" if kinds else "does not tell its format by its name"
    raise click.UsageError(f"`{given}` {what}; pass `--from parquet` or `--from jsonl`")


def _kind_by_name(name: str) -> str:
    lower = name.lower()
    for ending in _PACKED:
        lower = lower.removesuffix(ending)
    if lower.endswith((".parquet", ".parq")):
        return "parquet"
    return "jsonl" if lower.endswith(_LINES) else ""


@contextlib.contextmanager
def _session(master: str | None, configured: dict[str, str]) -> Iterator[SparkSession]:
    """Yield the active session, or start one and stop it afterwards."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    active = SparkSession.getActiveSession()
    if active is not None:
        yield active
        return
    if master is None or master.startswith("local"):
        # The worker processes need the packages of this one.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder: Any = SparkSession.builder.appName("whosees scan")
    defaults = {
        "spark.sql.execution.arrow.maxRecordsPerBatch": str(ROWS),
        "spark.ui.showConsoleProgress": "false",
    }
    for name, value in {**defaults, **configured}.items():
        builder = builder.config(name, value)
    with _without_warnings():
        try:
            session = (builder.master(master) if master else builder).getOrCreate()
        except (PySparkException, Py4JError, OSError) as error:
            raise click.ClickException(
                f"Spark does not start: {_first_line(error)}; check that Java is installed, and `--master`"
            ) from None
    try:
        session.sparkContext.setLogLevel("FATAL")  # an error that ends the job is reported once, by us
        yield session
    finally:
        session.stop()


@contextlib.contextmanager
def _without_warnings() -> Iterator[None]:
    """Hide warnings that are for programmers of Spark jobs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def _spark_errors(given: str, out: str) -> Iterator[None]:
    """Turn errors of Spark into one message."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        with _without_warnings():
            yield
    except ColumnError as error:
        raise click.ClickException(f"`{given}`: {error}") from None
    except PySparkException as error:
        message = _MESSAGES.get((error.getCondition() or "").partition(".")[0])
        text = message.format(given=given, out=out) if message else f"the job failed: {_first_line(error)}"
        raise click.ClickException(text) from None
    except Py4JError as error:
        raise click.ClickException(f"the job failed: {_first_line(error)}") from None


def _first_line(error: Exception) -> str:
    """Return the first line of an error, which names what is wrong and quotes nothing of the input."""
    return one_line((str(error).strip() or type(error).__name__).splitlines()[0])[:300]
