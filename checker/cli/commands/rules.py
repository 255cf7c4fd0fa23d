"""``whosees rules``: validate, compare, show, begin and learn rulebooks."""

from __future__ import annotations

import click

from ....engine.analysis import analyse
from ....engine.context import TooManyContextsError
from ....engine.diff.rulebooks import IncomparableError, Kind, RulebookDiff, diff
from ....engine.expectation import Evaluator
from ....engine.finding import Severity
from ....reports.commands.rules_diff import diff_json, diff_markdown, diff_text
from ....reports.commands.rules_lint import lint_json, lint_text
from ....reports.commands.rules_show import rulebook_document
from ....reports.text.document import as_html, as_markdown, as_text
from ....rules.schema import SCHEMA_FILE
from ..help import examples
from ..options.output import Output, output_options
from ..options.rulebook import rulebook_at, rules_option
from .rules_infer import infer_command
from .rules_new import new_command

ANY = "any"


@click.group("rules", epilog=examples("whosees rules new my-rules/", "whosees rules lint my-rules/"))
def command() -> None:
    """Validate, compare, show, begin and learn rulebooks."""


command.add_command(infer_command)
command.add_command(new_command)


@command.command(
    "lint",
    short_help="Validate and analyse a rulebook.",
    epilog=examples("whosees rules lint my-rules/"),
)
@click.argument("path", required=False)
@rules_option
@click.option("--strict", is_flag=True, help="Exit with 1 for warnings too.")
@click.option("-v", "--verbose", is_flag=True, help="List every note, also if there are many of one kind.")
@output_options("text", "json")
def lint(path: str | None, rules: str | None, *, strict: bool, verbose: bool, output: Output) -> int:
    """Validate and analyse the rulebook at PATH, or the built-in one.

    Exit codes: 0 valid; 1 valid, but with an error; 2 not valid, so that it cannot be used.
    """
    rulebook = rulebook_at(path or rules)
    try:
        remarks = analyse(Evaluator(rulebook))
    except TooManyContextsError as error:
        raise click.ClickException(f"the rulebook `{rulebook.id}` cannot be analysed: {error}") from None
    output.write(
        lint_json(rulebook, remarks)
        if output.format == "json"
        else lint_text(rulebook, remarks, output.style(), verbose=verbose)
    )
    failing = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    return int(any(remark.severity in failing for remark in remarks))


@command.command(
    "diff",
    short_help="Compare two rulebooks decision by decision.",
    epilog=examples("whosees rules diff old-rules/ new-rules/ --fail-on widened"),
)
@click.argument("old")
@click.argument("new")
@click.option(
    "--fail-on",
    multiple=True,
    type=click.Choice([*(kind.value for kind in Kind), ANY]),
    help="Exit with 1 if decisions differ in this way; repeatable.",
)
@output_options("text", "json", "markdown")
def compare(old: str, new: str, fail_on: tuple[str, ...], output: Output) -> int:
    """Compare two rulebooks decision by decision, over all contexts that they have in common.

    OLD and NEW are paths, or names of built-in rulebooks. A decision is widened if an element may be shown that
    might not before, narrowed in the opposite case, and changed if only the obligation to show it differs.

    Exit codes: 0 compared; 1 a difference that --fail-on names (any: a row, column, fact or value too); 2 one cannot
    be used, or they have nothing in common.
    """
    try:
        found = diff(rulebook_at(old), rulebook_at(new))
    except (IncomparableError, TooManyContextsError) as error:
        raise click.ClickException(f"`{old}` and `{new}` cannot be compared: {error}") from None
    output.write(_diff_report(found, output))
    return int(any(found.differs if kind == ANY else found.count(Kind(kind)) for kind in fail_on))


def _diff_report(found: RulebookDiff, output: Output) -> str:
    if output.format == "json":
        return diff_json(found)
    return diff_markdown(found) if output.format == "markdown" else diff_text(found, output.style())


@command.command(
    "show",
    short_help="Show a rulebook as a document.",
    epilog=examples("whosees rules show --format html -o rulebook.html"),
)
@click.argument("path", required=False)
@rules_option
@output_options("text", "markdown", "html")
def show(path: str | None, rules: str | None, output: Output) -> None:
    """Show the rulebook at PATH, or the built-in one, as a document with its citations."""
    rulebook = rulebook_at(path or rules)
    blocks = rulebook_document(rulebook)
    if output.format == "html":
        output.write(as_html(blocks, rulebook.document.rulebook.title))
    else:
        output.write(as_markdown(blocks) if output.format == "markdown" else as_text(blocks, output.style()))


@command.command(
    "schema",
    short_help="Write the JSON Schema of rulebook.toml.",
    epilog=examples("whosees rules schema -o rulebook.schema.json"),
)
@click.option("-o", "--output", "file", metavar="FILE", help="Write to a file, not to standard output.")
def schema(file: str | None) -> None:
    """Write the JSON Schema of rulebook.toml, for editors and other tools."""
    Output("json", file).write(SCHEMA_FILE.read_text(encoding="utf-8"))
