"""``sightline rules``: validate and analyse rulebooks."""

from __future__ import annotations

import click

from ...engine.analysis import analyse
from ...engine.expectation import Evaluator
from ...engine.finding import Severity
from ...reports.rules_report import lint_json, lint_text
from .options import output_options, rulebook_at, style_of, writing_to


@click.group("rules")
def command() -> None:
    """Validate and analyse rulebooks."""


@command.command("lint")
@click.argument("path", required=False)
@click.option("--rules", metavar="PATH", help="The same as the argument.")
@output_options("text", "json")
def lint(path: str | None, rules: str | None, format_: str, output: str | None) -> int:
    """Validate a rulebook and analyse it; without PATH, the one that is built in.

    Exit codes: 0 valid; 1 valid, with a remark that is an error; 2 not valid: it cannot be used.
    """
    rulebook = rulebook_at(path or rules)
    remarks = analyse(Evaluator(rulebook))
    with writing_to(output) as stream:
        stream.write(
            lint_json(rulebook, remarks)
            if format_ == "json"
            else lint_text(rulebook, remarks, style_of(output))
        )
    return int(any(remark.severity is Severity.ERROR for remark in remarks))
