"""``whosees explore``: the rulebook as a page to look at."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import click

from ....engine.expectation import Evaluator
from ....reports.explorer.decisions import TooManyContexts
from ....reports.explorer.page import explorer_page
from ....reports.explorer.reading import ReadingLimits
from ...core.display import escape_unprintable
from ...core.errors import Limits
from ...recordings import STDIN
from ..options.output import writing_to
from ..options.rulebook import rulebook_at, rules_option

PARSED_DEPTH = 256
"""How deep elements nest before the parser of `check` refuses them: libxml2's bound."""


@click.command("explore")
@rules_option
@click.option(
    "-o",
    "--output",
    "output",
    metavar="FILE",
    default="explorer.html",
    show_default=True,
    help="Where to write the page; - is standard output.",
)
@click.option("--open", "open_it", is_flag=True, help="Open the page in the browser.")
def command(rules: str | None, output: str, open_it: bool) -> None:
    """Write a page that shows the whole rulebook, and judges responses without sending them anywhere.

    One file, made from the rulebook alone: what each service, caller, role and password state is shown, why, and
    what would change that. It loads nothing from the network and works from a disk.
    """
    if open_it and output == STDIN:
        raise click.UsageError("`--open` needs a file: leave out `-o -`")
    evaluator = Evaluator(rulebook_at(rules))
    bounds = Limits()
    limits = ReadingLimits(
        bounds.size, bounds.depth, bounds.elements, bounds.attributes, bounds.name, PARSED_DEPTH
    )
    try:
        page = explorer_page(evaluator, limits)
    except TooManyContexts as error:
        raise click.ClickException(str(error)) from None
    with writing_to(output) as stream:
        stream.write(page)
    if output == STDIN:
        return
    click.echo(f"wrote `{escape_unprintable(output)}`: open it in a browser", err=True)
    if open_it and not webbrowser.open(Path(output).resolve().as_uri()):
        raise click.ClickException(f"no browser could be started; open `{output}` by hand")
