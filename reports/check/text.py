"""The text of `check` for people: what is wrong, grouped, with line, reason and the command that explains it."""

from __future__ import annotations

from collections.abc import Iterator

from ...engine.finding import RULES, Finding, Severity
from ...engine.result import Outcome, ResponseResult, Summary
from ...rules.model import Rulebook
from ..text.baseline import baseline_text, standing_text
from ..text.coverage import coverage_of, coverage_sentence, coverage_text
from ..text.escape import escape_control_chars, escape_result
from ..text.phrases import explain_command_for, format_context, left_open, line_numbers, lines_said
from ..text.response_names import response_name
from ..text.style import SEVERITY_LOOKS, Style, count, listing
from .base import CheckReport

SHOWN_CONFORMANT = 20
"""How many conformant responses are named at the end; the others are counted."""

_OUTCOME_LOOKS = {Outcome.CONFORMANT: "green", Outcome.VIOLATING: "red", Outcome.UNCHECKED: "yellow"}
_INDENT = 10


class CheckText(CheckReport):
    """Writes responses with something to say as they come, then the conformant ones, then the totals."""

    def __init__(
        self,
        rulebook: Rulebook,
        style: Style,
        *,
        verbose: bool = False,
        quiet: bool = False,
        coverage: bool = False,
    ) -> None:
        self._rulebook = rulebook
        self._style = style
        self._verbose = verbose
        self._quiet = quiet
        self._coverage = coverage
        self._conformant: list[str] = []
        self._more_conformant = 0

    def begin(self) -> str:
        """Text begins with the first response that has something to say."""
        return ""

    def response(self, result: ResponseResult) -> str:
        """Give a response, if there is something wrong with it or all are asked for."""
        result = escape_result(result)
        says_something = any(finding.severity is not Severity.NOTE for finding in result.findings)
        if self._quiet and result.outcome is Outcome.CONFORMANT:
            return ""
        if result.outcome is Outcome.CONFORMANT and not says_something and not self._verbose:
            if len(self._conformant) < SHOWN_CONFORMANT:
                self._conformant.append(self._conformant_line(result))
            else:
                self._more_conformant += 1
            return ""
        return "\n".join(self._block(result)) + "\n\n"

    def end(self, summary: Summary) -> str:
        """Give the conformant responses and the totals."""
        lines = list(self._conformant)
        if self._more_conformant:
            lines.append(f"and {count(self._more_conformant, 'more conformant response')} (-v shows each)")
        if lines:
            lines.append("")
        lines += self._totals(summary)
        if self._coverage:
            covered = coverage_of(self._rulebook, summary)
            lines += ["", *coverage_text(self._rulebook, covered)]
        return "\n".join(lines) + "\n"

    def _outcome(self, result: ResponseResult) -> str:
        outcome = self._style.paint(result.outcome.value, _OUTCOME_LOOKS[result.outcome])
        return f"{self._style.paint(response_name(result), 'bold')}: {outcome}"

    def _conformant_line(self, result: ResponseResult) -> str:
        line = self._style.wrap(format_context(self._rulebook, result.resolved, sources=False), 2, 2)
        open_rows = left_open(result)
        return "\n".join(
            [
                self._outcome(result),
                line,
                *([self._style.wrap(result.detail, 2)] if result.detail else []),
                *([self._style.wrap(open_rows, 2, 2)] if open_rows else []),
            ]
        )

    def _block(self, result: ResponseResult) -> Iterator[str]:
        yield self._outcome(result) + (f" ({result.reason})" if result.reason else "")
        yield self._style.wrap(format_context(self._rulebook, result.resolved), 2, 2)
        if result.detail:
            yield self._style.wrap(result.detail, 2, 2)
        for group in self._groups(result):
            yield from self._group(result, group)
        accepted = sum(finding.accepted for finding in result.findings)
        if accepted and not self._verbose:
            yield f"  baselined {count(accepted, 'finding')} that the baseline accepts (-v lists)"
        notes = [f for f in result.findings if f.severity is Severity.NOTE and not f.accepted]
        if notes and not self._verbose:
            yield (
                self._label(Severity.NOTE) + f"{count(len(notes), 'unlisted element')}, not judged (-v lists)"
            )
        if open_rows := left_open(result):
            yield self._style.wrap(open_rows, 2, 2)

    def _groups(self, result: ResponseResult) -> list[list[Finding]]:
        """Put together the findings that the same rule makes on the same ground, and the baseline treats alike."""
        groups: dict[tuple[str, str, str], list[Finding]] = {}
        for finding in result.findings:
            if self._verbose or not (finding.severity is Severity.NOTE or finding.accepted):
                ground = finding.because or finding.message
                groups.setdefault((finding.rule, ground, standing_text(finding.baseline)), []).append(finding)
        return list(groups.values())

    def _label(self, severity: Severity) -> str:
        return "  " + self._style.paint(f"{severity.value:8}", SEVERITY_LOOKS[severity])

    def _group(self, result: ResponseResult, group: list[Finding]) -> Iterator[str]:
        first = group[0]
        label = "  baselined " if first.accepted else self._label(first.severity)
        yield label + f"{first.rule}: {RULES[first.rule].when}"
        in_group = {finding.path for finding in group}
        heads = [finding for finding in group if finding.cause is None or finding.cause not in in_group]
        for head in heads:
            if head.path is not None:
                yield from self._element(head, _caused_by(head, group))
        yield self._style.wrap(_sentence(first.because or first.message), _INDENT)
        if status := standing_text(first.baseline):
            yield self._style.wrap(status, _INDENT, 2)
        explain = escape_control_chars(
            explain_command_for(self._rulebook, first.explain_target, result.resolved.context)
        )
        yield " " * _INDENT + self._style.paint(f"why: {explain}", "dim")

    def _element(self, head: Finding, caused: list[Finding]) -> Iterator[str]:
        """Give an element with its lines, and folded under it those that it explains."""
        text = f"{head.path}  {lines_said(head)}".rstrip()
        if head.cause is not None:
            text += f" (in {head.cause})"
        yield " " * _INDENT + text
        if caused:
            inside = [
                f"{(f.path or '').removeprefix(f'{head.path}/')}"
                + (f" ({line_numbers(f)})" if f.lines and f.lines != head.lines else "")
                for f in caused
            ]
            yield self._style.wrap(f"and in it {listing(inside)}", _INDENT + 2, 2)

    def _totals(self, summary: Summary) -> Iterator[str]:
        outcomes = [
            self._style.paint(f"{summary.outcomes[outcome]:,} {outcome}", _OUTCOME_LOOKS[outcome])
            for outcome in Outcome
            if summary.outcomes[outcome]
        ]
        yield f"{count(summary.responses, 'response')}" + (f": {', '.join(outcomes)}" if outcomes else "")
        if summary.severities.total() or summary.accepted:
            yield (
                "findings: "
                + ", ".join(count(summary.severities[severity], severity.value) for severity in Severity)
                + (f"; {summary.accepted:,} more baselined" if summary.accepted else "")
            )
        if summary.baseline is not None:
            yield self._style.wrap(baseline_text(summary.baseline), 0, 2)
        if summary.reasons:
            reasons = ", ".join(
                f"{number:,} {escape_control_chars(reason)}"
                for reason, number in summary.reasons.most_common()
            )
            yield self._style.wrap(f"unchecked: {reasons} (--allow-unchecked REASON accepts a reason)")
        if summary.skipped:
            yield f"skipped, being no response of this operation: {summary.skipped.total():,}"
        if summary.contexts:
            yield self._style.wrap(coverage_sentence(coverage_of(self._rulebook, summary)))
        if not summary.responses:
            yield "there was nothing to check"


def _caused_by(head: Finding, group: list[Finding]) -> list[Finding]:
    """Give the findings of a group that a finding explains, directly or through another."""
    paths, caused = {head.path}, []
    for finding in group:
        if finding.cause in paths:
            paths.add(finding.path)
            caused.append(finding)
    return caused


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] if text[:1] != "`" else text
