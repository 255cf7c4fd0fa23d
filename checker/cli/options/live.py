"""Options of ``whosees live``: which server is called about what, and how calls are made."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from ....rules.model import UNKNOWN, Rulebook
from ...service.endpoint import with_service_path
from ...service.live.plan import Plan, PlanError, Secret, Session, load_plan, url_fault, validated

if TYPE_CHECKING:
    from ...service.live.run import Wire

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Planned:
    """What was said on the command line of the plan: a file, or a site and a session for the anonymous cases."""

    plan: str | None
    url: str | None
    site: str | None
    session_key: str | None
    service: str | None
    password_variable: str | None

    def read(self, rulebook: Rulebook) -> Plan:
        """Give the plan; a usage error where there is none, or it cannot be run."""
        short = {"--site": self.site, "--session-key": self.session_key}
        others = {"--service": self.service, "--session-password-env": self.password_variable}
        try:
            if self.plan is not None:
                given = [flag for flag, text in (short | others).items() if text is not None]
                if given:
                    raise click.UsageError(f"`{given[0]}` is the plan's to say; leave it or --plan out")
                return load_plan(rulebook, self.plan)
            missing = [flag for flag, text in ({"--url": self.url} | short).items() if text is None]
            if missing:
                raise click.UsageError(
                    f"say --plan FILE, or --url, --site and --session-key; `{missing[0]}` is missing"
                )
            session = Session(
                key=self.session_key or "",
                service=self.service or UNKNOWN,
                password=Secret(env=self.password_variable) if self.password_variable else None,
            )
            return validated(rulebook, Plan(site=self.site or "", sessions=(session,)))
        except PlanError as error:
            raise click.UsageError(f"the plan {error}" if self.plan else str(error)) from None

    def address(self, plan: Plan) -> str:
        """Give the URL to call; a usage error where there is none that can be called."""
        url = self.url or plan.url
        if not url:
            raise click.UsageError("no server is named: say --url, or `url` in the plan")
        if said := url_fault(url):
            raise click.UsageError(f"the url {said}")
        return with_service_path(url)


def plan_options(function: F) -> F:
    """Add what says which server is called about what; the command gets it as ``planned``."""

    @functools.wraps(function)
    def with_planned(*args: Any, **rest: Any) -> Any:
        names = ("plan", "url", "site", "session_key", "service", "password_variable")
        return function(*args, planned=Planned(*(rest.pop(name) for name in names)), **rest)

    command: Any = with_planned
    for option in (
        click.option(
            "--session-password-env",
            "password_variable",
            metavar="NAME",
            help="Without a plan: the environment variable that holds the meeting password.",
        ),
        click.option(
            "--service", metavar="NAME", help="Without a plan: the session's service, if it is known."
        ),
        click.option(
            "--session-key", metavar="KEY", help="Without a plan: the session to ask for, anonymously."
        ),
        click.option("--site", metavar="NAME", help="Without a plan: the site's name."),
        click.option("--url", metavar="URL", help="The server's address; overrides the plan's."),
        click.option("--plan", metavar="FILE", help="The plan: server, sessions and callers, in TOML."),
    ):
        command = option(command)
    return cast("F", command)


def wire_options(function: F) -> F:
    """Add how calls are made; the command gets ``wire``, which makes a `Wire` of a URL."""

    @functools.wraps(function)
    def with_wire(*args: Any, **rest: Any) -> Any:
        names = ("concurrency", "rate", "retries", "connect_timeout", "read_timeout", "ca_file")
        concurrency, rate, retries, connect, read, ca_file = (rest.pop(name) for name in names)

        def wire(url: str) -> Wire:
            from ...service.live.client import Target
            from ...service.live.run import Wire
            from ...service.live.runner import Pace

            return Wire(Target(url, connect, read, ca_file), Pace(concurrency, rate, retries))

        return function(*args, wire=wire, **rest)

    seconds = click.FloatRange(min=0, min_open=True)
    command: Any = with_wire
    for option in (
        click.option("--ca-file", metavar="FILE", help="Certificates of an authority of one's own, in PEM."),
        click.option(
            "--read-timeout", type=seconds, default=30.0, show_default=True, help="Seconds for an answer."
        ),
        click.option(
            "--connect-timeout",
            type=seconds,
            default=10.0,
            show_default=True,
            help="Seconds to get a connection.",
        ),
        click.option(
            "--retries",
            type=click.IntRange(0, 20),
            default=3,
            show_default=True,
            help="How often to call again without a connection, and when rate-limited.",
        ),
        click.option("--rate", type=seconds, metavar="N", help="Calls a second at most."),
        click.option(
            "--concurrency",
            type=click.IntRange(1, 256),
            default=4,
            show_default=True,
            help="Calls at a time.",
        ),
    ):
        command = option(command)
    return cast("F", command)
