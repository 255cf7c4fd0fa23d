"""Markdown of `check`, for the summary of a CI job: totals and coverage first, then every response that is not right."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...engine.finding import Finding, Severity
from ...engine.result import Outcome, ResponseResult, Summary
from ...rules.model import Rulebook
from ..text.coverage import coverage_of, tally
from ..text.escape import escape_control_chars
from ..text.grouping import heads
from ..text.phrases import explain_command_for, format_context, left_open, lines_said, message_of
from ..text.response_names import response_name
from ..text.style import count
from .base import CheckReport

LIMIT = 1 << 20
"""Bytes that GitHub takes of a step's summary; over that it shows nothing of it."""

ROWS = 100
"""Findings of a response that are listed; more are counted."""

_RESERVE = 1024
_PUNCTUATION = re.compile(r"[!-+:-@\[-`{-~]")
_DOMAIN = re.compile(r"(www)\.", re.IGNORECASE)
_SIGNS = {Outcome.CONFORMANT: "✅", Outcome.VIOLATING: "❌", Outcome.UNCHECKED: "❔"}


class CheckMarkdown(CheckReport):
    """Holds what it will show, up to the limit, since the totals come first; violations have the first claim."""

    def __init__(self, rulebook: Rulebook, limit: int = LIMIT) -> None:
        self._rulebook = rulebook
        self._limit = limit
        self._severe: list[str] = []
        self._lesser: list[str] = []
        self._sizes = {id(self._severe): 0, id(self._lesser): 0}
        self._wrong = 0
        self._shown = 0

    def begin(self) -> str:
        """Nothing can be said before the totals are known."""
        return ""

    def response(self, result: ResponseResult) -> str:
        """Take in a response, if there is something wrong with it."""
        worth = any(finding.effective_severity is not Severity.NOTE for finding in result.findings)
        if result.outcome is Outcome.CONFORMANT and not worth:
            return ""
        self._wrong += 1
        blocks = self._lesser if result.outcome is Outcome.CONFORMANT else self._severe
        if self._sizes[id(blocks)] < self._limit:
            block = "\n".join(self._block(result)) + "\n"
            blocks.append(block)
            self._sizes[id(blocks)] += len(block.encode())
        return ""

    def end(self, summary: Summary) -> str:
        """Give totals, coverage, and the responses that there is room for."""
        parts = ["\n".join(self._head(summary)) + "\n"]
        room = self._limit - _RESERVE - len(parts[0].encode())
        for block in (*self._severe, *self._lesser):
            room -= len(block.encode())
            if room < 0:
                break
            parts.append(block)
            self._shown += 1
        if left_out := self.left_out():
            parts.append(f"\n**{_text(left_out)}**\n")
        return "\n".join(parts)

    def left_out(self) -> str:
        """Say how many responses there was no room for."""
        if self._shown >= self._wrong:
            return ""
        missing = count(self._wrong - self._shown, "response")
        return (
            f"shows {self._shown:,} of {self._wrong:,} responses that are not right: "
            f"a job summary holds {self._limit:,} bytes; the other {missing} are in the other formats"
        )

    def _head(self, summary: Summary) -> Iterator[str]:
        rulebook = self._rulebook
        title = rulebook.document.rulebook.title
        sign = next((_SIGNS[o] for o in reversed(Outcome) if summary.outcomes[o]), "❔")
        sign = _SIGNS[Outcome.VIOLATING] if summary.outcomes[Outcome.VIOLATING] else sign
        yield f"## {sign} Whosees: {_text(count(summary.responses, 'response'))}, {_text(title)}"
        yield ""
        names = [str(outcome) for outcome in Outcome] + [f"{severity}s" for severity in Severity]
        numbers = [summary.outcomes[o] for o in Outcome] + [summary.severities[s] for s in Severity]
        yield "| " + " | ".join([*names, "skipped"]) + " |"
        yield "|" + " ---: |" * (len(names) + 1)
        yield "| " + " | ".join(f"{number:,}" for number in [*numbers, summary.skipped.total()]) + " |"
        yield ""
        if summary.reasons:
            reasons = ", ".join(f"{number:,} {reason}" for reason, number in summary.reasons.most_common())
            yield f"Unchecked: {_text(reasons)}."
            yield ""
        covered = coverage_of(rulebook, summary)
        yield f"Coverage of obligations: **{tally(covered.total)}**"
        yield ""
        yield "| " + " | ".join(_text(column) for column in covered.by_column) + " |"
        yield "|" + " ---: |" * len(covered.by_column)
        yield "| " + " | ".join(tally(share) for share in covered.by_column.values()) + " |"

    def _block(self, result: ResponseResult) -> Iterator[str]:
        found = {s: sum(finding.effective_severity is s for finding in result.findings) for s in Severity}
        said = [count(number, severity.value) for severity, number in found.items() if number]
        outcome = result.outcome + (f" ({_text(result.reason)})" if result.reason else "")
        unfolded = " open" if result.outcome is not Outcome.CONFORMANT else ""
        summary = f"{_SIGNS[result.outcome]} {_code(response_name(result))}: {', '.join([outcome, *said])}"
        yield f"<details{unfolded}><summary>{summary}</summary>"
        yield ""
        yield _text(format_context(self._rulebook, result.resolved))
        if result.detail:
            yield f"<br>{_text(result.detail)}"
        if open_rows := left_open(result):
            yield f"<br>{_text(open_rows)}"
        shown = heads(
            finding for finding in result.findings if finding.effective_severity is not Severity.NOTE
        )
        if shown:
            yield ""
            yield "| | rule | element | where | why |"
            yield "| --- | --- | --- | --- | --- |"
            yield from (self._row(result, finding, inside) for finding, inside in shown[:ROWS])
        if len(shown) > ROWS:
            yield f"\nand {count(len(shown) - ROWS, 'more finding')} in this response"
        yield ""
        yield "</details>"

    def _row(self, result: ResponseResult, finding: Finding, inside: list[Finding]) -> str:
        element = _code(finding.path) if finding.path else ""
        if inside:
            element += f"<br>and {count(len(inside), 'element')} in it"
        plain = finding.cause or not finding.because or finding.baseline
        why = _text(message_of(finding) if plain else finding.because)
        command = _code(explain_command_for(self._rulebook, finding.explain_target, result.resolved.context))
        cells = [finding.severity, finding.rule, element, lines_said(finding), f"{why}<br>{command}"]
        return f"| {' | '.join(cells)} |"


def _text(text: str) -> str:
    """Write text so that nothing in it is Markdown or HTML, and nothing becomes a link or a mention."""
    escaped = _PUNCTUATION.sub(
        lambda sign: f"&#{ord(sign[0])};" if sign[0] not in "(')%" else sign[0], escape_control_chars(text)
    )
    return _DOMAIN.sub(r"\1&#46;", escaped)


def _code(text: str) -> str:
    return f"<code>{_text(text)}</code>"
