"""``pytest --whosees-client``: every exchange of a suite's HTTP clients is judged, and findings fail the run."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any

import msgspec
import pytest

from ....engine.result import FailOn
from ....reports.text.escape import escape_control_chars
from ....reports.text.style import count
from ....rules.names import join_words
from ...core.errors import Reason
from ..traffic.clients import observe_all
from ..traffic.judge import Judge
from ..traffic.monitor import Monitor
from ..traffic.tally import TrafficFinding, TrafficReport, merge
from .settings import plugin_settings

_OUTPUT = "whosees_client"
"""The key under which a worker of pytest-xdist passes its report on."""

MAX_FINDINGS = 50
"""The findings that the summary shows; it counts the others."""


class ClientPlugin:
    """Judges exchanges from the start of the run, and reports at its end; with pytest-xdist each worker does."""

    def __init__(self, config: pytest.Config) -> None:
        """Raise pytest.UsageError for options that cannot be used."""
        settings = plugin_settings(config)
        self._fail_on = settings.checker.fail_on
        self._allowed = {Reason.FAILURE_RESPONSE, *settings.allowed}
        checker = settings.checker
        judge = Judge(
            checker.settings,
            lambda _finding: None,
            baseline=checker.baseline,
            notes=checker.fail_on is FailOn.NOTE,
            trusts_header=True,
        )
        self._monitor = Monitor(judge, max_body=checker.settings.limits.size)
        self._restore = observe_all(self._monitor)
        self._of_workers: list[TrafficReport] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Name the test as the source of its exchanges."""
        self._monitor.source = item.nodeid
        try:
            return (yield)
        finally:
            self._monitor.source = None

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take the report of a worker of pytest-xdist."""
        output = getattr(node, "workeroutput", {}).get(_OUTPUT)
        if output is not None:
            self._of_workers.append(msgspec.convert(output, TrafficReport))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail the run if an exchange fails; a worker passes its report on instead."""
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[_OUTPUT] = self._report.to_dict()
        elif session.exitstatus in (
            pytest.ExitCode.OK,
            pytest.ExitCode.NO_TESTS_COLLECTED,
        ) and self._failures(self._report):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show what the exchanges came to."""
        report = self._report
        failures = self._failures(report)
        terminalreporter.section("whosees", red=bool(failures), green=not failures)
        for line in (*_lines(report), *failures):
            terminalreporter.write_line(escape_control_chars(line))

    def pytest_unconfigure(self) -> None:
        """Leave the clients as they were."""
        self._restore()

    @property
    def _report(self) -> TrafficReport:
        return merge([self._monitor.report(), *self._of_workers])

    def _failures(self, report: TrafficReport) -> list[str]:
        """Return why the run fails, empty if it does not."""
        failing = [finding for finding in report.findings if self._fails(finding)]
        unchecked = [reason for reason in report.unchecked if reason not in self._allowed]
        undecided = report.undecided and self._fail_on in (FailOn.UNDECIDED, FailOn.NOTE)
        reasons = [
            f"{count(len(failing), 'finding')}" if failing else "",
            f"responses that could not be checked ({join_words(unchecked)}; --whosees-allow-unchecked accepts a reason)"
            if unchecked
            else "",
            "undecided elements" if undecided else "",
            "internal errors of Whosees; please report them" if report.internal_errors else "",
        ]
        reasons = [reason for reason in reasons if reason]
        return [f"failed: {join_words(reasons)}"] if reasons else []

    def _fails(self, finding: TrafficFinding) -> bool:
        order = list(FailOn)
        return order.index(FailOn(finding.severity)) <= order.index(self._fail_on)


def _lines(report: TrafficReport) -> Iterator[str]:
    for finding in report.findings[:MAX_FINDINGS]:
        yield str(finding)
        yield f"    in {count(finding.count, 'response')}, first in {finding.source}"
        yield f"    why: {finding.explain}"
    more = len(report.findings) - MAX_FINDINGS + report.more_findings
    if more > 0:
        yield f"and {count(more, 'more finding')}"
    unchecked = sum(report.unchecked.values())
    yield (
        f"{count(report.exchanges, 'exchange')}: {report.conformant} conformant, {report.violating} violating, "
        f"{unchecked} unchecked, {report.other_operations} of no operation of the rulebook"
    )
    if report.passed_over:
        yield f"not judged: {report.passed_over}"
    if report.unchecked:
        yield "unchecked: " + ", ".join(f"{number} {reason}" for reason, number in report.unchecked.items())
    if report.undecided:
        yield (
            f"undecided: {count(report.undecided, 'element')} in {count(report.undecided_responses, 'response')}, "
            f"for want of {join_words(list(report.undecided_for_want_of))}"
        )
    if not report.conformant and not report.violating:
        yield "nothing was judged: no exchange of the suite is a response of the rulebook's operation that could be"
