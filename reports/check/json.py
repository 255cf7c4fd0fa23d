"""The JSON of `check`: schema ``whosees/check@1``. Fields may be added; none changes its meaning."""

from __future__ import annotations

import json
import re
from collections.abc import Hashable
from typing import Any

import msgspec

from ...engine.baseline import BaselineSummary, Entry
from ...engine.context import ResolvedContext
from ...engine.finding import Finding, Severity
from ...engine.result import Outcome, ResponseResult, Summary
from ...rules.model import Rulebook
from ..text.coverage import coverage_object, coverage_of
from ..text.phrases import explain_command_for
from .base import CheckReport

SCHEMA = "whosees/check@1"

REMEMBERED = 512
"""Verdicts that are kept as they were encoded."""

_NAMELESS = '{"source":"",'
_SURROGATE = re.compile("[\ud800-\udfff]")


class CheckJson(CheckReport):
    """Writes results as they come, a response a line, and the summary last; so it holds none of them."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._first = True
        self._verdicts: dict[Hashable, tuple[ResponseResult, str]] = {}

    def begin(self) -> str:
        """Open the document."""
        return f'{{"schema":"{SCHEMA}","rulebook":{encode(rulebook_identity(self._rulebook))},\n"responses":['

    def response(self, result: ResponseResult) -> str:
        """Give one response."""
        comma, self._first = "" if self._first else ",", False
        return f'{comma}\n{{"source":{encode(result.source)},{self._verdict(result)}'

    def _verdict(self, result: ResponseResult) -> str:
        """Give all but the name. Results whose verdict was recalled are alike, and it is encoded once."""
        dedup_key = result.dedup_key()
        known = self._verdicts.get(dedup_key)
        if known is not None:
            return known[1]
        text = encode(response_object(self._rulebook, result) | {"source": ""}).removeprefix(_NAMELESS)
        if len(self._verdicts) >= REMEMBERED:
            self._verdicts.clear()
        self._verdicts[dedup_key] = result, text  # as long as it is held, it lends its likeness to no other
        return text

    def end(self, summary: Summary) -> str:
        """Close the document with its totals."""
        return f'\n],\n"summary":{encode(summary_object(self._rulebook, summary))}}}\n'


def encode(value: Any) -> str:
    """Encode plain data as JSON on one line; half a character of UTF-16 becomes the text of its escape.

    What would steer a terminal or a CI system is escaped as JSON has it, so that whoever reads the data gets it as it is.
    """
    try:
        text = msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        text = _SURROGATE.sub(lambda half: f"\\\\u{ord(half[0]):04x}", text)
    if not text.isprintable():
        text = "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)
    return text.replace("##", "\\u0023#")


def rulebook_identity(rulebook: Rulebook) -> dict[str, str]:
    """Say which rulebook, in which version and with which content, a result rests on."""
    return {"id": rulebook.id, "version": rulebook.version, "digest": rulebook.digest}


def response_object(rulebook: Rulebook, result: ResponseResult) -> dict[str, Any]:
    """Give a response as the schema has it."""
    return {
        "source": result.source,
        "index": result.index,
        "outcome": result.outcome,
        "reason": result.reason,
        "detail": result.detail,
        "context": context_object(result.resolved),
        "findings": [_finding(rulebook, result, finding) for finding in result.findings],
        "undetermined": list(result.undetermined),
        "depends_on": list(result.depends_on),
        "expected_failure": result.expected_failure,
    }


def context_object(resolved: ResolvedContext) -> dict[str, dict[str, str]]:
    """Give each fact with where it is known from."""
    return {
        fact: {"value": value, "from": source}
        for (fact, value), source in zip(resolved.context.items(), resolved.sources, strict=True)
    }


def summary_object(rulebook: Rulebook, summary: Summary) -> dict[str, Any]:
    """Give the totals as the schema has them."""
    return {
        "responses": summary.responses,
        "conformant": summary.outcomes[Outcome.CONFORMANT],
        "violating": summary.outcomes[Outcome.VIOLATING],
        "unchecked": summary.outcomes[Outcome.UNCHECKED],
        "skipped": summary.skipped.total(),
        "findings": {severity: summary.severities[severity] for severity in Severity},
        "baselined": summary.accepted,
        "reasons": dict(summary.reasons),
        "coverage": coverage_object(rulebook, coverage_of(rulebook, summary)),
        "baseline": None if summary.baseline is None else _baseline_use(summary.baseline),
    }


def _baseline_use(use: BaselineSummary) -> dict[str, Any]:
    return {
        "accepted": use.accepted,
        "expired": [_entry(entry) for entry in use.expired],
        "incomplete": [_entry(entry) for entry in use.incomplete],
        "added": [_entry(entry) for entry in use.added],
        "stale": [
            *({**_entry(entry), "context_judged": True} for entry in use.stale),
            *({**_entry(entry), "context_judged": False} for entry in use.unjudged),
        ],
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "rule": entry.rule,
        "id": entry.id,
        "reason": entry.reason,
        "ticket": entry.ticket,
        "first_seen": entry.first_seen,
        "expires": entry.expires,
    }


def _finding(rulebook: Rulebook, result: ResponseResult, finding: Finding) -> dict[str, Any]:
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
            else {"standing": finding.baseline.status, **_entry(finding.baseline.entry)}
        ),
    }
