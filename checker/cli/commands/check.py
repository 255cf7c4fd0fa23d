"""``whosees check``: judge recordings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import click

from ....engine.result import Summary
from ...checking.results import Result, Skipped
from ...core import signals
from ...core.display import escape_unprintable
from ...core.limits import Limits
from ...recordings import find_batches, find_recordings, format_names, named_pipes
from ..help import EXIT_CODES, examples
from ..options.config import config_options
from ..options.context import ContextOptions, several_context_options
from ..options.gate import GateOptions, gate_options
from ..options.limits import limit_options
from ..options.policy import PolicyOptions, policy_options
from ..options.reporting import ReportOptions, Reports, reporting_options
from ..options.resume import resume_option, resuming
from ..progress import progress_over
from ..several import require_single, settings_of


@click.command(
    "check",
    help=f"""Judge recorded responses: files, folders, archives, or - for standard input.

    NAME.response.xml is judged with NAME.request.xml and NAME.context.toml beside it, if they exist. These formats
    are recognised by their content: {format_names()};
    and zip, tar and gzip of these.

    {EXIT_CODES} --min-coverage exits with 1 too.
    """,
    epilog=examples(
        "whosees check recordings/ traffic.har",
        "whosees check response.xml --service MC --caller anonymous",
        "whosees check recordings/ --strict --report junit=whosees.xml",
        "whosees check recordings/ --require caller,role,password",
        "whosees explain leaked        what a finding means",
    ),
)
@click.argument("paths", nargs=-1, metavar="[PATH…|-]")
@config_options
@several_context_options
@policy_options
@gate_options
@limit_options
@click.option(
    "-j", "--jobs", type=click.IntRange(1, 256), default=1, metavar="N", help="Processes to judge with."
)
@click.option(
    "--progress/--no-progress",
    default=None,
    help="Show progress on standard error; by default on a terminal.",
)
@resume_option
@reporting_options
def command(
    paths: tuple[str, ...],
    *,
    options: ContextOptions,
    policy: PolicyOptions,
    gate: GateOptions,
    limits: Limits,
    jobs: int,
    progress: bool | None,
    resume: str | None,
    reporting: ReportOptions,
) -> int:
    """Judge recordings and return the exit code."""
    if not paths:
        raise click.UsageError("nothing to check; name a file, a folder, or `-` for standard input")
    if options.more_rules:
        require_single(gate, resume, reporting)
    settings = settings_of(options, policy, limits)
    rulebooks = tuple(each.rulebook() for each in (settings, *settings.others))
    rulebook = rulebooks[0]
    opened_gate = gate.open(*rulebooks, policy=settings.policy)
    _announce_pipes(paths)
    summary = Summary()
    with (
        resuming(resume, settings, rulebook) as judge,
        replace(reporting, coverage=gate.coverage, allowed=gate.allow_unchecked).open(*rulebooks) as reports,
    ):
        find = find_recordings if jobs == 1 else find_batches
        found = find(paths, settings.limits, {each.document.wire.format for each in rulebooks})
        results = opened_gate.apply_baseline(judge(found, jobs), summary)
        interrupted = _write(reports, progress_over(results, summary, progress), summary)
    if interrupted:
        return signals.exit_code()
    opened_gate.close(summary)
    return opened_gate.exit_code(summary)


def _announce_pipes(paths: Iterable[str]) -> None:
    """Write which named pipes the run waits for, so that it is not taken for a hung one."""
    for pipe in named_pipes(paths):
        name = escape_unprintable(pipe)
        click.echo(f"whosees: waiting for a program to write to the named pipe `{name}`", err=True)


def _write(reports: Reports, results: Iterable[Result], summary: Summary) -> bool:
    """Write results as they come, then the totals; return whether the user interrupted the run."""
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
    reports.end(summary, interrupted=interrupted)
    return interrupted
