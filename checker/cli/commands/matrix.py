"""``whosees matrix``: show the table as encoded."""

from __future__ import annotations

import click

from ....reports.commands.matrix import matrix_json, matrix_text
from ..help import examples
from ..options.output import Output, output_options
from ..options.rulebook import rulebook_at, rules_option


@click.command("matrix", epilog=examples("whosees matrix", "whosees matrix --rules my-rules/ --format json"))
@rules_option
@output_options("text", "json")
def command(rules: str | None, output: Output) -> None:
    """Show the table as encoded: every row and cell, in the order of the published page."""
    rulebook = rulebook_at(rules)
    output.write(matrix_json(rulebook) if output.format == "json" else matrix_text(rulebook))
