"""The relay: connections of clients and of the upstream, between which bytes pass as they come."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from ..connection_errors import connection_problem
from .copies import LostKind, RelayCounts
from .observer import ConnectionObserver, CopyPolicy

CONNECT_SECONDS = 10.0
"""How long the upstream may take to accept a connection."""

GRACE_SECONDS = 5.0
"""How long exchanges may take to finish once the proxy is to end."""

_DRAIN_SECONDS = 2.0
"""How long a client may take to read that the upstream is down."""

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)

Rewrite = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Upstream:
    """The server behind the proxy; ``tls`` is None for one that is called without."""

    host: str
    port: int
    tls: ssl.SSLContext | None = None


@dataclass(slots=True)
class Relay:
    """Passes the bytes of all connections on. ``rewrite`` changes the heads of requests, if anything does."""

    upstream: Upstream
    policy: CopyPolicy
    rewrite: Rewrite | None = None
    connections: set[ClientSide] = field(default_factory=set)

    @property
    def counts(self) -> RelayCounts:
        """The numbers of what it has done so far."""
        return self.policy.counts

    async def listen(self, listener: socket.socket, tls: ssl.SSLContext | None = None) -> asyncio.Server:
        """Accept connections."""
        loop = asyncio.get_running_loop()
        return await loop.create_server(lambda: ClientSide(self), sock=listener, ssl=tls, backlog=1024)

    async def finish(self, grace: float = GRACE_SECONDS) -> None:
        """Let the exchanges that have begun end, then close every connection."""
        end = time.monotonic() + grace
        while self.connections and time.monotonic() < end:
            for connection in tuple(self.connections):
                connection.close_if_idle()
            await asyncio.sleep(0.02)
        for connection in tuple(self.connections):
            connection.abort()
        await asyncio.sleep(0)


class _Side(asyncio.Protocol):
    """One of the two connections. ``other`` is where its data goes."""

    transport: asyncio.Transport | None = None
    other: _Side | None = None
    has_ended = False
    """Whether its peer sends nothing more."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def pause_writing(self) -> None:
        """Stop reading from the other side: what it sends cannot be passed on now."""
        if self.other is not None and self.other.transport is not None:
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.resume_reading()

    def end_output(self) -> bool:
        """Pass on that the other side sends nothing more; return whether this side can still be read."""
        if self.transport is None or self.transport.is_closing():
            return False
        if self.transport.can_write_eof():
            self.transport.write_eof()
            return True
        self.transport.close()
        return False

    def close(self, *, reset: bool = False) -> None:
        """Close the connection once everything is sent, as the other one was closed."""
        if self.transport is None or self.transport.is_closing():
            return
        connection = self.transport.get_extra_info("socket")
        if reset and connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self.transport.close()


class ClientSide(_Side):
    """The connection of a client, which opens the one to the upstream."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self.observer = ConnectionObserver(relay.policy, relay.rewrite)
        self._dialling: asyncio.Task[None] | None = None
        self._early = bytearray()
        self._early_since = 0.0
        self._problem = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Open the connection to the upstream."""
        super().connection_made(transport)
        self._relay.connections.add(self)
        self._relay.counts.connections += 1
        self._relay.counts.open_connections += 1
        self._dialling = asyncio.get_running_loop().create_task(self._dial())

    async def _dial(self) -> None:
        upstream, loop = self._relay.upstream, asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await loop.create_connection(
                    lambda: UpstreamSide(self._relay, self),
                    upstream.host,
                    upstream.port,
                    ssl=upstream.tls,
                    happy_eyeballs_delay=0.25,
                )
        except TimeoutError:
            self._refuse(f"no connection within {CONNECT_SECONDS:g} s")
        except (OSError, UnicodeError) as error:
            self._refuse(connection_problem(error) or "no connection")

    def attach(self, upstream: UpstreamSide) -> None:
        """Pass on what arrived before the upstream was connected."""
        self.other = upstream
        if self.transport is None or self.transport.is_closing():
            upstream.close()
            return
        if self._early:
            early = bytes(self._early)
            self._early.clear()
            self._pass(early, self._early_since)
        self.transport.resume_reading()
        if self.has_ended:
            upstream.end_output()

    def data_received(self, data: bytes) -> None:
        """Pass data on, as soon as the upstream is connected."""
        now = time.perf_counter()
        if self._problem:
            self._answer_refusal()
        elif self.other is None:
            self._early_since = self._early_since or now
            self._early += data
            if self.transport is not None:
                self.transport.pause_reading()
        else:
            self._pass(data, now)

    def _pass(self, data: bytes, since: float) -> None:
        if self._relay.rewrite is None:
            self._write(data)
            self._relay.counts.count(len(data), time.perf_counter() - since)
            self.observe(self.observer.client_data, data)
        else:
            self._write(self.observe(self.observer.client_data, data))
            self._relay.counts.count(len(data), time.perf_counter() - since)

    def observe(self, take: Callable[[bytes], bytes], data: bytes) -> bytes:
        """Let the observer take data; return what to pass on. A defect of the observer must not break the connection."""
        try:
            return take(data)
        except Exception as error:  # noqa: BLE001 - whatever it is
            asyncio.get_running_loop().call_exception_handler(
                {"message": "observing failed", "exception": error}
            )
            self.observer.stop(LostKind.DEFECT)
            return data

    def _write(self, data: bytes) -> None:
        if data and self.other is not None and self.other.transport is not None:
            self.other.transport.write(data)

    def eof_received(self) -> bool | None:
        """Pass the end on; a client that half-closes still gets its responses."""
        self.has_ended = True
        self._write(self.observer.client_end())
        if self.transport is None or not self.transport.can_write_eof():
            return None  # a TLS connection is closed as a whole
        if self._problem or (self.other is not None and self.other.has_ended):
            return None
        upstream = self.other.transport if self.other is not None else None
        if upstream is not None and upstream.can_write_eof():
            upstream.write_eof()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """Close the upstream's connection in the same way."""
        self._relay.connections.discard(self)
        self._relay.counts.open_connections -= 1
        if self._dialling is not None:
            self._dialling.cancel()
        self.observer.close()
        if self.other is not None:
            self.other.close(reset=exc is not None)

    def close_if_idle(self) -> None:
        """Close the connection if no exchange has begun."""
        if self.observer.is_idle:
            self.close()

    def abort(self) -> None:
        """Close the connection at once."""
        if self.transport is not None:
            self.transport.abort()

    def _refuse(self, problem: str) -> None:
        """Answer the request with 502 as soon as it begins: an answer to nothing would confuse the client."""
        self._problem = problem
        self.observer.stop(LostKind.UPSTREAM_DOWN)
        if self._early:
            self._answer_refusal()
        if self.transport is not None:
            self.transport.resume_reading()

    def _answer_refusal(self) -> None:
        if self.transport is None or self.transport.is_closing() or self._early_since < 0:
            return
        self._early_since = -1.0  # answered once; what else arrives is not read
        body = f"whosees watch: the upstream cannot be reached: {self._problem}\n".encode()
        head = (
            "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/plain; charset=utf-8\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        # Closing while the client still sends would reset the connection before it has read the answer.
        if self.transport.can_write_eof():
            self.transport.write_eof()
        asyncio.get_running_loop().call_later(_DRAIN_SECONDS, self.close)


class UpstreamSide(_Side):
    """The connection to the upstream."""

    def __init__(self, relay: Relay, client: ClientSide) -> None:
        self._relay = relay
        self._client = client
        self.other = client

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Pass on what the client has sent already."""
        super().connection_made(transport)
        self._client.attach(self)

    def data_received(self, data: bytes) -> None:
        """Pass data on."""
        since = time.perf_counter()
        client = self._client.transport
        if client is None:
            return
        client.write(data)
        self._relay.counts.count(len(data), time.perf_counter() - since)
        self._client.observe(self._client.observer.upstream_data, data)

    def eof_received(self) -> bool | None:
        """Pass the end on; the client may still be sending."""
        self.has_ended = True
        self._client.observer.upstream_end()
        stays_open = self._client.end_output() and not self._client.has_ended
        return stays_open if self.transport is not None and self.transport.can_write_eof() else None

    def connection_lost(self, exc: Exception | None) -> None:
        """Close the client's connection in the same way."""
        self._client.observer.upstream_end()
        self._client.close(reset=exc is not None)
