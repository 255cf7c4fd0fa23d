"""Measure what judging costs in a test and in a middleware: ``python -m benchmarks.integrations``.

Processor time per call, the median of several rounds; every response has other texts than the one before, as in a suite.
"""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import Callable, Iterable
from statistics import median
from typing import Any, Protocol

import httpx

from whosees.asgi import WhoseesMiddleware as AsgiMiddleware
from whosees.checker.checking.settings import Settings
from whosees.checker.integrations.rulebooks import bind
from whosees.checker.integrations.testing import ResponseChecker
from whosees.rules.load import builtin_rulebook
from whosees.rules.registry import BUILTINS
from whosees.testing import checked
from whosees.wsgi import WhoseesMiddleware as WsgiMiddleware

from .corpus import json_messages, recordings

CALLS, ROUNDS = 300, 5
SEED = 20260
FACTS = {"view": "user"}
RULES = "webex-rest-meeting"


class Workload(Protocol):
    """Makes the same calls, judged or not."""

    def __call__(self, *, judged: bool) -> Callable[[], None]:
        """Return the work."""
        ...


def main() -> None:
    """Measure and print."""
    for what, milliseconds, target in rows():
        print(f"{what}: {milliseconds:.2f} ms  (target {target})")  # noqa: T201 - this is what it is for


def rows() -> Iterable[tuple[str, float, str]]:
    """Yield what was measured, the milliseconds that it takes, and its target."""
    xml = [each for each in recordings(SEED, 4 * CALLS) if each.conformant][:CALLS]
    bodies = list(json_messages(SEED, CALLS, new=False))
    checker = ResponseChecker(bind(Settings(), builtin_rulebook()))
    folder = BUILTINS[RULES]

    def fixture_xml() -> None:
        for each in xml:
            checker.check(each.response, request=each.request)

    def fixture_json(rules: str) -> Callable[[], None]:
        responses = [response(body) for body in bodies]

        def judge() -> None:
            for each in responses:
                checker.check(each, rules=rules, facts=FACTS)

        return judge

    yield "fixture, a GetSessionInfo response and its request", each_call(fixture_xml), "≤ 1 ms"
    yield "fixture, a JSON response of httpx, rulebook by name", each_call(fixture_json(RULES)), "≤ 1 ms"
    yield "fixture, the same, rulebook by path", each_call(fixture_json(folder)), "≤ 1 ms"
    yield "checked httpx client, added to a call", added(client_of(bodies)), "≤ 1 ms"
    yield "WSGI middleware, added to a request's own thread", added(wsgi_of(bodies), waits=True), "-"
    yield "ASGI middleware, added to a request's own thread", added(asgi_of(bodies), waits=True), "-"


def response(body: bytes) -> httpx.Response:
    """Return a response of httpx with its request."""
    request = httpx.Request("GET", "http://service.test/meetings/1")
    return httpx.Response(200, content=body, request=request)


def each_call(work: Callable[[], None]) -> float:
    """Return the milliseconds of processor time that one of `CALLS` calls takes."""
    work()
    return median(taken(work) for _ in range(ROUNDS)) / CALLS * 1e3


def added(works: Workload, *, waits: bool = False) -> float:
    """Return the milliseconds that judging adds to a call; with ``waits`` only on the thread of the caller."""
    clock = time.thread_time if waits else time.process_time
    plain, judged = works(judged=False), works(judged=True)
    plain()
    judged()
    differences = [taken(judged, clock) - taken(plain, clock) for _ in range(ROUNDS)]
    return median(differences) / CALLS * 1e3


def taken(work: Callable[[], None], clock: Callable[[], float] = time.process_time) -> float:
    """Return the seconds of a clock that some work takes."""
    begin = clock()
    work()
    return clock() - begin


def client_of(bodies: list[bytes]) -> Workload:
    """Return work with a client of httpx that is checked, or not."""

    def works(*, judged: bool) -> Callable[[], None]:
        waiting = iter(bodies * (ROUNDS + 2))
        transport = httpx.MockTransport(lambda _: httpx.Response(200, content=next(waiting)))
        client = httpx.Client(transport=transport)
        if judged:
            checked(client, rules=RULES, facts=FACTS)

        def call() -> None:
            for _ in range(CALLS):
                client.get("http://service.test/meetings/1")

        return call

    return works


def wsgi_of(bodies: list[bytes]) -> Workload:
    """Return work with a WSGI application in the middleware, or alone."""

    def works(*, judged: bool) -> Callable[[], None]:
        waiting = iter(bodies * (ROUNDS + 2))

        def app(_environ: Any, start_response: Any) -> list[bytes]:
            start_response("200 OK", [("Content-Type", "application/json")])
            return [next(waiting)]

        served = WsgiMiddleware(app, rules=RULES, facts=FACTS) if judged else app

        def call() -> None:
            for _ in range(CALLS):
                environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/meetings/1", "wsgi.input": io.BytesIO()}
                for _ in served(environ, lambda *_: None):
                    pass

        return call

    return works


def asgi_of(bodies: list[bytes]) -> Workload:
    """Return work with an ASGI application in the middleware, or alone."""
    scope = {"type": "http", "method": "GET", "path": "/meetings/1", "query_string": b"", "headers": []}

    async def receive() -> Any:
        return {"type": "http.request"}

    async def send(_message: Any) -> None:
        pass

    def works(*, judged: bool) -> Callable[[], None]:
        waiting = iter(bodies * (ROUNDS + 2))

        async def app(_scope: Any, _receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": next(waiting)})

        served = AsgiMiddleware(app, rules=RULES, facts=FACTS) if judged else app

        async def calls() -> None:
            for _ in range(CALLS):
                await served(scope, receive, send)

        return lambda: asyncio.run(calls())

    return works


if __name__ == "__main__":
    main()
