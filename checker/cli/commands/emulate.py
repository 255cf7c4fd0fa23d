"""``whosees emulate``: a server that answers as the rulebook says."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import click

from ....rules.model import Rulebook
from ....rules.names import join_names
from ...checking.settings import facts_for
from ...core import crash_report as crash
from ...service.endpoint import is_loopback_host
from ..errors import require_extra
from ..help import examples
from ..options.context import claims_of_flags, facts_option, split_facts
from ..options.rulebook import repeated_rules_option, rulebooks_at
from ..sockets import address_of, listen

if TYPE_CHECKING:
    from ...service.emulate.faults import Fault
    from ...service.emulate.http import Handler, Response

DEFAULT_PORT = 8765


@click.command(
    "emulate",
    epilog=examples(
        "whosees emulate",
        "whosees emulate --port 0 --fault leak:host/email@MC/anonymous/*",
        "whosees emulate --rules webex-rest-meeting --fact view=user",
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
    help="GetSessionInfo: a TOML file of sites, users and sessions, in place of the built-in ones.",
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="KIND[:WHAT][@CASE]",
    help=(
        "Do something wrong, in every case or only in CASE; repeatable. leak:PATH, omit:PATH, empty:PATH, "
        "status:500, slow:SECONDS, truncate, garbage; for GetSessionInfo also wrong-namespace, failure:ID, "
        "accept-password and ignore-password."
    ),
)
@facts_option("JSON rulebooks: a fact of every call that neither proves nor states another value")
@click.option("-v", "--verbose", is_flag=True, help="Show the case of each answer.")
@repeated_rules_option
def command(
    host: str,
    *,
    port: int,
    scenario: str | None,
    faults: tuple[str, ...],
    facts: tuple[str, ...],
    verbose: bool,
    rules: tuple[str, ...],
) -> int:
    """Run a server that answers as the table says, to develop clients and to try `live`. Ctrl-C ends it.

    For a rulebook of a JSON API it answers the calls of its operation. It takes facts of a call from what the request
    proves, from the header X-Whosees-Context (NAME=VALUE; NAME=VALUE), and from --fact. For GetSessionInfo it has a built-in
    scenario of sites, users and sessions.
    """
    require_extra("emulate", "uvicorn", "emulate")
    # Imported here: only this command needs a server.
    from ...service.emulate.app import Emulator
    from ...service.emulate.server import serve

    rulebooks = rulebooks_at(rules)
    handler = _handler(rulebooks, split_facts("--fact", facts), scenario, faults)
    app = Emulator(handler, _show_case if verbose else lambda _: None, crash.report)
    crash.mute_logs()
    # An interrupt is the regular end.
    with (
        listen(host, port, "choose another `--host` or `--port`") as listener,
        contextlib.suppress(KeyboardInterrupt),
    ):
        _announce(handler, host, address_of(listener, host))
        serve(app, listener)
    return 0


def _announce(handler: Handler, host: str, address: str) -> None:
    if not is_loopback_host(host):
        click.echo("whosees: warning: anyone who can reach this machine can call this server", err=True)
    first, *more = handler.addresses
    click.echo(f"whosees: answering at http://{address}{first}", err=True)
    for path in more:
        click.echo(f"whosees: and at http://{address}{path}", err=True)


def _handler(
    rulebooks: tuple[Rulebook, ...], facts: dict[str, str], scenario: str | None, faults: tuple[str, ...]
) -> Handler:
    """Return what answers calls by these rulebooks; raise UsageError for options that do not fit them."""
    from ...service.emulate.operation_handler import Operations

    services = [each for each in rulebooks if each.document.wire.format == "xml"]
    operations = [each for each in rulebooks if each not in services]
    if not services and scenario is not None:
        raise click.UsageError("`--scenario` is for the XML service; pass `--fact` for other rulebooks")
    if not operations and facts:
        raise click.UsageError("`--fact` is for JSON rulebooks; pass `--scenario` for the XML service")
    if len(services) > 1:
        ids = join_names([each.id for each in services])
        raise click.UsageError(f"{ids} are called at one address; emulate one XML service at a time")
    by_rulebook = _faults(rulebooks, faults)
    handlers = [_sessions(each, scenario, by_rulebook[each.id]) for each in services]
    handlers += _operations(operations, facts, by_rulebook)
    return handlers[0] if len(handlers) == 1 else Operations(tuple(handlers))


def _sessions(rulebook: Rulebook, scenario: str | None, faults: tuple[Fault, ...]) -> Handler:
    from ...service.emulate.handler import SessionHandler
    from ...service.emulate.scenario import ScenarioError, load_scenario
    from ...service.requirements import UnsupportedRulebookError, require_callable

    try:
        require_callable(rulebook, "emulate")
        loaded = load_scenario(rulebook, scenario)
    except UnsupportedRulebookError as error:
        raise click.UsageError(str(error)) from None
    except ScenarioError as error:
        raise click.UsageError(f"the scenario {error}") from None
    return SessionHandler(rulebook, loaded, faults)


def _operations(
    rulebooks: list[Rulebook], facts: dict[str, str], faults: dict[str, tuple[Fault, ...]]
) -> list[Handler]:
    from ...service.emulate.operation_handler import OperationHandler

    handlers: list[Handler] = []
    for rulebook in rulebooks:
        stated = {f"--fact {fact}": (fact, facts[fact]) for fact in facts_for(rulebook, rulebooks, facts)}
        values = {claim.fact: claim.value for claim in claims_of_flags(rulebook, stated)}
        handlers.append(OperationHandler(rulebook, values, faults[rulebook.id]))
    return handlers


def _faults(rulebooks: tuple[Rulebook, ...], texts: tuple[str, ...]) -> dict[str, tuple[Fault, ...]]:
    """Return the faults of each rulebook, by its id: a fault counts for every one that has its element and case."""
    from ...service.emulate.faults import FaultError, read_fault

    found: dict[str, tuple[Fault, ...]] = {rulebook.id: () for rulebook in rulebooks}
    for text in texts:
        problems = []
        for rulebook in rulebooks:
            try:
                found[rulebook.id] += (read_fault(rulebook, text),)
            except FaultError as error:
                problems.append(str(error))
        if len(problems) == len(rulebooks):
            raise click.UsageError(problems[0].replace("`", "`--fault ", 1))
    return found


def _show_case(response: Response) -> None:
    click.echo(
        f"{response.case or 'no case'}: HTTP {response.status}, {len(response.body):,} bytes", err=True
    )
