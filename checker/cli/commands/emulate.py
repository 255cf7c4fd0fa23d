"""``whosees emulate``: a server that answers as the rulebook says."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import click

from ....rules.model import Rulebook
from ...core import crash_report as crash
from ..errors import require_extra
from ..help import examples
from ..listening import address_of, is_loopback, listen
from ..options.rulebook import callable_rulebook_at, rules_option

if TYPE_CHECKING:
    from ...service.emulate.faults import Fault
    from ...service.emulate.handler import Response

DEFAULT_PORT = 8765


@click.command(
    "emulate",
    epilog=examples(
        "whosees emulate",
        "whosees emulate --port 0 --fault leak:host/email@MC/anonymous/*",
    ),
)
@click.option(
    "--host", metavar="ADDRESS", default="127.0.0.1", show_default=True, help="The address to listen on."
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=DEFAULT_PORT,
    show_default=True,
    metavar="PORT",
    help="The port to listen on, or 0 for any free one.",
)
@click.option(
    "--scenario",
    metavar="FILE",
    help="A TOML file of sites, users and sessions, in place of the built-in ones.",
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="KIND[:WHAT][@CASE]",
    help=(
        "Do something wrong, in every case or only in CASE; repeatable. leak:PATH, omit:PATH, empty:PATH, "
        "status:500, slow:SECONDS, truncate, garbage, wrong-namespace, failure:ID, accept-password or "
        "ignore-password."
    ),
)
@click.option("-v", "--verbose", is_flag=True, help="Show the case of each answer.")
@rules_option
def command(
    host: str,
    *,
    port: int,
    scenario: str | None,
    faults: tuple[str, ...],
    verbose: bool,
    rules: str | None,
) -> int:
    """Run a server that answers GetSessionInfo calls as the table says, to develop clients and to try `live`.

    It has a built-in scenario of sites, users and sessions. Ctrl-C ends it.
    """
    require_extra("emulate", "uvicorn", "emulate")
    # Imported here: only this command needs a server.
    from ...service.emulate.app import Emulator
    from ...service.emulate.handler import Handler
    from ...service.emulate.scenario import ScenarioError, load_scenario
    from ...service.emulate.server import serve
    from ...service.endpoint import SERVICE_PATH

    rulebook = callable_rulebook_at(rules, "emulate")
    try:
        loaded = load_scenario(rulebook, scenario)
    except ScenarioError as error:
        raise click.UsageError(f"the scenario {error}") from None
    app = Emulator(
        Handler(rulebook, loaded, _faults(rulebook, faults)),
        _show_case if verbose else lambda _: None,
        lambda error: click.echo(crash.format_crash(error), err=True),
    )
    crash.mute_logs()
    # An interrupt is the regular end.
    with (
        listen(host, port, "choose another `--host` or `--port`") as listener,
        contextlib.suppress(KeyboardInterrupt),
    ):
        if not is_loopback(host):
            click.echo("whosees: warning: anyone who can reach this machine can call this server", err=True)
        click.echo(f"whosees: answering at http://{address_of(listener, host)}{SERVICE_PATH}", err=True)
        serve(app, listener)
    return 0


def _faults(rulebook: Rulebook, texts: tuple[str, ...]) -> tuple[Fault, ...]:
    from ...service.emulate.faults import FaultError, read_fault

    try:
        return tuple(read_fault(rulebook, text) for text in texts)
    except FaultError as error:
        raise click.UsageError(f"--fault: {error}") from None


def _show_case(response: Response) -> None:
    click.echo(
        f"{response.case or 'no case'}: HTTP {response.status}, {len(response.body):,} bytes", err=True
    )
