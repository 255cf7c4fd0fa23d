"""The gate of ``check``: what a baseline accepts, and how much of the table has to be exercised."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar, cast

import click

from ....engine.baseline import BaselineSummary, Entry
from ....engine.baseline_filter import BaselineFilter
from ....engine.coverage import measure
from ....engine.expectation import Evaluator
from ....engine.result import Summary
from ....reports.text.coverage import said
from ....reports.text.style import one_line
from ....rules.model import Rulebook
from ...checking.baseline_file import BaselineError, BaselineFile, read_baseline
from ...checking.checker import Result, Skipped
from ...core.display import escape_unprintable, os_error_text
from ...core.errors import Reason
from ...core.today import today
from ..context_options import writing_to

F = TypeVar("F", bound=Callable[..., Any])

NAMED = 10
"""How many entries a warning names; the others are counted."""


@dataclass(frozen=True, slots=True)
class GateAsked:
    """What was asked of the gate.

    ``file`` is the baseline's, ``least`` the coverage in percent that is asked for. ``coverage`` shows it,
    ``allowed`` are reasons for which a response may go unchecked, ``exit_zero`` lets everything pass.
    """

    file: str | None
    update: bool
    prune: bool
    coverage: bool
    least: float | None
    allowed: tuple[str, ...]
    exit_zero: bool

    def open(self, rulebook: Rulebook, day: date | None = None) -> Gate:
        """Read the baseline; a usage error where it cannot be used. ``day`` decides what has expired: today."""
        if self.file is None:
            if self.update or self.prune:
                asked = "--baseline-update" if self.update else "--baseline-prune"
                raise click.UsageError(f"`{asked}` needs a file: say `--baseline FILE`")
            return Gate(self, rulebook, BaselineFile(), None)
        baseline = self._read(self.file)
        return Gate(
            self,
            rulebook,
            baseline,
            BaselineFilter(rulebook, baseline.entries, day or today(), adding=self.update),
        )

    def _read(self, file: str) -> BaselineFile:
        name = f"the baseline `{escape_unprintable(file)}`"
        if file == "-":
            raise click.UsageError("a baseline is a file; `-` is none")
        try:
            with open(file, "rb") as stream:
                return read_baseline(stream.read())
        except FileNotFoundError:
            if self.update:
                return BaselineFile()
            raise click.UsageError(f"{name} does not exist; `--baseline-update` makes it") from None
        except (OSError, ValueError) as error:
            if isinstance(error, BaselineError):
                raise click.UsageError(f"{name}: {error}") from None
            raise click.UsageError(f"{name} cannot be read: {os_error_text(error)}") from None


class Gate:
    """Lets results pass, marks what the baseline accepts, and in the end says if the run is good enough."""

    def __init__(
        self,
        asked: GateAsked,
        rulebook: Rulebook,
        baseline: BaselineFile,
        baseline_filter: BaselineFilter | None,
    ) -> None:
        self._asked = asked
        self._rulebook = rulebook
        self._baseline = baseline
        self._ledger = baseline_filter

    def held(self, results: Iterable[Result], summary: Summary) -> Iterator[Result]:
        """Give the results as the baseline leaves them; after the last, the summary has what was made of it."""
        baseline_filter = self._ledger
        if baseline_filter is None:
            yield from results
            return
        for result in results:
            yield result if isinstance(result, Skipped) else baseline_filter.apply(result)
        summary.baseline = baseline_filter.summary(summary.contexts)

    def close(self, summary: Summary) -> None:
        """Say on standard error what does not take effect any more, and write the baseline if that was asked for.

        A run that was broken off changes no baseline.
        """
        use = summary.baseline
        if use is None or self._asked.file is None:
            return
        self._warn(use)
        removed = use.stale if self._asked.prune else ()
        if use.added or removed:
            with writing_to(self._asked.file) as stream:
                stream.write(self._baseline.changed(use.added, removed))
        if self._asked.update:
            _say(self._asked.file, f"{_entries(use.added)} added")
        if self._asked.prune:
            _say(self._asked.file, f"{_entries(removed)} removed")

    def reached(self, summary: Summary) -> bool:
        """Whether enough of the table was exercised; says on standard error where it was not."""
        least = self._asked.least
        if least is None:
            return True
        total = measure(Evaluator(self._rulebook), summary.contexts).total
        if total.reaches(least):
            return True
        click.echo(f"whosees: too little is covered: {said(total)}, less than {least:g} %", err=True)
        return False

    def _warn(self, use: BaselineSummary) -> None:
        for entries, what in (
            (use.expired, "has expired, so its finding counts again"),
            (use.incomplete, "does not count: a leak is accepted only with reason and expires"),
            (
                () if self._asked.prune else use.stale,
                "stale: it no longer occurs; --baseline-prune removes it",
            ),
        ):
            for entry in entries[:NAMED]:
                until = f" (it was accepted until {entry.expires})" if entries is use.expired else ""
                _say(self._asked.file or "", f"{entry.rule} {one_line(entry.id)}: {what}{until}")
            if len(entries) > NAMED:
                _say(self._asked.file or "", f"and {_entries(entries[NAMED:])} more: {what}")
        if use.unjudged:
            where = "their context" if len(use.unjudged) > 1 else "its context"
            _say(
                self._asked.file or "",
                f"{_entries(use.unjudged)} stale or not exercised: no response in {where} was judged",
            )


def gate_options(function: F) -> F:
    """Add baseline and coverage; the command gets them as ``gate``."""

    @functools.wraps(function)
    def with_gate(
        *args: Any,
        baseline: str | None,
        baseline_update: bool,
        baseline_prune: bool,
        coverage: bool,
        min_coverage: float | None,
        allowed: tuple[str, ...],
        exit_zero: bool,
        **rest: Any,
    ) -> Any:
        asked = GateAsked(
            baseline, baseline_update, baseline_prune, coverage, min_coverage, allowed, exit_zero
        )
        return function(*args, gate=asked, **rest)

    command: Any = with_gate
    for option in (
        click.option("--exit-zero", is_flag=True, help="End with 0 whatever was found."),
        click.option(
            "--allow-unchecked",
            "allowed",
            multiple=True,
            type=click.Choice([str(reason) for reason in Reason]),
            metavar="REASON",
            help=f"Let responses pass that could not be checked for this reason: {', '.join(Reason)}.",
        ),
        click.option(
            "--min-coverage",
            type=click.FloatRange(0, 100),
            metavar="PERCENT",
            help="Fail where less of the table's obligations was exercised.",
        ),
        click.option(
            "--coverage/--no-coverage", help="Show which of the table's obligations were exercised."
        ),
        click.option("--baseline-prune", is_flag=True, help="Remove the entries that no longer occur."),
        click.option("--baseline-update", is_flag=True, help="Add an entry for each error that has none."),
        click.option("--baseline", metavar="FILE", help="Known findings that do not count: a TOML file."),
    ):
        command = option(command)
    return cast("F", command)


def _entries(entries: tuple[Entry, ...]) -> str:
    return f"{len(entries):,} {'entry' if len(entries) == 1 else 'entries'}"


def _say(file: str, text: str) -> None:
    click.echo(f"whosees: baseline `{escape_unprintable(file)}`: {text}", err=True)
