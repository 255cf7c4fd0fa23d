"""`live` against `emulate` for each shipped JSON rulebook: clean without a fault, and every single-row fault is found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from support.by_hand import expected_rows, known_contexts, single_fault
from support.http_apis import write_example
from whosees.checker.checking.checker import Checker
from whosees.checker.checking.evidence import claims_of
from whosees.checker.checking.http_call import open_call
from whosees.checker.checking.settings import Settings
from whosees.checker.recordings import Headers, HttpFacts
from whosees.checker.service.emulate.app import Emulator
from whosees.checker.service.emulate.faults import read_fault
from whosees.checker.service.emulate.operation_handler import OperationHandler
from whosees.checker.service.live.cases import Case, cases_of
from whosees.checker.service.live.client import Target
from whosees.checker.service.live.http_request import OutgoingRequest, outgoing_request
from whosees.checker.service.live.judging import judge_call
from whosees.checker.service.live.load import validate
from whosees.checker.service.live.plan import Caller, Plan, PlannedRequest
from whosees.checker.service.live.run import ClientOptions, run_calls
from whosees.checker.service.live.runner import CompletedCall
from whosees.checker.service.live.secrets import Secrets
from whosees.engine.context import context_of
from whosees.engine.finding import context_id
from whosees.engine.result import Outcome, ResponseResult
from whosees.rules import Rulebook, load_rulebook
from whosees.rules.http import path_template
from whosees.rules.registry import NAMES

URL = "http://127.0.0.1/"
JSON = [name for name in NAMES if load_rulebook(name).document.wire.format == "json"]
Found = set[tuple[str, str | None]]


class Run:
    """A plan with a request for each path template, and a caller for each context that its request does not rule out."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.checker = Checker(Settings(rules=rulebook.location))
        contexts = {f"caller-{n}": each for n, each in enumerate(known_contexts(rulebook))}
        callers = tuple(Caller(name=name, facts=facts) for name, facts in contexts.items())
        requests = tuple(self._requests(contexts))
        self.plan = validate((rulebook,), Plan(requests=requests, callers=callers))
        secrets = Secrets({}, practice=True)
        self.calls: list[tuple[Case, OutgoingRequest]] = [
            (case, outgoing_request(self.plan, case, secrets, URL))
            for case in cases_of((rulebook,), self.plan)
        ]
        self.contexts = {case.id: contexts[case.caller.name] for case, _ in self.calls}

    def _requests(self, contexts: dict[str, dict[str, str]]) -> Iterator[PlannedRequest]:
        operation = self.rulebook.document.wire.request
        assert operation is not None
        for number, path in enumerate(operation.paths):
            filled = path.replace("{", "").replace("}", "")
            call = open_call(
                self.rulebook, HttpFacts(operation.methods[0], filled, request_headers=Headers())
            )
            proved = {each.fact: each.value for each in claims_of(self.rulebook, None, None, call).claims}
            possible = tuple(name for name, facts in contexts.items() if facts.items() >= proved.items())
            parameters = dict.fromkeys(path_template(path).parameters, "somebody")
            yield PlannedRequest(
                f"request-{number}", path, operation.methods[0], parameters, callers=possible
            )

    def context_id(self, case: str) -> str:
        return context_id(self.rulebook, context_of(self.rulebook, self.contexts[case]))

    def results(self, *faults: str) -> dict[str, tuple[ResponseResult, ...]]:
        """Run all cases against the emulator with these faults."""
        handler = OperationHandler(
            self.rulebook, faults=tuple(read_fault(self.rulebook, text) for text in faults)
        )
        made: list[CompletedCall] = []
        options = ClientOptions(Target(URL), transport=httpx.ASGITransport(app=Emulator(handler)))
        assert not run_calls(self.calls, options, made.append)
        verdicts = [one for each in made for one in judge_call(self.checker, each)]
        assert len(verdicts) == len(made) == len(self.calls)
        return {each.case.id: each.results for each in verdicts}


def found_in(result: ResponseResult) -> Found:
    return {(found.rule, found.path) for found in result.findings if found.rule != "unlisted"}


@pytest.mark.parametrize("name", [*JSON, "repos"])
def test_every_single_row_fault_is_found_and_nothing_else(name: str, tmp_path: Path) -> None:
    """The last one is the example of docs/reference/http-rulebooks.md: masks, a condition, items at a path."""
    run = Run(load_rulebook(name if name in NAMES else write_example(tmp_path)))
    rows = {case: expected_rows(run.rulebook, context) for case, context in run.contexts.items()}
    assert set(map(run.context_id, rows)) == {
        context_id(run.rulebook, context_of(run.rulebook, each)) for each in known_contexts(run.rulebook)
    } - UNREACHABLE.get(name, set())
    clean = run.results()
    assert {case: [(one.outcome, found_in(one)) for one in results] for case, results in clean.items()} == {
        case: [(Outcome.CONFORMANT, set())] for case in rows
    }
    survivors, killed = [], 0
    for row in run.rulebook.row_by_path:
        faults = {case: single_fault(run.rulebook, row, expected) for case, expected in rows.items()}
        texts = {f"{kind}:{row}@{run.context_id(case)}" for case, (kind, _) in faults.items() if kind}
        for case, results in run.results(*texts).items():
            found = [found_in(one) for one in results]
            if found == [faults[case][1]]:
                killed += bool(faults[case][0])
            else:
                survivors.append((case, run.contexts[case], row, found))
    assert survivors == []
    assert killed == sum(each != "may" for expected in rows.values() for each in expected.values())


UNREACHABLE = {
    "github-user": {
        f"authenticated/{scope}/{caller}"
        for scope in ("has-scope", "no-scope")
        for caller in ("another-user", "anonymous")
    }
}
"""Contexts that no request of the operation has: whoever asks for the own profile is nobody else."""


def test_a_mask_that_is_taken_off_is_found(tmp_path: Path) -> None:
    run = Run(load_rulebook(write_example(tmp_path)))
    for case, results in run.results("leak:owner/phone").items():
        masked = run.contexts[case]["site"] == "user"
        assert [found_in(one) for one in results] == [{("unmasked", "owner/phone")} if masked else set()]


def test_a_list_has_items_of_every_kind_and_a_leak_is_found_in_its_own() -> None:
    rulebook = load_rulebook("github-repos")
    run = Run(rulebook)
    plan = Plan(requests=(PlannedRequest("all", "/user/repos"),))
    secrets = Secrets({}, practice=True)
    run.calls = [(case, outgoing_request(plan, case, secrets, URL)) for case in cases_of((rulebook,), plan)]
    assert [[found_in(one) for one in results] for results in run.results().values()] == [[set(), set()]]
    (results,) = run.results("leak:allow_auto_merge@no-push", "omit:fork@push").values()
    assert [(one.source, found_in(one)) for one in results] == [
        ("all/anonymous[0]", {("missing", "fork")}),
        ("all/anonymous[1]", {("leaked", "allow_auto_merge")}),
    ]
