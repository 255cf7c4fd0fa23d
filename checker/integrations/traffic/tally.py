"""Results of the exchanges of some traffic: totals as those of `check`, and each finding once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import structs

from ....engine.finding import Finding as EngineFinding
from ....engine.finding import Severity
from ....engine.result import DIFFERENT_OPERATION, Outcome, ResponseResult, Summary
from ....reports.check.json import response_object
from ....reports.commands.watch import EVENT_SCHEMA
from ....reports.text.json import encode
from ....reports.text.style import count
from ....rules.model import Rulebook
from ..api_results import Finding

MAX_FINDINGS = 10_000
"""Findings that are kept, of errors and of others; of further ones only the number is known.

A hostile server invents names without end, but what it makes of them are warnings and notes: they leave errors their room.
"""


class TrafficFinding(Finding, frozen=True, kw_only=True):
    """A finding in traffic, once for each identity: ``count`` is the number of responses that had it.

    ``source`` names the first of them, ``context`` is what was known of its call. None of it is a text of a message.
    """

    rulebook: str
    context: dict[str, str]
    source: str
    count: int = 1

    def __str__(self) -> str:
        return f"{self.severity}: {self.rule} {self.path or ''}".rstrip() + f": {self.message}"


class TrafficReport(msgspec.Struct, frozen=True, kw_only=True):
    """The totals of some traffic, and its findings.

    ``exchanges`` were seen. Of these ``not_sampled`` were passed over on purpose, and ``dropped`` because judging
    lagged behind. ``skipped`` are of no operation of the rulebooks, or have no body that can be judged, by why. A response that was looked at is
    conformant, violating or unchecked for a reason. ``undecided`` elements of ``undecided_responses`` depend on facts
    that are not known, ``undecided_for_want_of`` which. ``more_findings`` had no room. ``internal_errors`` are defects of Whosees, ``callback_errors`` those of ``on_finding``.
    """

    findings: tuple[TrafficFinding, ...] = ()
    exchanges: int = 0
    not_sampled: int = 0
    dropped: int = 0
    conformant: int = 0
    violating: int = 0
    unchecked: dict[str, int] = {}
    skipped: dict[str, int] = {}
    undecided: int = 0
    undecided_responses: int = 0
    undecided_for_want_of: dict[str, int] = {}
    more_findings: int = 0
    internal_errors: int = 0
    callback_errors: int = 0

    @property
    def errors(self) -> tuple[TrafficFinding, ...]:
        """The findings that are errors."""
        return tuple(finding for finding in self.findings if finding.severity == "error")

    @property
    def other_operations(self) -> int:
        """The number of exchanges that are of no operation of the rulebooks."""
        return self.skipped.get(DIFFERENT_OPERATION, 0)

    @property
    def passed_over(self) -> str:
        """The exchanges that were skipped for other reasons, as text; empty if there are none."""
        others = {why: number for why, number in self.skipped.items() if why != DIFFERENT_OPERATION}
        return "; ".join(f"{why} ({number:,})" for why, number in others.items())

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data, which JSON can hold."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain

    def __repr__(self) -> str:
        unchecked = sum(self.unchecked.values())
        outcomes = f"{self.conformant} conformant, {self.violating} violating, {unchecked} unchecked"
        passed_over = {
            "skipped": sum(self.skipped.values()),
            "not sampled": self.not_sampled,
            "dropped": self.dropped,
        }
        outcomes += "".join(f", {number} {how}" for how, number in passed_over.items() if number)
        seen, errors = count(self.exchanges, "exchange"), count(len(self.errors), "error")
        return f"<TrafficReport: {seen}: {outcomes}; {errors}>"


def event_of(finding: TrafficFinding) -> str:
    """Return a new finding as a line of JSON: an event of `watch`, with the context of its call."""
    fields = msgspec.to_builtins(finding)
    del fields["count"]  # it is the first
    time = datetime.now(UTC).isoformat(timespec="milliseconds")
    return encode({"schema": EVENT_SCHEMA, "event": "finding", "time": time, **fields})


class Tally:
    """Counts results, and keeps each finding of at least some severity once."""

    def __init__(self, *, notes: bool = False) -> None:
        self._notes = notes
        self._summary = Summary()
        self._skipped: Counter[str] = Counter()
        self._findings: dict[tuple[str, str], TrafficFinding] = {}
        self._kept: Counter[bool] = Counter()
        self._more = 0

    def skip(self, why: str) -> None:
        """Count an exchange, or a part of one, that is not judged, by one of few reasons."""
        self._skipped[why] += 1

    def add(self, rulebook: Rulebook, result: ResponseResult) -> list[TrafficFinding]:
        """Count a result, and return the findings that nothing before had."""
        self._summary.add(result)
        found = [finding for finding in result.findings if self._counts(finding)]
        new = [finding for finding in found if not self._is_repeated(finding)]
        return self._keep(rulebook, result, new) if new else []

    def report(self, **totals: int) -> TrafficReport:
        """Return what was counted; ``totals`` are those that only the sender of results knows."""
        outcomes = self._summary.outcomes
        return TrafficReport(
            findings=tuple(self._findings.values()),
            conformant=outcomes[Outcome.CONFORMANT],
            violating=outcomes[Outcome.VIOLATING],
            unchecked=dict(self._summary.reasons),
            skipped=dict(self._skipped),
            undecided=self._summary.undecided,
            undecided_responses=self._summary.undecided_responses,
            undecided_for_want_of=dict(self._summary.undecided_for_want_of),
            more_findings=self._more,
            **totals,
        )

    def _counts(self, finding: EngineFinding) -> bool:
        return self._notes or finding.effective_severity is not Severity.NOTE

    def _is_repeated(self, finding: EngineFinding) -> bool:
        key = finding.rule, finding.id
        known = self._findings.get(key)
        if known is not None:
            self._findings[key] = structs.replace(known, count=known.count + 1)
        elif self._kept[_is_error(finding)] >= MAX_FINDINGS:
            self._more += 1
            return True
        return known is not None

    def _keep(
        self, rulebook: Rulebook, result: ResponseResult, new: list[EngineFinding]
    ) -> list[TrafficFinding]:
        """Keep new findings as their readers get them."""
        described = response_object(rulebook, structs.replace(result, findings=tuple(new)))
        context = dict(result.resolved.context.items())
        more = {"rulebook": rulebook.id, "context": context, "source": result.source}
        made = [msgspec.convert(finding | more, TrafficFinding) for finding in described["findings"]]
        self._findings |= {(finding.rule, finding.id): finding for finding in made}
        self._kept.update(map(_is_error, new))
        return made


def _is_error(finding: EngineFinding) -> bool:
    return finding.effective_severity is Severity.ERROR


def merge(reports: list[TrafficReport]) -> TrafficReport:
    """Return the report of traffic that several processes saw."""
    findings: dict[tuple[str, str], TrafficFinding] = {}
    for finding in (finding for report in reports for finding in report.findings):
        known = findings.get((finding.rule, finding.id))
        count = finding.count + (known.count if known else 0)
        findings[finding.rule, finding.id] = structs.replace(known or finding, count=count)
    numbers = [name for name, kind in TrafficReport.__annotations__.items() if kind == "int"]
    totals = {name: sum(getattr(report, name) for report in reports) for name in numbers}
    return TrafficReport(
        findings=tuple(findings.values()),
        unchecked=_add([report.unchecked for report in reports]),
        skipped=_add([report.skipped for report in reports]),
        undecided_for_want_of=_add([report.undecided_for_want_of for report in reports]),
        **totals,
    )


def _add(counts: list[Mapping[str, int]]) -> dict[str, int]:
    keys = dict.fromkeys(key for each in counts for key in each)
    return {key: sum(each.get(key, 0) for each in counts) for key in keys}
