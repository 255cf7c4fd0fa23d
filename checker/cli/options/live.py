"""Options of ``whosees live``: which server to call about which sessions, and how to call it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from ....rules.model import UNKNOWN, Rulebook
from ...core.display import escape_unprintable
from ...service.endpoint import url_problem, with_service_path
from ...service.live.load import read_plan, validate, validate_file
from ...service.live.plan import Plan, Session
from ...service.live.secrets import PlanError, Secret
from .group import option_group
from .rulebook import rulebooks_at

if TYPE_CHECKING:
    from ...service.live.run import ClientOptions


@dataclass(frozen=True, slots=True)
class LiveOptions:
    """The plan of a live run: a file, or a site and a session for the anonymous cases."""

    plan: str | None
    url: str | None
    site: str | None
    session_key: str | None
    service: str | None
    password_variable: str | None

    def read(self, rules: Sequence[str]) -> tuple[tuple[Rulebook, ...], Plan]:
        """Return the rulebooks, those of the plan if no others are given, and the plan; raise UsageError if it cannot be run."""
        try:
            if self.plan is None:
                rulebooks = rulebooks_at(rules)
                return rulebooks, self._from_flags(rulebooks)
            self._refuse_flags()
            plan = read_plan(self.plan)
            rulebooks = rulebooks_at(rules) if rules else self._rulebooks_of(plan)
            return rulebooks, validate_file(rulebooks, plan, self.plan)
        except PlanError as error:
            raise click.UsageError(f"the plan {error}" if self.plan else str(error)) from None

    def _rulebooks_of(self, plan: Plan) -> tuple[Rulebook, ...]:
        try:
            return rulebooks_at(plan.rules)
        except click.ClickException as error:
            raise PlanError(f"`{escape_unprintable(self.plan or '')}`: `rules`: {error.message}") from None

    def _refuse_flags(self) -> None:
        flags = {
            "--site": self.site,
            "--session-key": self.session_key,
            "--service": self.service,
            "--session-password-env": self.password_variable,
        }
        for flag, text in flags.items():
            if text is not None:
                raise click.UsageError(f"`{flag}` cannot be used with `--plan`; the plan says it")

    def _from_flags(self, rulebooks: Sequence[Rulebook]) -> Plan:
        for flag, text in {
            "--url": self.url,
            "--site": self.site,
            "--session-key": self.session_key,
        }.items():
            if text is None and all(each.document.wire.format == "json" for each in rulebooks):
                raise click.UsageError(f"calls of `{rulebooks[0].id}` are in a plan: pass `--plan FILE`")
            if text is None:
                raise click.UsageError(
                    f"`{flag}` is missing; pass `--plan FILE`, or `--url`, `--site` and `--session-key`"
                )
        session = Session(
            key=self.session_key or "",
            service=self.service or UNKNOWN,
            password=Secret(env=self.password_variable) if self.password_variable else None,
        )
        return validate(rulebooks, Plan(site=self.site or "", sessions=(session,)))

    @contextlib.contextmanager
    def locate_errors(self) -> Iterator[None]:
        """Raise UsageError for what is found wrong after the plan was read, with the plan's file if it has one."""
        try:
            yield
        except PlanError as error:
            place = f"the plan `{escape_unprintable(self.plan)}`: " if self.plan else ""
            raise click.UsageError(f"{place}{error}") from None

    def address(self, plan: Plan) -> str:
        """Return the URL to call; raise UsageError if there is none that can be called."""
        url = self.url or plan.url
        if not url:
            raise click.UsageError("no server to call; pass `--url`, or set `url` in the plan")
        if fault := url_problem(url):
            raise click.UsageError(f"the url {fault}")
        return url if plan.requests else with_service_path(url)


plan_options = option_group(
    "plan_options",
    LiveOptions,
    [
        click.option(
            "--plan",
            metavar="FILE",
            help="The plan, a TOML file that lists requests or sessions, and callers.",
        ),
        click.option("--url", metavar="URL", help="The server's address, in place of the plan's."),
        click.option("--site", metavar="NAME", help="Without a plan: the site's name."),
        click.option(
            "--session-key", metavar="KEY", help="Without a plan: the session to ask about, anonymously."
        ),
        click.option(
            "--service", metavar="NAME", help="Without a plan: the session's service, if you know it."
        ),
        click.option(
            "--session-password-env",
            "password_variable",
            metavar="NAME",
            help="Without a plan: the environment variable that contains the meeting password.",
        ),
    ],
)
"""Add which server to call about which sessions; the command gets it as ``plan_options``."""


def _wire(
    *,
    concurrency: int,
    rate: float | None,
    retries: int,
    connect_timeout: float,
    read_timeout: float,
    ca_file: str | None,
) -> Callable[[str], ClientOptions]:
    def wire(url: str) -> ClientOptions:
        # Imported here: the client needs an extra.
        from ...service.live.client import Target
        from ...service.live.run import ClientOptions
        from ...service.live.runner import CallPolicy

        return ClientOptions(
            Target(url, connect_timeout, read_timeout, ca_file), CallPolicy(concurrency, rate, retries)
        )

    return wire


_SECONDS = click.FloatRange(min=0, min_open=True)

wire_options = option_group(
    "wire",
    _wire,
    [
        click.option(
            "--concurrency",
            type=click.IntRange(1, 256),
            default=4,
            metavar="N",
            show_default=True,
            help="Calls at the same time.",
        ),
        click.option("--rate", type=_SECONDS, metavar="N", help="The most calls per second."),
        click.option(
            "--retries",
            type=click.IntRange(0, 20),
            default=3,
            metavar="N",
            show_default=True,
            help="Retries of a call that finds no connection or is rate-limited.",
        ),
        click.option(
            "--connect-timeout",
            type=_SECONDS,
            default=10.0,
            metavar="SECONDS",
            show_default=True,
            help="How long to wait for a connection.",
        ),
        click.option(
            "--read-timeout",
            type=_SECONDS,
            default=30.0,
            metavar="SECONDS",
            show_default=True,
            help="How long a call may take once it is connected, until its whole answer is there.",
        ),
        click.option("--ca-file", metavar="FILE", help="Certificates of your own authority, in PEM."),
    ],
)
"""Add how to call the server; the command gets ``wire``, which makes a `ClientOptions` for a URL."""
