"""The choice of a rulebook: ``--rules``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from ....rules.load import RulebookError, builtin_rulebook, load_rulebook
from ....rules.model import Rulebook
from ....rules.registry import BUILTINS

F = TypeVar("F", bound=Callable[..., Any])


def rules_option(function: F) -> F:
    """Add the choice of a rulebook; the command gets it as ``rules``."""
    return click.option(
        "--rules",
        metavar="PATH",
        help=f"The folder of your own rulebook, or the name of a built-in one: {', '.join(BUILTINS)}.",
    )(function)


def callable_rulebook_at(path: str | None, command: str) -> Rulebook:
    """Load a rulebook whose operation a command calls or answers; raise UsageError if it cannot."""
    # Imported here: most commands call nobody.
    from ...service.requirements import UnsupportedRulebookError, require_callable

    rulebook = rulebook_at(path)
    try:
        require_callable(rulebook, command)
    except UnsupportedRulebookError as error:
        raise click.UsageError(str(error)) from None
    return rulebook


def rulebook_at(path: str | None) -> Rulebook:
    """Load the rulebook at a path, or the default one; raise ClickException if it cannot be used."""
    try:
        return builtin_rulebook() if path is None else load_rulebook(path)
    except RulebookError as error:
        raise click.ClickException(f"the rulebook {error}") from None
