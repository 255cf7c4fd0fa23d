"""``whosees convert``: render saved results in another format."""

from __future__ import annotations

import sys

import click

from ....reports.check.decode import ResultError
from ....reports.check.saved_result import SavedResult
from ....rules.files import os_error_text
from ...recordings import STDIN
from ..help import examples
from ..options.reporting import ReportOptions, reporting_options
from ..options.rulebook import repeated_rules_option, rulebooks_at
from ..several import require_formats_of_several


@click.command(
    "convert",
    epilog=examples(
        "whosees check recordings/ --format json -o results.json",
        "whosees convert results.json --format html -o results.html",
    ),
)
@click.argument("result", metavar="RESULT.json|-")
@repeated_rules_option
@reporting_options
def command(result: str, *, rules: tuple[str, ...], reporting: ReportOptions) -> None:
    """Render saved results of `check --format json` in another format, as `check` would have written them.

    Name the rulebooks that `check` was run with, if it was not the default one; those of several are named in any order. Nothing is judged again, so the exit code says nothing about findings. Exit codes: 0 the results were rendered;
    2 the file is not such a result, or a report could not be written.
    """
    rulebooks = rulebooks_at(rules)
    try:
        saved = SavedResult(rulebooks, _read(result))
    except ResultError as error:
        raise click.ClickException(f"`{result}`: {error}") from None
    if len(saved.rulebooks) > 1:
        require_formats_of_several(reporting)
    with reporting.open(*saved.rulebooks) as reports:
        for response in saved.results():
            reports.response(response)
        reports.end(saved.summary)


def _read(result: str) -> bytes:
    try:
        if result == STDIN:
            return sys.stdin.buffer.read()
        with open(result, "rb") as stream:
            return stream.read()
    except (OSError, ValueError) as error:
        raise click.ClickException(f"`{result}` cannot be read: {os_error_text(error)}") from None
