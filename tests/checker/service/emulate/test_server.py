"""The emulator's connections: one that never finishes a request is closed, whatever it sends in between."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn

from support.practice import Practice
from whosees.checker.service.emulate.app import Emulator
from whosees.checker.service.emulate.server import TimedProtocol, config_for
from whosees.checker.service.endpoint import SERVICE_PATH

HEAD = f"POST {SERVICE_PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\n".encode()


class Impatient(TimedProtocol):
    header_seconds = 0.2


@pytest.fixture
def port(practice: Practice) -> Iterator[int]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(config_for(Emulator(practice.handler(), body_seconds=0.2), Impatient))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    yield listener.getsockname()[1]
    server.should_exit = True
    thread.join()
    listener.close()


def received(connection: socket.socket) -> bytes:
    """Read until the server closes the connection; a server that never does fails the test."""
    connection.settimeout(60)
    content = b""
    while part := connection.recv(65536):
        content += part
    return content


UNFINISHED = {
    "nothing": (b"", []),
    "half a head": (HEAD, []),
    "half a body": (HEAD + b"Content-Length: 100\r\n\r\n<half", [b"408"]),
    "half a chunk": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n64\r\n<half", [b"408"]),
    "an answered request, then half a head": (HEAD + b"Content-Length: 1\r\n\r\nx" + HEAD, [b"400"]),
    "a request to another path without its body": (
        b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n",
        [b"404"],
    ),
}


@pytest.mark.parametrize("name", UNFINISHED)
def test_a_connection_that_never_finishes_a_request_is_closed(port: int, name: str) -> None:
    sent, statuses = UNFINISHED[name]
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(sent)
        answered = received(connection)
    assert [line[9:12] for line in answered.split(b"\r\n") if line.startswith(b"HTTP/1.1")] == statuses
