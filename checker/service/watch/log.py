"""The log of a watch: each kind of response and each finding once, with how often it was seen."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field

from ....engine.finding import Finding, Severity
from ....engine.result import Outcome, ResponseResult, skipped_kind
from ....reports.commands.watch import FindingTotal, WatchTotals
from ...checking.results import Result, Skipped
from ...core.errors import Reason, UncheckedError
from .copies import BUCKETS, LostKind, RelayCounts
from .judging import SKIPPED, UNCHECKED, AnyChecker

MAX_FINDINGS = 10_000
"""Different findings that are kept, of errors and of others; further ones are counted.

Warnings and notes are about names, which servers can have without end: they leave errors their room.
"""

MAX_RESPONSES = 2_000
"""Different responses that are kept, besides those that are the first with one of their findings."""


@dataclass(slots=True)
class SeenFinding:
    """A finding, the first result that has it, how many responses have it, and whether a baseline accepts it."""

    finding: Finding
    result: ResponseResult
    times: int = 0
    accepted: bool = False


@dataclass(slots=True)
class _SeenResponse:
    result: ResponseResult
    times: int = 0


@dataclass(slots=True)
class TrafficLog:
    """A log of the traffic so far; its size does not grow with the traffic.

    ``outcomes`` counts all responses that were judged or are unchecked, ``skipped`` what is of no operation of the rulebooks,
    ``not_judged`` copies that were lost with a judging process, of which ``judges_ended`` have ended.
    ``version`` changes whenever a report on it would say something else. Another thread may call `totals`.
    """

    checker: AnyChecker
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    findings: dict[tuple[str, str], SeenFinding] = field(default_factory=dict)
    relay: RelayCounts = field(default_factory=RelayCounts)
    further_findings: int = 0
    further_responses: int = 0
    not_judged: int = 0
    judges_ended: int = 0
    version: int = 0
    _kept: Counter[bool] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _responses: dict[Hashable, _SeenResponse] = field(default_factory=dict)

    def add(self, result: Result) -> list[SeenFinding]:
        """Count a result; return the findings that are new."""
        with self._lock:
            self.version += 1
            return self._add(result)

    def _add(self, result: Result) -> list[SeenFinding]:
        if isinstance(result, Skipped):
            self.skipped[skipped_kind(result.why)] += 1
            return []
        self.outcomes[result.outcome] += 1
        new = [seen for finding in result.findings if (seen := self._count(finding, result)) is not None]
        key = _kind_of(result)
        seen_response = self._responses.get(key)
        if seen_response is None:
            if len(self._responses) >= MAX_RESPONSES and not new:
                self.further_responses += 1
                return []
            seen_response = self._responses[key] = _SeenResponse(result)
        seen_response.times += 1
        return new

    def count_relay(self, counts: RelayCounts) -> None:
        """Take over the relay's counts."""
        with self._lock:
            if counts.lost != self.relay.lost:
                self.version += 1
            self.relay = counts

    def lose(self, judges_ended: int) -> None:
        """Count a copy that could not be judged, since so many judging processes have ended."""
        with self._lock:
            self.version += 1
            self.not_judged += 1
            self.judges_ended = judges_ended

    @property
    def lost(self) -> dict[LostKind, int]:
        """The exchanges without a copy, or with one that could not be judged, by why."""
        lost = {LostKind.JUDGE_ENDED: self.not_judged} if self.not_judged else {}
        return {**self.relay.lost, **lost}

    def totals(self) -> WatchTotals:
        """Return the totals at this moment."""
        with self._lock:
            relay = self.relay
            return WatchTotals(
                outcomes=dict(self.outcomes),
                skipped=dict(self.all_skipped()),
                lost={kind.value: number for kind, number in self.lost.items()},
                judges_ended=self.judges_ended,
                findings=[
                    FindingTotal(seen.finding, seen.times, seen.result.source, seen.accepted)
                    for seen in self.findings.values()
                ],
                further_findings=self.further_findings,
                connections=relay.connections,
                open_connections=relay.open_connections,
                exchanges=relay.exchanges,
                bytes_passed=relay.bytes_passed,
                held_bytes=relay.held,
                buckets=BUCKETS,
                added=tuple(relay.added),
                added_sum=relay.added_sum,
            )

    @property
    def listed(self) -> int:
        """The number of responses that a report lists, of which no two are alike."""
        return len(self._responses)

    def results(self) -> Iterator[ResponseResult]:
        """Yield a result for each kind of response, and for each kind of what could not be judged."""
        for seen in self._responses.values():
            others = f" and {seen.times - 1:,} like it" if seen.times > 1 else ""
            yield seen.result.of(seen.result.source + others)
        for kind, detail in UNCHECKED.items():
            if number := self.lost.get(kind, 0):
                what = "not judged" if kind is LostKind.JUDGE_ENDED else "not copied"
                error = UncheckedError(Reason.UNREADABLE, detail)
                yield self.checker.unchecked(f"{number:,} {what}", 0, error)
        if self.further_responses:
            detail = f"only {MAX_RESPONSES:,} different ones are listed"
            yield self.checker.unchecked(
                f"{self.further_responses:,} further responses", 0, UncheckedError(Reason.TOO_LARGE, detail)
            )

    def all_skipped(self) -> Counter[str]:
        """Return what was skipped, by kind."""
        lost = {why: self.relay.lost[kind] for kind, why in SKIPPED.items() if self.relay.lost.get(kind)}
        return self.skipped + Counter(lost)

    def _count(self, finding: Finding, result: ResponseResult) -> SeenFinding | None:
        """Count a finding; return it if it is new."""
        key = finding.rule, finding.id
        seen = self.findings.get(key)
        is_new, is_error = seen is None, finding.severity is Severity.ERROR
        if seen is None:
            if self._kept[is_error] >= MAX_FINDINGS:
                self.further_findings += 1
                return None
            self._kept[is_error] += 1
            seen = self.findings[key] = SeenFinding(finding, result)
        seen.times += 1
        return seen if is_new else None


def _kind_of(result: ResponseResult) -> Hashable:
    """Return what two results share if a report need say only one of them: everything but places and numbers."""
    return (
        *(result.rulebook, result.outcome, result.reason, result.failed, result.expected_failure),
        result.resolved.context,
        frozenset((finding.rule, finding.id) for finding in result.findings),
    )
