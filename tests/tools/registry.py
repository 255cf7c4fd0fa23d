"""The tools: how each is called, by its users' own way, to record calls in files."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from . import proxies

CLIENTS = Path(__file__).parent / "clients"

Calls = Sequence[dict[str, Any]]


@dataclass(frozen=True)
class Kit:
    """The place where the tools are: Python environments, and a folder with npm's packages."""

    place: Path

    def python(self, name: str = "python") -> Path:
        """Return a program of the environment with Python's tools."""
        return self.place / "python" / "bin" / name

    def mitmdump(self) -> Path:
        """Return mitmproxy's program, which has an environment of its own."""
        return self.place / "mitmproxy" / "bin" / "mitmdump"

    def npm(self, name: str) -> Path:
        """Return a program of an npm package."""
        return self.place / "node_modules" / ".bin" / name

    def jar(self, package: str) -> Path:
        """Return the Java archive that an npm package contains."""
        (found,) = (self.place / "node_modules" / package).rglob("*.jar")
        return found

    def run(self, *command: str | Path, folder: Path, **variables: str) -> None:
        """Run a tool; raises CalledProcessError if it fails."""
        paths = {"NODE_PATH": str(self.place / "node_modules"), **variables}
        subprocess.run(
            command, cwd=folder, check=True, capture_output=True, env={**os.environ, **paths}, text=True
        )


Record = Callable[[Kit, Calls, Path], None]


@dataclass(frozen=True)
class Tool:
    """A tool: what it writes, by the name of the format, and how its version is found out."""

    name: str
    format: str
    version: Callable[[Kit], str]
    record: Record


def _first_line(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return (done.stdout or done.stderr).splitlines()[0]


def _pip(package: str) -> Callable[[Kit], str]:
    code = f"import importlib.metadata as m; print(m.version({package!r}))"
    return lambda kit: _first_line(kit.python(), "-c", code)


def _npm(package: str) -> Callable[[Kit], str]:
    def version(kit: Kit) -> str:
        text: str = json.loads((kit.place / "node_modules" / package / "package.json").read_text())["version"]
        return text

    return version


def _word(number: int, *command: str) -> Callable[[Kit], str]:
    return lambda _: _first_line(*command).split()[number]


def _debian(package: str) -> Callable[[Kit], str]:
    return lambda _: _first_line("dpkg-query", "--show", "--showformat=${Version}", package).partition("-")[0]


def _saved(calls: Calls, folder: Path) -> Path:
    path = folder.parent / f"{folder.name}.calls"
    path.write_text(json.dumps(list(calls)))
    return path


def _by_python(name: str) -> Record:
    def record(kit: Kit, calls: Calls, folder: Path) -> None:
        kit.run(kit.python(), CLIENTS / "clients.py", name, _saved(calls, folder), folder, folder=folder)

    return record


def _by_node(name: str) -> Record:
    def record(kit: Kit, calls: Calls, folder: Path) -> None:
        command = ("node", CLIENTS / "clients.cjs", name, _saved(calls, folder), folder)
        kit.run(*command, folder=folder, CHROMIUM=os.environ.get("CHROMIUM", "/usr/bin/chromium"))

    return record


def _ruby(kit: Kit, calls: Calls, folder: Path) -> None:
    kit.run("ruby", CLIENTS / "vcr.rb", _saved(calls, folder), folder, folder=folder)


def _go(kit: Kit, calls: Calls, folder: Path) -> None:
    kit.run(
        *("go", "run", CLIENTS / "vcr.go", _saved(calls, folder), folder),
        folder=folder,
        GO111MODULE="off",
        GOPATH="/usr/share/gocode",
    )


def _mitmproxy(kit: Kit, calls: Calls, folder: Path, option: str) -> None:
    proxies.mitmproxy(kit.mitmdump(), calls, folder, *option.split())


def _mockserver(kit: Kit, calls: Calls, folder: Path, kind: str) -> None:
    proxies.mockserver(kit.jar("mockserver-node"), calls, folder, kind=kind)


def _curl_arguments(call: dict[str, Any]) -> list[str]:
    headers = [part for name, value in call["headers"].items() for part in ("-H", f"{name}: {value}")]
    data = [] if call["body"] is None else ["--data-binary", call["body"]]
    return ["-s", "-X", call["method"], *headers, *data, call["url"]]


def _curl_verbose(_kit: Kit, calls: Calls, folder: Path) -> None:
    with (folder / "curl.txt").open("ab") as output:
        for call in calls:
            subprocess.run(["curl", "-v", *_curl_arguments(call)], check=True, stdout=output, stderr=output)


def _curl_trace(_kit: Kit, calls: Calls, folder: Path) -> None:
    command = ["curl", "--trace", "curl.trace"]
    for number, call in enumerate(calls):
        command += ["--next"] if number else []
        command += ["-o", "/dev/null", *_curl_arguments(call)]
    subprocess.run(command, check=True, cwd=folder, capture_output=True)


def _curl_headers(_kit: Kit, calls: Calls, folder: Path) -> None:
    for number, call in enumerate(calls):
        name = f"{number:03d}"
        subprocess.run(
            ["curl", "-i", "-o", f"{name}.response.http", *_curl_arguments(call)], check=True, cwd=folder
        )
        path = call["url"].partition("//")[2].partition("/")[2]
        (folder / f"{name}.request.http").write_text(
            f"{call['method']} /{path} HTTP/1.1\r\n\r\n{call['body'] or ''}", newline=""
        )


def _wget(_kit: Kit, calls: Calls, folder: Path) -> None:
    """Run it once for calls with the same headers and body: it sends them to all the addresses of a list."""
    alike = groupby(calls, key=lambda call: (call["headers"], call["body"]))
    for number, ((named, body), members) in enumerate(alike):
        (folder / "urls").write_text("".join(f"{call['url']}\n" for call in members))
        headers = [f"--header={name}: {value}" for name, value in named.items()]
        data = [] if body is None else [f"--post-data={body}"]
        command = [
            "wget",
            "-q",
            "-O",
            "/dev/null",
            f"--warc-file=crawl-{number}",
            "-i",
            "urls",
            *headers,
            *data,
        ]
        subprocess.run(command, check=True, cwd=folder, capture_output=True)
    (folder / "urls").unlink()


def _newman(kit: Kit, calls: Calls, folder: Path) -> None:
    items = []
    for call in calls:
        headers = [{"key": name, "value": value} for name, value in call["headers"].items()]
        body = {} if call["body"] is None else {"body": {"mode": "raw", "raw": call["body"]}}
        request = {"method": call["method"], "url": call["url"], "header": headers, **body}
        items.append({"name": call["url"], "request": request})
    schema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
    collection = folder.parent / f"{folder.name}.collection"
    collection.write_text(json.dumps({"info": {"name": "calls", "schema": schema}, "item": items}))
    kit.run(
        *(kit.npm("newman"), "run", collection, "-r", "json", "--reporter-json-export", "newman.json"),
        folder=folder,
    )


def _bruno(kit: Kit, calls: Calls, folder: Path) -> None:
    collection = folder.parent / f"{folder.name}.bruno"
    collection.mkdir()
    (collection / "bruno.json").write_text('{"version": "1", "name": "calls", "type": "collection"}')
    for number, call in enumerate(calls):
        headers = "".join(f"  {name}: {value}\n" for name, value in call["headers"].items())
        body = "" if call["body"] is None else f"body:xml {{\n  {call['body']}\n}}\n"
        mode = "none" if call["body"] is None else "xml"
        (collection / f"{number:03d}.bru").write_text(
            f"meta {{\n  name: call {number}\n  type: http\n  seq: {number + 1}\n}}\n"
            f"{call['method'].lower()} {{\n  url: {call['url']}\n  body: {mode}\n  auth: none\n}}\n"
            f"headers {{\n{headers}}}\n{body}"
        )
    kit.run(kit.npm("bru"), "run", "--reporter-json", folder / "bruno.json", folder=collection)


TOOLS: tuple[Tool, ...] = (
    Tool("Playwright, HAR", "HAR", _npm("playwright-core"), _by_node("playwright_har")),
    Tool(
        "Playwright, HAR with attached bodies", "HAR", _npm("playwright-core"), _by_node("playwright_attach")
    ),
    Tool("Playwright, trace", "Playwright traces", _npm("playwright-core"), _by_node("playwright_trace")),
    Tool("Polly.JS", "HAR", _npm("@pollyjs/core"), _by_node("polly")),
    Tool(
        "mitmproxy, HAR",
        "HAR",
        lambda kit: _first_line(kit.mitmdump(), "--version").split()[-1],
        partial(_mitmproxy, option="--set hardump=mitmproxy.har"),
    ),
    Tool(
        "mitmproxy",
        "mitmproxy flows",
        lambda kit: _first_line(kit.mitmdump(), "--version").split()[-1],
        partial(_mitmproxy, option="-w traffic.flows"),
    ),
    Tool("vcrpy with requests", "VCR cassettes", _pip("vcrpy"), _by_python("vcrpy")),
    Tool("vcrpy with httpx, JSON", "VCR cassettes", _pip("vcrpy"), _by_python("vcrpy_httpx")),
    Tool("betamax", "VCR cassettes", _pip("betamax"), _by_python("betamax")),
    Tool("Ruby's VCR", "VCR cassettes", _debian("ruby-vcr"), _ruby),
    Tool("go-vcr", "VCR cassettes", _debian("golang-github-dnaeon-go-vcr-dev"), _go),
    Tool("newman", "newman reports", _npm("newman"), _newman),
    Tool("Bruno", "Bruno reports", _npm("@usebruno/cli"), _bruno),
    Tool("nock", "nock recordings", _npm("nock"), _by_node("nock")),
    Tool(
        "mountebank",
        "mountebank imposters",
        _npm("mountebank"),
        lambda kit, calls, folder: proxies.mountebank(kit.npm("mb"), calls, folder),
    ),
    Tool(
        "WireMock, recorder",
        "WireMock's mappings",
        _npm("wiremock"),
        lambda kit, calls, folder: proxies.wiremock(kit.jar("wiremock"), calls, folder),
    ),
    Tool(
        "WireMock, journal",
        "WireMock's journal",
        _npm("wiremock"),
        lambda kit, calls, folder: proxies.wiremock_journal(kit.jar("wiremock"), calls, folder),
    ),
    Tool(
        "MockServer, expectations",
        "MockServer expectations",
        _npm("mockserver-node"),
        partial(_mockserver, kind="RECORDED_EXPECTATIONS"),
    ),
    Tool(
        "MockServer, requests and responses",
        "MockServer expectations",
        _npm("mockserver-node"),
        partial(_mockserver, kind="REQUEST_RESPONSES"),
    ),
    Tool("curl -i", "raw HTTP", _word(1, "curl", "--version"), _curl_headers),
    Tool("curl -v", "curl -v output", _word(1, "curl", "--version"), _curl_verbose),
    Tool("curl --trace", "curl traces", _word(1, "curl", "--version"), _curl_trace),
    Tool("HTTPie", "HTTPie output", _pip("httpie"), _by_python("httpie")),
    Tool("warcio", "WARC", _pip("warcio"), _by_python("warcio")),
    Tool("Wget", "WARC", _word(2, "wget", "--version"), _wget),
)


def chosen(names: list[str]) -> Iterator[Tool]:
    """Yield the tools whose names begin with one of these, all if there is none."""
    for tool in TOOLS:
        if not names or any(tool.name.lower().startswith(name.lower()) for name in names):
            yield tool
