"""The recorders of `make tools` that are Python packages: ``python clients.py TOOL CALLS.json FOLDER``.

It runs in an environment that has them, so it imports nothing of Whosees.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

Calls = list[dict[str, Any]]


def _send(session: Any, calls: Calls) -> None:
    for call in calls:
        session.request(call["method"], call["url"], headers=call["headers"], data=call["body"])


def vcrpy(calls: Calls, folder: str) -> None:
    import requests
    import vcr

    with vcr.use_cassette(f"{folder}/cassette.yaml", record_mode="all"), requests.Session() as session:
        _send(session, calls)


def vcrpy_httpx(calls: Calls, folder: str) -> None:
    import httpx
    import vcr

    with (
        vcr.use_cassette(f"{folder}/cassette.json", record_mode="all", serializer="json"),
        httpx.Client() as client,
    ):
        for call in calls:
            client.request(call["method"], call["url"], headers=call["headers"], content=call["body"])


def betamax(calls: Calls, folder: str) -> None:
    import requests
    from betamax import Betamax

    session = requests.Session()
    with Betamax(session, cassette_library_dir=folder).use_cassette("cassette", record="all"):
        _send(session, calls)


def warcio(calls: Calls, folder: str) -> None:
    from warcio.capture_http import capture_http

    import requests  # isort: skip - it has to be imported after the connections are patched

    with capture_http(f"{folder}/capture.warc.gz"), requests.Session() as session:
        _send(session, calls)


def httpie(calls: Calls, folder: str) -> None:
    from httpie.context import Environment
    from httpie.core import main

    with open(f"{folder}/httpie.txt", "w", encoding="utf-8") as output:
        environment = Environment(stdout=output, stdout_isatty=False, stdin=None)
        for call in calls:
            headers = [f"{name}:{value}" for name, value in call["headers"].items()]
            raw = [] if call["body"] is None else ["--raw", call["body"]]
            arguments = [
                "http",
                "--ignore-stdin",
                "-v",
                "--pretty=none",
                *raw,
                call["method"],
                call["url"],
                *headers,
            ]
            status = main(arguments, environment)
            if status:
                sys.exit(f"http ended with {status}")


TOOLS: dict[str, Callable[[Calls, str], None]] = {
    each.__name__: each for each in (vcrpy, vcrpy_httpx, betamax, warcio, httpie)
}


if __name__ == "__main__":
    tool, path, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    with open(path, encoding="utf-8") as file:
        TOOLS[tool](json.load(file), folder)
