"""The gate of ``check``: which findings a baseline accepts, and how much of the table must be covered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import click

from ....engine.baseline import BaselineSummary, Entry
from ....engine.baseline_filter import BaselineFilters
from ....engine.coverage import measure
from ....engine.expectation import Evaluator
from ....engine.finding_rules import rules_of
from ....engine.policy import DEFAULT_POLICY, Policy
from ....engine.result import FailOn, Summary
from ....reports.text.coverage import coverage_line
from ....reports.text.style import count, one_line
from ....rules.files import os_error_text
from ....rules.model import Rulebook
from ...checking.baseline_file import (
    BaselineError,
    BaselineFile,
    MissingBaselineError,
    load_baseline,
    update_baseline,
)
from ...checking.results import Result, Skipped
from ...core.display import escape_unprintable
from ...core.errors import Reason
from ..exit_codes import EXIT_CONFORMANT, EXIT_VIOLATING, exit_code
from .group import Decorator, option_group

MAX_NAMED = 10
"""Entries that a warning names; further ones are counted."""


@dataclass(frozen=True, slots=True)
class GateOptions:
    """The gate's options.

    ``baseline`` is a file, ``min_coverage`` a percentage, ``allow_unchecked`` the reasons for which a response may
    be unchecked; ``fail_on`` is the least that makes the run fail; ``coverage`` shows the coverage, ``exit_zero`` lets
    everything pass.
    """

    baseline: str | None = None
    baseline_update: bool = False
    baseline_prune: bool = False
    coverage: bool = False
    min_coverage: float | None = None
    allow_unchecked: tuple[str, ...] = ()
    fail_on: str = FailOn.ERROR
    exit_zero: bool = False

    def open(self, *rulebooks: Rulebook, policy: Policy = DEFAULT_POLICY, day: date | None = None) -> Gate:
        """Read the baseline; raise UsageError if it cannot be used.

        Entries whose findings the ``policy`` leaves out have no part in the run, and the others expire by ``day``, which is
        today unless given.
        """
        if self.baseline is None:
            if self.baseline_update or self.baseline_prune:
                flag = "--baseline-update" if self.baseline_update else "--baseline-prune"
                raise click.UsageError(f"`{flag}` needs `--baseline FILE`")
            return Gate(self, rulebooks, None)
        rules = {rule for rulebook in rulebooks for rule in rules_of(rulebook)}
        file = self._read(self.baseline, rules)
        today = day or datetime.now(UTC).date()
        adding = self.baseline_update
        filters = BaselineFilters(rulebooks, file.entries, today, adding=adding, policy=policy)
        return Gate(self, rulebooks, filters)

    def _read(self, path: str, rules: Collection[str]) -> BaselineFile:
        if path == "-":
            raise click.UsageError("a baseline cannot be read from standard input; name a file")
        try:
            return load_baseline(path, rules)
        except MissingBaselineError:
            if self.baseline_update:
                return BaselineFile()
            name = f"the baseline `{escape_unprintable(path)}`"
            raise click.UsageError(f"{name} does not exist; `--baseline-update` creates it") from None
        except BaselineError as error:
            raise click.UsageError(str(error)) from None


class Gate:
    """Applies the baseline to results, and decides in the end whether the run passes."""

    def __init__(
        self,
        options: GateOptions,
        rulebooks: Sequence[Rulebook],
        filters: BaselineFilters | None,
    ) -> None:
        self._options = options
        self._rulebooks = rulebooks
        self._filters = filters

    def apply_baseline(self, results: Iterable[Result], summary: Summary) -> Iterable[Result]:
        """Return the results as the baseline leaves them; after the last, its summary is added to the totals."""
        return results if self._filters is None else _filtered(results, self._filters, summary)

    def close(self, summary: Summary) -> None:
        """Warn about entries without effect, and write the baseline if an option asks for it.

        An interrupted run changes no baseline.
        """
        use, path = summary.baseline, self._options.baseline
        if use is None or path is None:
            return
        for warning in self._warnings(use):
            _echo(path, warning)
        removed = use.stale if self._options.baseline_prune else ()
        if use.added or removed:
            try:
                rules = {rule for rulebook in self._rulebooks for rule in rules_of(rulebook)}
                update_baseline(path, use.added, removed, rules)
            except BaselineError as error:
                raise click.ClickException(f"the baseline `{escape_unprintable(path)}`: {error}") from None
            except OSError as error:
                raise click.ClickException(
                    f"`{escape_unprintable(path)}` cannot be written: {os_error_text(error)}"
                ) from None
        if self._options.baseline_update:
            _echo(path, f"{_entries(use.added)} added")
        if self._options.baseline_prune:
            _echo(path, f"{_entries(removed)} removed")

    def exit_code(self, summary: Summary) -> int:
        """Return the exit code of the run; if too little of the table was covered, say so on standard error."""
        options = self._options
        code = exit_code(summary, options.allow_unchecked, options.fail_on)
        if not self._passes_coverage(summary):
            code = EXIT_VIOLATING
        return EXIT_CONFORMANT if options.exit_zero else code

    def _passes_coverage(self, summary: Summary) -> bool:
        least = self._options.min_coverage
        if least is None:
            return True
        total = measure(Evaluator(self._rulebooks[0]), summary.contexts).total
        if total.reaches(least):
            return True
        click.echo(f"whosees: coverage is too low: {coverage_line(total)}, less than {least:g} %", err=True)
        return False

    def _warnings(self, use: BaselineSummary) -> Iterator[str]:
        stale = () if self._options.baseline_prune else use.stale
        yield from _warnings_about(
            [(entry, f" (it was accepted until {entry.expires})") for entry in use.expired],
            "has expired, so its finding counts again",
        )
        yield from _warnings_about(
            [(entry, "") for entry in use.incomplete],
            "has no effect: accepting a leak takes both `reason` and `expires`",
        )
        yield from _warnings_about(
            [(entry, "") for entry in stale], "stale: it no longer occurs; `--baseline-prune` removes it"
        )
        if use.unjudged:
            contexts = "their context" if len(use.unjudged) > 1 else "its context"
            yield f"{_entries(use.unjudged)} stale or not exercised: no response in {contexts} was judged"


def _warnings_about(entries: Sequence[tuple[Entry, str]], text: str) -> Iterator[str]:
    """Yield a warning for each of the first entries, with its addition, and one that counts the others."""
    for entry, addition in entries[:MAX_NAMED]:
        yield f"{entry.rule} {one_line(entry.id)}: {text}{addition}"
    if len(entries) > MAX_NAMED:
        yield f"and {_entries(entries[MAX_NAMED:])} more: {text}"


def allow_unchecked_option(beginning: str) -> Decorator[Any]:
    """Return the option for the reasons for which something may be unchecked."""
    return click.option(
        "--allow-unchecked",
        multiple=True,
        type=click.Choice([str(reason) for reason in Reason]),
        metavar="REASON",
        help=f"{beginning} that are unchecked for this reason; repeatable. One of {', '.join(Reason)}.",
    )


fail_on_option = click.option(
    "--fail-on",
    type=click.Choice([str(least) for least in FailOn]),
    default=str(FailOn.ERROR),
    show_default=True,
    help="Exit with 1 from this on: error, then warning, then elements that stay undecided, then note.",
)
"""The least that makes a run fail."""


gate_options = option_group(
    "gate",
    GateOptions,
    [
        click.option("--baseline", metavar="FILE", help="A TOML file of known findings, which do not count."),
        click.option("--baseline-update", is_flag=True, help="Add each new error to the baseline."),
        click.option("--baseline-prune", is_flag=True, help="Remove entries that no longer occur."),
        click.option("--coverage/--no-coverage", help="Show which obligations of the table were exercised."),
        click.option(
            "--min-coverage",
            type=click.FloatRange(0, 100),
            metavar="PERCENT",
            help="Exit with 1 if fewer of the table's obligations were exercised.",
        ),
        allow_unchecked_option("Accept responses"),
        fail_on_option,
        click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found."),
    ],
)
"""Add baseline and coverage; the command gets them as ``gate``."""


def _entries(entries: Sequence[object]) -> str:
    return count(len(entries), "entry", "entries")


def _echo(path: str, text: str) -> None:
    click.echo(f"whosees: baseline `{escape_unprintable(path)}`: {text}", err=True)


def _filtered(results: Iterable[Result], filters: BaselineFilters, summary: Summary) -> Iterator[Result]:
    for result in results:
        yield result if isinstance(result, Skipped) else filters.apply(result)
    summary.baseline = filters.summary()
