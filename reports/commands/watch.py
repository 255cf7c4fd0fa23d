"""Totals of `watch`: as a line for a terminal, as lines of events, as JSON, and as a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from ...engine.finding import Finding, Severity
from ...engine.result import Outcome, ResponseResult
from ...rules.model import Rulebook
from ..check.json import finding_object
from ..text.document import Block, Grid, Heading, Items, Paragraph, as_html
from ..text.escape import escape_control_chars
from ..text.json import encode
from ..text.style import count

TOTALS_SCHEMA = "whosees/watch@1"
EVENT_SCHEMA = "whosees/watch-event@1"

_MAX_LISTED = 20
_MAX_ON_PAGE = 1_000


class FindingTotal(msgspec.Struct, frozen=True):
    """A finding, and the number of responses that have it.

    ``example`` is the first of them; ``accepted`` says that a baseline accepts it.
    """

    finding: Finding
    times: int
    example: str
    accepted: bool = False

    @property
    def counts(self) -> bool:
        """True if it is an error or a warning that no baseline accepts."""
        return self.finding.severity is not Severity.NOTE and not self.accepted


class WatchTotals(msgspec.Struct, frozen=True):
    """The totals of the traffic up to a moment.

    ``skipped`` counts by why; ``lost`` counts the exchanges without a copy, or with one that could not be judged, by kind, and
    ``judges_ended`` the judging processes that have ended. ``added`` has the numbers of pieces of data
    that were held up to each of ``buckets``, in seconds, and longer; ``added_sum`` is the sum of these times. ``held_bytes``
    are copies that wait to be judged.
    """

    outcomes: Mapping[Outcome, int]
    skipped: Mapping[str, int]
    lost: Mapping[str, int]
    findings: Sequence[FindingTotal]
    further_findings: int = 0
    connections: int = 0
    open_connections: int = 0
    exchanges: int = 0
    bytes_passed: int = 0
    held_bytes: int = 0
    buckets: Sequence[float] = ()
    added: Sequence[int] = ()
    added_sum: float = 0.0
    judges_ended: int = 0

    @property
    def judged(self) -> int:
        """The number of responses that have an outcome."""
        return sum(self.outcomes.values())

    @property
    def ranked(self) -> list[FindingTotal]:
        """The findings, what counts most and occurs most often first."""
        return sorted(
            self.findings, key=lambda each: (each.finding.severity.order, -each.times, each.finding.id)
        )


def status_line(totals: WatchTotals) -> str:
    """Return the totals on one line."""
    parts = [f"{totals.outcomes[each]:,} {each}" for each in Outcome if totals.outcomes.get(each)]
    if skipped := sum(totals.skipped.values()):
        parts.append(f"{skipped:,} of other operations or without a response")
    if dropped := totals.lost.get("dropped", 0):
        parts.append(f"{count(dropped, 'copy', 'copies')} dropped")
    if totals.judges_ended:
        copies = count(totals.lost.get("judge-ended", 0), "copy", "copies")
        parts.append(f"{copies} not judged, for judging ended {count(totals.judges_ended, 'time')}")
    return f"watched {count(totals.exchanges, 'exchange')}" + (f": {', '.join(parts)}" if parts else "")


def finding_line(finding: Finding, source: str) -> str:
    """Return a finding on one line, with the response in which it was seen first."""
    place = finding.path or finding.element or finding.explain_target
    text = f"{finding.severity} {finding.rule}: {place} in {source} [{finding.id}]"
    return escape_control_chars(text)


def frequency_lines(totals: WatchTotals) -> Iterator[str]:
    """Yield the errors and warnings with how often they were seen, the most frequent ones."""
    counting = [each for each in totals.ranked if each.counts]
    for each in counting[:_MAX_LISTED]:
        yield f"{count(each.times, 'time')}: {finding_line(each.finding, each.example)}"
    if len(counting) > _MAX_LISTED:
        yield f"and {count(len(counting) - _MAX_LISTED, 'more finding')}"


def alike_line(listed: int, totals: WatchTotals) -> str:
    """Return why a report that lists so many responses has other totals than the traffic, or an empty string if it has not."""
    responses = sum(totals.outcomes.values())
    return (
        f"the report counts responses that are alike once: {listed:,} of {responses:,}"
        if listed < responses
        else ""
    )


def finding_event(rulebook: Rulebook, result: ResponseResult, finding: Finding, time: str) -> str:
    """Return a new finding as one line of JSON; ``time`` is when it was seen, in ISO 8601."""
    return encode(
        {
            "schema": EVENT_SCHEMA,
            "event": "finding",
            "time": time,
            "source": result.source,
            "rulebook": rulebook.id,
            **finding_object(rulebook, result, finding),
        }
    )


def totals_event(totals: WatchTotals, time: str) -> str:
    """Return the totals as one line of JSON, with how often each finding was seen."""
    times = {f"{each.finding.rule} {each.finding.id}": each.times for each in totals.findings}
    return encode(
        {"schema": EVENT_SCHEMA, "event": "totals", "time": time, **_counts(totals), "findings": times}
    )


def totals_json(totals: WatchTotals) -> str:
    """Return the totals as JSON."""
    findings = [
        {
            "rule": each.finding.rule,
            "severity": each.finding.severity,
            "path": each.finding.path,
            "element": each.finding.element,
            "id": each.finding.id,
            "message": each.finding.message,
            "times": each.times,
            "first": each.example,
            "baselined": each.accepted,
        }
        for each in totals.ranked
    ]
    return encode({"schema": TOTALS_SCHEMA, **_counts(totals), "findings": findings}) + "\n"


def totals_page(totals: WatchTotals) -> str:
    """Return the totals as a page."""
    blocks: list[Block] = [
        Heading("Whosees watch", 1),
        Paragraph(f"{status_line(totals)}.".capitalize()),
        Heading("Findings"),
        _findings_block(totals),
    ]
    if totals.further_findings:
        blocks.append(Paragraph(f"Occurrences of further findings: {totals.further_findings:,}."))
    responses = [
        *((str(each), f"{totals.outcomes.get(each, 0):,}") for each in Outcome),
        *((f"skipped: {kind}", f"{number:,}") for kind, number in totals.skipped.items()),
    ]
    traffic = [
        ("connections", f"{totals.connections:,}, {totals.open_connections:,} of them open"),
        ("bytes passed on", f"{totals.bytes_passed:,}"),
        ("bytes of copies in memory", f"{totals.held_bytes:,}"),
        ("time that data was held", _latency(totals)),
        *((f"not copied or judged: {kind}", f"{number:,}") for kind, number in totals.lost.items()),
    ]
    blocks += [Heading("Responses"), Items(tuple(responses)), Heading("Traffic"), Items(tuple(traffic))]
    return as_html(blocks, "Whosees watch")


def _findings_block(totals: WatchTotals) -> Block:
    if not totals.findings:
        return Paragraph("None so far.")
    rows = [
        (
            *(
                each.finding.severity.value,
                each.finding.rule,
                each.finding.path or each.finding.element or "",
            ),
            *(f"{each.times:,}", each.example, each.finding.id),
        )
        for each in totals.ranked[:_MAX_ON_PAGE]
    ]
    return Grid(("severity", "rule", "responses", "element", "first seen in", "identity"), tuple(rows))


def _latency(totals: WatchTotals) -> str:
    number = sum(totals.added)
    if not number:
        return "nothing passed yet"
    most, seen = number * 0.99, 0
    for limit, pieces in zip(totals.buckets, totals.added, strict=False):
        seen += pieces
        if seen >= most:
            return f"{totals.added_sum / number * 1000:.3f} ms on average, 99 of 100 pieces at most {limit * 1000:g} ms"
    return f"{totals.added_sum / number * 1000:.3f} ms on average, 99 of 100 pieces more than {totals.buckets[-1]:g} s"


def _counts(totals: WatchTotals) -> dict[str, Any]:
    return {
        "exchanges": totals.exchanges,
        "connections": totals.connections,
        **{each.value: totals.outcomes.get(each, 0) for each in Outcome},
        "skipped": dict(totals.skipped),
        "not_copied": dict(totals.lost),
        "judges_ended": totals.judges_ended,
        "further_findings": totals.further_findings,
        "bytes_passed": totals.bytes_passed,
        "held_bytes": totals.held_bytes,
        "added_seconds": {
            "up_to": list(totals.buckets),
            "pieces": list(totals.added),
            "sum": round(totals.added_sum, 6),
        },
    }
