"""``whosees check``: judge recordings."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, TypeVar, cast

import click

from ....engine.finding import Severity
from ....engine.judge import Policy
from ....engine.result import Outcome, Summary
from ...checking.checker import Result, Settings, Skipped
from ...core import signals
from ...core.errors import Limits
from ...recordings import find_batches, find_recordings
from ..config_options import config_options
from ..context_options import Asked, context_options
from ..options.gate import GateAsked, gate_options
from ..options.limits import limit_options
from ..options.reporting import Reporting, Reports, reporting_options
from ..options.resume import resume_option, resuming
from ..progress import progress_over

F = TypeVar("F", bound=Callable[..., Any])

EXIT_CONFORMANT, EXIT_VIOLATING, EXIT_UNCHECKED = 0, 1, 3


def policy_options(function: F) -> F:
    """Add what the user decides about judging; the command gets it as ``policy``."""

    @functools.wraps(function)
    def with_policy(*args: Any, strict: bool, unlisted: str, empty_as: str, **rest: Any) -> Any:
        weight = None if unlisted == "ignore" else Severity(unlisted)
        policy = Policy(strict=strict, unlisted=weight, empty_is_absent=empty_as == "absent")
        return function(*args, policy=policy, **rest)

    command: Any = with_policy
    for option in (
        click.option(
            "--empty-as",
            type=click.Choice(["present", "absent"]),
            default="present",
            show_default=True,
            help="How an element counts that holds nothing; absent, it can no longer be leaked either.",
        ),
        click.option(
            "--unlisted",
            type=click.Choice(["error", "warning", "note", "ignore"]),
            default="note",
            show_default=True,
            help="How much an element counts that no row lists.",
        ),
        click.option("--strict/--no-strict", help="An element that should be there and is not is an error."),
    ):
        command = option(command)
    return cast("F", command)


@click.command("check")
@click.argument("paths", nargs=-1, metavar="[PATH…|-]")
@config_options
@context_options
@policy_options
@gate_options
@limit_options
@click.option(
    "-j", "--jobs", type=click.IntRange(1, 256), default=1, metavar="N", help="Processes to judge with."
)
@click.option(
    "--progress/--no-progress",
    default=None,
    help="Show on standard error how far it is; by default on a terminal.",
)
@resume_option
@reporting_options
def command(
    paths: tuple[str, ...],
    *,
    asked: Asked,
    policy: Policy,
    gate: GateAsked,
    limits: Limits,
    jobs: int,
    progress: bool | None,
    resume: str | None,
    reporting: Reporting,
) -> int:
    """Judge recorded responses: files, folders, archives, or - for standard input.

    NAME.response.xml is judged with NAME.request.xml and NAME.context.toml beside it, where they exist. Read too,
    whatever their names: raw HTTP, HAR, VCR cassettes, WireMock's journal and mappings, JSON Lines, Parquet and
    Arrow; zip, tar and gzip.

    Exit codes: 0 all was checked and conforms; 1 an error was found, or too little was covered; 2 wrong usage; 3 no
    error was found, but something could not be checked or there was nothing to check; 130 interrupted, 143 terminated.
    """
    if not paths:
        raise click.UsageError("nothing to check was named: give a file, a folder, or - for standard input")
    rulebook = asked.rulebook()
    asked.request_claims(rulebook)  # sees to it that the request can be read, before anything is judged
    settings = Settings(
        rules=asked.rules,
        policy=policy,
        limits=limits,
        claims=asked.claims(rulebook),
        request=asked.request_content(limits.size),
    )
    held = gate.open(rulebook)
    summary = Summary()
    with (
        resuming(resume, settings, rulebook) as judged,
        replace(reporting, coverage=gate.coverage).opened(rulebook) as reports,
    ):
        find = find_recordings if jobs == 1 else find_batches
        found = find(paths, settings.limits, rulebook.document.wire.format)
        results = held.held(judged(found, jobs), summary)
        interrupted = _write(reports, progress_over(results, summary, progress), summary)
    if interrupted:
        return signals.exit_code()
    held.close(summary)
    code = exit_code(summary, gate.allowed) if held.reached(summary) else EXIT_VIOLATING
    return EXIT_CONFORMANT if gate.exit_zero else code


def _write(reports: Reports, results: Iterable[Result], summary: Summary) -> bool:
    """Write results as they come, and the totals; gives whether the user broke it off."""
    interrupted = False
    try:
        for result in results:
            if isinstance(result, Skipped):
                summary.skip(result.why)
            else:
                summary.add(result)
                reports.response(result)
    except KeyboardInterrupt:
        interrupted = True
        click.echo("whosees: interrupted; the report covers what was judged until then", err=True)
    reports.end(summary)
    return interrupted


def exit_code(summary: Summary, allowed: Iterable[str] = ()) -> int:
    """Give the exit code that results come to; it never depends on the format of the output."""
    if summary.outcomes[Outcome.VIOLATING]:
        return EXIT_VIOLATING
    allowed = set(allowed)
    not_allowed = any(reason not in allowed for reason in summary.reasons)
    return EXIT_UNCHECKED if not_allowed or not summary.responses else EXIT_CONFORMANT
