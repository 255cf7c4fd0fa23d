"""``whosees emulate``: a server that answers as the rulebook says."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from typing import TYPE_CHECKING

import click

from ....rules.model import Rulebook
from ...core import crash_report as crash
from ...core.display import escape_unprintable, os_error_text
from ..errors import require
from ..options.rulebook import rulebook_at, rules_option

if TYPE_CHECKING:
    from ...service.emulate.answer import Answer
    from ...service.emulate.faults import Fault

DEFAULT_PORT = 8765
_BACKLOG = 1024


@click.command("emulate")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=DEFAULT_PORT,
    show_default=True,
    help="The port to listen on; 0 takes any that is free.",
)
@click.option("--scenario", metavar="FILE", help="Sites, users and sessions in place of those built in.")
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="KIND[:WHAT][@CASE]",
    help=(
        "Do something wrong, in every case or in some: leak:SERVICE_PATH, omit:SERVICE_PATH, empty:SERVICE_PATH, status:500, slow:SECONDS, "
        "truncate, garbage, wrong-namespace, failure:ID, accept-password, ignore-password."
    ),
)
@click.option("-v", "--verbose", is_flag=True, help="Say which case each answer is for.")
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
    """Answer GetSessionInfo calls as the table says, for developing clients and for trying out `live`.

    The scenario that is built in goes with examples/live.toml. Ctrl-C ends it.
    """
    require("emulate", "uvicorn", "emulate")
    # Imported here: only this command needs a server.
    import uvicorn

    from ...service.emulate.answer import Answerer
    from ...service.emulate.app import Emulator
    from ...service.emulate.scenario import ScenarioError, load_scenario
    from ...service.endpoint import SERVICE_PATH

    rulebook = rulebook_at(rules)
    try:
        played = load_scenario(rulebook, scenario)
    except ScenarioError as error:
        raise click.UsageError(f"the scenario {error}") from None
    app = Emulator(
        Answerer(rulebook, played, _faults(rulebook, faults)),
        _said if verbose else lambda _: None,
        lambda error: click.echo(crash.said_of(error), err=True),
    )
    crash.mute_logs()
    # An interrupt is how it ends, whenever it comes.
    with _listening(host, port) as listener, contextlib.suppress(KeyboardInterrupt):
        if not _is_loopback(host):
            click.echo("whosees: warning: whoever reaches this machine can call it", err=True)
        shown = f"[{host}]" if ":" in host else host
        click.echo(
            f"whosees: answering at http://{shown}:{listener.getsockname()[1]}{SERVICE_PATH}", err=True
        )
        config = uvicorn.Config(
            app,
            lifespan="off",
            log_config=None,
            log_level="error",
            access_log=False,
            server_header=False,
            backlog=_BACKLOG,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=1,
        )
        uvicorn.Server(config).run(sockets=[listener])
    return 0


def _faults(rulebook: Rulebook, texts: tuple[str, ...]) -> tuple[Fault, ...]:
    from ...service.emulate.faults import FaultError, read_fault

    try:
        return tuple(read_fault(rulebook, text) for text in texts)
    except FaultError as error:
        raise click.UsageError(f"--fault: {error}") from None


def _listening(host: str, port: int) -> socket.socket:
    # With its protocol said, connections are sent to without delay; asyncio looks at it.
    listener = socket.socket(
        socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP
    )
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
        return listener
    except (OSError, UnicodeError, TypeError) as error:
        listener.close()
        said = os_error_text(error) if isinstance(error, OSError) else "it is no address"
        raise click.ClickException(
            f"`{escape_unprintable(host)}`, port {port}, cannot be listened on: {said}; choose another --host or --port"
        ) from None


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _said(answer: Answer) -> None:
    click.echo(f"{answer.case or 'no case'}: HTTP {answer.status}, {len(answer.body):,} bytes", err=True)
