"""A conformance run as a whole: open a client, make every call, and pass each on in order."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import httpx

from ....rules.files import os_error_text
from ...core.limits import Limits
from .cases import Case
from .client import Target, open_client
from .http_request import OutgoingRequest
from .runner import CallPolicy, Clock, CompletedCall, RealClock, Runner, run_all
from .secrets import PlanError


@dataclass(frozen=True, slots=True)
class ClientOptions:
    """The server, how it is called, the bounds on responses, the clock, and a transport for tests."""

    target: Target
    policy: CallPolicy = field(default_factory=CallPolicy)
    limits: Limits = field(default_factory=Limits)
    clock: Clock = field(default_factory=RealClock)
    transport: httpx.AsyncBaseTransport | None = None


def run_calls(
    requests: Sequence[tuple[Case, OutgoingRequest]],
    options: ClientOptions,
    done: Callable[[CompletedCall], None],
) -> bool:
    """Make every call and pass each to ``done`` in order; return whether the user interrupted the run.

    Raises PlanError if the file of certificates cannot be used.
    """

    async def main() -> bool:
        policy = options.policy
        async with open_client(options.target, policy.concurrency, options.transport) as client:
            runner = Runner(client, options.target, policy, options.limits, options.clock)
            return await run_all(requests, runner.call, policy.concurrency, done)

    if options.target.ca_file is not None:
        try:
            ssl.create_default_context(cafile=options.target.ca_file)
        except OSError as error:  # ssl.SSLError is one too
            problem = (
                "it contains no certificate" if isinstance(error, ssl.SSLError) else os_error_text(error)
            )
            raise PlanError(f"the certificates of `--ca-file` cannot be used: {problem}") from None
    try:
        return asyncio.run(main())
    except KeyboardInterrupt:
        return True
