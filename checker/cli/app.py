"""The click group ``whosees``, and running one command of it."""

from __future__ import annotations

import importlib

import click

from ...rules.files import os_error_text
from ...rules.names import did_you_mean
from ..core import crash_report as crash
from ..core import signals
from .errors import report_error
from .exit_codes import EXIT_OUTPUT_CLOSED, EXIT_USAGE
from .help import HelpContext, examples, keep_words
from .options.output import OutputWriteError
from .standard_streams import drop_output, output_error

_COMMANDS = {
    "check": "Judge recorded responses: files, folders, archives, standard input.",
    "explain": "Explain why an element is there or not, and what would change it.",
    "expect": "Show what a caller should see.",
    "matrix": "Show the table as encoded.",
    "rules": "Validate, compare, show, begin and learn rulebooks.",
    "explore": "Write a web page to explore the table and judge responses in.",
    "live": "Call a server and judge its answers.",
    "watch": "Judge live traffic: a proxy that passes it on unchanged.",
    "emulate": "Run a practice server that answers as the table says.",
    "convert": "Render saved results in another format.",
    "scan": "Judge recordings on Apache Spark.",
    "addon": "Print where the add-on for mitmproxy is.",
}


class _LazyGroup(click.Group):
    """Imports a command when it is used: most of them need neither parser nor tables."""

    context_class = HelpContext

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            ctx.fail(f"no such command `{cmd_name}`{did_you_mean(cmd_name, _COMMANDS)}")
        command: click.Command = importlib.import_module(f".commands.{cmd_name}", __package__).command
        return keep_words(command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples(
        "whosees check recordings/",
        "whosees explain agenda --service MC --caller anonymous",
        "whosees expect --service MC --caller anonymous --password supplied",
    ),
)
@click.version_option(package_name="whosees", message="%(prog)s %(version)s")
def cli() -> None:
    """Check API responses that show different fields to different callers.

    What should this caller see, does this response show exactly that, and why is a field missing? The answers come
    from a rulebook: Table 4-3 of Webex GetSessionInfo, or your own. `whosees COMMAND --help` says more.
    """


def run(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code; errors become one message on standard error."""
    try:
        code = cli.main(arguments, prog_name="whosees", standalone_mode=False)
    except click.ClickException as error:
        code = report_error(error)
    except (click.Abort, KeyboardInterrupt):
        click.echo("whosees: interrupted", err=True)
        code = signals.exit_code()
    except OutputWriteError:
        code = EXIT_OUTPUT_CLOSED
    except SystemExit as exit_:
        # click exits so if a reader closes its output, and after printing a shell's completions.
        code = exit_.code if output_error() is None else EXIT_OUTPUT_CLOSED
    except Exception as error:  # noqa: BLE001 - the last resort: Python's traceback would quote the input
        code = _report_crash(error)
    if output_error() is not None:
        drop_output()
    return code if isinstance(code, int) else 0


def _report_crash(error: Exception) -> int:
    """Report an error that no command expects: standard output cannot be written, or a defect."""
    write_error = output_error()
    if write_error is None:
        click.echo(crash.format_crash(error), err=True)
        return crash.EXIT_CRASHED
    click.echo(f"whosees: standard output cannot be written: {os_error_text(write_error)}", err=True)
    return EXIT_USAGE
