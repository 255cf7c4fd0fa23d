"""The relay's process, which does nothing but pass bytes on and copy them, so that judging never delays traffic."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import multiprocessing
import multiprocessing.context
import resource
import select
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from ...core import crash_report as crash
from ...core.signals import blocked, ignore_in_child
from .body_copy import CopyBudget
from .copies import ExchangeCopy, Frame, FrameDecoder, LostKind, RelayCounts, encode_frame
from .observer import CopyPolicy
from .relay import GRACE_SECONDS, Relay, Rewrite, Upstream
from .rewriting import rewrite_of

_STOP = b"S"
_COUNTS_SECONDS = 0.25
_MAX_READ = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Inbound:
    """The files of the certificate and its key with which clients are answered."""

    certificate: str
    key: str | None = None

    def context(self) -> ssl.SSLContext:
        """Return the TLS context; raises OSError, of which ssl.SSLError is one."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificate, self.key)
        context.set_alpn_protocols(["http/1.1"])
        return context


@dataclass(frozen=True, slots=True)
class RelaySettings:
    """The settings of the relay; they can be sent to another process.

    ``ca_file`` contains the certificates of the upstream's authority. Copies are made of bodies up to ``max_body`` bytes,
    and may take ``max_held`` bytes in memory. ``strips_context`` removes the header that states facts, and
    ``rewrites_host`` puts the upstream's name into the header Host.
    """

    host: str
    port: int
    is_tls: bool = False
    ca_file: str | None = None
    inbound: Inbound | None = None
    max_body: int = 16 * 1024 * 1024
    max_held: int = 128 * 1024 * 1024
    strips_context: bool = False
    rewrites_host: bool = False

    def upstream(self) -> Upstream:
        """Return the upstream; raises OSError if its authority's certificates cannot be used."""
        if not self.is_tls:
            return Upstream(self.host, self.port)
        context = ssl.create_default_context(cafile=self.ca_file)
        context.set_alpn_protocols(["http/1.1"])
        return Upstream(self.host, self.port, context)

    @property
    def rewrite(self) -> Rewrite | None:
        """The function that changes the heads of requests; None passes them on as they are."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        is_default = self.port == (443 if self.is_tls else 80)
        host = (name if is_default else f"{name}:{self.port}").encode()
        return rewrite_of(strips_context=self.strips_context, host=host if self.rewrites_host else None)


class RelayProcess:
    """The relay in a process of its own, and the frames that it sends."""

    def __init__(self, settings: RelaySettings, listener: socket.socket) -> None:
        self._connection, theirs = socket.socketpair()
        # A new interpreter, so that it has no open file of this process, and notices its end.
        context = multiprocessing.get_context("spawn")
        self._process = context.Process(target=_run, args=(settings, listener, theirs), daemon=True)
        with blocked("spawn"):
            self._process.start()
        theirs.close()
        listener.close()
        self._decoder = FrameDecoder()
        self.has_ended = False

    def receive(self, seconds: float) -> Iterator[Frame]:
        """Yield frames that have arrived, waiting for the first at most so long."""
        readable, _, _ = select.select([self._connection], [], [], seconds)
        if not readable:
            return
        data = b""
        with contextlib.suppress(ConnectionResetError):
            data = self._connection.recv(_MAX_READ)
        self.has_ended = not data
        yield from self._decoder.feed(data)

    def wait_until_ready(self) -> None:
        """Return when it accepts connections, or has failed to start."""
        while not self.has_ended and not any(True for _ in self.receive(GRACE_SECONDS)):
            pass

    def stop(self) -> None:
        """Let it accept nothing more, finish what has begun, send the last frames, and end."""
        with contextlib.suppress(OSError):
            self._connection.sendall(_STOP)

    def close(self) -> int:
        """End the process if it has not ended; return its exit code."""
        self._connection.close()
        self._process.join(GRACE_SECONDS)
        if self._process.exitcode is None:
            self._process.kill()
            self._process.join()
        return cast("int", self._process.exitcode)


class _Channel(asyncio.Protocol):
    """The connection to the process that judges."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport
        self.stopped = asyncio.Event()
        self.lost = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:  # noqa: ARG002 - there is but one message
        self.stopped.set()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - it is over either way
        self.stopped.set()
        self.lost.set()

    def backlog(self) -> int:
        """Return the number of bytes that wait until the other process has read what came before."""
        return self.transport.get_write_buffer_size()

    def send(self, frame: Frame) -> None:
        if not self.lost.is_set():
            self.transport.write(encode_frame(frame))


def _run(settings: RelaySettings, listener: socket.socket, connection: socket.socket) -> None:
    """Run the relay. Signals are the other process's affair: it says when this one is to end."""
    ignore_in_child()
    crash.install()
    crash.mute_logs()
    with contextlib.suppress(ValueError, OSError):
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asyncio.run(_main(settings, listener, connection))


async def _main(settings: RelaySettings, listener: socket.socket, connection: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    _, channel = await loop.create_connection(_Channel, sock=connection)
    counts = RelayCounts()
    budget = CopyBudget(settings.max_held, channel.backlog)
    emit = functools.partial(_emit, channel, budget, counts)
    relay = Relay(settings.upstream(), CopyPolicy(settings.max_body, budget, counts, emit), settings.rewrite)
    server = await relay.listen(listener, settings.inbound.context() if settings.inbound else None)
    while not channel.stopped.is_set():
        counts.held = budget.used
        channel.send(counts)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(channel.stopped.wait(), _COUNTS_SECONDS)
    server.close()
    await relay.finish()
    channel.send(counts)
    channel.transport.close()
    await channel.lost.wait()


def _emit(channel: _Channel, budget: CopyBudget, counts: RelayCounts, copy: ExchangeCopy) -> None:
    """Send a copy, unless too many wait already: then it is dropped, and counted."""
    if budget.take(len(copy.request.body) + len(copy.response.body)):
        budget.release(len(copy.request.body) + len(copy.response.body))
        channel.send(copy)
    else:
        counts.lose(LostKind.DROPPED)
