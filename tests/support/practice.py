"""The example plan, run against the emulator in one process."""

from __future__ import annotations

from pathlib import Path

import httpx

from whosees.checker.checking.checker import Checker
from whosees.checker.checking.settings import Settings
from whosees.checker.service.emulate.app import Emulator
from whosees.checker.service.emulate.faults import read_fault
from whosees.checker.service.emulate.handler import SessionHandler
from whosees.checker.service.emulate.scenario import load_scenario
from whosees.checker.service.live.cases import Case, cases_of, select_cases
from whosees.checker.service.live.client import Target
from whosees.checker.service.live.http_request import OutgoingRequest, outgoing_request
from whosees.checker.service.live.judging import CallVerdict, judge_call
from whosees.checker.service.live.load import load_plan
from whosees.checker.service.live.plan import Plan
from whosees.checker.service.live.run import ClientOptions, run_calls
from whosees.checker.service.live.runner import CallPolicy, CompletedCall
from whosees.checker.service.live.secrets import Secrets
from whosees.rules.load import builtin_rulebook
from whosees.rules.model import Rulebook

EXAMPLE = Path(__file__).parents[2] / "examples" / "live.toml"


class Practice:
    """The example plan, run against the emulator without a network between them."""

    def __init__(self) -> None:
        self.rulebook: Rulebook = builtin_rulebook()
        self.plan: Plan = load_plan((self.rulebook,), EXAMPLE)
        self.cases: tuple[Case, ...] = cases_of((self.rulebook,), self.plan)
        self.checker = Checker(Settings())
        self.scenario = load_scenario(self.rulebook)

    def handler(self, *faults: str) -> SessionHandler:
        return SessionHandler(
            self.rulebook, self.scenario, tuple(read_fault(self.rulebook, text) for text in faults)
        )

    def transport(self, *faults: str) -> httpx.AsyncBaseTransport:
        async def at_once(_seconds: float) -> None:
            pass

        app = Emulator(self.handler(*faults), sleep=at_once)
        return httpx.ASGITransport(app=app)

    def calls(self, *only: str, url: str = "") -> list[tuple[Case, OutgoingRequest]]:
        secrets = Secrets({}, practice=True)
        chosen = select_cases(self.cases, only)
        return [(case, outgoing_request(self.plan, case, secrets, url or self.plan.url)) for case in chosen]

    def exchanges(self, wire: ClientOptions, *only: str) -> list[CompletedCall]:
        made: list[CompletedCall] = []
        assert not run_calls(self.calls(*only, url=wire.target.url), wire, made.append)
        return made

    def run(self, *faults: str, only: tuple[str, ...] = ()) -> dict[str, OneResult]:
        # Without retries, before which a client waits: the emulator's answer is the same every time.
        wire = ClientOptions(Target(self.plan.url), CallPolicy(retries=0), transport=self.transport(*faults))
        return self.judged(self.exchanges(wire, *only))

    def judged(self, made: list[CompletedCall]) -> dict[str, OneResult]:
        verdicts = [one for each in made for one in judge_call(self.checker, each)]
        assert len(verdicts) == len(made)
        return {one.case.id: OneResult(one) for one in verdicts}


class OneResult:
    """The verdict of a case with one result."""

    def __init__(self, verdict: CallVerdict) -> None:
        self.case = verdict.case
        self.verdict = verdict.verdict
        (self.result,) = verdict.results
