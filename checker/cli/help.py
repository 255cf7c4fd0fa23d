"""Parts of the help texts that several commands share, and how they are wrapped."""

from __future__ import annotations

from collections.abc import Iterable

import click

VERDICT_CODES = (
    "Exit codes: 0 everything was checked and conforms; 1 an error was found; 2 wrong usage; 3 no error was found, "
    "but something could not be checked, or there was nothing to check"
)
EXIT_CODES = f"{VERDICT_CODES}; 130 interrupted, 143 terminated."


def examples(*commands: str) -> str:
    """Return the end of a help text that shows a command as it is typed."""
    heading = "Example" if len(commands) == 1 else "Examples"
    return f"\b\n{heading}:\n" + "\n".join(f"  {command}" for command in commands)


_NO_BREAK = str.maketrans("-", "\u2011")
_HYPHEN = str.maketrans("\u2011", "-")


class _Formatter(click.HelpFormatter):
    """Wraps help at blanks alone: `not-xml` in two lines is nothing to paste. click breaks at hyphens too."""

    def write_text(self, text: str) -> None:
        super().write_text(text.translate(_NO_BREAK))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        kept = [(term, text.translate(_NO_BREAK)) for term, text in rows]
        super().write_dl(kept, col_max, col_spacing)

    def getvalue(self) -> str:
        return super().getvalue().translate(_HYPHEN)


class HelpContext(click.Context):
    """A context whose help keeps words with hyphens whole."""

    formatter_class = _Formatter


def keep_words(command: click.Command) -> click.Command:
    """Keep words with hyphens whole in the help of a command and of its subcommands; return the command."""
    command.context_class = HelpContext
    for each in command.commands.values() if isinstance(command, click.Group) else ():
        keep_words(each)
    return command
