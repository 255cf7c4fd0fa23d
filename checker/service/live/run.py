"""A conformance run as a whole: a client is opened, every call made, and each exchange handed on in its order."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import httpx

from ....rules.model import Rulebook
from ...core.display import os_error_text
from ...core.limits import Limits
from .cases import Case
from .client import Target, opened
from .plan import PlanError
from .runner import Clock, Exchange, Pace, RealClock, Runner, run_all


@dataclass(frozen=True, slots=True)
class Wire:
    """What calls are made with: the server, the pace, bounds on answers, the clock, and a transport for tests."""

    target: Target
    pace: Pace = field(default_factory=Pace)
    limits: Limits = field(default_factory=Limits)
    clock: Clock = field(default_factory=RealClock)
    transport: httpx.AsyncBaseTransport | None = None


def conduct(
    rulebook: Rulebook, calls: Sequence[tuple[Case, bytes]], wire: Wire, done: Callable[[Exchange], None]
) -> bool:
    """Make every call and tell ``done`` of each, in their order; gives whether the user broke it off.

    Raises PlanError where the file of certificates cannot be used.
    """

    async def main() -> bool:
        async with opened(wire.target, wire.pace.concurrency, wire.transport) as client:
            runner = Runner(rulebook, client, wire.target, wire.pace, wire.limits, wire.clock)
            return await run_all(calls, runner.exchange, wire.pace.concurrency, done)

    if wire.target.ca_file is not None:
        try:
            ssl.create_default_context(cafile=wire.target.ca_file)
        except OSError as error:  # an SSLError is one too
            said = "it holds no certificate" if isinstance(error, ssl.SSLError) else os_error_text(error)
            raise PlanError(f"the certificates of `--ca-file` cannot be used: {said}") from None
    try:
        return asyncio.run(main())
    except KeyboardInterrupt:
        return True
