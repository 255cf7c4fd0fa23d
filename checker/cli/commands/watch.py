"""``whosees watch``: a reverse proxy that judges copies of the traffic."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import click

from ....rules.files import os_error_text
from ...core import crash_report as crash
from ...core.display import escape_unprintable
from ...core.limits import Limits
from ...service.endpoint import is_loopback_host
from ..errors import require_extra
from ..help import VERDICT_CODES, examples
from ..options.context import ContextOptions, several_context_options
from ..options.gate import GateOptions, gate_options
from ..options.limits import limit_options
from ..options.policy import PolicyOptions, policy_options
from ..options.reporting import ReportOptions, reporting_options
from ..options.watch import Address, ProxyOptions, parse_address, proxy_options
from ..several import require_single, settings_of
from ..sockets import address_of, listen

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from ...checking.settings import Settings
    from ...service.watch.events import EventFile
    from ...service.watch.judge_process import JudgeSupervisor
    from ...service.watch.log import TrafficLog
    from ...service.watch.relay_process import RelayProcess, RelaySettings


@click.command(
    "watch",
    help=f"""Judge live traffic: a reverse proxy that passes everything on unchanged and judges copies.

    Point your clients at the proxy, and it at the server. New errors and warnings are shown as they are found, each once. Reports
    are written at the end, on SIGHUP, and every few seconds if there is something new. Ctrl-C ends it.

    {VERDICT_CODES}.
    """,
    epilog=examples(
        "whosees watch --upstream http://127.0.0.1:8000",
        "whosees watch --upstream https://HOST --rules rules/ --report json=w.json",
        "whosees watch --upstream URL --admin :8767 --events findings.jsonl",
    ),
)
@proxy_options
@click.option(
    "--admin",
    type=parse_address,
    metavar="HOST:PORT",
    help="Serve the totals: /-/whosees, /-/whosees.json and, for Prometheus, /-/whosees/metrics.",
)
@click.option(
    "--record",
    metavar="DIR",
    help="Save one of each kind of exchange to this folder for `check`, without its texts.",
)
@click.option("--events", metavar="FILE", help="Append each new finding to a file of JSON Lines.")
@several_context_options
@policy_options
@gate_options
@limit_options
@reporting_options
def command(
    *,
    proxy: ProxyOptions,
    admin: Address | None,
    record: str | None,
    events: str | None,
    options: ContextOptions,
    policy: PolicyOptions,
    gate: GateOptions,
    limits: Limits,
    reporting: ReportOptions,
) -> int:
    """Pass traffic on, judge it, and return the exit code."""
    require_extra("watch", "h11", "watch")
    # Imported here: only this command needs a proxy.
    from ...checking.dispatch import open_checker
    from ...service.watch.judging import ExchangeJudge
    from ...service.watch.log import TrafficLog
    from ...service.watch.recorder import TrafficRecorder
    from ..watch_loop import Watch

    if options.more_rules:
        require_single(gate, None, reporting)
    settings = settings_of(options, policy, limits)
    relay_settings = proxy.relay_settings(limits)
    crash.mute_logs()
    checker = open_checker(settings)
    log = TrafficLog(checker)
    trusts_header = proxy.trust_context_header
    judge = ExchangeJudge(checker, trusts_header=trusts_header)
    recorder = None if record is None else TrafficRecorder(checker, record)
    with _event_file(events) as event_file, _supervisor(settings, trusts_header) as supervisor:
        watch = Watch(judge, supervisor, log, gate, reporting, event_file, recorder)
        with (
            watch.signals(),
            listen(proxy.listen.host, proxy.listen.port, "choose another `--listen`") as listener,
            _admin_server(admin, log),
            _relay(relay_settings, listener, proxy.listen) as relay,
        ):
            return watch.run(relay)


def _supervisor(settings: Settings, trusts_header: bool) -> contextlib.closing[JudgeSupervisor]:
    """Start judging in a process of its own."""
    from ...service.watch.judge_process import JudgeProcess, JudgeSupervisor

    return contextlib.closing(JudgeSupervisor(lambda: JudgeProcess(settings, trusts_header=trusts_header)))


@contextlib.contextmanager
def _relay(settings: RelaySettings, listener: socket.socket, address: Address) -> Iterator[RelayProcess]:
    """Start the proxy's process, and say where it is once it answers."""
    from ...service.watch.judge_process import yield_to_traffic
    from ...service.watch.relay_process import RelayProcess

    at = address_of(listener, address.host)
    with contextlib.closing(RelayProcess(settings, listener)) as relay:
        relay.wait_until_ready()
        yield_to_traffic()
        _announce(f"proxy at {'https' if settings.inbound else 'http'}://{at}", address)
        yield relay


@contextlib.contextmanager
def _admin_server(admin: Address | None, log: TrafficLog) -> Iterator[None]:
    """Serve the totals, if an address for them is given."""
    if admin is None:
        yield
        return
    from ...service.watch.admin import PAGE, AdminServer

    require_extra("watch --admin", "prometheus_client", "watch")
    listener = listen(admin.host, admin.port, "choose another `--admin`")
    _announce(f"totals at http://{address_of(listener, admin.host)}{PAGE}", admin)
    with contextlib.closing(AdminServer(listener, log.totals)):
        yield


@contextlib.contextmanager
def _event_file(path: str | None) -> Iterator[EventFile | None]:
    """Open the file of new findings, if one is given."""
    if path is None:
        yield None
        return
    from ...service.watch.events import EventFile

    try:
        events = EventFile(path)
    except (OSError, ValueError) as error:
        raise click.ClickException(
            f"`--events {escape_unprintable(path)}`: it cannot be written: {os_error_text(error)}"
        ) from None
    with contextlib.closing(events):
        yield events


def _announce(what: str, address: Address) -> None:
    if not is_loopback_host(address.host):
        click.echo("whosees: warning: anyone who can reach this machine can connect to this port", err=True)
    click.echo(f"whosees: {what}", err=True)
