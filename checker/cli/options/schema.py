"""Reading of schemas that options name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ...core.display import escape_unprintable
from ..errors import require_extra

if TYPE_CHECKING:
    from ...schemas.outline import Outline


def read_openapi(
    command: str, path: str, operation: str | None, unit: str | None, depth: int | None = None
) -> Outline:
    """Return the outline of an operation; raises click.ClickException with what is wrong."""
    require_extra(f"{command} --openapi", "referencing", "schema")
    from ...schemas.openapi.outline import openapi_outline
    from ...schemas.outline import DEPTH, SchemaError

    try:
        return openapi_outline(path, operation, unit, depth or DEPTH)
    except SchemaError as error:
        raise click.ClickException(escape_unprintable(str(error))) from None
