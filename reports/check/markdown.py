"""Markdown of `check`, for the summary of a CI job: totals and coverage first, then every response with a problem."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...engine.finding import Finding, Severity
from ...engine.result import Outcome, ResponseResult, Summary
from ...rules.model import Rulebook
from ..text.coverage import coverage_of, format_ratio
from ..text.escape import escape_control_chars
from ..text.grouping import group_by_cause
from ..text.phrases import (
    explain_command_for,
    finding_message,
    format_context,
    format_lines,
    skipped_notices,
    undecided_notice,
    undecided_remedy,
    undecided_total,
)
from ..text.response_names import response_name
from ..text.style import count
from .base import CheckFormatter, RenderOptions

MAX_BYTES = 1 << 20
"""Size of a step's summary that GitHub accepts; it shows nothing of a larger one."""

MAX_FINDINGS = 100
"""Findings of a response that are listed; the others are counted."""

_RESERVE = 1024
_PUNCTUATION = re.compile(r"[!-+:-@\[-`{-~]")
_DOMAIN = re.compile(r"(www)\.", re.IGNORECASE)
_UNDECIDED_SIGN = "🟡"
_SIGNS = {Outcome.CONFORMANT: "✅", Outcome.VIOLATING: "❌", Outcome.UNCHECKED: "❔"}


class MarkdownFormatter(CheckFormatter):
    """Keeps what it will show, up to the limit, because the totals come first; violations are kept before warnings."""

    def __init__(self, rulebook: Rulebook, _options: RenderOptions, limit: int = MAX_BYTES) -> None:
        self._rulebook = rulebook
        self._limit = limit
        self._severe: list[str] = []
        self._lesser: list[str] = []
        self._sizes = {id(self._severe): 0, id(self._lesser): 0}
        self._problems = 0
        self._shown = 0

    def begin(self) -> str:
        """Return nothing: the totals come first, and are known last."""
        return ""

    def response(self, result: ResponseResult) -> str:
        """Remember a response if it has a problem; return nothing."""
        noteworthy = any(finding.effective_severity is not Severity.NOTE for finding in result.findings)
        if result.outcome is Outcome.CONFORMANT and not noteworthy:
            return ""
        self._problems += 1
        blocks = self._lesser if result.outcome is Outcome.CONFORMANT else self._severe
        if self._sizes[id(blocks)] < self._limit:
            block = "\n".join(self._block(result)) + "\n"
            blocks.append(block)
            self._sizes[id(blocks)] += len(block.encode())
        return ""

    def end(self, summary: Summary) -> str:
        """Return totals, coverage, and the responses that fit."""
        parts = ["\n".join(self._head(summary)) + "\n"]
        room = self._limit - _RESERVE - len(parts[0].encode())
        for block in (*self._severe, *self._lesser):
            room -= len(block.encode())
            if room < 0:
                break
            parts.append(block)
            self._shown += 1
        if notice := self.truncation_notice():
            parts.append(f"\n**{_text(notice)}**\n")
        return "\n".join(parts)

    def truncation_notice(self) -> str:
        """Return how many responses did not fit; empty if all did."""
        if self._shown >= self._problems:
            return ""
        missing = count(self._problems - self._shown, "response")
        return (
            f"shows {self._shown:,} of {self._problems:,} responses with a problem, because a job summary is limited "
            f"to {self._limit:,} bytes; the other formats have the remaining {missing}"
        )

    def _head(self, summary: Summary) -> Iterator[str]:
        title = self._rulebook.document.rulebook.title
        sign = next((_SIGNS[o] for o in reversed(Outcome) if summary.outcomes[o]), "❔")
        sign = _SIGNS[Outcome.VIOLATING] if summary.outcomes[Outcome.VIOLATING] else sign
        if summary.undecided and sign == _SIGNS[Outcome.CONFORMANT]:
            sign = _UNDECIDED_SIGN  # a run is not green about what it could not decide
        yield f"## {sign} Whosees: {_text(count(summary.responses, 'response'))}, {_text(title)}"
        yield ""
        names = [str(outcome) for outcome in Outcome] + [f"{severity}s" for severity in Severity]
        numbers = [summary.outcomes[o] for o in Outcome] + [summary.severities[s] for s in Severity]
        yield from _counts([*names, "skipped"], [f"{n:,}" for n in (*numbers, summary.skipped.total())])
        yield ""
        if summary.reasons:
            reasons = ", ".join(f"{number:,} {reason}" for reason, number in summary.reasons.most_common())
            yield f"Unchecked: {_text(reasons)}."
            yield ""
        for notice in skipped_notices(summary):
            yield f"{_text(notice[0].upper() + notice[1:])}."
            yield ""
        if undecided := undecided_total(summary):
            yield f"**Undecided: {_text(undecided)}.** {_text(undecided_remedy(summary))}."
            yield ""
        coverage = coverage_of(self._rulebook, summary)
        yield f"Coverage of obligations: **{format_ratio(coverage.total)}**"
        yield ""
        yield from _counts(
            [_text(column) for column in coverage.by_column],
            [format_ratio(ratio) for ratio in coverage.by_column.values()],
        )

    def _block(self, result: ResponseResult) -> Iterator[str]:
        severities = {s: sum(f.effective_severity is s for f in result.findings) for s in Severity}
        counts = [count(number, severity.value) for severity, number in severities.items() if number]
        outcome = result.outcome + (f" ({_text(result.reason)})" if result.reason else "")
        is_open = " open" if result.outcome is not Outcome.CONFORMANT else ""
        summary = f"{_SIGNS[result.outcome]} {_code(response_name(result))}: {', '.join([outcome, *counts])}"
        yield f"<details{is_open}><summary>{summary}</summary>"
        yield ""
        yield _text(format_context(self._rulebook, result.resolved))
        if result.detail:
            yield f"<br>{_text(result.detail)}"
        if notice := undecided_notice(result):
            yield f"<br>{_text(notice)}"
        yield from self._findings(result)
        yield ""
        yield "</details>"

    def _findings(self, result: ResponseResult) -> Iterator[str]:
        groups = group_by_cause(f for f in result.findings if f.effective_severity is not Severity.NOTE)
        if groups:
            yield ""
            yield "| | rule | element | where | why |"
            yield "| --- | --- | --- | --- | --- |"
            yield from (self._row(result, finding, caused) for finding, caused in groups[:MAX_FINDINGS])
        if len(groups) > MAX_FINDINGS:
            yield f"\nand {count(len(groups) - MAX_FINDINGS, 'more finding')} in this response"

    def _row(self, result: ResponseResult, finding: Finding, caused: list[Finding]) -> str:
        element = _code(finding.path) if finding.path else ""
        if caused:
            element += f"<br>and {count(len(caused), 'element')} in it"
        needs_message = finding.cause or not finding.because or finding.baseline
        why = _text(finding_message(finding) if needs_message else finding.because)
        command = _code(explain_command_for(self._rulebook, finding.explain_target, result.resolved.context))
        cells = [finding.severity, finding.rule, element, format_lines(finding), f"{why}<br>{command}"]
        return f"| {' | '.join(cells)} |"


def _counts(names: list[str], numbers: list[str]) -> Iterator[str]:
    """Yield a table of one row of numbers."""
    yield "| " + " | ".join(names) + " |"
    yield "|" + " ---: |" * len(names)
    yield "| " + " | ".join(numbers) + " |"


def _text(text: str) -> str:
    """Escape a text so that nothing in it is Markdown or HTML, and nothing becomes a link or a mention."""
    escaped = _PUNCTUATION.sub(
        lambda sign: f"&#{ord(sign[0])};" if sign[0] not in "(')%" else sign[0], escape_control_chars(text)
    )
    return _DOMAIN.sub(r"\1&#46;", escaped)


def _code(text: str) -> str:
    return f"<code>{_text(text)}</code>"
