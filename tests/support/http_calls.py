"""Calls of HTTP APIs without a network, and their verdicts."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from whosees.checker.checking.checker import Checker
from whosees.checker.checking.settings import Settings
from whosees.checker.service.emulate.app import Emulator
from whosees.checker.service.emulate.faults import read_fault
from whosees.checker.service.emulate.operation_handler import OperationHandler, Operations
from whosees.checker.service.live.cases import cases_of
from whosees.checker.service.live.client import Target
from whosees.checker.service.live.http_request import outgoing_request
from whosees.checker.service.live.judging import CallVerdict, judge_call
from whosees.checker.service.live.load import validate
from whosees.checker.service.live.plan import Plan, PlannedRequest
from whosees.checker.service.live.run import ClientOptions, run_calls
from whosees.checker.service.live.runner import CompletedCall
from whosees.checker.service.live.secrets import Secrets
from whosees.rules import Rulebook, load_rulebook

URL = "http://127.0.0.1/"
GITHUB = (load_rulebook("github-user"), load_rulebook("github-repos"))
WEBEX = (load_rulebook("webex-rest-meeting"),)
Answer = Callable[[httpx.Request], httpx.Response]


class Clock:
    """Time that passes only if somebody waits for it."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def now(self) -> float:
        return sum(self.waits)

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


def made_by(
    rulebooks: tuple[Rulebook, ...],
    plan: Plan,
    transport: httpx.AsyncBaseTransport,
    clock: Clock | None = None,
) -> list[CompletedCall]:
    secrets = Secrets({}, practice=True, loopback=plan.loopback)
    calls = [(case, outgoing_request(plan, case, secrets, URL)) for case in cases_of(rulebooks, plan)]
    made: list[CompletedCall] = []
    assert not run_calls(
        calls, ClientOptions(Target(URL), transport=transport, clock=clock or Clock()), made.append
    )
    return made


def verdicts(made: list[CompletedCall]) -> dict[str, CallVerdict]:
    checkers = {each.id: Checker(Settings(rules=each.location)) for each in (*GITHUB, *WEBEX)}
    judged = [one for call in made for one in judge_call(checkers[call.case.rulebook.id], call)]
    return {one.name: one for one in judged}


def answering(status: int, body: bytes = b"{}", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: httpx.Response(status, headers=named, stream=httpx.ByteStream(body))


OWN = Plan(requests=(PlannedRequest("own", "/user"),))
REFUSED = validate(GITHUB, Plan(requests=(PlannedRequest("own", "/user", refuses=("anonymous",)),)))
REPOS = Plan(requests=(PlannedRequest("repos", "/user/repos"),))


def emulator(rulebooks: tuple[Rulebook, ...], *faults: str) -> httpx.AsyncBaseTransport:
    handlers = [
        OperationHandler(each, faults=tuple(read_fault(each, text) for text in faults)) for each in rulebooks
    ]
    return httpx.ASGITransport(app=Emulator(Operations(tuple(handlers))))
