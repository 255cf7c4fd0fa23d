"""``whosees expect``: what a context should see."""

from __future__ import annotations

import click

from ....engine.context import Claim, Precedence, ResolvedContext, resolve_claims
from ....engine.expectation import Evaluator
from ....reports.commands.expect import expect_json, expect_text
from ....reports.text.phrases import fact_option
from ....rules.model import UNKNOWN, Rulebook
from ..options.context import Asked, changes_of, context_options
from ..options.output import Output, output_options


@click.command("expect")
@context_options
@click.option(
    "--versus", multiple=True, metavar="FACT=VALUE", help="Show what changes if this were so; repeatable."
)
@output_options("text", "json")
def command(asked: Asked, versus: tuple[str, ...], output: Output) -> None:
    """Show what a context should see: must, should, may or must-not, for every row of the table.

    A service is needed. What is not said of caller, role and password is unknown.
    """
    rulebook = asked.rulebook()
    claims = [*asked.claims(rulebook), *asked.request_claims(rulebook)]
    resolved = resolve_claims(rulebook, claims)
    column_fact = rulebook.column_fact
    if resolved.context[column_fact] == UNKNOWN:
        known = ", ".join(column.id for column in rulebook.columns)
        raise click.UsageError(
            f"`{fact_option(column_fact)}` is needed: it is the column to look in, one of {known}"
        )
    other = _versus(rulebook, claims, versus) if versus else None
    evaluator = Evaluator(rulebook)
    output.write(
        expect_json(evaluator, resolved, other)
        if output.format == "json"
        else expect_text(evaluator, resolved, other, output.style())
    )


def _versus(rulebook: Rulebook, claims: list[Claim], versus: tuple[str, ...]) -> ResolvedContext:
    """Settle the context anew with other facts in place of what was said of them."""
    changes = changes_of(rulebook, versus)
    changed = {claim.fact for claim in changes}
    # What was stated and cannot stand beside the change gives way to it, as evidence does to a statement.
    kept = [
        Claim(claim.fact, claim.value, claim.source, min(claim.precedence, Precedence.SIDECAR))
        for claim in claims
        if claim.fact not in changed
    ]
    other = resolve_claims(rulebook, [*changes, *kept])
    if other.context[rulebook.column_fact] == UNKNOWN:
        raise click.UsageError(f"`--versus {rulebook.column_fact}=unknown`: there is no column to look in")
    return other
