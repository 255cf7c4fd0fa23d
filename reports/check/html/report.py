"""HTML of `check`: the responses as data, written as they arrive, then totals, table and script.

The page is written in three parts, so that memory stays flat: the template ``head.html``, a line of JSON for each
response, and the template ``body.html``, whose size depends on the rulebook alone.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Hashable
from typing import Any

from ....engine.context import Context
from ....engine.expectation import Evaluator
from ....engine.explain.explain import explain
from ....engine.finding import Finding, Severity
from ....engine.finding_rules import rules_of
from ....engine.result import ResponseResult, Summary
from ....rules.model import UNKNOWN, Rulebook
from ...explorer.fragment import fragment
from ...text.cell_counts import CellCounts
from ...text.escape import escape_control_chars
from ...text.json import encode
from ...text.phrases import (
    explain_command_for,
    finding_message,
    format_context,
    format_lines,
    undecided_notice,
)
from ...text.response_names import response_name
from ...text.template import Markup, read_asset, templates
from ..base import CheckFormatter, RenderOptions
from .page import page_values

MAX_REMEMBERED = 50_000
"""Contexts, and findings, that are written once and referred to; further ones are repeated where they occur."""


class HtmlFormatter(CheckFormatter):
    """Writes each response as a line of data in the page's head, and the visible page with the totals.

    Contexts, and findings without their lines, are written once and referred to by number.
    """

    def __init__(self, rulebook: Rulebook, options: RenderOptions) -> None:
        self._rulebook = rulebook
        self._version = options.version
        self._evaluator = Evaluator(rulebook)
        self._counts = CellCounts(rulebook)
        self._remembered: dict[str, dict[Hashable, int]] = {"c": {}, "f": {}}
        self._next_number = {"c": 0, "f": 0}
        self._reasons_of: dict[tuple[str, Context], list[list[str]]] = {}
        self._lines: list[str] = []
        self._templates = templates(__package__)
        self._script = read_asset(__package__, "page.js")

    def begin(self) -> str:
        """Return the head up to the data; its security policy lets only the page's own style and script run."""
        style = read_asset(__package__, "page.css")
        return self._templates.get_template("head.html").render(
            style=Markup(style), style_hash=Markup(_hash(style)), script_hash=Markup(_hash(self._script))
        )

    def response(self, result: ResponseResult) -> str:
        """Return one response as data, after the contexts and findings that it is the first to refer to."""
        self._counts.add(result)
        context = self._context(result)
        findings = [[self._finding(result, finding), *finding.lines] for finding in result.findings]
        column = result.resolved.context[self._rulebook.column_fact]
        reason = escape_control_chars(result.reason or "")
        details = [escape_control_chars(result.detail or ""), undecided_notice(result)]
        column = "" if column == UNKNOWN else column
        self._line(["r", response_name(result), result.outcome, reason, details, context, column, findings])
        lines, self._lines = self._lines, []
        return "".join(lines)

    def end(self, summary: Summary) -> str:
        """Return the end of the data and the visible page."""
        rules = {
            rule.id: [rule.when, rule.meaning, rule.remedy] for rule in rules_of(self._rulebook).values()
        }
        return self._templates.get_template("body.html").render(
            **page_values(self._rulebook, self._version, summary, self._counts),
            rules=Markup(_encode(rules)),
            script=Markup(self._script),
        )

    def _context(self, result: ResponseResult) -> int:
        text = format_context(self._rulebook, result.resolved)
        return self._number("c", text, [escape_control_chars(text)])

    def _finding(self, result: ResponseResult, finding: Finding) -> int:
        key = (finding.id, finding.rule, finding.effective_severity, finding_message(finding))
        number = self._remembered["f"].get(key)
        if number is not None:
            return number
        command = explain_command_for(self._rulebook, finding.explain_target, result.resolved.context)
        fields = [
            finding.rule,
            list(Severity).index(finding.effective_severity),
            escape_control_chars(finding.path or ""),
            escape_control_chars(finding_message(finding)),
            format_lines(finding).partition("line")[0],
            escape_control_chars(command),
            self._reasons(result, finding),
            escape_control_chars(finding.cause or ""),
            self._explorer_fragment(result, finding),
        ]
        return self._number("f", key, fields)

    def _explorer_fragment(self, result: ResponseResult, finding: Finding) -> str:
        """Return the fragment that shows the finding's element in the explorer; empty if the explorer lacks it."""
        target = finding.explain_target
        is_path = target in self._rulebook.row_by_path or target in self._rulebook.document.unlisted.paths
        return fragment(self._rulebook, result.resolved.context, target) if is_path else ""

    def _reasons(self, result: ResponseResult, finding: Finding) -> list[list[str]]:
        """Return the steps of the explanation of a finding about a row, each with its citation."""
        column = result.resolved.context[self._rulebook.column_fact]
        if finding.expectation is None or finding.path is None or column == UNKNOWN:
            return []
        key = (finding.path, result.resolved.context)
        if key not in self._reasons_of:
            row = self._rulebook.row_by_path[finding.path]
            explanation = explain(self._evaluator, row, result.resolved.context)
            self._reasons_of[key] = [
                *([reason.text, reason.cite] for reason in explanation.because),
                *([f"{entry.title}.", entry.id] for entry in explanation.interpretations),
                *([note.text, note.cite] for note in explanation.notes),
            ]
        return self._reasons_of[key]

    def _number(self, kind: str, key: Hashable, fields: list[Any]) -> int:
        """Return the number of a context or finding, writing it if it is new."""
        number = self._remembered[kind].get(key)
        if number is not None:
            return number
        number = self._next_number[kind]
        self._next_number[kind] += 1
        if len(self._remembered[kind]) < MAX_REMEMBERED:
            self._remembered[kind][key] = number
        self._line([kind, *fields])
        return number

    def _line(self, entry: list[Any]) -> None:
        self._lines.append(f",\n{_encode(entry)}")


def _encode(value: Any) -> str:
    """Return data as JSON that cannot end the script element that contains it."""
    return encode(value).replace("<", "\\u003c")


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
