"""``whosees live``: a conformance run against a server."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from ....engine.result import ResponseResult, Summary
from ....reports.check.base import RenderOptions
from ....reports.check.json import encode
from ....reports.commands.live import LiveText, Timed, coverage
from ....rules.model import Rulebook
from ...core import crash_report as crash
from ...core import signals
from ...core.display import os_error_text
from ...service.live.cases import Case, cases_of, select_cases
from ...service.live.plan import Plan, PlanError, Secrets, is_loopback
from ..errors import require_extra
from ..help import examples
from ..options.gate import allow_unchecked_option, fail_on_option
from ..options.live import LiveOptions, plan_options, wire_options
from ..options.policy import PolicyOptions, policy_options
from ..options.reporting import ReportOptions, Reports, reporting_options
from ..options.rulebook import callable_rulebook_at, rules_option
from .check import EXIT_CONFORMANT, exit_code

if TYPE_CHECKING:
    from ...checking.checker import Checker
    from ...service.live.run import ClientOptions
    from ...service.live.runner import CompletedCall

_CASES_SCHEMA = "whosees/cases@1"


@click.command(
    "live",
    epilog=examples(
        "whosees live --plan plan.toml",
        "whosees live --plan plan.toml --only 'MC/anonymous/*' --record recordings/",
        "whosees live --url https://HOST/ --site SITE --session-key 123456789",
    ),
)
@plan_options
@click.option(
    "--only",
    multiple=True,
    metavar="CASE",
    help="Run only these cases: the beginning of a name, or a pattern such as 'MC/anonymous/*'; repeatable.",
)
@click.option("--list", "only_list", is_flag=True, help="List the cases without calling the server.")
@click.option(
    "--record", metavar="DIR", help="Save each exchange to this folder for `check`, without its texts."
)
@wire_options
@policy_options
@allow_unchecked_option("Accept cases")
@fail_on_option
@rules_option
@reporting_options
def command(
    *,
    plan_options: LiveOptions,
    only: tuple[str, ...],
    only_list: bool,
    record: str | None,
    wire: Callable[[str], ClientOptions],
    policy: PolicyOptions,
    allow_unchecked: tuple[str, ...],
    fail_on: str,
    rules: str | None,
    reporting: ReportOptions,
) -> int:
    """Call a server in every way that the table distinguishes, and judge its answers.

    Each session is asked about as each caller, with the meeting password supplied, not supplied and wrong. Each of
    these cases has a name such as MC/anonymous/not-supplied. Secrets come from the environment variables that the
    plan names.

    Exit codes: 0 every case conforms; 1 an error was found; 2 wrong usage; 3 no error was found, but something could
    not be checked; 130 interrupted, 143 terminated.
    """
    rulebook = callable_rulebook_at(rules, "live")
    policy.validate(rulebook)
    plan = plan_options.read(rulebook)
    try:
        cases = select_cases(cases_of(rulebook, plan), only or plan.only)
    except PlanError as error:
        raise click.UsageError(str(error)) from None
    if only_list:
        reporting.output.write(_format_cases(cases, reporting.output.format))
        return EXIT_CONFORMANT
    require_extra("live", "httpx", "live")
    # Imported here: a client and a parser are needed only now.
    from ...checking.checker import Checker, Settings

    crash.mute_logs()
    url = plan_options.address(plan)
    calls = _calls(rulebook, plan, cases, url)
    if url.startswith("http:") and not is_loopback(url):
        click.echo(
            "whosees: warning: the server is called without TLS; anyone on the network can read the calls",
            err=True,
        )
    run = _Run(Checker(Settings(rules=rules, policy=policy.policy, required=policy.required)), record)

    def text(options: RenderOptions) -> LiveText:
        return LiveText(
            *(run.checker.evaluator, options.style, run.timed),
            verbose=options.verbose,
            quiet=options.quiet,
            allowed=options.allowed,
        )

    with replace(reporting, allowed=allow_unchecked).opened(rulebook, text=text) as reports:
        interrupted = run.report(reports, calls, wire(url))
    if reporting.output.format != "text":
        click.echo(f"whosees: {coverage(run.checker.evaluator, run.summary)}", err=True)
    run.say_recorded()
    return signals.exit_code() if interrupted else exit_code(run.summary, allow_unchecked, fail_on)


class _Run:
    """Records, judges, counts and reports exchanges as they come in."""

    def __init__(self, checker: Checker, record: str | None) -> None:
        from ...service.live.recorder import Recorder

        self.checker = checker
        self.timed: dict[tuple[str, int], Timed] = {}
        self.summary = Summary()
        self._recorder = (
            None if record is None else Recorder(checker.rulebook, record, checker.settings.limits)
        )

    def report(self, writer: Reports, calls: list[tuple[Case, bytes]], wire: ClientOptions) -> bool:
        """Make the calls and write the report; return whether the user interrupted it."""
        from ...service.live.run import run_calls

        on_terminal = sys.stderr.isatty()
        kept: list[ResponseResult] = []
        receive = kept.append if on_terminal else writer.response  # a progress bar and a report do not mix
        try:
            with _progress(len(calls), shown=on_terminal) as advance:

                def done(call: CompletedCall) -> None:
                    for result in self._judged(call):
                        receive(result)
                    advance(1)

                interrupted = run_calls(self.checker.rulebook, calls, wire, done)
        except PlanError as error:
            raise click.UsageError(str(error)) from None
        if interrupted:
            click.echo("whosees: interrupted; the report covers what was judged until then", err=True)
        for result in kept:
            writer.response(result)
        writer.end(self.summary, interrupted=interrupted)
        return interrupted

    def _judged(self, call: CompletedCall) -> Iterator[ResponseResult]:
        from ...service.live.judging import judge_call

        if self._recorder is not None:
            try:
                self._recorder.record(call)
            except OSError as error:
                reason = os_error_text(error)
                raise click.ClickException(f"--record: a recording cannot be written: {reason}") from None
        for each in judge_call(self.checker, call):
            self.timed[each.result.source, each.result.index] = Timed(each.verdict, each.seconds)
            self.summary.add(each.result)
            yield each.result

    def say_recorded(self) -> None:
        """Write to standard error how many exchanges were recorded."""
        if self._recorder is not None:
            omitted = f", {self._recorder.left_out} left out: no answer" if self._recorder.left_out else ""
            click.echo(f"whosees: recorded {self._recorder.recorded}{omitted}", err=True)


@contextlib.contextmanager
def _progress(length: int, *, shown: bool) -> Iterator[Callable[[int], None]]:
    """Show a progress bar if wanted; yield the function that advances it."""
    if not shown:
        yield lambda _: None
        return
    with click.progressbar(length=length, file=sys.stderr, label="cases") as bar:
        yield bar.update


def _calls(rulebook: Rulebook, plan: Plan, cases: tuple[Case, ...], url: str) -> list[tuple[Case, bytes]]:
    """Return the request of every case, so that anything missing is found before the first call."""
    from ...service.live.request_message import request_of

    secrets = Secrets(os.environ, practice=is_loopback(url))
    try:
        return [(case, request_of(rulebook, plan, case, secrets)) for case in cases]
    except PlanError as error:
        raise click.UsageError(str(error)) from None


def _format_cases(cases: tuple[Case, ...], format_: str) -> str:
    if format_ == "text":
        return "".join(f"{case.id}\n" for case in cases)
    entries = [
        {"id": case.id, "context": dict(case.context.items()), "password": case.password} for case in cases
    ]
    return f'{{"schema":"{_CASES_SCHEMA}","cases":[\n' + ",\n".join(map(encode, entries)) + "\n]}\n"
