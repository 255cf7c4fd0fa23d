"""The schedule of calls: again if that can help, so many a second, in their order whatever comes back first."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import pytest

from support.practice import Practice
from whosees.checker.service.emulate.response_message import failure
from whosees.checker.service.live.cases import Case
from whosees.checker.service.live.client import Target, TransportError
from whosees.checker.service.live.http_request import OutgoingRequest
from whosees.checker.service.live.run import ClientOptions
from whosees.checker.service.live.runner import CallPolicy, CompletedCall, run_all
from whosees.rules.load import builtin_rulebook

CASE = "MC/anonymous/not-supplied"
URL = "http://127.0.0.1/"
RATE_LIMITED = failure(builtin_rulebook(), "000045")


class Clock:
    """Time that passes only when somebody waits for it."""

    def __init__(self) -> None:
        self.time = 0.0
        self.waits: list[float] = []

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.time += seconds


def answering(*answers: bytes | Exception) -> tuple[httpx.MockTransport, list[httpx.Request]]:
    """Answer with these in turn, and with the last for ever."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        now = answers[min(len(seen), len(answers)) - 1]
        if isinstance(now, Exception):
            raise now
        return httpx.Response(200, stream=httpx.ByteStream(now))

    return httpx.MockTransport(answer), seen


def test_a_refused_connection_is_tried_again_with_backoff_up_to_a_ceiling(practice: Practice) -> None:
    transport, seen = answering(httpx.ConnectError("x"))
    clock = Clock()
    pace = CallPolicy(retries=5, backoff=0.5, ceiling=3.0)
    one = practice.judged(
        practice.exchanges(ClientOptions(Target(URL), pace, clock=clock, transport=transport), CASE)
    )[CASE]
    assert clock.waits == [0.5, 1.0, 2.0, 3.0, 3.0]
    assert len(seen) == 6
    assert one.result.detail == "no connection: the server cannot be reached (6 attempts)"


def test_once_a_server_was_not_reached_the_other_cases_make_one_attempt_each(practice: Practice) -> None:
    transport, seen = answering(httpx.ConnectError("x"))
    pace = CallPolicy(concurrency=1, retries=2)
    made = practice.exchanges(ClientOptions(Target(URL), pace, clock=Clock(), transport=transport), "MC")
    assert [each.attempts for each in made] == [3] + [1] * 17
    assert len(seen) == 20


def test_rate_limits_are_waited_out_and_no_other_failure_is(practice: Practice) -> None:
    answer = practice.handler().handle(practice.calls(CASE)[0][1].body).body
    transport, _ = answering(RATE_LIMITED, RATE_LIMITED, answer)
    clock = Clock()
    made = practice.exchanges(ClientOptions(Target(URL), clock=clock, transport=transport), CASE)
    assert (made[0].attempts, clock.waits) == (3, [0.5, 1.0])
    assert practice.judged(made)[CASE].verdict == "conformant"
    transport, seen = answering(failure(builtin_rulebook(), "000001"))
    made = practice.exchanges(ClientOptions(Target(URL), clock=clock, transport=transport), CASE)
    assert len(seen) == 1
    assert practice.judged(made)[CASE].verdict == "unchecked: refused"


def test_answers_that_are_lost_are_not_asked_for_again(practice: Practice) -> None:
    for error in (httpx.ReadError("x"), httpx.ReadTimeout("x"), httpx.RemoteProtocolError("x")):
        transport, seen = answering(error)
        practice.exchanges(ClientOptions(Target(URL), clock=Clock(), transport=transport), CASE)
        assert len(seen) == 1


def test_a_rate_spreads_the_calls(practice: Practice) -> None:
    transport, _ = answering(RATE_LIMITED)
    clock = Clock()
    pace = CallPolicy(concurrency=1, rate=4.0, retries=0)
    practice.exchanges(ClientOptions(Target(URL), pace, clock=clock, transport=transport), "MC/anonymous")
    assert clock.waits == [0.25, 0.25]


def test_no_more_calls_at_a_time_than_allowed_and_one_client_for_all(practice: Practice) -> None:
    under_way, most = 0, 0

    class Counting(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            nonlocal under_way, most
            assert request.headers["accept-encoding"] == "identity"
            under_way += 1
            most = max(most, under_way)
            for _ in range(5):
                await asyncio.sleep(0)
            under_way -= 1
            return httpx.Response(200, stream=httpx.ByteStream(RATE_LIMITED))

    practice.exchanges(
        ClientOptions(Target(URL), CallPolicy(concurrency=3, retries=0), transport=Counting()), "MC"
    )
    assert most == 3


def made_of(case: Case) -> CompletedCall:
    request = OutgoingRequest("POST", URL, (), b"", is_session=True)
    return CompletedCall(case, request, TransportError("none"), None, 0.0, 1)


def run(
    practice: Practice, exchange: Callable[[Case, OutgoingRequest], Awaitable[CompletedCall]], done: list[str]
) -> Callable[[], Awaitable[bool]]:
    calls = practice.calls("MC/anonymous")

    async def main() -> bool:
        return await run_all(calls, exchange, 3, lambda made: done.append(made.case.id))

    return main


def test_results_come_in_the_order_of_the_cases(practice: Practice) -> None:
    done: list[str] = []
    gates = {case.id: asyncio.Event() for case, _ in practice.calls("MC/anonymous")}
    names = list(gates)

    async def exchange(case: Case, _request: OutgoingRequest) -> CompletedCall:
        later = names[names.index(case.id) + 1 :]
        if later:
            await gates[later[0]].wait()  # the last comes back first
        gates[case.id].set()
        return made_of(case)

    async def main() -> bool:
        return await run(practice, exchange, done)()

    assert not asyncio.run(main())
    assert done == names


def test_broken_off_it_tells_of_all_that_came_back(practice: Practice) -> None:
    done: list[str] = []
    names = [case.id for case, _ in practice.calls("MC/anonymous")]
    back = asyncio.Event()

    async def exchange(case: Case, _request: OutgoingRequest) -> CompletedCall:
        if case.id == names[1]:
            await asyncio.Event().wait()
        if case.id == names[2]:
            back.set()
        return made_of(case)

    async def main() -> bool:
        task = asyncio.ensure_future(run(practice, exchange, done)())
        await back.wait()
        await asyncio.sleep(0)
        task.cancel()
        return await task

    assert asyncio.run(main())
    assert done == [names[0], names[2]]


def test_a_fault_of_ours_is_not_swallowed(practice: Practice) -> None:
    async def exchange(_case: Case, _request: OutgoingRequest) -> CompletedCall:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asyncio.run(run(practice, exchange, [])())  # type: ignore[arg-type]  # what run gives is a coroutine
