"""``sightline live``: the conformance run against a server."""

from __future__ import annotations

import contextlib
import functools
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, TypeVar, cast

import click

from ...engine.judge import Policy
from ...engine.result import Summary
from ...reports.check_json import CheckJson, encode
from ...reports.check_report import CheckReport
from ...reports.live_text import LiveText, Timed, coverage
from ...rules.model import UNKNOWN, Rulebook
from ..live.cases import Case, cases_of, selected
from ..live.plan import (
    Plan,
    PlanError,
    Secret,
    Secrets,
    Session,
    is_loopback,
    load_plan,
    url_fault,
    validated,
)
from ..refusal import Reason
from ..say import fault
from .check import EXIT_CONFORMANT, EXIT_INTERRUPTED, exit_code, policy_options
from .extras import require
from .options import Output, output_options, rulebook_at, rules_option

if TYPE_CHECKING:
    from ..check import Checker
    from ..live.recorder import Recorder
    from ..live.run import Wire
    from ..live.runner import Exchange

F = TypeVar("F", bound=Callable[..., Any])

_CASES_SCHEMA = "sightline/cases@1"


@dataclass(frozen=True, slots=True)
class Planned:
    """What was said on the command line of the plan: a file, or a site and a session for the anonymous cases."""

    plan: str | None
    url: str | None
    site: str | None
    session_key: str | None
    service: str | None
    password_variable: str | None

    def read(self, rulebook: Rulebook) -> Plan:
        """Give the plan; a usage error where there is none, or it cannot be run."""
        short = {"--site": self.site, "--session-key": self.session_key}
        others = {"--service": self.service, "--session-password-env": self.password_variable}
        try:
            if self.plan is not None:
                given = [flag for flag, text in (short | others).items() if text is not None]
                if given:
                    raise click.UsageError(f"`{given[0]}` is the plan's to say; leave it or --plan out")
                return load_plan(rulebook, self.plan)
            missing = [flag for flag, text in ({"--url": self.url} | short).items() if text is None]
            if missing:
                raise click.UsageError(
                    f"say --plan FILE, or --url, --site and --session-key; `{missing[0]}` is missing"
                )
            session = Session(
                key=self.session_key or "",
                service=self.service or UNKNOWN,
                password=Secret(env=self.password_variable) if self.password_variable else None,
            )
            return validated(rulebook, Plan(site=self.site or "", sessions=(session,)))
        except PlanError as error:
            raise click.UsageError(f"the plan {error}" if self.plan else str(error)) from None

    def address(self, plan: Plan) -> str:
        """Give the URL to call; a usage error where there is none that can be called."""
        url = self.url or plan.url
        if not url:
            raise click.UsageError("no server is named: say --url, or `url` in the plan")
        if said := url_fault(url):
            raise click.UsageError(f"the url {said}")
        return url


def plan_options(function: F) -> F:
    """Add what says which server is called about what; the command gets it as ``planned``."""

    @functools.wraps(function)
    def with_planned(*args: Any, **rest: Any) -> Any:
        names = ("plan", "url", "site", "session_key", "service", "password_variable")
        return function(*args, planned=Planned(*(rest.pop(name) for name in names)), **rest)

    command: Any = with_planned
    for option in (
        click.option(
            "--session-password-env",
            "password_variable",
            metavar="NAME",
            help="Without a plan: the environment variable that holds the meeting password.",
        ),
        click.option(
            "--service", metavar="NAME", help="Without a plan: the session's service, if it is known."
        ),
        click.option(
            "--session-key", metavar="KEY", help="Without a plan: the session to ask for, anonymously."
        ),
        click.option("--site", metavar="NAME", help="Without a plan: the site's name."),
        click.option("--url", metavar="URL", help="The server's address; overrides the plan's."),
        click.option("--plan", metavar="FILE", help="The plan: server, sessions and callers, in TOML."),
    ):
        command = option(command)
    return cast("F", command)


def wire_options(function: F) -> F:
    """Add how calls are made; the command gets ``wire``, which makes a `Wire` of a URL."""

    @functools.wraps(function)
    def with_wire(*args: Any, **rest: Any) -> Any:
        names = ("concurrency", "rate", "retries", "connect_timeout", "read_timeout", "ca_file")
        concurrency, rate, retries, connect, read, ca_file = (rest.pop(name) for name in names)

        def wire(url: str) -> Wire:
            from ..live.client import Target
            from ..live.run import Wire
            from ..live.runner import Pace

            return Wire(Target(url, connect, read, ca_file), Pace(concurrency, rate, retries))

        return function(*args, wire=wire, **rest)

    seconds = click.FloatRange(min=0, min_open=True)
    command: Any = with_wire
    for option in (
        click.option("--ca-file", metavar="FILE", help="Certificates of an authority of one's own, in PEM."),
        click.option(
            "--read-timeout", type=seconds, default=30.0, show_default=True, help="Seconds for an answer."
        ),
        click.option(
            "--connect-timeout",
            type=seconds,
            default=10.0,
            show_default=True,
            help="Seconds to get a connection.",
        ),
        click.option(
            "--retries",
            type=click.IntRange(0, 20),
            default=3,
            show_default=True,
            help="How often to call again without a connection, and when rate-limited.",
        ),
        click.option("--rate", type=seconds, metavar="N", help="Calls a second at most."),
        click.option(
            "--concurrency",
            type=click.IntRange(1, 256),
            default=4,
            show_default=True,
            help="Calls at a time.",
        ),
    ):
        command = option(command)
    return cast("F", command)


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
@click.option("-v", "--verbose", is_flag=True, help="Show conformant cases and notes too.")
@rules_option
@output_options("text", "json")
def command(
    *,
    planned: Planned,
    only: tuple[str, ...],
    only_list: bool,
    record: str | None,
    wire: Callable[[str], Wire],
    policy: Policy,
    allowed: tuple[str, ...],
    verbose: bool,
    rules: str | None,
    output: Output,
) -> int:
    """Make the calls that the table distinguishes, and judge the answers.

    Session × caller × meeting password supplied, not supplied and wrong: each is a case with a name of its own,
    such as MC/anonymous/not-supplied. Secrets are read from the environment variables that the plan names.

    Exit codes: as with `check`; 0 every case conforms, 1 an error was found, 2 wrong usage, 3 something could not be
    checked, 130 interrupted.
    """
    rulebook = rulebook_at(rules)
    plan = planned.read(rulebook)
    try:
        cases = selected(cases_of(rulebook, plan), only)
    except PlanError as error:
        raise click.UsageError(str(error)) from None
    if only_list:
        output.write(_listed(cases, output.format))
        return EXIT_CONFORMANT
    require("live", "httpx", "live")
    # Imported here: a client and a parser are needed only now.
    from ..check import Checker, Settings

    url = planned.address(plan)
    calls = _calls(rulebook, plan, cases, url)
    if url.startswith("http:") and not is_loopback(url):
        click.echo(
            "sightline: warning: the server is called without TLS; whoever listens can read along", err=True
        )
    run = _Run(Checker(Settings(rules=rules, policy=policy)), record)
    report: CheckReport = (
        CheckJson(rulebook)
        if output.format == "json"
        else LiveText(run.checker.evaluator, output.style(), run.timed, verbose=verbose)
    )
    with output.opened() as stream:
        interrupted = run.write(stream, report, calls, wire(url))
    if output.format != "text":
        click.echo(f"sightline: {coverage(run.checker.evaluator, run.summary)}", err=True)
    run.say_recorded()
    return EXIT_INTERRUPTED if interrupted else exit_code(run.summary, allowed)


class _Run:
    """A run on its way: exchanges come in, are recorded, judged, counted and reported."""

    def __init__(self, checker: Checker, record: str | None) -> None:
        from ..live.recorder import Recorder

        self.checker = checker
        self.timed: dict[str, Timed] = {}
        self.summary = Summary()
        self._recorder: Recorder | None = (
            None if record is None else Recorder(checker.rulebook, record, checker.settings.limits)
        )

    def write(
        self, stream: IO[str], report: CheckReport, calls: list[tuple[Case, bytes]], wire: Wire
    ) -> bool:
        """Make the calls and write the report; gives whether the user broke it off."""
        from ..live.run import conduct

        on_terminal = sys.stderr.isatty()
        held: list[str] = []
        say = held.append if on_terminal else stream.write  # a bar and a report on one terminal do not mix
        say(report.begin())
        try:
            with _progress(len(calls), shown=on_terminal) as advance:

                def done(made: Exchange) -> None:
                    for text in self._judged(made, report):
                        say(text)
                    advance(1)

                interrupted = conduct(self.checker.rulebook, calls, wire, done)
        except PlanError as error:
            raise click.UsageError(str(error)) from None
        if interrupted:
            click.echo("sightline: interrupted; the report covers what was judged until then", err=True)
        say(report.end(self.summary))
        stream.writelines(held)
        return interrupted

    def _judged(self, made: Exchange, report: CheckReport) -> list[str]:
        from ..live.judging import judged

        if self._recorder is not None:
            try:
                self._recorder.record(made)
            except OSError as error:
                raise click.ClickException(
                    f"--record: a recording cannot be written: {fault(error)}"
                ) from None
        texts = []
        for each in judged(self.checker, made):
            self.timed[each.result.source] = Timed(each.verdict, each.seconds)
            self.summary.add(each.result)
            texts.append(report.response(each.result))
        return texts

    def say_recorded(self) -> None:
        """Say how many exchanges were recorded."""
        if self._recorder is not None:
            left_out = f", {self._recorder.left_out} left out: no answer" if self._recorder.left_out else ""
            click.echo(f"sightline: recorded {self._recorder.recorded}{left_out}", err=True)


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
    from ..live.message import request_of

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
