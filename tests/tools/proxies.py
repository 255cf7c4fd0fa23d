"""Tools that record what passes through them: each is started, called by a plain client, and asked for its recordings."""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

STARTING_SECONDS = 60


@contextmanager
def running(command: Sequence[str | Path], port: int, folder: Path) -> Iterator[None]:
    """Run a server until the end of the block, which begins when it accepts connections."""
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        _wait_for(port, process)
        yield
    finally:
        process.terminate()
        process.wait()
        (folder / "server.log").unlink()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    with httpx.Client(transport=httpx.HTTPTransport(retries=9), timeout=STARTING_SECONDS) as client:
        # Retries wait longer and longer: half a second, one second, two …
        client.get(f"http://127.0.0.1:{port}/", headers={"Connection": "close"})
    if process.poll() is not None:
        raise RuntimeError(f"the tool ended with {process.returncode}")


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def send(calls: Sequence[dict[str, Any]], port: int, proxy: int | None = None) -> None:
    """Make calls at the port of a reverse proxy, or through a forward proxy."""
    through = None if proxy is None else f"http://127.0.0.1:{proxy}"
    with httpx.Client(proxy=through, trust_env=False, timeout=STARTING_SECONDS) as client:
        for call in calls:
            parts = urlsplit(call["url"])
            if proxy is None:
                parts = parts._replace(netloc=f"127.0.0.1:{port}")
            client.request(
                call["method"],
                parts.geturl(),
                headers=call["headers"],
                content=call["body"],
            ).raise_for_status()


def upstream_of(calls: Sequence[dict[str, Any]]) -> str:
    """Return the address of the server that calls are about."""
    parts = urlsplit(calls[0]["url"])
    return f"{parts.scheme}://{parts.netloc}"


def mitmproxy(mitmdump: Path, calls: Sequence[dict[str, Any]], folder: Path, *options: str) -> None:
    """Record with mitmdump as a reverse proxy; ``options`` say which file it writes."""
    port = free_port()
    mode = f"reverse:{upstream_of(calls)}"
    confdir = f"confdir={folder / 'mitmproxy'}"
    command = [str(mitmdump), "--mode", mode, "--listen-port", str(port), "--set", confdir, *options]
    with running(command, port, folder):
        send(calls, port)
    subprocess.run(["rm", "-r", folder / "mitmproxy"], check=True)


def mountebank(mb: Path, calls: Sequence[dict[str, Any]], folder: Path) -> None:
    """Record with an imposter that is a proxy, and save all imposters."""
    admin, port = free_port(), free_port()
    fields = dict.fromkeys(("method", "path", "query", "headers", "body"), True)
    proxy = {"to": upstream_of(calls), "mode": "proxyOnce", "predicateGenerators": [{"matches": fields}]}
    imposter = {"protocol": "http", "port": port, "stubs": [{"responses": [{"proxy": proxy}]}]}
    with running([mb, "--port", str(admin), "--nologfile"], admin, folder):
        httpx.post(f"http://127.0.0.1:{admin}/imposters", json=imposter).raise_for_status()
        send(calls, port)
        subprocess.run(
            [mb, "save", "--port", str(admin), "--savefile", "imposters.json"],
            cwd=folder,
            check=True,
            capture_output=True,
        )
    (folder / "mb.pid").unlink(missing_ok=True)


def wiremock(jar: Path, calls: Sequence[dict[str, Any]], folder: Path) -> None:
    """Record with WireMock's recorder."""
    with _wiremock(jar, folder) as (port, admin):
        httpx.post(f"{admin}/recordings/start", json={"targetBaseUrl": upstream_of(calls)}).raise_for_status()
        send(calls, port)
        httpx.post(f"{admin}/recordings/stop").raise_for_status()


def wiremock_journal(jar: Path, calls: Sequence[dict[str, Any]], folder: Path) -> None:
    """Let WireMock pass on what it is asked, and save its journal."""
    with _wiremock(jar, folder) as (port, admin):
        mapping = {"request": {}, "response": {"proxyBaseUrl": upstream_of(calls)}}
        httpx.post(f"{admin}/mappings", json=mapping).raise_for_status()
        send(calls, port)
        journal = httpx.get(f"{admin}/requests").json()
    journal["requests"].reverse()  # it has the latest first
    (folder / "journal.json").write_text(json.dumps(journal))


@contextmanager
def _wiremock(jar: Path, folder: Path) -> Iterator[tuple[int, str]]:
    port = free_port()
    command = ("java", "-jar", jar, "--port", str(port), "--bind-address", "127.0.0.1")
    with running(command, port, folder):
        admin = f"http://127.0.0.1:{port}/__admin"
        httpx.delete(f"{admin}/requests").raise_for_status()
        yield port, admin


def mockserver(jar: Path, calls: Sequence[dict[str, Any]], folder: Path, *, kind: str) -> None:
    """Record with MockServer as a forward proxy; ``kind`` is what is retrieved from it."""
    port = free_port()
    admin = f"http://127.0.0.1:{port}/mockserver"
    with running(["java", "-jar", jar, "-serverPort", str(port), "-logLevel", "WARN"], port, folder):
        httpx.put(f"{admin}/reset").raise_for_status()
        send(calls, port, proxy=port)
        kept = httpx.put(f"{admin}/retrieve", params={"type": kind, "format": "JSON"}, timeout=60)
        kept.raise_for_status()
    (folder / "mockserver.json").write_bytes(kept.content)
    (folder / "mockserver-ca.pem").unlink()
