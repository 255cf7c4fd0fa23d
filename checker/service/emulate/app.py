"""The emulator as an ASGI application: one path, one method, bounded bodies."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from ..endpoint import SERVICE_PATH
from .answer import LIMITS, Answer, Answerer, plain

BODY_SECONDS = 30.0
"""How long a request may take to arrive."""

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Seen = Callable[[Answer], None]
Failed = Callable[[Exception], None]


class Emulator:
    """The application; ``seen`` is told of every answer, ``failed`` of faults of our own, ``sleep`` holds slow ones back."""

    def __init__(
        self,
        answerer: Answerer,
        seen: Seen = lambda _: None,
        failed: Failed = lambda _: None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        body_seconds: float = BODY_SECONDS,
    ) -> None:
        self._answerer = answerer
        self._seen = seen
        self._failed = failed
        self._sleep = sleep
        self._body_seconds = body_seconds

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        if scope["type"] != "http":
            return
        try:
            async with asyncio.timeout(self._body_seconds):
                answer = await self._answer(scope, receive)
        except TimeoutError:
            answer = plain(408, "refused: the request takes too long to arrive")
        except Exception as error:  # noqa: BLE001 - a server's log would quote it, and it can quote the request
            self._failed(error)
            answer = plain(500, "an internal error: this is a defect of the emulator")
        if answer is None:  # whoever called is gone
            return
        if answer.wait:
            await self._sleep(answer.wait)
        self._seen(answer)
        headers = [
            (b"content-type", answer.content_type.encode()),
            (b"content-length", str(len(answer.body)).encode()),
        ]
        if answer.status == 405:  # noqa: PLR2004 - the status that asks for this header
            headers.append((b"allow", b"POST"))
        if answer.status in (408, 413):
            headers.append((b"connection", b"close"))
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    async def _answer(self, scope: Message, receive: Receive) -> Answer | None:
        if scope["path"] != SERVICE_PATH:
            return plain(404, f"there is nothing here; the service is at {SERVICE_PATH}")
        if scope["method"] != "POST":
            return plain(405, "the service is called with POST")
        headers = {name.lower(): value for name, value in scope["headers"]}
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            if len(body) > LIMITS.size:
                return plain(413, f"refused: larger than {LIMITS.size:,} bytes")
            if not message.get("more_body", False):
                break
        content_type = headers.get(b"content-type", b"").decode("latin-1")
        return self._answerer.answer(bytes(body), content_type)
