"""``sightline check``: judge recordings."""

from __future__ import annotations

import click

from ...engine.finding import Severity
from ...engine.judge import Policy
from ...engine.result import Outcome, Reason, Summary
from ...reports.check_json import CheckJson
from ...reports.check_text import CheckText
from ..check import Settings, Skipped
from ..recordings import find_recordings
from ..refusal import Limits, Refusal
from ..request import read_requests
from ..workers import check_all
from .options import context_options, output_options, read_request, rulebook_at, stated_claims, style_of, writing_to

EXIT_CONFORMANT, EXIT_VIOLATING, EXIT_UNCHECKED, EXIT_INTERRUPTED = 0, 1, 3, 130

_SIZES = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30}


def _size(_ctx: click.Context, _parameter: click.Parameter, text: str) -> int:
    digits, unit = (text[:-1], text[-1].lower()) if text[-1:].lower() in _SIZES else (text, "")
    if not digits.isascii() or not digits.isdigit() or int(digits) == 0:
        raise click.BadParameter(f"`{text}` is no size; say it in bytes, or with K, M or G")
    return int(digits) * _SIZES.get(unit, 1)


@click.command("check")
@click.argument("paths", nargs=-1, metavar="[PATH…|-]")
@context_options
@click.option("--strict", is_flag=True, help="An element that should be there and is not is an error.")
@click.option(
    "--unlisted",
    type=click.Choice(["error", "warning", "note", "ignore"]),
    default="note",
    show_default=True,
    help="How much an element counts that no row lists.",
)
@click.option(
    "--empty-as",
    type=click.Choice(["present", "absent"]),
    default="present",
    show_default=True,
    help="How an element counts that holds nothing.",
)
@click.option(
    "--allow-unchecked",
    multiple=True,
    type=click.Choice([str(reason) for reason in Reason]),
    metavar="REASON",
    help=f"Let responses pass that could not be checked for this reason: {', '.join(Reason)}.",
)
@click.option("--exit-zero", is_flag=True, help="End with 0 whatever was found.")
@click.option("--max-size", default="16M", show_default=True, callback=_size, help="The largest file to read.")
@click.option("--jobs", "-j", type=click.IntRange(1, 256), default=1, show_default=True, metavar="N")
@click.option("-v", "--verbose", is_flag=True, help="Show conformant responses and notes too.")
@click.option("-q", "--quiet", is_flag=True, help="Show only what is wrong, and the totals.")
@output_options("text", "json")
def command(
    paths: tuple[str, ...],
    service: str | None,
    caller: str | None,
    role: str | None,
    password: str | None,
    facts: tuple[str, ...],
    request: str | None,
    rules: str | None,
    strict: bool,
    unlisted: str,
    empty_as: str,
    allow_unchecked: tuple[str, ...],
    exit_zero: bool,
    max_size: int,
    jobs: int,
    verbose: bool,
    quiet: bool,
    format_: str,
    output: str | None,
) -> int:
    """Judge recorded responses: files, folders, or - for standard input.

    NAME.response.xml is judged with NAME.request.xml and NAME.context.toml beside it, where they exist.

    Exit codes: 0 all was checked and conforms; 1 an error was found; 2 wrong usage; 3 no error was found, but
    something could not be checked or there was nothing to check; 130 interrupted.
    """
    if not paths:
        raise click.UsageError("nothing to check was named: give a file, a folder, or - for standard input")
    rulebook = rulebook_at(rules)
    flags = {"service": service, "caller": caller, "role": role, "password": password}
    settings = Settings(
        rules=rules,
        policy=Policy(
            strict=strict,
            unlisted=None if unlisted == "ignore" else Severity(unlisted),
            empty_is_absent=empty_as == "absent",
        ),
        limits=Limits(size=max_size),
        claims=stated_claims(rulebook, flags, facts),
        request=read_request(request, max_size),
    )
    if settings.request is not None:
        try:
            read_requests(rulebook, settings.request, settings.limits)
        except Refusal as refusal:
            raise click.UsageError(f"`--request {request}`: {refusal.detail}") from None
    report: CheckJson | CheckText = (
        CheckJson(rulebook)
        if format_ == "json"
        else CheckText(rulebook, style_of(output), verbose=verbose, quiet=quiet)
    )
    summary = Summary()
    interrupted = False
    with writing_to(output) as stream:
        stream.write(report.begin())
        try:
            for result in check_all(settings, find_recordings(paths), jobs):
                if isinstance(result, Skipped):
                    summary.skip(result.why)
                else:
                    summary.add(result)
                    stream.write(report.response(result))
        except KeyboardInterrupt:
            interrupted = True
            click.echo("sightline: interrupted; what was judged until then follows", err=True)
        stream.write(report.end(summary))
    return EXIT_INTERRUPTED if interrupted else exit_code(summary, allow_unchecked, exit_zero=exit_zero)


def exit_code(summary: Summary, allowed: tuple[str, ...], *, exit_zero: bool = False) -> int:
    """Give the exit code that a run comes to; it never depends on the format of the output."""
    if exit_zero:
        return EXIT_CONFORMANT
    if summary.outcomes[Outcome.VIOLATING]:
        return EXIT_VIOLATING
    not_allowed = any(number for reason, number in summary.reasons.items() if reason not in allowed)
    if not_allowed or not summary.responses:
        return EXIT_UNCHECKED
    return EXIT_CONFORMANT


