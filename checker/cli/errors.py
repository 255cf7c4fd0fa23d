"""Errors of the command line: how they are written, and those that several commands share."""

from __future__ import annotations

import importlib.util
import re

import click

from ...reports.text.escape import escape_control_chars
from ...rules.names import lower_first
from .exit_codes import EXIT_USAGE

_CLICK_QUOTES = re.compile(r"'([^'`]*)'")
"""An input that click has put in quotes; all other messages have input in backticks."""


def report_error(error: click.ClickException) -> int:
    """Write an error of usage or of a file to standard error, and return the exit code."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message())
        return EXIT_USAGE
    message = _no_such_option(error) if isinstance(error, click.NoSuchOption) else error.format_message()
    message = message.replace("\n\t", " ")  # click lists choices on lines of their own
    if isinstance(error, click.BadParameter):
        message = _CLICK_QUOTES.sub(r"`\1`", message)
    message = escape_control_chars(message.rstrip("."))  # it can contain what was typed, and names of files
    click.echo(f"whosees: {lower_first(message)}", err=True)
    if isinstance(error, click.UsageError) and error.ctx is not None:
        click.echo(f"try `{error.ctx.command_path} --help`", err=True)
    return EXIT_USAGE


def _no_such_option(error: click.NoSuchOption) -> str:
    """Return a message that does not change with click's version."""
    similar = " or ".join(f"`{name}`" for name in sorted(error.possibilities or ()))
    return f"no such option `{error.option_name}`" + (f"; did you mean {similar}?" if similar else "")


def split_pair(option: str, text: str, form: str = "NAME=VALUE") -> tuple[str, str]:
    """Split the value of an option at its first `=`; raise UsageError with the form if there is no name before one."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise click.UsageError(f"`{option} {text}` is not of the form {form}")
    return name, value


def require_extra(command: str, module: str, extra: str) -> None:
    """Raise an error that says what to install unless the module of an extra can be imported."""
    if importlib.util.find_spec(module) is None:
        raise click.ClickException(
            f"`whosees {command}` needs `{module}`, which is not installed: pip install 'whosees[{extra}]'"
        )
