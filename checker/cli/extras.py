"""Extras: what only some commands need, and a message that says how to get it."""

from __future__ import annotations

import importlib.util

import click


def require(command: str, module: str, extra: str) -> None:
    """See that what an extra brings is there; one message that says which to install where it is not."""
    if importlib.util.find_spec(module) is None:
        raise click.ClickException(
            f"`whosees {command}` needs `{module}`, which is not installed: pip install 'whosees[{extra}]'"
        )
