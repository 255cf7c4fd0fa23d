"""Making the calls: several at a time, at a limited rate, and again if that can help."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import httpx

from ...core.limits import Limits
from .cases import Case
from .client import Target, TransportError, send_request
from .failure_kind import FailureKind, failure_kind, retry_after
from .http_request import OutgoingRequest, ReceivedResponse


class Clock(Protocol):
    """A source of time that can also wait, in seconds."""

    def now(self) -> float:
        """Return the time since some fixed moment."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class RealClock:
    """The event loop's clock."""

    def now(self) -> float:
        """Return the event loop's time."""
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


@dataclass(frozen=True, slots=True)
class CallPolicy:
    """The schedule of calls: ``concurrency`` at a time, and at most ``rate`` a second, without limit if None.

    A call is repeated up to ``retries`` times if the server was not reached or says that it is called too often. The
    wait before that is ``backoff`` seconds, doubled each time up to ``ceiling``.
    """

    concurrency: int = 4
    rate: float | None = None
    retries: int = 3
    backoff: float = 0.5
    ceiling: float = 30.0

    def wait(self, attempt: int) -> float:
        """Return the seconds to wait after an attempt; the first attempt is 1."""
        return min(self.backoff * 2.0 ** (attempt - 1), self.ceiling)


class RateLimiter:
    """Spaces calls evenly, ``rate`` a second; None does not limit them."""

    def __init__(self, rate: float | None, clock: Clock) -> None:
        self._rate = rate
        self._clock = clock
        self._next_call = 0.0

    async def acquire(self) -> None:
        """Wait until the next call may be made."""
        if self._rate is None:
            return
        now = self._clock.now()
        turn = max(now, self._next_call)
        self._next_call = turn + 1 / self._rate
        if turn > now:
            await self._clock.sleep(turn - now)


@dataclass(frozen=True, slots=True)
class CompletedCall:
    """A call that was made: the request, and the response or the reason why there is none.

    ``failure`` is the kind of a failed call, ``seconds`` the duration of the last of ``attempts``.
    """

    case: Case
    request: OutgoingRequest
    response: ReceivedResponse | TransportError
    failure: FailureKind | None
    seconds: float
    attempts: int


class Runner:
    """Makes calls to one server."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        target: Target,
        policy: CallPolicy,
        limits: Limits,
        clock: Clock,
    ) -> None:
        self._client = client
        self._target = target
        self._policy = policy
        self._limits = limits
        self._clock = clock
        self._rate_limiter = RateLimiter(policy.rate, clock)
        self._unreachable = False

    async def call(self, case: Case, request: OutgoingRequest) -> CompletedCall:
        """Make the call of a case, repeatedly if that can help; transport errors are part of the result."""
        attempt = 0
        while True:
            attempt += 1
            await self._rate_limiter.acquire()
            began = self._clock.now()
            response, failure = await self._send(case, request)
            call = CompletedCall(case, request, response, failure, self._clock.now() - began, attempt)
            if attempt > self._policy.retries or not self._should_retry(call):
                # If no attempt reached the server, the other cases make only one each.
                self._unreachable = _is_unreachable(call)
                return call
            await self._clock.sleep(self._wait(call))

    async def _send(
        self, case: Case, request: OutgoingRequest
    ) -> tuple[ReceivedResponse | TransportError, FailureKind | None]:
        try:
            response = await send_request(self._client, self._target, request, self._limits)
        except TransportError as error:
            return error, None
        return response, failure_kind(case.rulebook, request, response, self._limits)

    def _wait(self, call: CompletedCall) -> float:
        """Return the seconds to wait before the next attempt: what the server asks for, up to the ceiling."""
        wanted = 0.0 if isinstance(call.response, TransportError) else retry_after(call.response)
        return max(self._policy.wait(call.attempts), min(wanted, self._policy.ceiling))

    def _should_retry(self, call: CompletedCall) -> bool:
        if _is_unreachable(call):
            return not self._unreachable
        return call.failure is FailureKind.RATE_LIMITED


def _is_unreachable(call: CompletedCall) -> bool:
    return isinstance(call.response, TransportError) and call.response.connecting


class _ReorderBuffer:
    """Passes calls that complete in any order on in the order in which they were planned."""

    def __init__(self, done: Callable[[CompletedCall], None]) -> None:
        self.arrived: asyncio.Queue[tuple[int, CompletedCall | Exception]] = asyncio.Queue()
        self._done = done
        self._waiting: dict[int, CompletedCall] = {}
        self._next = 0

    async def receive(self) -> None:
        """Wait for a call, and pass on those that are next in order."""
        self._take(await self.arrived.get())
        while self._next in self._waiting:
            self._done(self._waiting.pop(self._next))
            self._next += 1

    def flush(self) -> None:
        """Pass on all completed calls, whatever is missing between them."""
        while not self.arrived.empty():
            self._take(self.arrived.get_nowait())
        for index in sorted(self._waiting):
            self._done(self._waiting.pop(index))

    def _take(self, arrival: tuple[int, CompletedCall | Exception]) -> None:
        index, call = arrival
        if isinstance(call, Exception):
            raise call
        self._waiting[index] = call


async def run_all(
    requests: Sequence[tuple[Case, OutgoingRequest]],
    call: Callable[[Case, OutgoingRequest], Awaitable[CompletedCall]],
    concurrency: int,
    done: Callable[[CompletedCall], None],
) -> bool:
    """Make all calls, passing each to ``done`` in order; return whether they were interrupted.

    If this is cancelled, ``done`` gets every call that had completed by then.
    """
    buffer = _ReorderBuffer(done)
    waiting = iter(enumerate(requests))

    async def work() -> None:
        for index, (case, request) in waiting:
            try:
                completed: CompletedCall | Exception = await call(case, request)
            except Exception as error:  # noqa: BLE001 - an internal error, raised again by whoever waits for it
                completed = error
            buffer.arrived.put_nowait((index, completed))

    workers = [asyncio.create_task(work()) for _ in range(min(concurrency, len(requests)))]
    try:
        for _ in requests:
            await buffer.receive()
    except asyncio.CancelledError:
        buffer.flush()
        return True
    else:
        return False
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
