"""ASGI middleware for FastAPI, Starlette, Django and other applications."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from ...recordings import HttpFacts
from .bodies import BodyCopy, decode_headers, exchange, quote_path, url_of
from .middleware import Middleware
from .monitor import Monitor

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class WhoseesMiddleware(Middleware):
    """Judges the responses of an ASGI application while it serves them.

    >>> from whosees.asgi import WhoseesMiddleware
    >>> async def application(scope, receive, send): ...
    >>> application = WhoseesMiddleware(application, rules="github-user")
    """

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve a connection; messages pass through as they are and at once."""
        copy = None
        with self._monitor.guard:
            if scope["type"] == "http" and self._monitor.samples():
                copy = _Copy(self._monitor, self._monitor.next_source(), scope)
        if copy is None:
            await self.app(scope, receive, send)
        else:
            await self._serve_and_copy(copy, scope, receive, send)

    async def _serve_and_copy(self, copy: _Copy, scope: Message, receive: Receive, send: Send) -> None:
        async def receive_and_copy() -> Message:
            message = await receive()
            with self._monitor.guard:
                copy.add_received(message)
            return message

        async def send_and_copy(message: Message) -> None:
            await send(message)
            with self._monitor.guard:
                copy.add_sent(message)

        try:
            await self.app(scope, receive_and_copy, send_and_copy)
        finally:
            with self._monitor.guard:
                copy.end()


class _Copy:
    """The copy of an exchange that is passing through."""

    def __init__(self, monitor: Monitor, source: str, scope: Message) -> None:
        self._request, self._response = BodyCopy(monitor.max_body), BodyCopy(monitor.max_body)
        self._monitor, self._source, self._scope = monitor, source, scope
        self._status: int | None = None
        self._headers: list[tuple[bytes, bytes]] = []

    def add_received(self, message: Message) -> None:
        if message["type"] == "http.request":
            self._request.add(message.get("body", b""))
            self._request.complete = not message.get("more_body", False)

    def add_sent(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status, self._headers = message["status"], list(message.get("headers", ()))
        elif message["type"] == "http.response.body":
            self._response.add(message.get("body", b""))
            self._response.complete = not message.get("more_body", False)
            if self._response.complete:
                self.end()
        elif message["type"] in ("http.response.pathsend", "http.response.zerocopysend"):
            self._response.miss()

    def end(self) -> None:
        """Submit the copy, once, unless no response was begun."""
        if self._status is not None:
            http, self._status = self._http(), None
            self._monitor.submit(exchange(self._source, http, self._request, self._response))

    def _http(self) -> HttpFacts:
        scope = self._scope
        raw = scope.get("raw_path")
        path = raw.decode("latin-1") if raw else quote_path(scope["path"].encode())
        return HttpFacts(
            scope["method"].upper(),
            url_of(path, scope.get("query_string", b"")),
            self._status,
            decode_headers(list(scope["headers"])),
            decode_headers(self._headers),
        )
