"""``whosees rules new``: begin a rulebook, from nothing or from a schema."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ....rules.files import os_error_text
from ....rules.load import RULEBOOK_FILE, TABLE_FILE
from ....rules.registry import SKELETON
from ...core.atomic_files import write_together
from ...core.display import escape_unprintable
from ..errors import require_extra
from ..help import examples
from ..options.schema import read_openapi

if TYPE_CHECKING:
    from ...schemas.draft import ColumnChoice
    from ...schemas.outline import Outline

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_MOST_LEVELS = 100
_RESERVED = ("element", "path", "comments")


class Columns(click.ParamType["ColumnChoice"]):
    """The fact that picks the column, and its values: ``caller=anonymous,authenticated``."""

    name = "columns"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> ColumnChoice:
        """Read a fact and its values; a usage error if they cannot be those of a rulebook."""
        from ...schemas.draft import ColumnChoice

        fact, equals, rest = str(value).partition("=")
        values = [each.strip() for each in rest.split(",")]
        if not equals or not all(map(_ID.fullmatch, (fact, *values))):
            self.fail(
                f"`{value}` is not of the form FACT=VALUE,VALUE; ids are letters, digits, - and _", param, ctx
            )
        if len(set(map(str.lower, values))) < len(values) or set(values) & set(_RESERVED):
            self.fail(f"`{value}` has a value twice, or one that is a heading of the table", param, ctx)
        return ColumnChoice(fact, values)


@click.command(
    "new",
    short_help="Begin a rulebook.",
    epilog=examples(
        "whosees rules new my-rules/",
        "whosees rules new my-rules/ --openapi api.yaml --operation getUser",
        "whosees rules new my-rules/ --xsd service.xsd --type getUserResponse",
        "whosees rules new my-rules/ --graphql schema.json --query viewer.graphql",
    ),
)
@click.argument("folder", metavar="DIR")
@click.option("--openapi", metavar="SPEC", help="Begin with an OpenAPI description, in JSON or YAML.")
@click.option("--xsd", metavar="SCHEMA", help="Begin with an XML schema.")
@click.option(
    "--graphql", metavar="SCHEMA", help="Begin with a GraphQL schema: an introspection result, or SDL."
)
@click.option(
    "--operation",
    metavar="NAME",
    help="The operation: an operationId or `GET /path`, the name of a query, or a field such as `Query.viewer`.",
)
@click.option("--type", "type_", metavar="NAME", help="The complex type of the XML schema that answers have.")
@click.option("--query", metavar="FILE", help="The GraphQL query whose answers are judged.")
@click.option("--unit", metavar="PATH", help="What one result is about, such as `items[]`.")
@click.option(
    "--columns",
    type=Columns(),
    metavar="FACT=VALUE,…",
    help="The fact that picks the column, and its values.  [default: caller=anonymous,authenticated]",
)
@click.option(
    "--depth",
    type=click.IntRange(1, _MOST_LEVELS),
    metavar="N",
    help="Levels of elements that become rows.",
)
def new_command(folder: str, *, columns: ColumnChoice | None, **options: str | int | None) -> None:
    """Begin a rulebook: write it to DIR, which is created. Nothing is overwritten.

    Without a schema that is a commented skeleton. With one, the table has a row for each element of the answers, and all
    cells are left to you; what a rulebook cannot express of the schema is listed.
    """
    given = {name: value for name, value in options.items() if value is not None}
    schemas = given.keys() & _OPTIONS.keys()
    if len(schemas) > 1:
        raise click.UsageError(f"a rulebook is begun with one schema: {' or '.join(_flags(schemas))}")
    if not schemas:
        if needing := [*_flags(given), *(["--columns"] if columns else [])]:
            raise click.UsageError(f"`{needing[0]}` needs a schema: {' or '.join(_flags(_OPTIONS))}")
        _write(folder, _skeleton(folder))
        return
    (language,) = schemas
    if other := _flags(given.keys() - {language, *_OPTIONS[language]}):
        raise click.UsageError(f"`{other[0]}` does not belong to `--{language}`")
    outline = _outline(language, given)
    _write(folder, _draft(folder, outline, columns))
    _say_gaps(outline)


_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "openapi": ("operation", "unit", "depth"),
    "xsd": ("type_", "depth"),
    "graphql": ("query", "operation", "unit", "depth"),
}
"""The kinds of schemas, and the options that belong to each."""


def _flags(names: Iterable[str]) -> list[str]:
    return [f"--{name.strip('_')}" for name in sorted(names)]


def _outline(language: str, given: Mapping[str, Any]) -> Outline:
    """Read a schema; a usage error says what is wrong with it."""
    from ...schemas.outline import DEPTH, SchemaError

    path = str(given[language])
    operation, unit, depth = (given.get(name) for name in ("operation", "unit", "depth"))
    try:
        if language == "xsd":
            from ...schemas.xsd.outline import xsd_outline

            return xsd_outline(path, given.get("type_"), depth or DEPTH)
        if language == "graphql":
            require_extra("rules new --graphql", "graphql", "schema")
            from ...schemas.graphql.outline import graphql_outline

            return graphql_outline(path, given.get("query"), operation, unit, depth)
        return read_openapi("rules new", path, operation, unit, depth)
    except SchemaError as error:
        raise click.ClickException(escape_unprintable(str(error))) from None


def _draft(folder: str, outline: Outline, columns: ColumnChoice | None) -> dict[str, str]:
    from ....reports.commands.rulebook_files import matrix_csv, rulebook_toml
    from ...schemas.draft import ColumnChoice, draft_document, draft_rows, head_comment

    columns = columns or ColumnChoice()
    document = draft_document(outline, _identity(folder), columns)
    return {
        RULEBOOK_FILE: rulebook_toml(document, head_comment(outline)),
        TABLE_FILE: matrix_csv(document, draft_rows(outline, columns)),
    }


def _say_gaps(outline: Outline) -> None:
    from ...schemas.draft import gap_lines

    for line in gap_lines(outline):
        click.echo(f"whosees: {escape_unprintable(line)}", err=True)


def _skeleton(folder: str) -> dict[str, str]:
    return {
        RULEBOOK_FILE: Path(SKELETON, RULEBOOK_FILE)
        .read_text(encoding="utf-8")
        .replace("my-rulebook", _identity(folder), 1),
        TABLE_FILE: Path(SKELETON, TABLE_FILE).read_text(encoding="utf-8"),
    }


def _identity(folder: str) -> str:
    """Return an id for a rulebook: the name of its folder."""
    return re.sub(r"[^A-Za-z0-9]+", "-", os.path.basename(os.path.abspath(folder))).strip("-") or "mine"


def _write(folder: str, contents: Mapping[str, str]) -> None:
    for file in contents:
        if os.path.lexists(os.path.join(folder, file)):
            raise click.ClickException(
                f"`{os.path.join(folder, file)}` exists already; nothing is overwritten"
            )
    try:
        os.makedirs(folder, exist_ok=True)
        write_together({Path(folder, file): content.encode() for file, content in contents.items()})
    except (OSError, ValueError) as error:
        raise click.ClickException(f"`{folder}` cannot be written to: {os_error_text(error)}") from None
    click.echo(f"wrote {' and '.join(escape_unprintable(os.path.join(folder, file)) for file in contents)}")
    click.echo(f"next: whosees rules lint {shlex.quote(escape_unprintable(folder))}")
