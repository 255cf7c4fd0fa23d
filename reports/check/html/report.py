"""The page of `check`: one file that needs no network. Data first, as it comes; then totals, map and script."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Hashable
from importlib.resources import files
from typing import Any

from ....engine.context import Context
from ....engine.expectation import Evaluator
from ....engine.explain.explain import explain
from ....engine.finding import RULES, Finding, Severity
from ....engine.result import ResponseResult, Summary
from ....rules.model import UNKNOWN, Rulebook
from ...explorer.fragment import fragment
from ...text.cell_counts import Seen
from ...text.escape import escape_control_chars
from ...text.phrases import explain_command_for, format_context, left_open, lines_said, message_of
from ...text.response_names import response_name
from ..base import CheckReport
from ..json import encode
from .page import body

KNOWN = 50_000
"""Findings that are written once and then referred to; from there on each is written where it is found."""


class CheckHtml(CheckReport):
    """Writes each response as a line of data in the page's head; the page itself comes with the totals.

    What repeats (contexts, findings without their lines) is written once and referred to by number.
    """

    def __init__(self, rulebook: Rulebook, version: str) -> None:
        self._rulebook = rulebook
        self._version = version
        self._evaluator = Evaluator(rulebook)
        self._seen = Seen(rulebook)
        self._known: dict[str, dict[Hashable, int]] = {"c": {}, "f": {}}
        self._numbers = {"c": 0, "f": 0}
        self._because: dict[tuple[str, Context], list[list[str]]] = {}
        self._lines: list[str] = []
        self._style, self._script = _part("page.css"), _part("page.js")

    def begin(self) -> str:
        """Open the page and its data; nothing but the page's own style and script may run."""
        policy = (
            f"default-src 'none'; style-src 'sha256-{_hash(self._style)}'; "
            f"script-src 'sha256-{_hash(self._script)}'; base-uri 'none'; form-action 'none'"
        )
        return (
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta name="color-scheme" content="light dark">\n<title>Whosees</title>\n'
            f"<style>{self._style}</style>\n"
            '<script type="application/json" id="data">[\n["v",1]'
        )

    def response(self, result: ResponseResult) -> str:
        """Give one response as data, after what it is the first to refer to."""
        self._seen.add(result)
        context = self._context(result)
        found = [[self._finding(result, finding), *finding.lines] for finding in result.findings]
        column = result.resolved.context[self._rulebook.column_fact]
        name, reason = response_name(result), escape_control_chars(result.reason or "")
        detail = [escape_control_chars(result.detail or ""), left_open(result)]
        self._line(
            ["r", name, result.outcome, reason, detail, context, "" if column == UNKNOWN else column, found]
        )
        lines, self._lines = self._lines, []
        return "".join(lines)

    def end(self, summary: Summary) -> str:
        """Give the page."""
        rules = {rule.id: [rule.when, rule.meaning, rule.remedy] for rule in RULES.values()}
        return (
            f'\n]</script>\n<script type="application/json" id="rules">{_data(rules)}</script>\n</head>\n'
            f"{body(self._rulebook, self._version, summary, self._seen)}"
            f"<script>{self._script}</script>\n</body>\n</html>\n"
        )

    def _context(self, result: ResponseResult) -> int:
        text = format_context(self._rulebook, result.resolved)
        return self._number("c", text, [escape_control_chars(text)])

    def _finding(self, result: ResponseResult, finding: Finding) -> int:
        key = (finding.id, finding.rule, finding.effective_severity, message_of(finding))
        known = self._known["f"].get(key)
        if known is not None:
            return known
        where = lines_said(finding).partition("line")[0]
        described = [
            finding.rule,
            list(Severity).index(finding.effective_severity),
            escape_control_chars(finding.path or ""),
            escape_control_chars(message_of(finding)),
            where,
            escape_control_chars(
                explain_command_for(self._rulebook, finding.explain_target, result.resolved.context)
            ),
            self._reasons(result, finding),
            escape_control_chars(finding.cause or ""),
            self._explored(result, finding),
        ]
        return self._number("f", key, described)

    def _explored(self, result: ResponseResult, finding: Finding) -> str:
        """Give the state in which the explorer shows what the finding is about; empty where it has no such place."""
        document = self._rulebook.document
        if (
            finding.explain_target not in self._rulebook.row_by_path
            and finding.explain_target not in document.unlisted.paths
        ):
            return ""
        return fragment(self._rulebook, result.resolved.context, finding.explain_target)

    def _reasons(self, result: ResponseResult, finding: Finding) -> list[list[str]]:
        """Explain a finding that is about a row, step by step; each reason with what it rests on."""
        if finding.expectation is None or finding.path is None:
            return []
        key = (finding.path, result.resolved.context)
        if key not in self._because:
            row = self._rulebook.row_by_path[finding.path]
            explanation = explain(self._evaluator, row, result.resolved.context)
            self._because[key] = [
                *([reason.text, reason.cite] for reason in explanation.because),
                *([f"{entry.title}.", entry.id] for entry in explanation.interpretations),
                *([note.text, note.cite] for note in explanation.notes),
            ]
        return self._because[key]

    def _number(self, kind: str, key: Hashable, described: list[Any]) -> int:
        """Give the number of something that is referred to, and write it where it is new."""
        known = self._known[kind].get(key)
        if known is not None:
            return known
        number = self._numbers[kind]
        self._numbers[kind] += 1
        if len(self._known[kind]) < KNOWN:
            self._known[kind][key] = number
        self._line([kind, *described])
        return number

    def _line(self, entry: list[Any]) -> None:
        self._lines.append(f",\n{_data(entry)}")


def _data(value: Any) -> str:
    """Encode data so that it cannot end the element it stands in."""
    return encode(value).replace("<", "\\u003c")


def _part(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
