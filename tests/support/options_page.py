"""The tables of options in docs/reference/commands.md, as the commands themselves have them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

from whosees.checker.cli.app import cli

_TABLE = re.compile(r"(<!-- options of ([a-z ]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def command_of(names: list[str]) -> click.Command | None:
    """Return the command that these words name, such as ``["rules", "diff"]``."""
    command: click.Command | None = cli
    for name in names:
        if isinstance(command, click.Group):
            context = click.Context(command)
            command = command.get_command(context, name) if name in command.list_commands(context) else None
    return command


def command_names(command: click.Command = cli, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Return the words of every command, groups included: ``()``, ``("check",)``, ``("rules", "diff")`` …"""
    yield words
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from command_names(inner, (*words, name))


def options_of(command: click.Command) -> list[click.Option]:
    """Return the options that a command's help shows."""
    return [p for p in command.params if isinstance(p, click.Option) and not p.hidden]


def options_table(command: click.Command) -> str:
    """Return a table of a command's options with their help."""
    rows = ["| option | meaning |", "|---|---|"]
    for option in options_of(command):
        record = option.get_help_record(click.Context(command))
        if record is None or option.name == "help":
            continue
        names, meaning = record
        if isinstance(option.type, click.Choice) and option.metavar is None:  # otherwise the help says them
            names = f"{', '.join(option.opts)} NAME"
            meaning += f" One of {', '.join(f'`{choice}`' for choice in option.type.choices)}."
        rows.append(f"| `{names}` | {meaning} |")
    return "\n".join(rows) + "\n"


def with_options(text: str) -> str:
    """Return a page with its tables of options as they are now."""

    def table(match: re.Match[str]) -> str:
        command = command_of(match[2].split())
        assert command is not None, match[2]
        return match[1] + options_table(command) + match[3]

    return _TABLE.sub(table, text)
