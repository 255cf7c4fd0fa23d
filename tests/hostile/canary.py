"""A file that nobody may open and a port that nobody may call: what an attack would lead to, if it worked."""

from __future__ import annotations

import ctypes
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

CONTENT = "the-canary-was-read"

_OPENED = 0x20 | 0x1  # IN_OPEN, IN_ACCESS
_CHANGED = 0x2 | 0x4 | 0x400  # IN_MODIFY, IN_ATTRIB, IN_DELETE_SELF
_AUDITED = {
    "open",
    "socket.connect",
    "socket.getaddrinfo",
    "socket.gethostbyname",
    "subprocess.Popen",
    "os.system",
}


@dataclass(frozen=True, slots=True)
class Canary:
    """A file that the system watches, and a server that nobody calls."""

    path: Path
    url: str
    _watch: int
    _server: socket.socket

    def alarms(self) -> list[str]:
        """Return what was touched since the last call, by any process and in any way."""
        found = []
        with suppress(BlockingIOError):
            while os.read(self._watch, 4096):
                found.append("the file was opened")
        with suppress(BlockingIOError):
            while True:
                self._server.accept()[0].close()
                found.append("the server was called")
        return found


@contextmanager
def planted(folder: Path) -> Iterator[Canary]:
    """Plant a canary; where the system cannot watch a file the test is skipped."""
    if sys.platform != "linux":
        pytest.skip("only Linux tells of every opening of a file")
    libc = ctypes.CDLL(None, use_errno=True)
    path = folder / "canary.txt"
    path.write_text(CONTENT)
    watch = libc.inotify_init1(os.O_NONBLOCK)
    assert watch >= 0
    assert libc.inotify_add_watch(watch, os.fsencode(path), _OPENED | _CHANGED) >= 0
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0)
    try:
        yield Canary(path, f"http://127.0.0.1:{server.getsockname()[1]}/", watch, server)
    finally:
        server.close()
        os.close(watch)


class Audit:
    """The files, calls and processes that Python itself opens in this process, while it listens."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []
        self._listening = False
        sys.addaudithook(self._hear)  # a hook stays as long as the process

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if self._listening and event in _AUDITED:
            self.seen.append((event, str(arguments[0])))

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Listen for as long as this is open."""
        self.seen.clear()
        self._listening = True
        try:
            yield
        finally:
            self._listening = False
