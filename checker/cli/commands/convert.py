"""``whosees convert``: a saved result in another format."""

from __future__ import annotations

import sys

import click

from ....reports.check.decode import ResultError, SavedResult
from ...core.display import os_error_text
from ...recordings import STDIN
from ..options.reporting import Reporting, reporting_options
from ..options.rulebook import rulebook_at, rules_option


@click.command("convert")
@click.argument("result", metavar="RESULT.json|-")
@rules_option
@reporting_options
def command(result: str, *, rules: str | None, reporting: Reporting) -> None:
    """Render a saved result of `check --format json` as `check` itself would have written it.

    Nothing is judged again, so the exit code says nothing of what was found: 0 it was rendered; 2 it is no
    result, or a report could not be written.
    """
    rulebook = rulebook_at(rules)
    try:
        saved = SavedResult(rulebook, _read(result))
    except ResultError as error:
        raise click.ClickException(f"`{result}`: {error}") from None
    with reporting.opened(rulebook) as reports:
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
