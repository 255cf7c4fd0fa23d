"""Fixtures of this folder."""

from __future__ import annotations

import os
import ssl
import subprocess
from collections.abc import Callable, Iterator

import pytest

from support.practice import Practice
from support.servers import WHOSEES, RawServer, Reply


@pytest.fixture(scope="session")
def practice() -> Practice:
    return Practice()


@pytest.fixture
def whosees() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the installed command as a user does."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [WHOSEES, *arguments],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, **environment},
            timeout=120,
        )

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
