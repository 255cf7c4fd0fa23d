"""Text of `check` for people: what is wrong, grouped, with lines, the reason and the command that explains it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator
from typing import NamedTuple

from ...engine.finding import Finding, Severity
from ...engine.finding_rules import rules_of
from ...engine.result import Outcome, ResponseResult, Summary
from ...rules.model import Rulebook
from ...rules.names import capitalize, join_words
from ..text.baseline import baseline_note, baseline_summary
from ..text.coverage import coverage_of, coverage_summary, coverage_text
from ..text.escape import escape_control_chars, escape_result
from ..text.grouping import group_by_cause
from ..text.phrases import (
    explain_command_for,
    format_context,
    format_line_numbers,
    format_lines,
    skipped_notices,
    undecided_notice,
    undecided_remedy,
    undecided_total,
    unrecorded_notices,
)
from ..text.response_names import response_name
from ..text.style import SEVERITY_LOOKS, count
from .base import MAX_CACHED_VERDICTS, CheckFormatter, RenderOptions

MAX_CONFORMANT = 20
"""Conformant responses that are named at the end; the others are counted."""

_OUTCOME_LOOKS = {Outcome.CONFORMANT: "green", Outcome.VIOLATING: "red", Outcome.UNCHECKED: "yellow"}
_INDENT = 10


class _Verdict(NamedTuple):
    """The text of a verdict; the result is kept, since the key of a verdict may rest on the identity of its parts."""

    result: ResponseResult
    is_noteworthy: bool
    text: str


class TextFormatter(CheckFormatter):
    """Writes noteworthy responses as they arrive, then the conformant ones, then the totals."""

    def __init__(self, rulebook: Rulebook, options: RenderOptions) -> None:
        self._rulebook = rulebook
        self._options = options
        self._rules = rules_of(rulebook)
        self._style = options.style
        self._verdicts: dict[Hashable, _Verdict] = {}
        self._conformant: list[str] = []
        self._more_conformant = 0

    def begin(self) -> str:
        """Return nothing: the text starts with the first noteworthy response."""
        return ""

    def response(self, result: ResponseResult) -> str:
        """Return the text about a response if it is noteworthy, or if every response is wanted."""
        if self._options.quiet and result.outcome is Outcome.CONFORMANT:
            return ""
        shown = self._render(result)
        if shown.is_noteworthy:
            return f"{self._name(result)}: {shown.text}\n\n"
        if len(self._conformant) < MAX_CONFORMANT:
            self._conformant.append(f"{self._name(result)}: {self._conformant_lines(escape_result(result))}")
        else:
            self._more_conformant += 1
        return ""

    def _render(self, result: ResponseResult) -> _Verdict:
        """Return what is written of a result beside its name, once for results that share a verdict."""
        key = result.dedup_key()
        shown = self._verdicts.get(key)
        if shown is None:
            is_noteworthy = (
                self._options.verbose
                or result.outcome is not Outcome.CONFORMANT
                or any(finding.severity is not Severity.NOTE for finding in result.findings)
            )
            text = "\n".join(self._block(escape_result(result))) if is_noteworthy else ""
            shown = _Verdict(result, is_noteworthy, text)
            if len(self._verdicts) >= MAX_CACHED_VERDICTS:
                self._verdicts.clear()
            self._verdicts[key] = shown
        return shown

    def end(self, summary: Summary) -> str:
        """Return the conformant responses and the totals."""
        lines = list(self._conformant)
        if self._more_conformant:
            lines.append(f"and {count(self._more_conformant, 'more conformant response')} (-v lists them)")
        if lines:
            lines.append("")
        lines += self._totals(summary)
        if self._options.coverage:
            lines += ["", *coverage_text(self._rulebook, coverage_of(self._rulebook, summary))]
        return "\n".join(lines) + "\n"

    def together(self, summary: Summary) -> str:
        """Return the totals of a run with several rulebooks: the outcomes, and what none of them judged."""
        lines = [
            self._outcomes(summary),
            *(self._style.wrap(line, 0, 2) for line in skipped_notices(summary)),
        ]
        if summary.interrupted:
            lines.append("interrupted: the totals cover only what was judged until then")
        if not summary.responses:
            lines.append("nothing to check: no response was found")
        return "\n".join(lines) + "\n"

    def _name(self, result: ResponseResult) -> str:
        return self._style.paint(response_name(result), "bold")

    def _outcome(self, result: ResponseResult) -> str:
        outcome = self._style.paint(result.outcome.value, _OUTCOME_LOOKS[result.outcome])
        rulebook = f"  [{result.rulebook}]" if result.rulebook else ""
        return f"{outcome}{rulebook}"

    def _conformant_lines(self, result: ResponseResult) -> str:
        context = format_context(self._rulebook, result.resolved, sources=False)
        lines = [self._outcome(result), self._style.wrap(context, 2, 2)]
        if result.detail:
            lines.append(self._style.wrap(result.detail, 2))
        if notice := undecided_notice(result):
            lines.append(self._style.wrap(notice, 2, 2))
        return "\n".join(lines)

    def _block(self, result: ResponseResult) -> Iterator[str]:
        yield self._outcome(result) + (f" ({result.reason})" if result.reason else "")
        yield self._style.wrap(format_context(self._rulebook, result.resolved), 2, 2)
        if result.detail:
            yield self._style.wrap(result.detail, 2, 2)
        for group in self._groups(result):
            yield from self._group(result, group)
        if not self._options.verbose:
            yield from self._fold(result)
        if notice := undecided_notice(result):
            yield self._style.wrap(notice, 2, 2)

    def _fold(self, result: ResponseResult) -> Iterator[str]:
        """Count the findings that only ``verbose`` lists."""
        if accepted := sum(finding.accepted for finding in result.findings):
            yield f"  baselined {count(accepted, 'finding')} accepted by the baseline (-v lists them)"
        notes = Counter(f.rule for f in result.findings if f.severity is Severity.NOTE and not f.accepted)
        for rule, number in notes.items():
            them = "it" if number == 1 else "them"
            folded = f"({count(number, 'finding')}; -v lists {them})"
            text = self._style.wrap(f"{rule}: {self._rules[rule].when} {folded}", _INDENT, 2)
            yield self._label(Severity.NOTE) + text[_INDENT:]

    def _groups(self, result: ResponseResult) -> list[list[Finding]]:
        """Group findings of the same rule that have the same reason and the same baseline status."""
        groups: dict[tuple[str, str, str], list[Finding]] = {}
        for finding in result.findings:
            if self._options.verbose or not (finding.severity is Severity.NOTE or finding.accepted):
                reason = finding.because or finding.message
                groups.setdefault((finding.rule, reason, baseline_note(finding.baseline)), []).append(finding)
        return list(groups.values())

    def _label(self, severity: Severity) -> str:
        return "  " + self._style.paint(f"{severity.value:8}", SEVERITY_LOOKS[severity])

    def _group(self, result: ResponseResult, group: list[Finding]) -> Iterator[str]:
        first = group[0]
        label = "  baselined " if first.accepted else self._label(first.severity)
        yield label + f"{first.rule}: {self._rules[first.rule].when}"
        for head, caused in group_by_cause(group):
            if head.path is not None:
                yield from self._element(head, caused)
        yield self._style.wrap(capitalize(first.because or first.message), _INDENT)
        if note := baseline_note(first.baseline):
            yield self._style.wrap(note, _INDENT, 2)
        command = explain_command_for(self._rulebook, first.explain_target, result.resolved.context)
        yield " " * _INDENT + self._style.paint(f"why: {escape_control_chars(command)}", "dim")

    def _element(self, head: Finding, caused: list[Finding]) -> Iterator[str]:
        """Yield an element with its lines, and the elements inside it that it explains."""
        text = f"{head.path}  {format_lines(head)}".rstrip()
        if head.cause is not None:
            text += f" (in {head.cause})"
        yield " " * _INDENT + text
        if caused:
            inside = [
                (f.path or "").removeprefix(f"{head.path}/")
                + (f" ({format_line_numbers(f)})" if f.lines and f.lines != head.lines else "")
                for f in caused
            ]
            yield self._style.wrap(f"and in it {join_words(inside)}", _INDENT + 2, 2)

    def _outcomes(self, summary: Summary) -> str:
        outcomes = [
            self._style.paint(f"{summary.outcomes[outcome]:,} {outcome}", _OUTCOME_LOOKS[outcome])
            for outcome in Outcome
            if summary.outcomes[outcome]
        ]
        return count(summary.responses, "response") + (f": {', '.join(outcomes)}" if outcomes else "")

    def _totals(self, summary: Summary) -> Iterator[str]:
        yield self._outcomes(summary)
        if summary.severities.total() or summary.accepted:
            yield (
                "findings: "
                + ", ".join(count(summary.severities[severity], severity.value) for severity in Severity)
                + (f"; {summary.accepted:,} more baselined" if summary.accepted else "")
            )
        if summary.baseline is not None:
            yield self._style.wrap(baseline_summary(summary.baseline), 0, 2)
        if undecided := undecided_total(summary):
            text = f"undecided: {undecided} ({undecided_remedy(summary)})"
            yield self._style.paint(self._style.wrap(text, 0, 2), "yellow")
        yield from (self._style.wrap(line, 0, 2) for line in unrecorded_notices(summary.unrecorded))
        if summary.reasons:
            yield self._style.wrap(f"unchecked: {self._unchecked_reasons(summary)}", 0, 2)
        yield from (self._style.wrap(line, 0, 2) for line in skipped_notices(summary))
        if summary.contexts:
            yield self._style.wrap(coverage_summary(coverage_of(self._rulebook, summary)), 0, 2)
        if summary.interrupted:
            yield "interrupted: the totals cover only what was judged until then"
        if not summary.responses:
            yield "nothing to check: no response was found"

    def _unchecked_reasons(self, summary: Summary) -> str:
        """Return the reasons with their numbers, and the option that accepts one unless it has accepted all."""
        allowed = self._options.allowed
        reasons = ", ".join(
            f"{number:,} {escape_control_chars(reason)}" + (" (allowed)" if reason in allowed else "")
            for reason, number in summary.reasons.most_common()
        )
        hint = "" if summary.reasons.keys() <= set(allowed) else " (--allow-unchecked REASON accepts one)"
        return reasons + hint
