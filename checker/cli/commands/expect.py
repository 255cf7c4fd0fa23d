"""``whosees expect``: show what a caller should see."""

from __future__ import annotations

import click

from ....engine.claims import Claim, ResolvedContext, resolve_changes, resolve_claims
from ....engine.expectation import Evaluator
from ....reports.commands.expect import expect_json, expect_text
from ....reports.text.phrases import fact_option
from ....rules.model import UNKNOWN, Rulebook
from ..help import examples
from ..options.context import ContextOptions, changes_of, context_options
from ..options.output import Output, output_options


@click.command(
    "expect",
    epilog=examples(
        "whosees expect --service MC --caller anonymous --password supplied",
        "whosees expect --service MC --caller anonymous --versus password=supplied",
    ),
)
@context_options
@click.option(
    "--versus",
    multiple=True,
    metavar="FACT=VALUE",
    help="Show what would change if this fact were different; repeatable.",
)
@output_options("text", "json")
def command(options: ContextOptions, versus: tuple[str, ...], output: Output) -> None:
    """Show what a caller should see: must, should, may or must-not for every row of the table.

    A service is required. Caller, role and password are unknown unless you state them.
    """
    rulebook = options.rulebook()
    claims = [*options.claims(rulebook), *options.request_claims(rulebook)]
    resolved = resolve_claims(rulebook, claims)
    column_fact = rulebook.column_fact
    if resolved.context[column_fact] == UNKNOWN:
        known = ", ".join(column.id for column in rulebook.columns)
        raise click.UsageError(f"pass `{fact_option(column_fact)}` to choose a column: one of {known}")
    other = _versus(rulebook, claims, resolved, versus) if versus else None
    evaluator = Evaluator(rulebook)
    output.write(
        expect_json(evaluator, resolved, other)
        if output.format == "json"
        else expect_text(evaluator, resolved, other, output.style())
    )


def _versus(
    rulebook: Rulebook, claims: list[Claim], before: ResolvedContext, versus: tuple[str, ...]
) -> ResolvedContext:
    """Resolve the context again with other values for some facts; say which stated facts give way to them."""
    changes = changes_of(rulebook, versus)
    changed = {claim.fact for claim in changes}
    other = resolve_changes(rulebook, claims, changes)
    if other.context[rulebook.column_fact] == UNKNOWN:
        raise click.UsageError(
            f"`--versus {rulebook.column_fact}=unknown`: there is no column to look in; name one"
        )
    for fact, value in before.context.known_facts().items():
        if fact not in changed and other.context[fact] != value:
            changes_to = f"`{fact}` changes from `{value}` to `{other.context[fact]}`"
            click.echo(f"whosees: {changes_to}, since `{value}` contradicts `--versus`", err=True)
    return other
