"""Results: what judging a response, and judging many, came to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from enum import StrEnum
from functools import lru_cache
from operator import attrgetter

import msgspec

from .baseline import BaselineSummary
from .claims import ResolvedContext
from .context import Context
from .finding import Finding, Severity
from .finding_rules.undecided import Undecided

_severity = attrgetter("severity")


class Outcome(StrEnum):
    """The outcome of a response: CONFORMANT has no error, VIOLATING has one, UNCHECKED could not be judged."""

    CONFORMANT = "conformant"
    VIOLATING = "violating"
    UNCHECKED = "unchecked"


class UnrecordedFact(msgspec.Struct, frozen=True):
    """A fact that no recording of a format can tell, since the format does not keep the part of an exchange that tells it."""

    format: str
    part: str
    fact: str


class ResponseResult(msgspec.Struct, frozen=True):
    """The result of one response.

    ``source`` names where it was read, ``index`` which body of its message it is (0 is the first). ``reason`` is
    set where it is unchecked, ``detail`` says more in words. ``undetermined`` are the paths of the rows that are there and that
    the known facts left open, ``depends_on`` the facts that would settle them. ``failed`` says that the call failed, or its answer has another
    shape, so that nothing was judged but what must not be there, and ``if_accepted`` the reason for which it is unchecked once a
    baseline accepts that; ``expected_failure`` that it failed as it should, and the response conforms.
    ``rulebook`` is the id of the one that judged it, empty if there is only one. ``unrecorded`` are the facts it lacks that its
    format cannot tell.
    """

    source: str
    index: int
    outcome: Outcome
    resolved: ResolvedContext
    reason: str | None = None
    detail: str | None = None
    findings: tuple[Finding, ...] = ()
    undetermined: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    expected_failure: bool = False
    failed: bool = False
    if_accepted: str | None = None
    rulebook: str = ""
    unrecorded: tuple[UnrecordedFact, ...] = ()

    def of(self, source: str) -> ResponseResult:
        """Return the same result for another source."""
        return msgspec.structs.replace(self, source=source)

    def dedup_key(self) -> Hashable:
        """Return a key that two results share only if they differ in their sources alone, as long as both exist.

        It goes by identity where a result is large: results of what was recalled share those very objects.
        """
        return (
            id(self.findings),
            id(self.resolved),
            id(self.undetermined),
            id(self.depends_on),
            self.index,
            self.outcome,
            self.reason,
            self.detail,
            self.expected_failure,
            self.failed,
            self.if_accepted,
            self.rulebook,
            self.unrecorded,
        )

    @property
    def judged(self) -> bool:
        """True if it was judged against the table."""
        return self.outcome is not Outcome.UNCHECKED and not self.failed and not self.expected_failure


def result_of(
    resolved: ResolvedContext, findings: tuple[Finding, ...], undecided: Undecided, source: str, index: int
) -> ResponseResult:
    """Return the result of a response that was judged; its findings come in order, most severe first."""
    return ResponseResult(
        source=source,
        index=index,
        outcome=outcome_of(findings[:1]),
        resolved=resolved,
        findings=findings,
        undetermined=undecided.rows,
        depends_on=undecided.facts,
    )


def outcome_of(findings: tuple[Finding, ...]) -> Outcome:
    """Return the outcome of a response that was judged; what a baseline accepts does not count."""
    if Severity.ERROR not in map(_severity, findings):
        return Outcome.CONFORMANT
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    return Outcome.CONFORMANT if all(finding.accepted for finding in errors) else Outcome.VIOLATING


NOT_A_RECORDING = "not a recording: "
"""Begins why a file is skipped that is in no format that is read; its kind follows."""

NO_ITEMS = "a list without items"
NULL_ITEM = "an item that is null"
NO_BODY = "answer to HEAD, or with a status that has no body"
NO_RESPONSE = "no response is beside it"
DIFFERENT_OPERATION = "different operation"
CHANGED_PROTOCOL = "connection that changed its protocol"
NOT_ANSWERED = "request without a response"
NOT_CONNECTED = "connection that the upstream did not accept"
MESSAGE_KINDS = {
    NO_ITEMS: "list without items",
    NULL_ITEM: "null item",
    NO_BODY: NO_BODY,
    NO_RESPONSE: "no response beside it",
    DIFFERENT_OPERATION: DIFFERENT_OPERATION,
    CHANGED_PROTOCOL: CHANGED_PROTOCOL,
    NOT_ANSWERED: NOT_ANSWERED,
    NOT_CONNECTED: NOT_CONNECTED,
}
"""The kinds of messages that are skipped, by the reason; all other kinds are of files in no format that is read."""


def skipped_kind(why: str) -> str:
    """Return by which kind something that was skipped is counted: there are few, whatever the reasons say."""
    if why.startswith(NOT_A_RECORDING):
        return why.removeprefix(NOT_A_RECORDING)
    return MESSAGE_KINDS.get(why, DIFFERENT_OPERATION)


class Summary(msgspec.Struct):
    """Running totals over results; its size does not grow with their number.

    ``undecided`` counts the elements that are there and that the known facts left open, whether findings say so or not, and
    ``undecided_responses`` the responses that have any; ``undecided_for_want_of`` counts those by each fact that would decide.
    ``unrecorded`` counts the responses that lack a fact which their format cannot tell. ``severities`` counts the findings that no baseline accepts, ``accepted`` the others. ``contexts`` are those of
    the responses that were judged: they say which cells of the table were exercised. ``baseline`` is set at the
    end of a run that had one, ``interrupted`` if it did not reach its end.
    """

    outcomes: Counter[Outcome] = msgspec.field(default_factory=Counter)
    reasons: Counter[str] = msgspec.field(default_factory=Counter)
    severities: Counter[Severity] = msgspec.field(default_factory=Counter)
    skipped: Counter[str] = msgspec.field(default_factory=Counter)
    contexts: set[Context] = msgspec.field(default_factory=set)
    undecided: int = 0
    undecided_responses: int = 0
    undecided_for_want_of: Counter[str] = msgspec.field(default_factory=Counter)
    unrecorded: Counter[UnrecordedFact] = msgspec.field(default_factory=Counter)
    accepted: int = 0
    baseline: BaselineSummary | None = None
    interrupted: bool = False

    def add(self, result: ResponseResult) -> None:
        """Count a result."""
        self.outcomes[result.outcome] += 1
        if result.reason is not None:
            self.reasons[result.reason] += 1
        if result.judged:
            self.contexts.add(result.resolved.context)
        if result.undetermined:
            self.undecided += len(result.undetermined)
            self.undecided_responses += 1
            for fact in result.depends_on:
                self.undecided_for_want_of[fact] += 1
        if result.unrecorded:
            self.unrecorded.update(result.unrecorded)
        if result.findings:
            accepted, severities = _count(result.findings)
            self.accepted += accepted
            for severity, number in severities:
                self.severities[severity] += number

    def skip(self, why: str) -> None:
        """Count something that was found and not judged, by its kind; see `skipped_kind`."""
        self.skipped[skipped_kind(why)] += 1

    @property
    def responses(self) -> int:
        """The number of responses."""
        return self.outcomes.total()


@lru_cache(256)
def _count(findings: tuple[Finding, ...]) -> tuple[int, tuple[tuple[Severity, int], ...]]:
    """Count the findings that a baseline accepts, and the others by severity. Cached: many responses have the same."""
    counted = Counter(finding.severity for finding in findings if not finding.accepted)
    return len(findings) - counted.total(), tuple(counted.items())


class FailOn(StrEnum):
    """The least that makes a run fail; each entry includes those before it."""

    ERROR = "error"
    WARNING = "warning"
    UNDECIDED = "undecided"
    NOTE = "note"

    def fails(self, summary: Summary) -> bool:
        """Return whether a run with these totals fails."""
        reached = list(FailOn)[: list(FailOn).index(self) + 1]
        return summary.outcomes[Outcome.VIOLATING] > 0 or any(
            summary.undecided if each is FailOn.UNDECIDED else summary.severities[Severity(each)]
            for each in reached
        )

    def fails_result(self, result: ResponseResult) -> bool:
        """Return whether a result that was judged makes a run fail."""
        summary = Summary()
        summary.add(result)
        return self.fails(summary)

    def fails_finding(self, finding: Finding) -> bool:
        """Return whether a finding alone makes a run fail."""
        return _RANKS[finding.severity] <= _RANKS[self] and not finding.accepted


_RANKS: dict[str, int] = {each.value: rank for rank, each in enumerate(FailOn)}
"""What fails first has the lowest rank; severities have the same names."""
