"""Extras: what only some commands need, and a message that says how to get it."""

from __future__ import annotations

import importlib.util

import click

from ...reports.text.visible import escape_control_chars
from ...rules.names import lower_first

EXIT_USAGE = 2


def require(command: str, module: str, extra: str) -> None:
    """See that what an extra brings is there; one message that says which to install where it is not."""
    if importlib.util.find_spec(module) is None:
        raise click.ClickException(
            f"`whosees {command}` needs `{module}`, which is not installed: pip install 'whosees[{extra}]'"
        )


def report_error(error: click.ClickException) -> int:
    """Write an error of usage or of a file to standard error, and return the exit code."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message())
        return EXIT_USAGE
    message = _no_option(error) if isinstance(error, click.NoSuchOption) else error.format_message()
    message = escape_control_chars(message.rstrip("."))  # it can hold what was typed, and names of files
    click.echo(f"whosees: {lower_first(message)}", err=True)
    if isinstance(error, click.UsageError) and error.ctx is not None:
        click.echo(f"try `{error.ctx.command_path} --help`", err=True)
    return EXIT_USAGE


def _no_option(error: click.NoSuchOption) -> str:
    """Say it in words that do not change with click's version."""
    like = " or ".join(f"`{name}`" for name in sorted(error.possibilities or ()))
    return f"no such option `{error.option_name}`" + (f"; did you mean {like}?" if like else "")
