"""``whosees rules new``: begin a rulebook, from nothing or from a schema."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ....rules.load import RULEBOOK_FILE, TABLE_FILE
from ....rules.registry import SKELETON
from ...core.atomic_files import write_together
from ...core.display import escape_unprintable, os_error_text
from ..errors import require_extra
from ..help import examples

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
    ),
)
@click.argument("folder", metavar="DIR")
@click.option("--openapi", metavar="SPEC", help="Begin with an OpenAPI description, in JSON or YAML.")
@click.option("--operation", metavar="ID", help="The operation of SPEC: its operationId, or `GET /path`.")
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
def new_command(folder: str, *, openapi: str | None, columns: ColumnChoice | None, **options: Any) -> None:
    """Begin a rulebook: write it to DIR, which is created. Nothing is overwritten.

    Without a schema that is a commented skeleton. With one, the table has a row for each element of the answers, and all
    cells are left to you; what a rulebook cannot express of the schema is listed.
    """
    if openapi is None:
        if given := [name for name, value in {**options, "columns": columns}.items() if value is not None]:
            raise click.UsageError(f"`--{given[0]}` needs a schema: `--openapi SPEC`")
        contents: Mapping[str, str] = _skeleton(folder)
        outline = None
    else:
        outline = _openapi(openapi, **options)
        contents = _draft(folder, outline, columns)
    _write(folder, contents)
    if outline is not None:
        _say_gaps(outline)


def _openapi(path: str, *, operation: str | None, unit: str | None, depth: int | None) -> Outline:
    require_extra("rules new --openapi", "referencing", "schema")
    from ...schemas.openapi.outline import openapi_outline
    from ...schemas.outline import DEPTH, SchemaError

    try:
        return openapi_outline(path, operation, unit, depth or DEPTH)
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
