"""``sightline matrix``: the table as encoded."""

from __future__ import annotations

import click

from ...reports.matrix_report import matrix_json, matrix_text
from .options import output_options, rulebook_at, writing_to


@click.command("matrix")
@click.option("--rules", metavar="PATH", help="A rulebook of one's own in place of the built-in one.")
@output_options("text", "json")
def command(rules: str | None, format_: str, output: str | None) -> None:
    """Show the table as encoded: every row and cell, in printed order."""
    rulebook = rulebook_at(rules)
    with writing_to(output) as stream:
        stream.write(matrix_json(rulebook) if format_ == "json" else matrix_text(rulebook))
