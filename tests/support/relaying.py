"""The relay of `watch` on a thread of the test, and servers and clients that are scripts over raw sockets."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from whosees.checker.service.watch.body_copy import CopyBudget
from whosees.checker.service.watch.copies import ExchangeCopy, RelayCounts
from whosees.checker.service.watch.observer import CopyPolicy
from whosees.checker.service.watch.relay import Relay, Rewrite, Upstream

Script = Callable[[socket.socket], None]

TIMEOUT = 60.0
"""Seconds after which a test fails instead of waiting for ever; nothing waits for it to pass."""


@dataclass(slots=True)
class Relaying:
    """A relay that runs: its port, and what it has copied and counted."""

    port: int
    copies: list[ExchangeCopy]
    counts: RelayCounts
    budget: CopyBudget
    relay: Relay
    loop: asyncio.AbstractEventLoop

    def settle(self) -> None:
        """Wait until every connection is closed, so that all is counted."""

        async def closed() -> None:
            while self.relay.connections:  # noqa: ASYNC110 - the relay need not tell anyone
                await asyncio.sleep(0)

        asyncio.run_coroutine_threadsafe(closed(), self.loop).result(TIMEOUT)


@contextlib.contextmanager
def relaying(
    upstream: Upstream | int,
    *,
    max_body: int = 1 << 20,
    max_held: int = 1 << 26,
    rewrite: Rewrite | None = None,
) -> Iterator[Relaying]:
    """Run a relay in front of an upstream, or of a port of this machine."""
    target = Upstream("127.0.0.1", upstream) if isinstance(upstream, int) else upstream
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    listener = socket.create_server(("127.0.0.1", 0))
    copies: list[ExchangeCopy] = []
    budget, counts = CopyBudget(max_held), RelayCounts()
    relay = Relay(target, CopyPolicy(max_body, budget, counts, copies.append), rewrite)

    def run(coroutine: object) -> object:
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result(TIMEOUT)  # type: ignore[arg-type]

    server = run(relay.listen(listener))
    assert isinstance(server, asyncio.Server)
    try:
        yield Relaying(listener.getsockname()[1], copies, counts, budget, relay, loop)
    finally:
        loop.call_soon_threadsafe(server.close)
        run(relay.finish(0.0))
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@dataclass(slots=True)
class Seen:
    """All that one end of a connection received, and how it ended."""

    received: bytearray = field(default_factory=bytearray)
    end: str = ""


def read_to_end(connection: socket.socket, seen: Seen) -> None:
    """Read until the peer ends or resets the connection."""
    connection.settimeout(TIMEOUT)
    try:
        while part := connection.recv(65536):
            seen.received += part
        seen.end = "end"
    except ConnectionResetError:
        seen.end = "reset"


def read_until(connection: socket.socket, mark: bytes, seen: Seen) -> None:
    """Read until what was received ends with a mark."""
    connection.settimeout(TIMEOUT)
    while not seen.received.endswith(mark):
        part = connection.recv(65536)
        assert part, f"the connection ended; received: {bytes(seen.received[-200:])!r}"
        seen.received += part


def reset(connection: socket.socket) -> None:
    """Close a connection with a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


@contextlib.contextmanager
def serving(script: Script) -> Iterator[int]:
    """Serve connections one after the other with a script; give the port."""
    listener = socket.create_server(("127.0.0.1", 0))
    is_closing = threading.Event()

    def accept() -> None:
        while True:
            connection, _ = listener.accept()
            with connection:
                if is_closing.is_set():
                    return
                with contextlib.suppress(OSError):
                    script(connection)

    thread = threading.Thread(target=accept)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        is_closing.set()
        socket.create_connection(listener.getsockname()).close()  # wakes the thread
        thread.join()
        listener.close()
