"""Clients of tests whose exchanges are judged, and judging with the project's own settings."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Unpack
from weakref import WeakKeyDictionary

from ...engine.baseline import Entry
from ...engine.finding_rules import rules_of
from ...engine.result import Outcome, ResponseResult
from ...reports.text.style import count
from ...rules.model import Rulebook
from ..checking.baseline_file import load_baseline
from ..checking.settings import Settings
from ..core.errors import Reason
from .options import JudgingOptions, Rulebooks
from .project import ProjectTable, project_settings, project_table
from .rulebooks import RulebookSource
from .testing import CallOptions, NotConformantError, ResponseChecker, describe
from .traffic.clients import Client, observe_client
from .traffic.judge import Judge, OnFinding
from .traffic.monitor import Monitor
from .traffic.tally import TrafficReport

MAX_RESULTS = 20
"""The results that the error at the end of a test describes; it counts the others."""


class ClientFindingsError(NotConformantError):
    """Checked clients of a test had failing exchanges; no line of the test is the place of the error, but the test is."""

    is_about_test = True


class CheckedClient:
    """The results of a client's exchanges, and the failing ones of the current test."""

    def __init__(self, settings: Settings, on_finding: OnFinding, project: ProjectTable) -> None:
        self._settings = settings
        self._allowed = {Reason.FAILURE_RESPONSE, *project.allow_unchecked}
        self._fail_on = project.fail_on
        self._failing: list[ResponseResult] = []
        baseline = _baseline(project, settings)
        self._judge = Judge(settings, on_finding, on_result=self._note, baseline=baseline, trusts_header=True)
        self.monitor = Monitor(self._judge, max_body=settings.limits.size)

    def _note(self, _rulebook: Rulebook, result: ResponseResult) -> None:
        unchecked = result.outcome is Outcome.UNCHECKED and result.reason not in self._allowed
        if unchecked or self._fail_on.fails_result(result):
            self._failing.append(result)
            _failing.add(self)

    def take_failures(self) -> str:
        """Return the failing results since the last time as text, empty if there is none."""
        failing, self._failing = self._failing, []
        _failing.discard(self)
        more = len(failing) - MAX_RESULTS
        text = describe(self._settings, failing[:MAX_RESULTS], self._fail_on)
        return text + (f"\n\nand {count(more, 'more response')}" if more > 0 else "")


_clients: WeakKeyDictionary[object, CheckedClient] = WeakKeyDictionary()

_failing: set[CheckedClient] = set()
"""Those with failing results that nobody has taken yet; the client itself may be gone when its test ends."""


def checked(
    client: Client,
    *,
    rules: Rulebooks = None,
    on_finding: OnFinding = lambda _finding: None,
    **options: Unpack[JudgingOptions],
) -> Client:
    """Judge every exchange of a client from now on, and return the client.

    ``client`` is one of httpx or requests, or a test client of Starlette, FastAPI, Flask or Django. Options are those
    of `whosees.check`; those that are not passed come from the project's configuration file. ``on_finding`` is called
    with each new finding. In pytest, a test during which an exchange
    violates its rulebook, or cannot be judged, fails at its end. Elsewhere call `raise_findings`, or ask `report`.
    Raises TypeError for other objects, and ValueError for wrong options.
    """
    if client in _clients:
        raise ValueError("the client is checked already")
    project = project_table("")
    known = CheckedClient(project_settings(project, rules, options), on_finding, project)
    observe_client(client, known.monitor)
    _clients[client] = known
    return client


def report(client: object) -> TrafficReport:
    """Return what the exchanges of a checked client came to; raises ValueError for one that is not checked."""
    return _find(client).monitor.report()


def raise_findings(client: object) -> None:
    """Raise AssertionError if an exchange of a checked client, since the last time, violates or could not be judged."""
    __tracebackhide__ = True
    if failures := _find(client).take_failures():
        raise NotConformantError(failures)


def raise_all_findings() -> None:
    """Raise AssertionError for the failing exchanges of all checked clients, as at the end of a test."""
    __tracebackhide__ = True
    failures = [known.take_failures() for known in sorted(_failing, key=id)]
    if failures:
        raise ClientFindingsError("\n\n".join(failures))


def check(
    response: object, *, request: object = None, rules: RulebookSource = None, **more: Unpack[CallOptions]
) -> tuple[ResponseResult, ...]:
    """Judge a response of a test by the project's settings, and return a result for each of its bodies.

    The arguments are those of the fixture `whosees`.
    """
    __tracebackhide__ = True
    return _project_checker(os.getcwd()).check(response, request=request, rules=rules, **more)


def assert_conformant(
    response: object, *, request: object = None, rules: RulebookSource = None, **more: Unpack[CallOptions]
) -> tuple[ResponseResult, ...]:
    """Judge a response as `check` does; raises AssertionError if it is violating or unchecked."""
    __tracebackhide__ = True
    return _project_checker(os.getcwd()).assert_conformant(response, request=request, rules=rules, **more)


@lru_cache(32)
def _project_checker(folder: str) -> ResponseChecker:
    project = project_table(folder)
    settings = project_settings(project, None, {})
    return ResponseChecker(settings, _baseline(project, settings), project.fail_on)


def _find(client: object) -> CheckedClient:
    if client not in _clients:
        raise ValueError("the client is not checked; pass it to `whosees.testing.checked` first")
    return _clients[client]


def _baseline(project: ProjectTable, settings: Settings) -> tuple[Entry, ...]:
    if project.baseline is None:
        return ()
    return load_baseline(project.baseline, rules_of(settings.rulebook())).entries
