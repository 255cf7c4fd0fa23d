"""Making the calls: so many at a time, so many a second, and again where that can help."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import httpx

from ....rules.model import Rulebook
from ...core.limits import Limits
from .cases import Case
from .client import Target, TransportError, exchanged
from .verdict import Word, word_of


class Clock(Protocol):
    """Time, and waiting for it to pass; in seconds."""

    def now(self) -> float:
        """Give the time since some moment."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class RealClock:
    """The time that passes outside."""

    def now(self) -> float:
        """Give the event loop's time."""
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Pace:
    """How calls are made: ``concurrency`` at a time, ``rate`` a second at most (None: as many as go).

    A call is made again up to ``retries`` times where no connection came about and where the service says that
    it is called too often, after ``backoff`` seconds, then twice as many, and never more than ``ceiling``.
    """

    concurrency: int = 4
    rate: float | None = None
    retries: int = 3
    backoff: float = 0.5
    ceiling: float = 30.0

    def wait(self, attempt: int) -> float:
        """Give the seconds to wait after an attempt; the first is 1."""
        return min(self.backoff * 2.0 ** (attempt - 1), self.ceiling)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A call that was made: what was sent, and what came back or why nothing did.

    ``seconds`` is how long the last of ``attempts`` took.
    """

    case: Case
    request: bytes
    answer: bytes | TransportError
    word: Word | None
    seconds: float
    attempts: int


class Runner:
    """Makes calls to one server."""

    def __init__(
        self,
        rulebook: Rulebook,
        client: httpx.AsyncClient,
        target: Target,
        pace: Pace,
        limits: Limits,
        clock: Clock,
    ) -> None:
        self._rulebook = rulebook
        self._client = client
        self._target = target
        self._pace = pace
        self._limits = limits
        self._clock = clock
        self._next_call = 0.0
        self._unreachable = False

    async def exchange(self, case: Case, request: bytes) -> Exchange:
        """Make the call of a case, again where that can help; what goes wrong is in what it gives."""
        attempt = 0
        while True:
            attempt += 1
            await self._turn()
            began = self._clock.now()
            answer, word = await self._call(request)
            made = Exchange(case, request, answer, word, self._clock.now() - began, attempt)
            if attempt > self._pace.retries or not self._worth_another(made):
                # Where the server was not reached in all these attempts, the other cases make one each.
                self._unreachable = _not_reached(made)
                return made
            await self._clock.sleep(self._pace.wait(attempt))

    async def _call(self, request: bytes) -> tuple[bytes | TransportError, Word | None]:
        try:
            content = await exchanged(self._client, self._target, request, self._limits)
        except TransportError as refusal:
            return refusal, None
        return content, word_of(self._rulebook, content, self._limits)

    def _worth_another(self, made: Exchange) -> bool:
        if _not_reached(made):
            return not self._unreachable
        return made.word is Word.RATE_LIMITED

    async def _turn(self) -> None:
        """Wait until the next call may be made."""
        if self._pace.rate is None:
            return
        now = self._clock.now()
        turn = max(now, self._next_call)
        self._next_call = turn + 1 / self._pace.rate
        if turn > now:
            await self._clock.sleep(turn - now)


def _not_reached(made: Exchange) -> bool:
    return isinstance(made.answer, TransportError) and made.answer.connecting


class _Order:
    """Puts exchanges that come back in any order into that of their calls."""

    def __init__(self, done: Callable[[Exchange], None]) -> None:
        self.arrived: asyncio.Queue[tuple[int, Exchange | Exception]] = asyncio.Queue()
        self._done = done
        self._finished: dict[int, Exchange] = {}
        self._told = 0

    async def next(self) -> None:
        """Wait for an exchange, and tell of those that are next in order."""
        self._take(await self.arrived.get())
        while self._told in self._finished:
            self._done(self._finished.pop(self._told))
            self._told += 1

    def rest(self) -> None:
        """Tell of all that came back, whatever is missing between."""
        while not self.arrived.empty():
            self._take(self.arrived.get_nowait())
        for index in sorted(self._finished):
            self._done(self._finished.pop(index))

    def _take(self, arrival: tuple[int, Exchange | Exception]) -> None:
        index, made = arrival
        if isinstance(made, Exception):
            raise made
        self._finished[index] = made


async def run_all(
    calls: Sequence[tuple[Case, bytes]],
    exchange: Callable[[Case, bytes], Awaitable[Exchange]],
    concurrency: int,
    done: Callable[[Exchange], None],
) -> bool:
    """Make calls, and tell ``done`` of each in their order; gives whether it was broken off.

    When it is cancelled, ``done`` is told of every call that had come back by then.
    """
    order = _Order(done)
    waiting = iter(enumerate(calls))

    async def work() -> None:
        for index, (case, request) in waiting:
            try:
                made: Exchange | Exception = await exchange(case, request)
            except Exception as error:  # noqa: BLE001 - a fault of ours, raised again where it is waited for
                made = error
            order.arrived.put_nowait((index, made))

    workers = [asyncio.create_task(work()) for _ in range(min(concurrency, len(calls)))]
    try:
        for _ in calls:
            await order.next()
    except asyncio.CancelledError:
        order.rest()
        return True
    else:
        return False
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
