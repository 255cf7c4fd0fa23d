"""The proxy passes on what it gets: client and server see the same bytes, and the same end, as without it.

DESIGN 12: "a reverse proxy that passes traffic on unchanged and judges copies."
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from support.relaying import Seen, read_to_end, read_until, relaying, reset, serving
from whosees.checker.service.watch.copies import LostKind

GET = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
CLOSE = b"Connection: close\r\n"


@dataclass(frozen=True)
class Scene:
    """The actions of the two ends, each with all that it has seen so far; and what of it can be judged.

    ``copies`` are method, status, and the states and bodies of request and response.
    """

    client: Callable[[socket.socket, Seen], None]
    server: Callable[[socket.socket, Seen], None]
    copies: list[tuple[str, int, str, bytes, str, bytes]] = field(default_factory=list)
    lost: dict[LostKind, int] = field(default_factory=dict)


def asks(*requests: bytes) -> Callable[[socket.socket, Seen], None]:
    """A client that sends, and reads to the end."""

    def client(connection: socket.socket, seen: Seen) -> None:
        for request in requests:
            connection.sendall(request)
        read_to_end(connection, seen)

    return client


def answers(*pieces: bytes, until: bytes = b"\r\n\r\n") -> Callable[[socket.socket, Seen], None]:
    """A server that reads up to a mark, sends pieces, and closes."""

    def server(connection: socket.socket, seen: Seen) -> None:
        read_until(connection, until, seen)
        for piece in pieces:
            connection.sendall(piece)
        connection.shutdown(socket.SHUT_WR)
        read_to_end(connection, seen)

    return server


def got(
    status: int, body: bytes, state: str = "complete", method: str = "GET"
) -> tuple[str, int, str, bytes, str, bytes]:
    return method, status, "complete", b"", state, body


def continues(connection: socket.socket, seen: Seen) -> None:
    connection.sendall(b"POST /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
    read_until(connection, b"100 Continue\r\n\r\n", seen)
    connection.sendall(b"body")
    read_to_end(connection, seen)


def lets_continue(connection: socket.socket, seen: Seen) -> None:
    read_until(connection, b"\r\n\r\n", seen)
    connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    read_until(connection, b"body", seen)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    connection.shutdown(socket.SHUT_WR)
    read_to_end(connection, seen)


UPGRADE = b"GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"


def talks(connection: socket.socket, seen: Seen) -> None:
    connection.sendall(UPGRADE)
    read_until(connection, b"\r\n\r\n", seen)
    connection.sendall(b"\x81\x05hello")
    read_until(connection, b"\x81\x05HELLO", seen)
    connection.shutdown(socket.SHUT_WR)
    read_to_end(connection, seen)


def talks_back(connection: socket.socket, seen: Seen) -> None:
    read_until(connection, b"\r\n\r\n", seen)
    connection.sendall(
        b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    )
    read_until(connection, b"hello", seen)
    connection.sendall(b"\x81\x05HELLO")
    read_to_end(connection, seen)


DECLINED = (
    b"POST /a HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAE\r\n"
    b"Content-Length: 4\r\n\r\nbody"
)
"""How Java's own client begins every connection without TLS."""


def asks_twice(connection: socket.socket, seen: Seen) -> None:
    connection.sendall(DECLINED)
    read_until(connection, b"one", seen)
    connection.sendall(GET)
    read_to_end(connection, seen)


def declines(connection: socket.socket, seen: Seen) -> None:
    read_until(connection, b"body", seen)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none")
    answers(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntwo", until=GET)(connection, seen)


def resets(connection: socket.socket, seen: Seen) -> None:
    read_until(connection, b"\r\n\r\n", seen)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
    reset(connection)


def gives_up(connection: socket.socket, seen: Seen) -> None:
    connection.sendall(GET)
    read_until(connection, b"half", seen)
    reset(connection)


def sends_half(connection: socket.socket, seen: Seen) -> None:
    read_until(connection, b"\r\n\r\n", seen)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
    read_to_end(connection, seen)


def half_closes(connection: socket.socket, seen: Seen) -> None:
    connection.sendall(GET)
    connection.shutdown(socket.SHUT_WR)
    read_to_end(connection, seen)


def waits_for_the_end(connection: socket.socket, seen: Seen) -> None:
    read_to_end(connection, seen)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


def greets(connection: socket.socket, seen: Seen) -> None:
    connection.sendall(b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    connection.shutdown(socket.SHUT_WR)
    read_to_end(connection, seen)


def refuses_early(connection: socket.socket, seen: Seen) -> None:
    read_until(connection, b"\r\n\r\n", seen)
    connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
    read_until(connection, b"body", seen)
    connection.shutdown(socket.SHUT_WR)
    read_to_end(connection, seen)


def sends_late(connection: socket.socket, seen: Seen) -> None:
    connection.sendall(b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n")
    read_until(connection, b"\r\n\r\n", seen)
    connection.sendall(b"body")
    read_to_end(connection, seen)


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
ODD = (
    b"get /a?b=c HTTP/1.1\r\nhOsT:x\r\nX-Two: 1\r\nX-Two: 2\r\nX-Long: "
    + b"l" * 100_000
    + b"\r\nX-Folded: a\r\n b\r\n\r\n"
)

SCENES = {
    "a length": Scene(
        asks(GET), answers(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"), [got(200, b"ok")]
    ),
    "chunks in pieces, with an extension and trailers": Scene(
        asks(GET),
        answers(CHUNKED, b"5;a=b\r", b"\nhel", b"lo\r\n0\r\nX-T: 1\r\n", b"\r\n"),
        [got(200, b"hello")],
    ),
    "the end of the connection": Scene(
        asks(GET), answers(b"HTTP/1.0 200 OK\r\n\r\n", b"all that comes"), [got(200, b"all that comes")]
    ),
    "HEAD": Scene(
        asks(GET.replace(b"GET", b"HEAD")),
        answers(b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n"),
        [got(200, b"", method="HEAD")],
    ),
    "204": Scene(asks(GET), answers(b"HTTP/1.1 204 No Content\r\n\r\n"), [got(204, b"")]),
    "304 with a length": Scene(
        asks(GET), answers(b"HTTP/1.1 304 Not Modified\r\nContent-Length: 2000\r\n\r\n"), [got(304, b"")]
    ),
    "100-continue": Scene(continues, lets_continue, [("POST", 200, "complete", b"body", "complete", b"ok")]),
    "early hints": Scene(
        asks(GET),
        answers(
            b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
        ),
        [got(200, b"ok")],
    ),
    "a response before the whole request": Scene(
        sends_late, refuses_early, [("POST", 413, "complete", b"body", "complete", b"")]
    ),
    "two requests at once": Scene(
        asks(GET + GET),
        answers(
            b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\noneHTTP/1.1 404 No\r\nContent-Length: 3\r\n\r\ntwo",
            until=GET + GET,
        ),
        [got(200, b"one"), got(404, b"two")],
    ),
    "a chunked request": Scene(
        asks(b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n"),
        answers(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", until=b"0\r\n\r\n"),
        [("POST", 200, "complete", b"body", "complete", b"ok")],
    ),
    "odd, repeated and folded headers, and a long one": Scene(
        asks(ODD),
        answers(b"HTTP/1.1 200 Fine, thank you\r\nContent-Length: 2\r\n\r\nok"),
        [got(200, b"ok", method="get")],
    ),
    "a client that half-closes": Scene(half_closes, waits_for_the_end, [got(200, b"ok")]),
    "an upgrade": Scene(talks, talks_back, lost={LostKind.UPGRADED: 1}),
    "an upgrade that is declined": Scene(
        asks_twice,
        declines,
        [("POST", 200, "complete", b"body", "complete", b"one"), got(200, b"two")],
    ),
    "a body that is cut off": Scene(
        asks(GET), answers(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"), [got(200, b"", "cut-off")]
    ),
    "chunks that are cut off": Scene(asks(GET), answers(CHUNKED, b"5\r\nhe"), [got(200, b"", "cut-off")]),
    "broken chunks": Scene(
        asks(GET), answers(CHUNKED, b"2\r\nok\r\nnonsense\r\n"), [got(200, b"", "broken")]
    ),
    "a reset of the server": Scene(asks(GET), resets, [got(200, b"", "cut-off")]),
    "a reset of the client": Scene(gives_up, sends_half, [got(200, b"", "cut-off")]),
    "no response": Scene(asks(GET), answers(), lost={LostKind.UNANSWERED: 1}),
    "half a head": Scene(asks(GET), answers(b"HTTP/1.1 200 OK\r\nX-"), lost={LostKind.NOT_HTTP: 1}),
    "an interim response alone": Scene(
        asks(GET), answers(b"HTTP/1.1 103 Early Hints\r\n\r\n"), lost={LostKind.UNANSWERED: 1}
    ),
    "no HTTP of the server, which ends before a header would": Scene(
        asks(GET), answers(b"220 mail.example ESMTP\r\n"), lost={LostKind.NOT_HTTP: 1}
    ),
    "a response that nothing asked for": Scene(asks(), greets, lost={LostKind.UNREQUESTED: 1}),
    "another protocol of the client": Scene(
        asks(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0"),
        answers(b"\0\0\x12\x04", until=b"\0\0\0"),
        lost={LostKind.NOT_HTTP: 1},
    ),
    "another protocol of the server": Scene(
        asks(GET), answers(b"SSH-2.0-x\r\n\r\n"), lost={LostKind.NOT_HTTP: 1}
    ),
}


def played(scene: Scene, port: int, served: list[Seen]) -> tuple[Seen, Seen]:
    """Let the client act; return what client and server have seen."""
    seen = Seen()
    served.clear()
    with socket.create_connection(("127.0.0.1", port)) as connection, contextlib.suppress(OSError):
        scene.client(connection, seen)
    return seen, served[0]


@pytest.mark.parametrize("name", SCENES)
def test_both_ends_see_the_same_bytes_and_the_same_end_as_without_the_proxy(name: str) -> None:
    scene = SCENES[name]
    served: list[Seen] = []

    def script(connection: socket.socket) -> None:
        served.append(Seen())
        scene.server(connection, served[-1])

    with serving(script) as port:
        direct = played(scene, port, served)
    with serving(script) as port, relaying(port) as proxy:
        through = played(scene, proxy.port, served)
        proxy.settle()
    assert through == direct
    copied = [
        (c.method.decode(), c.status, c.request.state, c.request.body, c.response.state, c.response.body)
        for c in proxy.copies
    ]
    assert copied == scene.copies
    assert proxy.counts.lost == scene.lost
    assert proxy.counts.exchanges == len(scene.copies)
    assert proxy.budget.used == 0, "every byte of a copy is returned"
