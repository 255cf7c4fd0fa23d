"""``whosees live``: the conformance run against a server."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click

from ....engine.judge import Policy
from ....engine.result import ResponseResult, Summary
from ....reports.check.json import encode
from ....reports.check.registry import Medium
from ....reports.commands.live import LiveText, Timed, coverage
from ....rules.model import Rulebook
from ...core import crash_report as crash
from ...core import signals
from ...core.display import os_error_text
from ...core.errors import Reason
from ...service.live.cases import Case, cases_of, selected
from ...service.live.plan import Plan, PlanError, Secrets, is_loopback
from ..context_options import rulebook_at, rules_option
from ..extras import require
from ..options.live import Planned, plan_options, wire_options
from ..options.reporting import Reporting, Reports, reporting_options
from .check import EXIT_CONFORMANT, exit_code, policy_options

if TYPE_CHECKING:
    from ...checking.checker import Checker
    from ...service.live.run import Wire
    from ...service.live.runner import Exchange

_CASES_SCHEMA = "whosees/cases@1"


@click.command("live")
@plan_options
@click.option(
    "--only",
    multiple=True,
    metavar="CASE",
    help="Only these cases: the beginning of a name, or with wildcards: 'MC/anonymous/*'.",
)
@click.option("--list", "only_list", is_flag=True, help="List the cases, and call nobody.")
@click.option("--record", metavar="DIR", help="Save each exchange there for `check`, without its texts.")
@wire_options
@policy_options
@click.option(
    "--allow-unchecked",
    "allowed",
    multiple=True,
    type=click.Choice([str(reason) for reason in Reason]),
    metavar="REASON",
    help="Let cases pass that could not be checked for this reason, as with `check`.",
)
@rules_option
@reporting_options
def command(
    *,
    planned: Planned,
    only: tuple[str, ...],
    only_list: bool,
    record: str | None,
    wire: Callable[[str], Wire],
    policy: Policy,
    allowed: tuple[str, ...],
    rules: str | None,
    reporting: Reporting,
) -> int:
    """Make the calls that the table distinguishes, and judge the answers.

    Session × caller × meeting password supplied, not supplied and wrong: each is a case with a name of its own,
    such as MC/anonymous/not-supplied. Secrets are read from the environment variables that the plan names.

    Exit codes: as with `check`; 0 every case conforms, 1 an error was found, 2 wrong usage, 3 something could not be
    checked, 130 interrupted, 143 terminated.
    """
    rulebook = rulebook_at(rules)
    plan = planned.read(rulebook)
    try:
        cases = selected(cases_of(rulebook, plan), only or plan.only)
    except PlanError as error:
        raise click.UsageError(str(error)) from None
    if only_list:
        reporting.output.write(_listed(cases, reporting.output.format))
        return EXIT_CONFORMANT
    require("live", "httpx", "live")
    # Imported here: a client and a parser are needed only now.
    from ...checking.checker import Checker, Settings

    crash.mute_logs()
    url = planned.address(plan)
    calls = _calls(rulebook, plan, cases, url)
    if url.startswith("http:") and not is_loopback(url):
        click.echo(
            "whosees: warning: the server is called without TLS; whoever listens can read along", err=True
        )
    run = _Run(Checker(Settings(rules=rules, policy=policy)), record)

    def text(medium: Medium) -> LiveText:
        return LiveText(
            run.checker.evaluator, medium.style, run.timed, verbose=medium.verbose, quiet=medium.quiet
        )

    with reporting.opened(rulebook, text) as reports:
        interrupted = run.report(reports, calls, wire(url))
    if reporting.output.format != "text":
        click.echo(f"whosees: {coverage(run.checker.evaluator, run.summary)}", err=True)
    run.say_recorded()
    return signals.exit_code() if interrupted else exit_code(run.summary, allowed)


class _Run:
    """A run on its way: exchanges come in, are recorded, judged, counted and reported."""

    def __init__(self, checker: Checker, record: str | None) -> None:
        from ...service.live.recorder import Recorder

        self.checker = checker
        self.timed: dict[tuple[str, int], Timed] = {}
        self.summary = Summary()
        self._recorder = (
            None if record is None else Recorder(checker.rulebook, record, checker.settings.limits)
        )

    def report(self, writer: Reports, calls: list[tuple[Case, bytes]], wire: Wire) -> bool:
        """Make the calls and write the report; gives whether the user broke it off."""
        from ...service.live.run import conduct

        on_terminal = sys.stderr.isatty()
        held: list[ResponseResult] = []
        tell = held.append if on_terminal else writer.response  # a bar and a report do not mix
        try:
            with _progress(len(calls), shown=on_terminal) as advance:

                def done(made: Exchange) -> None:
                    for result in self._judged(made):
                        tell(result)
                    advance(1)

                interrupted = conduct(self.checker.rulebook, calls, wire, done)
        except PlanError as error:
            raise click.UsageError(str(error)) from None
        if interrupted:
            click.echo("whosees: interrupted; the report covers what was judged until then", err=True)
        for result in held:
            writer.response(result)
        writer.end(self.summary)
        return interrupted

    def _judged(self, made: Exchange) -> Iterator[ResponseResult]:
        from ...service.live.judging import judged

        if self._recorder is not None:
            try:
                self._recorder.record(made)
            except OSError as error:
                said = os_error_text(error)
                raise click.ClickException(f"--record: a recording cannot be written: {said}") from None
        for each in judged(self.checker, made):
            self.timed[each.result.source, each.result.index] = Timed(each.verdict, each.seconds)
            self.summary.add(each.result)
            yield each.result

    def say_recorded(self) -> None:
        """Say how many exchanges were recorded."""
        if self._recorder is not None:
            left_out = f", {self._recorder.left_out} left out: no answer" if self._recorder.left_out else ""
            click.echo(f"whosees: recorded {self._recorder.recorded}{left_out}", err=True)


@contextlib.contextmanager
def _progress(length: int, *, shown: bool) -> Iterator[Callable[[int], None]]:
    """Show how far a run is, where somebody looks; gives what has to be told of every step."""
    if not shown:
        yield lambda _: None
        return
    with click.progressbar(length=length, file=sys.stderr, label="cases") as bar:
        yield bar.update


def _calls(rulebook: Rulebook, plan: Plan, cases: tuple[Case, ...], url: str) -> list[tuple[Case, bytes]]:
    """Write the request of every case, so that what is missing is missed before the first call."""
    from ...service.live.message import request_of

    secrets = Secrets(os.environ, practice=is_loopback(url))
    try:
        return [(case, request_of(rulebook, plan, case, secrets)) for case in cases]
    except PlanError as error:
        raise click.UsageError(str(error)) from None


def _listed(cases: tuple[Case, ...], format_: str) -> str:
    if format_ == "text":
        return "".join(f"{case.id}\n" for case in cases)
    listed = [
        {"id": case.id, "context": dict(case.context.items()), "password": case.password} for case in cases
    ]
    return f'{{"schema":"{_CASES_SCHEMA}","cases":[\n' + ",\n".join(map(encode, listed)) + "\n]}\n"
