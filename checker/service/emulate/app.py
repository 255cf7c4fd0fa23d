"""The emulator as an ASGI application with bounded bodies."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from .http import LIMITS, Handler, HttpRequest, Response, text_response

BODY_SECONDS = 30.0
"""The longest time that a request may take to arrive."""

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
OnResponse = Callable[[Response], None]
OnError = Callable[[Exception], None]


class Emulator:
    """The ASGI application.

    ``on_response`` is called with every response, ``on_error`` with every internal error; ``sleep`` delays responses.
    """

    def __init__(
        self,
        handler: Handler,
        on_response: OnResponse = lambda _: None,
        on_error: OnError = lambda _: None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        body_seconds: float = BODY_SECONDS,
    ) -> None:
        self._handler = handler
        self._on_response = on_response
        self._on_error = on_error
        self._sleep = sleep
        self._body_seconds = body_seconds

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        if scope["type"] != "http":
            return
        try:
            async with asyncio.timeout(self._body_seconds):
                response = await self._response(scope, receive)
        except TimeoutError:
            response = text_response(408, "refused: the request took too long to arrive")
        except Exception as error:  # noqa: BLE001 - a server's log would quote it, and it can quote the request
            self._on_error(error)
            response = text_response(500, "an internal error: this is a defect of the emulator")
        if response is None:  # the client has disconnected
            return
        if response.delay:
            await self._sleep(response.delay)
        self._on_response(response)
        await send({"type": "http.response.start", "status": response.status, "headers": _headers(response)})
        await send({"type": "http.response.body", "body": response.body})

    async def _response(self, scope: Message, receive: Receive) -> Response | None:
        refused = self._handler.refusal(scope["method"], scope["path"])
        if refused is not None:
            return refused
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            if len(body) > LIMITS.size:
                return text_response(413, f"refused: larger than {LIMITS.size:,} bytes")
            if not message.get("more_body", False):
                break
        return self._handler.respond(_request(scope, bytes(body)))


def _request(scope: Message, body: bytes) -> HttpRequest:
    path, query = scope["raw_path"].decode("latin-1"), scope["query_string"].decode("latin-1")
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
    return HttpRequest(scope["method"], f"{path}?{query}" if query else path, headers, body)


def _headers(response: Response) -> list[tuple[bytes, bytes]]:
    headers = [
        (b"content-type", response.content_type.encode()),
        (b"content-length", str(len(response.body)).encode()),
        *((name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.headers),
    ]
    if response.status in (408, 413):
        headers.append((b"connection", b"close"))
    return headers
