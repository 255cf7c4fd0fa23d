"""The command line: ``whosees COMMAND``. One module a command; options that several share are in `options`."""

from __future__ import annotations

import importlib

import click

from ...rules.names import did_you_mean
from ..core import crash_report as crash
from ..core import signals
from ..core.display import os_error_text
from .errors import EXIT_USAGE, report_error
from .options.output import OutputGone
from .standard_streams import drop_output, fault_of_output

_COMMANDS = {
    "check": "judge recordings: files, folders, standard input",
    "scan": "judge recordings on Apache Spark: a job over Parquet or JSON Lines",
    "explain": "why an element is there or not, and what would change that",
    "expect": "what a context should see; --versus: what would change",
    "matrix": "the table as encoded",
    "convert": "a saved result in another format",
    "rules": "validate, analyse, compare, show and begin rulebooks",
    "explore": "a page to look at: the table, every explanation, responses judged in the browser",
    "live": "the conformance run against a server",
    "emulate": "a server that answers as the table says, for practice",
}

EXIT_OUTPUT_GONE = 141
"""As a shell reports a program that SIGPIPE ended."""


class _LazyGroup(click.Group):
    """Imports a command when it is asked for: most of them need neither parser nor tables."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            ctx.fail(f"no such command '{cmd_name}'{did_you_mean(cmd_name, _COMMANDS)}")
        command: click.Command = importlib.import_module(f".commands.{cmd_name}", __package__).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="whosees", message="%(prog)s %(version)s")
def cli() -> None:
    """Judge API responses that show different fields to different callers.

    What should this caller see, does this response show exactly that, and why is this field missing:
    by the published Table 4-3 of Webex GetSessionInfo, or a rulebook of one's own.
    """


def run(arguments: list[str] | None = None) -> int:
    """Run one command and give its exit code; errors become one message on standard error."""
    try:
        code = cli.main(arguments, prog_name="whosees", standalone_mode=False)
    except click.ClickException as error:
        code = report_error(error)
    except (click.Abort, KeyboardInterrupt):
        click.echo("whosees: interrupted", err=True)
        code = signals.exit_code()
    except OutputGone:
        code = EXIT_OUTPUT_GONE
    except SystemExit as ended:
        # So click ends where a reader has left, and when a shell asked for completions.
        code = ended.code if fault_of_output() is None else EXIT_OUTPUT_GONE
    except Exception as error:  # noqa: BLE001 - the last resort: Python would write the error's words
        code = _failed(error)
    if fault_of_output() is not None:
        drop_output()
    return code if isinstance(code, int) else 0


def _failed(error: Exception) -> int:
    """Say what no command expects: that standard output cannot be written to, or a fault of our own."""
    wrong = fault_of_output()
    if wrong is None:
        click.echo(crash.said_of(error), err=True)
        return crash.EXIT_CRASHED
    click.echo(f"whosees: standard output cannot be written: {os_error_text(wrong)}", err=True)
    return EXIT_USAGE
