"""The installed commands, and a server that answers what a test wants."""

from __future__ import annotations

import contextlib
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

WHOSEES = str(Path(sys.executable).with_name("whosees"))

Reply = Callable[[bytes], bytes | Iterable[bytes] | None]


def http(body: bytes, status: str = "200 OK", *headers: str, length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    head = [f"HTTP/1.1 {status}", f"Content-Length: {size}", "Connection: close", *headers, "", ""]
    return "\r\n".join(head).encode() + body


@contextlib.contextmanager
def emulating(*arguments: str) -> Iterator[tuple[str, list[str]]]:
    """Run `whosees emulate` on a free port: gives its URL, and after the end all that it said."""
    process = subprocess.Popen(
        [WHOSEES, "emulate", "--port", "0", *arguments], stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    said = [process.stderr.readline()]
    try:
        while said[-1] and "answering at" not in said[-1]:
            said.append(process.stderr.readline())
        found = re.search(r"http://\S+", said[-1])
        assert found, said
        yield found[0], said
    finally:
        process.send_signal(signal.SIGINT)
        said += process.stderr.readlines()
        process.stderr.close()
        assert process.wait(timeout=30) == 0


class Watching:
    """A run of `whosees watch`: the addresses of the proxy and of the totals, and after its end what it said."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stderr is not None
        self.process = process
        self.err = ""
        self.out = ""
        self.code = -1
        while "proxy at" not in self.err:
            line = process.stderr.readline()
            assert line, self.err
            self.err += line
        self.port = int(self.err.rpartition(":")[2])
        totals = re.search("totals at (.*)", self.err)
        self.admin = totals[1] if totals else ""

    def read_line(self) -> str:
        """Read the next line that it writes to standard error."""
        assert self.process.stderr is not None
        line = self.process.stderr.readline()
        self.err += line
        return line

    def end(self, number: int = signal.SIGINT) -> None:
        """End it, and read what it wrote."""
        self.process.send_signal(number)
        self.out, err = self.process.communicate(timeout=60)
        self.err += err
        self.code = self.process.returncode


@contextlib.contextmanager
def watching(upstream: str, *arguments: str) -> Iterator[Watching]:
    """Run `whosees watch` on a free port in front of an upstream, until it is ended."""
    process = subprocess.Popen(
        [WHOSEES, "watch", "--upstream", upstream, "--listen", "127.0.0.1:0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield Watching(process)
    finally:
        process.kill()
        process.communicate()


class RawServer:
    """A TCP server: reads one HTTP request a connection, and sends back whatever bytes, or pieces, ``reply`` gives for it.

    Where ``reply`` gives None the connection is held open until the server is closed.
    """

    def __init__(self, reply: Reply, tls: ssl.SSLContext | None = None) -> None:
        self._reply = reply
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self._held: list[socket.socket] = []
        self._closing = threading.Event()
        self.port: int = self._listener.getsockname()[1]
        self._acceptor = threading.Thread(target=self._accept)
        self._acceptor.start()

    def url(self, scheme: str = "http") -> str:
        return f"{scheme}://127.0.0.1:{self.port}/WBXService/XMLService"

    def close(self) -> None:
        self._closing.set()
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port)).close()  # wakes the acceptor
        self._acceptor.join()
        for held in self._held:
            held.close()
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self._closing.is_set():
                connection.close()
                return
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            content = self._reply(_request(connection))
            if content is None:
                self._held.append(connection)
                return
            for piece in [content] if isinstance(content, bytes) else content:
                connection.sendall(piece)
        except OSError:
            pass  # the client went away, as some tests have it
        if not self._held or connection not in self._held:
            connection.close()


def _request(connection: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536)
    head, _, body = received.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head.lower())
    while length and len(body) < int(length[1]):
        body += connection.recv(65536)
    return body
