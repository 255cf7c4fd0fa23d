"""``whosees explore``: the rulebook as a web page."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import click

from ....engine.expectation import Evaluator
from ....reports.explorer.decisions import TooManyContexts
from ....reports.explorer.page import explorer_page
from ....reports.explorer.reading import ReadingLimits
from ...core.display import escape_unprintable
from ...core.limits import Limits
from ...recordings import STDIN
from ..help import examples
from ..options.output import open_output
from ..options.rulebook import rulebook_at, rules_option

PARSED_DEPTH = 256
"""The deepest nesting that the parser of `check` reads: a limit of libxml2."""


@click.command("explore", epilog=examples("whosees explore --open", "whosees explore -o page.html"))
@rules_option
@click.option(
    "-o",
    "--output",
    "output",
    metavar="FILE",
    default="explorer.html",
    show_default=True,
    help="The file to write, or - for standard output.",
)
@click.option("--open", "open_browser", is_flag=True, help="Open the page in the browser.")
def command(rules: str | None, output: str, open_browser: bool) -> None:
    """Write a web page that shows the whole rulebook, and judges responses that you drop on it.

    The page is one file. It shows what each service, caller, role and password state should see, why, and what would
    change that. It loads nothing from the network, and sends no response anywhere.
    """
    if open_browser and output == STDIN:
        raise click.UsageError("`--open` needs a file; leave out `-o -`")
    evaluator = Evaluator(rulebook_at(rules))
    defaults = Limits()
    limits = ReadingLimits(
        defaults.size,
        defaults.depth,
        defaults.elements,
        defaults.attributes,
        defaults.name,
        PARSED_DEPTH,
    )
    try:
        page = explorer_page(evaluator, limits)
    except TooManyContexts as error:
        raise click.ClickException(str(error)) from None
    with open_output(output, in_utf8=True) as stream:
        stream.write(page)
    if output == STDIN:
        return
    click.echo(f"wrote `{escape_unprintable(output)}`: open it in a browser", err=True)
    if open_browser and not webbrowser.open(Path(output).resolve().as_uri()):
        raise click.ClickException(f"no browser could be started; open `{output}` yourself")
