"""Fixtures of this folder."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Callable, Iterator

import pytest

from support import command
from support.practice import Practice
from support.servers import RawServer, Reply


@pytest.fixture(scope="session")
def practice() -> Practice:
    return Practice()


@pytest.fixture
def whosees() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command as a user does, with variables of the environment."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        done = command.whosees(*arguments, stdin=b"", cwd=None, **environment)
        return subprocess.CompletedProcess(arguments, done.code, done.out, done.err)

    return run


@pytest.fixture
def raw_server() -> Iterator[Callable[..., RawServer]]:
    opened: list[RawServer] = []

    def start(reply: Reply, tls: ssl.SSLContext | None = None) -> RawServer:
        opened.append(RawServer(reply, tls))
        return opened[-1]

    yield start
    for server in opened:
        server.close()
