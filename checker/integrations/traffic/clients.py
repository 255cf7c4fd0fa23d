"""HTTP clients whose exchanges are judged: httpx, requests, and the test clients of Starlette, Flask and Django.

A client is recognised by the library that its class comes from. The one method through which all its exchanges go is
wrapped: on one client, or on the class for all of them. Bodies that are read as a stream are copied while they are read.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Awaitable, Callable
from types import MethodType
from typing import Any, NamedTuple, TypeVar

from ..captured import MessageTypeError, UsageError, capture
from ..http_objects import http_facts, request_of
from . import django, flask, streams
from .imports import on_import
from .monitor import Monitor
from .nested_clients import is_sending, sent_by

Client = TypeVar("Client")

SUPPORTED = "httpx, requests, Starlette, FastAPI, Flask or Django"

NO_MESSAGE = "a response without a body that can be read"
"""Why an exchange is passed over, as when a test has replaced the library."""

Wrap = Callable[[Callable[..., Any], Monitor], Callable[..., Any]]


class ClientTypeError(UsageError, TypeError):
    """An object is no client of a supported library."""


class ClientMethod(NamedTuple):
    """A class of clients: its module and name, the method through which all exchanges go, and the method's wrapper."""

    module: str
    name: str
    method: str
    wrap: Wrap


def _wrap_sync(original: Callable[..., Any], monitor: Monitor) -> Callable[..., Any]:
    @functools.wraps(original)
    def send(self: Any, *arguments: Any, **options: Any) -> Any:
        if is_sending(self):
            return original(self, *arguments, **options)
        with sent_by(self):
            response = original(self, *arguments, **options)
        with monitor.guard:
            _observe(
                response, monitor, is_stream=options.get("stream", getattr(self, "stream", None)) is True
            )
        return response

    return send


def _wrap_async(original: Callable[..., Awaitable[Any]], monitor: Monitor) -> Callable[..., Any]:
    @functools.wraps(original)
    async def send(self: Any, *arguments: Any, **options: Any) -> Any:
        if is_sending(self):
            return await original(self, *arguments, **options)
        with sent_by(self):
            response = await original(self, *arguments, **options)
        with monitor.guard:
            _observe(response, monitor, is_stream=options.get("stream") is True)
        return response

    return send


def _observe(response: Any, monitor: Monitor, *, is_stream: bool) -> None:
    """Submit a response and those that led to it by redirects; a body that is not read yet is copied on its way."""
    for each in (*response.history, *(() if is_stream else (response,))):
        submit(each, monitor)
    if is_stream:
        request = request_of(response)
        streams.copy_stream(response, http_facts(response, request), request, monitor)


def submit(response: object, monitor: Monitor, request: bytes | None = None) -> None:
    """Submit a response object whose body is there, and its request's body if the object does not keep it."""
    try:
        exchange = capture(response)
    except MessageTypeError:
        monitor.skip(NO_MESSAGE)
        return
    if request is not None:
        exchange = exchange._replace(request=request)
    monitor.submit(exchange.recording(monitor.next_source(), explicit=False, traffic=True))


CLIENT_METHODS = (
    ClientMethod("httpx", "Client", "send", _wrap_sync),
    ClientMethod("httpx", "AsyncClient", "send", _wrap_async),
    ClientMethod("httpx2", "Client", "send", _wrap_sync),
    ClientMethod("httpx2", "AsyncClient", "send", _wrap_async),
    ClientMethod("requests", "Session", "send", _wrap_sync),
    ClientMethod("werkzeug.test", "Client", "run_wsgi_app", flask.wrap),
    ClientMethod("django.test.client", "Client", "request", functools.partial(django.wrap, submit=submit)),
    ClientMethod(
        "django.test.client", "AsyncClient", "request", functools.partial(django.wrap_async, submit=submit)
    ),
)
"""The supported clients. httpx2 is httpx under the name with which Starlette's test client prefers it."""


def observe_client(client: Client, monitor: Monitor) -> Client:
    """Judge the exchanges of a client from now on, and return it; raises ClientTypeError."""
    bases = {(base.__module__.partition(".")[0], base.__name__) for base in type(client).__mro__}
    for entry in CLIENT_METHODS:
        if (entry.module.partition(".")[0], entry.name) in bases:
            method = getattr(type(client), entry.method)
            setattr(client, entry.method, MethodType(entry.wrap(method, monitor), client))
            return client
    raise ClientTypeError(
        f"a client of type {type(client).__name__} is not supported; pass one of {SUPPORTED}"
    )


def _kept_by_mocks(original: Callable[..., Any]) -> list[tuple[Any, str]]:
    """Return where libraries that stand in for servers have kept a method to call: requests-mock's plugin is loaded early."""
    places = [(sys.modules.get("requests_mock.mocker"), "_original_send")]
    return [(module, name) for module, name in places if getattr(module, name, None) is original]


def observe_all(monitor: Monitor) -> Callable[[], None]:
    """Judge the exchanges of every client of the libraries that are imported, now or later; return what ends that."""
    originals: list[tuple[Any, str, Any]] = []

    def wrap(module: str) -> None:
        for entry in CLIENT_METHODS:
            found: type[Any] | None = getattr(sys.modules[module], entry.name, None)
            if entry.module == module and found is not None:
                original = getattr(found, entry.method)
                wrapped = entry.wrap(original, monitor)
                for place, name in ((found, entry.method), *_kept_by_mocks(original)):
                    setattr(place, name, wrapped)
                    originals.append((place, name, original))

    stop = on_import({entry.module for entry in CLIENT_METHODS}, wrap)

    def restore() -> None:
        stop()
        for found, method, original in originals:
            setattr(found, method, original)

    return restore
