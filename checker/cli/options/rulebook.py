"""The choice of a rulebook: ``--rules``."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from ....rules.load import RULEBOOK_FILE, RulebookError, builtin_rulebook, load_rulebook
from ....rules.model import Rulebook
from ....rules.names import join_names
from ....rules.registry import BUILTINS

F = TypeVar("F", bound=Callable[..., Any])


class _RepeatedOption(click.Option):
    """An option that can be repeated, and that a configuration file can state once."""

    def consume_value(self, ctx: click.Context, opts: Mapping[str, Any]) -> tuple[Any, ParameterSource]:
        """Return the value with its source; a single text is a list of one."""
        value, source = super().consume_value(ctx, opts)
        return ((value,) if isinstance(value, str) else value), source


def _only_one(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> str | None:
    if len(values) > 1:
        raise click.UsageError(f"`--rules` names one rulebook here, and {len(values)} are given")
    return values[0] if values else None


def rules_option(function: F) -> F:
    """Add the choice of a rulebook; the command gets it as ``rules``, and a second one is wrong usage."""
    return click.option(
        "--rules",
        cls=_RepeatedOption,
        multiple=True,
        callback=_only_one,
        metavar="PATH",
        help=f"The folder of your own rulebook, or the name of a built-in one: {', '.join(BUILTINS)}.",
    )(function)


def repeated_rules_option(function: F) -> F:
    """Add the choice of rulebooks; the command gets them as ``rules``."""
    return click.option(
        "--rules",
        cls=_RepeatedOption,
        multiple=True,
        metavar="PATH",
        help=(
            "The folder of your own rulebook, a folder of such folders, or the name of a built-in one: "
            f"{', '.join(BUILTINS)}; repeatable."
        ),
    )(function)


def expand_rulebooks(paths: Iterable[str]) -> tuple[str, ...]:
    """Return the rulebooks at some paths, each once: a folder of rulebooks stands for those in it, by name."""
    found: list[str] = []
    for path in paths:
        inside = [] if path in BUILTINS or _is_rulebook(path) else _rulebooks_in(path)
        found += inside or [path]
    return tuple(dict.fromkeys(found))


def _is_rulebook(path: str) -> bool:
    return not os.path.isdir(path) or os.path.exists(os.path.join(path, RULEBOOK_FILE))


def _rulebooks_in(folder: str) -> list[str]:
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return []  # loading it says why
    folders = [os.path.join(folder, name) for name in names]
    return [each for each in folders if os.path.exists(os.path.join(each, RULEBOOK_FILE))]


def rulebooks_at(paths: Iterable[str]) -> tuple[Rulebook, ...]:
    """Load the rulebooks at some paths, or the default one; raise ClickException if one cannot be used."""
    rulebooks = tuple(map(rulebook_at, expand_rulebooks(paths) or (None,)))
    ids = [rulebook.id for rulebook in rulebooks]
    if len(set(ids)) < len(ids):
        raise click.UsageError(f"two of the rulebooks have one id: {join_names(ids)}")
    return rulebooks


def rulebook_at(path: str | None) -> Rulebook:
    """Load the rulebook at a path, or the default one; raise ClickException if it cannot be used."""
    try:
        return builtin_rulebook() if path is None else load_rulebook(path)
    except RulebookError as error:
        raise click.ClickException(f"the rulebook {error}") from None
