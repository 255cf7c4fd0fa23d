"""GitLab Code Quality of `check`: a list of issues, each with a unique fingerprint."""

from __future__ import annotations

from collections import Counter

from ...engine.finding import Severity, finding_id
from ...engine.result import Outcome, ResponseResult, Summary
from ...rules.model import Rulebook
from ..text.coverage import coverage_of, coverage_summary
from ..text.escape import escape_control_chars
from ..text.json import encode
from ..text.phrases import explain_command_for, finding_message, format_lines, format_totals
from ..text.response_names import UniqueNames
from .base import CheckFormatter, RenderOptions

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.NOTE: "info"}


END = "\n]\n"
"""The end of a list of issues."""


class GitlabFormatter(CheckFormatter):
    """Writes issues as they arrive.

    A fingerprint is the finding's stable identity, then ``@`` and the response: GitLab merges issues with the same
    fingerprint, and two responses in the same context share identities.
    """

    def __init__(self, rulebook: Rulebook, options: RenderOptions) -> None:
        self._rulebook = rulebook
        self._locations = options.locations
        self._names = UniqueNames()
        self._first = True

    def begin(self) -> str:
        """Return the start of the list."""
        return "["

    def response(self, result: ResponseResult) -> str:
        """Return the issues of one response."""
        location = self._locations.locate(result.source)
        name = self._names.name(result)
        issues = []
        if result.outcome is Outcome.UNCHECKED:
            identity = finding_id(self._rulebook, result.resolved.context, None, "unchecked")
            text = f"{name} could not be checked ({result.reason}): {result.detail or ''}"
            issues.append(
                self._issue("unchecked", "major", f"{identity}@{name}", text, location.file, location.line)
            )
        repeats: Counter[str] = Counter()
        for finding in result.findings:
            repeats[finding.id] += 1
            suffix = f"~{repeats[finding.id]}" if repeats[finding.id] > 1 else ""
            lines = format_lines(finding)
            command = explain_command_for(self._rulebook, finding.explain_target, result.resolved.context)
            text = finding_message(finding) + (f" ({lines})" if lines else "") + f"; why: {command}"
            severity, line = _SEVERITIES[finding.effective_severity], location.line_of(finding.lines)
            fingerprint = f"{finding.id}{suffix}@{name}"
            issues.append(self._issue(finding.rule, severity, fingerprint, text, location.file, line))
        return "".join(issues)

    def end(self, summary: Summary) -> str:
        """Return the end of the list; coverage is an issue because the format has no other place for it."""
        text = f"{format_totals(summary)}; {coverage_summary(coverage_of(self._rulebook, summary))}"
        return self._issue("coverage", "info", f"{self._rulebook.id}#coverage", text, ".", 1) + END

    def _issue(
        self, check: str, severity: str, fingerprint: str, text: str, file: str | None, line: int
    ) -> str:
        comma, self._first = "" if self._first else ",", False
        issue = {
            "description": escape_control_chars(text),
            "check_name": check,
            "fingerprint": escape_control_chars(fingerprint),
            "severity": severity,
            "location": {"path": file or "stdin", "lines": {"begin": line}},
        }
        return f"{comma}\n{encode(issue)}"
