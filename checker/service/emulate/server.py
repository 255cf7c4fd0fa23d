"""The emulator's HTTP server: uvicorn, with a time limit for requests that never arrive."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from .app import Emulator

BACKLOG = 1024
HEADER_SECONDS = 10.0
"""Seconds that a client may take to send the head of a request; the body has a limit of its own."""

IDLE_SECONDS = 75
"""Seconds that a connection is kept open between requests."""


class TimedProtocol(H11Protocol):
    """Closes connections whose client does not send the whole head of a request in time, which uvicorn waits for."""

    header_seconds = HEADER_SECONDS
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Start the clock for the first request."""
        super().connection_made(transport)
        self._start()

    def data_received(self, data: bytes) -> None:
        """Stop the clock when a request has begun; start it again if data is only a part of the next one's head."""
        super().data_received(data)
        if self._is_busy():
            self._stop()
        else:
            self._start()

    def on_response_complete(self) -> None:
        """Start the clock if the client had sent a part of its next request, or not the whole of this one."""
        super().on_response_complete()
        if not self._is_busy() and (self.conn.trailing_data[0] or self.conn.their_state is h11.SEND_BODY):
            self._start()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._stop()
        super().connection_lost(exc)

    def _is_busy(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle  # None before the first request
        return cycle is not None and not cycle.response_complete

    def _start(self) -> None:
        if self._deadline is None and not self.transport.is_closing():
            self._deadline = self.loop.call_later(self.header_seconds, self._close_unfinished)

    def _stop(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _close_unfinished(self) -> None:
        self._deadline = None
        if not self._is_busy():
            self.transport.close()


def serve(app: Emulator, listener: socket.socket) -> None:
    """Answer requests until the process is interrupted."""
    uvicorn.Server(config_for(app)).run(sockets=[listener])


def config_for(app: Emulator, protocol: type[TimedProtocol] = TimedProtocol) -> uvicorn.Config:
    """Return the configuration of the server, which logs nothing: a log would quote requests."""
    return uvicorn.Config(
        app,
        http=protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",
        access_log=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=1,
    )
