"""The choice of a rulebook: ``--rules``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from ....rules.load import BUILTINS, RulebookError, builtin_rulebook, load_rulebook
from ....rules.model import Rulebook

F = TypeVar("F", bound=Callable[..., Any])


def rules_option(function: F) -> F:
    """Add the choice of a rulebook."""
    return click.option(
        "--rules",
        metavar="PATH",
        help=f"A rulebook of one's own, or one that is built in: {', '.join(BUILTINS)}.",
    )(function)


def rulebook_at(path: str | None) -> Rulebook:
    """Load the rulebook that was asked for; a usage error where it cannot be used."""
    try:
        return builtin_rulebook() if path is None else load_rulebook(path)
    except RulebookError as error:
        raise click.ClickException(f"the rulebook {error}") from None
