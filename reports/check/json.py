"""JSON of `check`, schema ``whosees/check@1``: fields may be added, none changes its meaning."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import msgspec

from ...engine.baseline import BaselineSummary, Entry
from ...engine.claims import ResolvedContext
from ...engine.finding import Finding, Severity
from ...engine.result import Outcome, ResponseResult, Summary
from ...rules.model import Rulebook
from ..text.coverage import coverage_object, coverage_of
from ..text.json import encode, rulebook_identity
from ..text.phrases import explain_command_for
from .base import MAX_CACHED_VERDICTS, CheckFormatter, RenderOptions

SCHEMA = "whosees/check@1"

_WITHOUT_SOURCE = '{"source":"",'


class JsonFormatter(CheckFormatter):
    """Writes one response per line as results arrive, and the summary last, so that it keeps none of them."""

    def __init__(self, rulebook: Rulebook, _options: RenderOptions | None = None) -> None:
        self._rulebook = rulebook
        self._first = True
        self._verdicts: dict[Hashable, tuple[ResponseResult, str]] = {}

    def begin(self) -> str:
        """Return the start of the document."""
        return f'{{"schema":"{SCHEMA}","rulebook":{encode(rulebook_identity(self._rulebook))},\n"responses":['

    def response(self, result: ResponseResult) -> str:
        """Return one response."""
        comma, self._first = "" if self._first else ",", False
        return f'{comma}\n{{"source":{encode(result.source)},{self._verdict(result)}'

    def _verdict(self, result: ResponseResult) -> str:
        """Return everything but the source, encoded once for results that share a verdict."""
        dedup_key = result.dedup_key()
        cached = self._verdicts.get(dedup_key)
        if cached is not None:
            return cached[1]
        text = encode(response_object(self._rulebook, result) | {"source": ""}).removeprefix(_WITHOUT_SOURCE)
        if len(self._verdicts) >= MAX_CACHED_VERDICTS:
            self._verdicts.clear()
        # The key may rest on object identity, so the result is kept as long as its key is.
        self._verdicts[dedup_key] = result, text
        return text

    def end(self, summary: Summary) -> str:
        """Return the totals and the end of the document."""
        return f'\n],\n"summary":{encode(summary_object(self._rulebook, summary))}}}\n'


def response_object(rulebook: Rulebook, result: ResponseResult) -> dict[str, Any]:
    """Return a response as JSON data."""
    return {
        "source": result.source,
        "index": result.index,
        "outcome": result.outcome,
        "reason": result.reason,
        "detail": result.detail,
        "context": context_object(result.resolved),
        "findings": [finding_object(rulebook, result, finding) for finding in result.findings],
        "undetermined": list(result.undetermined),
        "depends_on": list(result.depends_on),
        "expected_failure": result.expected_failure,
        **({"failed": True} if result.failed else {}),
        **({"if_accepted": result.if_accepted} if result.if_accepted else {}),
        **({"rulebook": result.rulebook} if result.rulebook else {}),
        **({"unrecorded": msgspec.to_builtins(result.unrecorded)} if result.unrecorded else {}),
    }


def context_object(resolved: ResolvedContext) -> dict[str, dict[str, str]]:
    """Return each fact of a context with its source."""
    return {
        fact: {"value": value, "from": source}
        for (fact, value), source in zip(resolved.context.items(), resolved.sources, strict=True)
    }


def summary_object(rulebook: Rulebook, summary: Summary) -> dict[str, Any]:
    """Return the totals as JSON data."""
    return {
        "responses": summary.responses,
        "conformant": summary.outcomes[Outcome.CONFORMANT],
        "violating": summary.outcomes[Outcome.VIOLATING],
        "unchecked": summary.outcomes[Outcome.UNCHECKED],
        "skipped": summary.skipped.total(),
        "skipped_by_kind": _skipped_by_kind(summary),
        "undecided": summary.undecided,
        "undecided_responses": summary.undecided_responses,
        "undecided_for_want_of": dict(summary.undecided_for_want_of),
        "findings": {severity: summary.severities[severity] for severity in Severity},
        "baselined": summary.accepted,
        "reasons": dict(summary.reasons),
        "coverage": coverage_object(rulebook, coverage_of(rulebook, summary)),
        "baseline": None if summary.baseline is None else _baseline_object(summary.baseline),
        **({"unrecorded": _unrecorded_totals(summary)} if summary.unrecorded else {}),
        **({"interrupted": True} if summary.interrupted else {}),
    }


def summary_of_several(
    rulebooks: Sequence[Rulebook], summary: Summary, own: Mapping[str, Summary]
) -> dict[str, Any]:
    """Return the totals of a run as JSON data, with the coverage of each rulebook by its id; ``own`` are the totals of each."""
    alone = msgspec.structs.replace(summary, contexts=set())
    coverage = {each.id: coverage_object(each, coverage_of(each, own[each.id])) for each in rulebooks}
    return summary_object(rulebooks[0], alone) | {"coverage": coverage}


def _unrecorded_totals(summary: Summary) -> list[dict[str, Any]]:
    return [{**msgspec.to_builtins(each), "responses": number} for each, number in summary.unrecorded.items()]


def _skipped_by_kind(summary: Summary) -> dict[str, int]:
    """Return the numbers of what was skipped by kind, without what the text says to do about it."""
    numbers: dict[str, int] = {}
    for kind, number in summary.skipped.most_common():
        name = kind.partition("; ")[0]
        numbers[name] = numbers.get(name, 0) + number
    return numbers


def _baseline_object(summary: BaselineSummary) -> dict[str, Any]:
    return {
        "accepted": summary.accepted,
        "expired": [_entry_object(entry) for entry in summary.expired],
        "incomplete": [_entry_object(entry) for entry in summary.incomplete],
        "added": [_entry_object(entry) for entry in summary.added],
        "stale": [
            *({**_entry_object(entry), "context_judged": True} for entry in summary.stale),
            *({**_entry_object(entry), "context_judged": False} for entry in summary.unjudged),
        ],
    }


def _entry_object(entry: Entry) -> dict[str, Any]:
    return {
        "rule": entry.rule,
        "id": entry.id,
        "reason": entry.reason,
        "ticket": entry.ticket,
        "first_seen": entry.first_seen,
        "expires": entry.expires,
    }


def finding_object(rulebook: Rulebook, result: ResponseResult, finding: Finding) -> dict[str, Any]:
    """Return a finding of a response as JSON data."""
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "path": finding.path,
        "element": finding.element,
        "expectation": finding.expectation,
        "marker": finding.marker,
        "lines": list(finding.lines),
        "cause": finding.cause,
        "message": finding.message,
        "because": finding.because,
        "id": finding.id,
        "explains": finding.explain_target,
        "explain": explain_command_for(rulebook, finding.explain_target, result.resolved.context),
        "baselined": finding.accepted,
        "baseline": (
            None
            if finding.baseline is None
            else {"standing": finding.baseline.status, **_entry_object(finding.baseline.entry)}
        ),
    }
