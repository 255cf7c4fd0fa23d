"""The calls that tools record: of each shipped rulebook, one that shows what it should, and one for each row that leaks."""

from __future__ import annotations

import functools
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import uvicorn

from support import messages
from support.leaking import Case, cases
from whosees.checker.service.emulate.app import Emulator, Message, Receive, Send
from whosees.checker.service.emulate.faults import Fault, FaultKind
from whosees.checker.service.emulate.handler import SessionHandler
from whosees.checker.service.emulate.http import Handler, HttpRequest
from whosees.checker.service.emulate.operation_handler import OperationHandler
from whosees.checker.service.emulate.scenario import load_scenario
from whosees.checker.service.emulate.server import config_for
from whosees.checker.service.endpoint import SERVICE_PATH
from whosees.rules import Rulebook

CONTEXT_HEADER = "X-Whosees-Context"


@dataclass(frozen=True)
class Call:
    """A call of the practice server; ``leak`` is the row that its answer leaks, None if it leaks nothing."""

    path: str
    method: str
    headers: Mapping[str, str]
    body: str | None
    leak: str | None
    handler: Handler = field(repr=False)

    def as_json(self, base: str) -> dict[str, Any]:
        """Return the call as tools are given it."""
        return {"method": self.method, "url": base + self.path, "headers": self.headers, "body": self.body}


@dataclass(frozen=True)
class Group:
    """The calls that one context describes, so that one run of a tool records them all."""

    name: str
    rulebook: Rulebook
    facts: Mapping[str, str]
    calls: tuple[Call, ...]

    @property
    def context(self) -> str:
        """The ``context.toml`` beside the recording: what a recording need not show."""
        return "".join(f"{fact} = {json.dumps(value)}\n" for fact, value in self.facts.items())


@functools.cache
def groups() -> tuple[Group, ...]:
    """Return the groups of all shipped rulebooks: columns are put together if all other facts are the same."""
    made = []
    for (rules, _), alike in groupby(cases(), key=lambda case: (case.rules, _other_facts(case))):
        members = list(alike)
        first = members[0]
        facts = dict(_other_facts(first)) if len(members) > 1 else first.facts
        name = rules if len(members) > 1 else str(first)
        calls = [call for case in members for call in _calls(case)]
        numbered = tuple(_numbered(call, f"/{name}/{number:03}") for number, call in enumerate(calls))
        made.append(Group(name, first.rulebook, facts, numbered))
    return tuple(made)


def _other_facts(case: Case) -> tuple[tuple[str, str], ...]:
    column = case.rulebook.column_fact
    return tuple((fact, value) for fact, value in case.facts.items() if fact != column)


def _numbered(call: Call, prefix: str) -> Call:
    return Call(prefix + call.path, call.method, call.headers, call.body, call.leak, call.handler)


def _calls(case: Case) -> Iterator[Call]:
    for leak in (None, *case.leaks):
        faults = () if leak is None else (Fault(FaultKind.LEAK, leak),)
        if case.rulebook.document.wire.format == "xml":
            yield _session_call(case, leak, faults)
        else:
            stated = "; ".join(f"{fact}={value}" for fact, value in case.facts.items())
            handler = OperationHandler(case.rulebook, faults=faults)
            headers = {"Accept": "application/json", CONTEXT_HEADER: stated}
            yield Call(case.clean.path, case.clean.method, headers, None, leak, handler)


def _session_call(case: Case, leak: str | None, faults: tuple[Fault, ...]) -> Call:
    """Return an anonymous call about the session of the built-in scenario that has the case's service."""
    scenario = load_scenario(case.rulebook)
    service = case.facts[case.rulebook.column_fact]
    key = next(key for (_, key), session in scenario.sessions.items() if session.service == service)
    site = next(site for (site, known), _ in scenario.sessions.items() if known == key)
    body = messages.request(f"<siteName>{site}</siteName>", f"<sessionKey>{key}</sessionKey>")
    handler = SessionHandler(case.rulebook, scenario, faults)
    return Call(SERVICE_PATH, "POST", {"Content-Type": "text/xml"}, body.decode(), leak, handler)


class PracticeServer:
    """Answers each call by the emulator that has its fault; the first two steps of a path say which call it is."""

    def __init__(self) -> None:
        self._apps = {
            (group.name, f"{number:03}"): Emulator(call.handler)
            for group in groups()
            for number, call in enumerate(group.calls)
        }

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request; a browser that opens the first page, which is none, gets an empty one."""
        _, *steps = scope["path"].split("/", 3)
        app = self._apps.get((steps[0], steps[1])) if len(steps) > 2 else None
        if app is None:
            headers = [(b"content-type", b"text/html"), (b"content-length", b"0")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        inner = f"/{steps[2]}"
        await app({**scope, "path": inner, "raw_path": inner.encode()}, receive, send)


@contextmanager
def serving() -> Iterator[str]:
    """Serve the practice server on a free port, and return its address."""
    config = config_for(PracticeServer())  # type: ignore[arg-type]  # an application as the emulator is
    server = uvicorn.Server(config)
    listener = config.bind_socket()
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def answer(call: Call) -> tuple[HttpRequest, bytes]:
    """Return a call as it is sent, and its answer, without a server between them."""
    path = call.path.split("/", 3)[3]
    request = HttpRequest(call.method, f"/{path}", tuple(call.headers.items()), (call.body or "").encode())
    return request, call.handler.respond(request).body
