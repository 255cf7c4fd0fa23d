"""The loop of ``whosees watch``: copies in; lines, events and reports out."""

from __future__ import annotations

import contextlib
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from types import FrameType

import click

from ...engine.finding import Severity
from ...engine.result import ResponseResult, Summary
from ...reports.commands.watch import alike_line, finding_line, frequency_lines, status_line
from ...rules.files import os_error_text
from ...rules.model import Rulebook
from ..checking.results import Result
from ..service.watch.copies import ExchangeCopy, Frame
from ..service.watch.events import EventFile
from ..service.watch.judge_process import JudgeSupervisor
from ..service.watch.judging import ExchangeJudge, rulebooks_of
from ..service.watch.log import SeenFinding, TrafficLog
from ..service.watch.recorder import TrafficRecorder
from ..service.watch.relay_process import RelayProcess
from .options.gate import Gate, GateOptions
from .options.output import Output, cannot_be_replaced
from .options.reporting import ReportOptions
from .progress import StatusLine, is_shown_on

REPORT_SECONDS = 4.0
"""The longest time for which a report on files does not say what is known; with the judging, less than 5 s."""

STATUS_SECONDS = 0.5
_POLL_SECONDS = 0.2


@dataclass(slots=True)
class Watch:
    """A run of the proxy, from its first connection to the exit code."""

    judge: ExchangeJudge
    supervisor: JudgeSupervisor
    log: TrafficLog
    gate: GateOptions
    reporting: ReportOptions
    events: EventFile | None = None
    recorder: TrafficRecorder | None = None
    _status: StatusLine | None = None
    _stops: int = 0
    _wants_reports: bool = False
    _reported_version: int = 0
    _next_report: float = 0.0
    _next_status: float = 0.0
    _failures: dict[str, None] = field(default_factory=dict)
    _open_gate: Gate = field(init=False)

    def __post_init__(self) -> None:
        self._open_gate = self._new_gate()
        self._status = StatusLine(sys.stderr) if is_shown_on(sys.stderr) else None

    def _new_gate(self) -> Gate:
        return self.gate.open(*self._rulebooks, policy=self.judge.checker.settings.policy)

    @property
    def _rulebooks(self) -> tuple[Rulebook, ...]:
        return rulebooks_of(self.judge.checker)

    @contextlib.contextmanager
    def signals(self) -> Iterator[None]:
        """Handle signals: end on SIGINT and SIGTERM, the second time at once; write reports on SIGHUP."""
        handlers = {"SIGINT": self._stop, "SIGTERM": self._stop, "SIGHUP": self._report}
        numbers = {
            getattr(signal, name): handler for name, handler in handlers.items() if hasattr(signal, name)
        }
        former = {number: signal.getsignal(number) for number in numbers}
        for number, handler in numbers.items():
            if former[number] is not signal.SIG_IGN:
                signal.signal(number, handler)
        try:
            yield
        finally:
            for number, previous in former.items():
                signal.signal(number, previous)

    def run(self, relay: RelayProcess) -> int:
        """Judge until a signal ends it; return the exit code."""
        self._write_files()  # what an earlier run left is not this one's, and a wrong path is said at once
        stopping = False
        try:
            while not relay.has_ended and self._stops <= 1:
                if self._stops and not stopping:
                    stopping = True
                    relay.stop()
                self._take(list(relay.receive(_POLL_SECONDS)))
                self._keep_up()
        finally:
            code = relay.close()
        return self._finish(crashed=not stopping or code != 0)

    def _take(self, frames: Sequence[Frame]) -> None:
        copies: list[ExchangeCopy] = []
        for frame in frames:
            if isinstance(frame, ExchangeCopy):
                copies.append(frame)
            else:
                self.log.count_relay(frame)
        for copy, results in zip(copies, self.supervisor.judge(copies), strict=True):
            if results is None:
                self._lose()
            else:
                self._add(copy, results)

    def _lose(self) -> None:
        """Count a copy that was not judged, and say so once for each process that ended."""
        if self.log.judges_ended != self.supervisor.ended:
            self._say(
                "the judging process ended, and is started again; the copies that it had are not judged"
            )
        self.log.lose(self.supervisor.ended)

    def _add(self, copy: ExchangeCopy, results: list[Result]) -> None:
        for result in results:
            new = self.log.add(result)
            if new and isinstance(result, ResponseResult):
                self._show(result, new)
        if self.recorder is not None:
            with self._note_failures("--record"):
                self.recorder.record(self.judge.recording(copy), results)

    def _show(self, result: ResponseResult, new: list[SeenFinding]) -> None:
        """Write new findings, unless a baseline accepts them."""
        rulebook = next((each for each in self._rulebooks if each.id == result.rulebook), self._rulebooks[0])
        for applied in self._open_gate.apply_baseline([result], Summary()):
            findings = applied.findings if isinstance(applied, ResponseResult) else ()
            accepted = {(each.rule, each.id) for each in findings if each.accepted}
            for seen in new:
                seen.accepted = (seen.finding.rule, seen.finding.id) in accepted
                if not seen.accepted:
                    self._show_finding(rulebook, seen)

    def _show_finding(self, rulebook: Rulebook, seen: SeenFinding) -> None:
        hidden = {Severity.NOTE: not self.reporting.verbose, Severity.WARNING: self.reporting.quiet}
        if not hidden.get(seen.finding.severity, False):
            self._say(finding_line(seen.finding, seen.result.source))
        if self.events is not None:
            with self._note_failures("--events"):
                self.events.finding(rulebook, seen)

    def _keep_up(self) -> None:
        """Write reports and the line of the terminal if it is time for that."""
        now = time.monotonic()
        is_new = self.log.version != self._reported_version and now >= self._next_report
        if is_new or self._wants_reports:
            self._write_files()
            if self._wants_reports:
                self._wants_reports = False
                self._write_totals()
            self._next_report = time.monotonic() + REPORT_SECONDS
        if self._status is not None and now >= self._next_status:
            self._next_status = now + STATUS_SECONDS
            self._status.show(status_line(self.log.totals()))

    def _write_files(self) -> None:
        """Write the reports that go to files; one that cannot be written is said once, and tried again."""
        self._reported_version = self.log.version
        files = [
            output
            for output in (self.reporting.output, *self.reporting.further)
            if output.file not in (None, "-") and not cannot_be_replaced(output.file)
        ]
        if files:
            with self._note_failures(""):
                self._write(files)

    def _write_totals(self) -> None:
        if self.events is not None:
            with self._note_failures("--events"):
                self.events.totals(self.log.totals())

    def _write(self, outputs: list[Output]) -> tuple[Summary, Gate]:
        """Write reports on all that was seen, as `check` does."""
        summary, gate = Summary(), self._new_gate()
        reporting = replace(
            self.reporting,
            output=outputs[0],
            further=tuple(outputs[1:]),
            coverage=self.gate.coverage,
            allowed=self.gate.allow_unchecked,
        )
        with reporting.open(*self._rulebooks) as reports:
            for result in gate.apply_baseline(self.log.results(), summary):
                if isinstance(result, ResponseResult):
                    summary.add(result)
                    reports.response(result)
            summary.skipped = self.log.all_skipped()
            reports.end(summary)
        return summary, gate

    def _finish(self, *, crashed: bool) -> int:
        """Write the last reports; return the exit code."""
        totals = self.log.totals()
        self._say(status_line(totals))
        for line in frequency_lines(totals):
            self._say(line)
        if line := alike_line(self.log.listed, totals):
            self._say(line)
        if self.recorder is not None:
            left_out = self.recorder.left_out
            omitted = f", {left_out:,} kinds left out: they cannot be scrubbed" if left_out else ""
            self._say(f"recorded {self.recorder.recorded:,}{omitted}")
        if self._status is not None:
            self._status.erase()
        self._write_totals()
        summary, gate = self._write([self.reporting.output, *self.reporting.further])
        gate.close(summary)
        if crashed:
            raise click.ClickException(
                "the proxy ended unexpectedly; the reports cover what was judged until then"
            )
        for option, what in (("--events", "event"), ("--record", "recording")):
            if option in self._failures:
                raise click.ClickException(f"not every {what} could be written")
        return gate.exit_code(summary)

    def _say(self, text: str) -> None:
        if self._status is not None:
            self._status.erase()
        click.echo(f"whosees: {text}", err=True)

    @contextlib.contextmanager
    def _note_failures(self, what: str) -> Iterator[None]:
        """Print once that something cannot be written: traffic goes on."""
        try:
            yield
        except click.ClickException as error:
            problem = error.format_message()
        except OSError as error:
            problem = f"{what} cannot be written: {os_error_text(error)}"
        else:
            return
        self._failures.setdefault(what)
        if problem not in self._failures:
            self._failures[problem] = None
            self._say(problem)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stops += 1

    def _report(self, _number: int, _frame: FrameType | None) -> None:
        self._wants_reports = True
