"""The integrations in front of the practice server: middleware around it, and checked clients that call it."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from support.leaking import Case, cases
from support.practice import Practice
from whosees import testing
from whosees.asgi import WhoseesMiddleware
from whosees.checker.core.context_header import CONTEXT_HEADER
from whosees.checker.service.emulate.app import Emulator
from whosees.checker.service.emulate.faults import read_fault
from whosees.checker.service.emulate.http import Handler
from whosees.checker.service.emulate.operation_handler import OperationHandler
from whosees.checker.service.endpoint import SERVICE_PATH

PRACTICE = Practice()
ANONYMOUS = "MC/anonymous/not-supplied"
CASES = [case for case in cases() if case.leaks and case.facts.get("service", "MC") == "MC"]


def handler_of(case: Case, *faults: str) -> Handler:
    if case.rulebook.document.wire.format == "xml":
        return PRACTICE.handler(*faults)
    return OperationHandler(case.rulebook, faults=tuple(read_fault(case.rulebook, text) for text in faults))


def call_of(case: Case) -> dict[str, Any]:
    """Return the call of a case; of an ordinary API it says who calls, of GetSessionInfo its request shows it."""
    if case.rulebook.document.wire.format == "xml":
        ((_, content),) = PRACTICE.calls(ANONYMOUS)
        return {"method": "POST", "url": SERVICE_PATH, "content": content.body}
    stated = "; ".join(f"{fact}={value}" for fact, value in case.facts.items())
    return {"method": case.clean.method, "url": case.clean.path, "headers": {CONTEXT_HEADER: stated}}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_each_leak_of_the_practice_server_is_found_from_both_sides(case: Case) -> None:
    faults = iter([f"leak:{path}" for path in case.leaks])

    async def server(scope: Any, receive: Any, send: Any) -> None:
        await Emulator(handler_of(case, next(faults)))(scope, receive, send)

    app = WhoseesMiddleware(server, rules=case.rules, trust_context_header=True, on_finding=lambda _: None)

    async def calls() -> testing.TrafficReport:
        transport = httpx.ASGITransport(app=app)
        made = httpx.AsyncClient(transport=transport, base_url="http://service.test")
        async with testing.checked(made, rules=case.rules) as client:
            for _ in case.leaks:
                assert (await client.request(**call_of(case))).status_code == 200
            with pytest.raises(testing.NotConformantError):
                testing.raise_findings(client)
            return testing.report(client)

    of_client = asyncio.run(calls())
    assert app.flush(60)
    of_middleware = app.report()
    assert of_client.errors == of_middleware.errors
    assert {finding.path for finding in of_client.errors if finding.rule == "leaked"} == set(case.leaks)
    assert of_client.violating == len(case.leaks)
