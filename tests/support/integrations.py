"""Each integration into other programs, as its users call it: exchanges go in, and a report comes out."""

from __future__ import annotations

import asyncio
import contextlib
import io
import warnings
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

import django.conf
import flask
import httpx
import pytest
import requests
from django.http import HttpResponse
from django.test import Client as DjangoClient
from django.urls import path as django_path
from requests.adapters import BaseAdapter
from werkzeug.test import Client as WerkzeugClient

import whosees.asgi
import whosees.testing
import whosees.wsgi
from support.leaking import TEXT, Case, Exchange
from whosees.checker.integrations.traffic.mitmproxy_addon import Addon
from whosees.checker.integrations.traffic.tally import TrafficReport

HOST = "http://service.test"

Integration = Callable[[Case], TrafficReport]


class Played:
    """The exchange that is being played, for applications that answer with it."""

    def __init__(self) -> None:
        self.current: Exchange | None = None

    @property
    def exchange(self) -> Exchange:
        assert self.current is not None
        return self.current

    async def asgi(self, _scope: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        headers = [(b"content-type", self.exchange.content_type.encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        half = len(self.exchange.response) // 2
        await send({"type": "http.response.body", "body": self.exchange.response[:half], "more_body": True})
        await send({"type": "http.response.body", "body": self.exchange.response[half:]})

    def wsgi(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        start_response("200 OK", [("Content-Type", self.exchange.content_type)])
        half = len(self.exchange.response) // 2
        yield self.exchange.response[:half]
        yield self.exchange.response[half:]


def through_asgi(case: Case) -> TrafficReport:
    played = Played()
    app = whosees.asgi.WhoseesMiddleware(played.asgi, rules=case.rules, facts=case.facts, on_finding=_nothing)

    async def call(exchange: Exchange) -> bytes:
        parts = [{"type": "http.request", "body": exchange.request, "more_body": False}]
        sent: list[Any] = []

        async def receive() -> Any:
            return parts.pop()

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": exchange.method,
            "path": exchange.path,
            "query_string": b"",
            "headers": [],
        }
        await app(scope, receive, send)
        return b"".join(message.get("body", b"") for message in sent)

    for played.current in case.exchanges:
        assert asyncio.run(call(played.exchange)) == played.exchange.response
    assert app.flush(60)
    return app.report()


def through_wsgi(case: Case) -> TrafficReport:
    played = Played()
    app = whosees.wsgi.WhoseesMiddleware(played.wsgi, rules=case.rules, facts=case.facts, on_finding=_nothing)
    for played.current in case.exchanges:
        environ = {
            "REQUEST_METHOD": played.exchange.method,
            "PATH_INFO": played.exchange.path,
            "CONTENT_LENGTH": str(len(played.exchange.request)),
            "wsgi.input": io.BytesIO(played.exchange.request),
        }
        body = app(environ, lambda *_: _nothing)
        assert b"".join(body) == played.exchange.response
        body.close()  # type: ignore[attr-defined]  # a generator's wrapper has it
    assert app.flush(60)
    return app.report()


def through_httpx(case: Case) -> TrafficReport:
    played = Played()
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=played.exchange.response))
    with checked(case, httpx.Client(transport=transport)) as client:
        for played.current in case.exchanges:
            client.request(
                played.exchange.method, HOST + played.exchange.path, content=played.exchange.request
            )
        return report_of(case, client)


def through_async_httpx(case: Case) -> TrafficReport:
    played = Played()
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=played.exchange.response))

    async def call() -> TrafficReport:
        async with checked(case, httpx.AsyncClient(transport=transport)) as client:
            for played.current in case.exchanges:
                exchange = played.exchange
                await client.request(exchange.method, HOST + exchange.path, content=exchange.request)
            return report_of(case, client)

    return asyncio.run(call())


def through_starlette(case: Case) -> TrafficReport:
    played = Played()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it prefers another package to httpx
        from starlette.testclient import TestClient
    client = checked(case, TestClient(played.asgi))
    for played.current in case.exchanges:
        client.request(played.exchange.method, played.exchange.path, content=played.exchange.request)
    return report_of(case, client)


class _Adapter(BaseAdapter):
    def __init__(self, played: Played) -> None:
        super().__init__()
        self._played = played

    def send(self, request: Any, *_: Any, **__: Any) -> Any:
        response = requests.Response()
        response.status_code, response.url, response.request = 200, request.url, request
        response.raw = io.BytesIO(self._played.exchange.response)
        return response

    def close(self) -> None:
        pass


def through_requests(case: Case) -> TrafficReport:
    played = Played()
    with checked(case, requests.Session()) as session:
        session.mount(HOST, _Adapter(played))
        for played.current in case.exchanges:
            session.request(played.exchange.method, HOST + played.exchange.path, data=played.exchange.request)
        return report_of(case, session)


def through_flask(case: Case) -> TrafficReport:
    played = Played()
    app = flask.Flask("played")
    methods = ["GET", "POST"]

    @app.route("/<path:_rest>", methods=methods)
    def answer(_rest: str) -> flask.Response:
        flask.request.get_data()
        return flask.Response(played.exchange.response, content_type=played.exchange.content_type)

    client = checked(case, app.test_client())
    for played.current in case.exchanges:
        exchange = played.exchange
        client.open(exchange.path, method=exchange.method, data=exchange.request)
    return report_of(case, client)


def through_werkzeug_stream(case: Case) -> TrafficReport:
    played = Played()
    client = checked(case, WerkzeugClient(played.wsgi))
    for played.current in case.exchanges:
        exchange = played.exchange
        response = client.open(exchange.path, method=exchange.method, data=exchange.request)
        assert response.get_data() == exchange.response
    return report_of(case, client)


_django_answers: list[Callable[[], HttpResponse]] = []


def _django_view(request: Any, rest: str) -> HttpResponse:  # noqa: ARG001 - as Django calls it
    assert isinstance(request.body, bytes)
    return _django_answers[-1]()


urlpatterns = [django_path("<path:rest>", _django_view)]


def django_client(answer: Callable[[], HttpResponse]) -> DjangoClient:
    """Return Django's test client for a project with one view."""
    if not django.conf.settings.configured:
        django.conf.settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="none")
        django.setup()
    _django_answers[:] = [answer]
    return DjangoClient()


def through_django(case: Case) -> TrafficReport:
    played = Played()

    def answer() -> HttpResponse:
        return HttpResponse(played.exchange.response, content_type=played.exchange.content_type)

    client = checked(case, django_client(answer))
    for played.current in case.exchanges:
        exchange = played.exchange
        client.generic(exchange.method, exchange.path, exchange.request, content_type=exchange.content_type)
    return report_of(case, client)


def through_mitmproxy(case: Case) -> TrafficReport:
    """The add-on with stand-ins for flows, which have these attributes."""
    addon = Addon()
    facts = [f"{name}={value}" for name, value in case.facts.items()]
    addon.start(options(whosees_rules=[case.rules], whosees_fact=facts))
    for exchange in case.exchanges:
        addon.response(flow(exchange))
    assert addon.monitor is not None
    assert addon.monitor.flush(60)
    return addon.monitor.report()


def options(**given: Any) -> SimpleNamespace:
    """mitmproxy's options, of which the add-on reads its own."""
    lists: dict[str, list[str]] = {
        f"whosees_{name}": [] for name in ("rules", "fact", "require", "select", "ignore")
    }
    return SimpleNamespace(
        **{
            **lists,
            "whosees_strict": False,
            "whosees_trust_context_header": False,
            "whosees_events": None,
            **given,
        }
    )


class FlowHeaders(dict[str, str]):
    """Headers of mitmproxy, of which one that was sent twice is here with its values on two lines."""

    def get_all(self, name: str) -> list[str]:
        return self[name].splitlines()


def flow(exchange: Exchange) -> SimpleNamespace:
    """A flow of mitmproxy."""
    request = SimpleNamespace(
        method=exchange.method, url=HOST + exchange.path, headers=FlowHeaders(), raw_content=exchange.request
    )
    headers = FlowHeaders({"content-type": exchange.content_type})
    response = SimpleNamespace(status_code=200, headers=headers, raw_content=exchange.response)
    return SimpleNamespace(request=request, response=response, metadata={})


def checked(case: Case, client: Any) -> Any:
    return whosees.testing.checked(client, rules=case.rules, facts=case.facts, on_finding=_nothing)


def report_of(case: Case, client: Any) -> TrafficReport:
    """Return a client's report, after its error has been taken; pytest would raise that at the end of the test."""
    with (
        pytest.raises(whosees.testing.NotConformantError) if case.leaks else contextlib.nullcontext() as error
    ):
        whosees.testing.raise_findings(client)
    assert TEXT not in str(error and error.value)
    return whosees.testing.report(client)


def _nothing(*_: object) -> None:
    pass


INTEGRATIONS: dict[str, Integration] = {
    "ASGI": through_asgi,
    "WSGI": through_wsgi,
    "httpx": through_httpx,
    "httpx, async": through_async_httpx,
    "Starlette": through_starlette,
    "requests": through_requests,
    "Flask": through_flask,
    "Werkzeug, streamed": through_werkzeug_stream,
    "Django": through_django,
    "mitmproxy": through_mitmproxy,
}
