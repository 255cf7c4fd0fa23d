"""``sightline rules``: validate and analyse rulebooks."""

from __future__ import annotations

import click

from ...engine.analysis import analyse
from ...engine.expectation import Evaluator
from ...engine.finding import Severity
from ...reports.rules_report import lint_json, lint_text
from .options import Output, output_options, rulebook_at, rules_option


@click.group("rules")
def command() -> None:
    """Validate and analyse rulebooks."""


@command.command("lint")
@click.argument("path", required=False)
@rules_option
@output_options("text", "json")
def lint(path: str | None, rules: str | None, output: Output) -> int:
    """Validate a rulebook and analyse it; without PATH, the one that is built in.

    Exit codes: 0 valid; 1 valid, with a remark that is an error; 2 not valid: it cannot be used.
    """
    rulebook = rulebook_at(path or rules)
    remarks = analyse(Evaluator(rulebook))
    output.write(
        lint_json(rulebook, remarks)
        if output.format == "json"
        else lint_text(rulebook, remarks, output.style())
    )
    return int(any(remark.severity is Severity.ERROR for remark in remarks))
