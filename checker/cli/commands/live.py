"""``whosees live``: a conformance run against a server."""

from __future__ import annotations

import contextlib
import functools
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import click
from msgspec import structs

from ....engine.result import ResponseResult, Summary
from ....reports.commands.live import CaseRow, LiveText, coverage
from ....reports.text.json import encode
from ....rules.files import os_error_text
from ....rules.model import Rulebook
from ...core import crash_report as crash
from ...core import signals
from ...service.endpoint import is_loopback
from ...service.live.cases import Case, SessionCase, cases_of, select_cases
from ...service.live.plan import Plan
from ...service.live.secrets import PlanError, Secrets
from ..errors import require_extra
from ..exit_codes import EXIT_CONFORMANT, exit_code
from ..help import examples
from ..options.gate import allow_unchecked_option, fail_on_option
from ..options.live import LiveOptions, plan_options, wire_options
from ..options.policy import PolicyOptions, policy_options
from ..options.reporting import ReportOptions, Reports, reporting_options
from ..options.rulebook import repeated_rules_option
from ..several import require_formats_of_several

if TYPE_CHECKING:
    from ....engine.context import Context
    from ...checking.checker import Checker
    from ...service.live.http_request import OutgoingRequest
    from ...service.live.run import ClientOptions
    from ...service.live.runner import CompletedCall

_CASES_SCHEMA = "whosees/cases@1"


@click.command(
    "live",
    epilog=examples(
        "whosees live --plan plan.toml",
        "whosees live --plan plan.toml --rules github-user --rules ./my-rulebook",
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
@repeated_rules_option
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
    rules: tuple[str, ...],
    reporting: ReportOptions,
) -> int:
    """Call a server in every way that the table distinguishes, and judge its answers.

    Each request of the plan is made as each caller: a case such as profile/alice. Each session of a Webex site is asked
    about as each caller, with the meeting password supplied, not supplied and wrong: cases such as
    MC/anonymous/not-supplied. The rulebooks are those of --rules, or those that the plan names. Secrets come from the environment variables that the plan names.

    Exit codes: 0 every case conforms; 1 an error was found; 2 wrong usage; 3 no error was found, but something could
    not be checked; 130 interrupted, 143 terminated.
    """
    rulebooks, plan = plan_options.read(rules)
    if len(rulebooks) > 1:
        require_formats_of_several(reporting)
    with plan_options.locate_errors():
        cases = select_cases(cases_of(rulebooks, plan), only or plan.only)
    if only_list:
        reporting.output.write(_format_cases(cases, reporting.output.format))
        return EXIT_CONFORMANT
    require_extra("live", "httpx", "live")
    crash.mute_logs()
    url = plan_options.address(plan)
    calls = _calls(plan_options, plan, cases, url)
    _warn_without_tls(url)
    run = _Run(_checkers(rulebooks, policy), record)
    text = functools.partial(LiveText, rulebooks, rows=run.rows)
    with replace(reporting, allowed=allow_unchecked).open(*rulebooks, text=text) as reports:
        interrupted = run.report(reports, calls, wire(url))
    run.end(is_text=reporting.output.format == "text")
    return signals.exit_code() if interrupted else exit_code(run.summary, allow_unchecked, fail_on)


def _warn_without_tls(url: str) -> None:
    if url.startswith("http:") and not is_loopback(url):
        click.echo(
            "whosees: warning: the server is called without TLS; anyone on the network can read the calls",
            err=True,
        )


def _checkers(rulebooks: tuple[Rulebook, ...], policy: PolicyOptions) -> dict[str, Checker]:
    """Return a checker for each rulebook, by its id; raise UsageError for facts and rules that none has."""
    # Imported here: a parser is needed only now.
    from ...checking.checker import Checker
    from ...checking.settings import Settings

    checkers = {}
    for rulebook in rulebooks:
        required = policy.required_for(rulebook, rulebooks)
        settings = Settings(rules=rulebook.location, policy=policy.policy, required=required)
        checkers[rulebook.id] = Checker(settings)
    return checkers


class _Run:
    """Records, judges, counts and reports exchanges as they come in."""

    def __init__(self, checkers: Mapping[str, Checker], record: str | None) -> None:
        from ...service.live.recorder import Recorder

        self.rows: list[CaseRow] = []
        self.summary = Summary()
        self._checkers = checkers
        self._contexts: dict[str, set[Context]] = {id_: set() for id_ in checkers}
        limits = next(iter(checkers.values())).settings.limits
        self._recorder = None if record is None else Recorder(record, limits)

    def report(self, writer: Reports, calls: list[tuple[Case, OutgoingRequest]], wire: ClientOptions) -> bool:
        """Make the calls and write the report; return whether the user interrupted it."""
        from ...service.live.run import run_calls

        on_terminal = sys.stderr.isatty()
        kept: list[ResponseResult] = []
        receive = kept.append if on_terminal else writer.response  # a progress bar and a report do not mix
        try:
            with _progress(len(calls), shown=on_terminal) as advance:

                def done(call: CompletedCall) -> None:
                    for result in self._judge(call):
                        receive(result)
                    advance(1)

                interrupted = run_calls(calls, wire, done)
        except PlanError as error:
            raise click.UsageError(str(error)) from None
        if interrupted:
            click.echo("whosees: interrupted; the report covers what was judged until then", err=True)
        for result in kept:
            writer.response(result)
        writer.end(self.summary, interrupted=interrupted)
        return interrupted

    def _judge(self, call: CompletedCall) -> Iterator[ResponseResult]:
        from ...service.live.judging import judge_call

        if self._recorder is not None:
            try:
                self._recorder.record(call)
            except OSError as error:
                reason = os_error_text(error)
                raise click.ClickException(f"`--record`: a recording cannot be written: {reason}") from None
        id_ = call.case.rulebook.id
        for each in judge_call(self._checkers[id_], call):
            results = each.results
            if len(self._checkers) > 1:
                results = tuple(structs.replace(result, rulebook=id_) for result in results)
            self.rows.append(CaseRow(each.name, each.verdict, each.seconds, results))
            if not results:
                self.summary.skip(each.verdict)
            for result in results:
                self.summary.add(result)
                self._contexts[id_].update([result.resolved.context] if result.judged else ())
                yield result

    def end(self, *, is_text: bool) -> None:
        """Write to standard error how many exchanges were recorded and, unless a text says it, what the cases exercised."""
        if not is_text:
            exercised = coverage([each.evaluator for each in self._checkers.values()], self._contexts)
            click.echo(f"whosees: {exercised}", err=True)
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


def _calls(
    options: LiveOptions, plan: Plan, cases: tuple[Case, ...], url: str
) -> list[tuple[Case, OutgoingRequest]]:
    """Return the request of every case, so that anything missing is found before the first call."""
    from ...service.live.http_request import outgoing_request

    secrets = Secrets(os.environ, practice=is_loopback(url), loopback=plan.loopback)
    with options.locate_errors():
        return [(case, outgoing_request(plan, case, secrets, url)) for case in cases]


def _format_cases(cases: tuple[Case, ...], format_: str) -> str:
    if format_ == "text":
        return "".join(f"{case.id}\n" for case in cases)
    entries = [_case_object(case) for case in cases]
    return f'{{"schema":"{_CASES_SCHEMA}","cases":[\n' + ",\n".join(map(encode, entries)) + "\n]}\n"


def _case_object(case: Case) -> dict[str, object]:
    if isinstance(case, SessionCase):
        return {"id": case.id, "context": dict(case.context.items()), "password": case.password}
    expected = "failure" if case.must_fail else "success"
    return {"id": case.id, "rulebook": case.rulebook.id, "facts": case.facts, "outcome": expected}
