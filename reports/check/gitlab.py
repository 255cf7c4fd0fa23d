"""GitLab Code Quality of `check`: a list of issues, each with a fingerprint of its own."""

from __future__ import annotations

from ...engine.finding import Severity, finding_id
from ...engine.result import Outcome, ResponseResult, Summary
from ...rules.model import Rulebook
from ..text.coverage import coverage_of, coverage_sentence
from ..text.escape import escape_control_chars
from ..text.locations import Places
from ..text.phrases import explain_command_for, lines_said, message_of, totals
from ..text.response_names import UniqueNames
from .base import CheckReport
from .json import encode

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.NOTE: "info"}


class CheckGitlab(CheckReport):
    """Writes issues as they come.

    A fingerprint is the finding's stable identity, with the response after an ``@``: GitLab takes issues that
    share one for the same issue, and two responses of the same kind of call share identities.
    """

    def __init__(self, rulebook: Rulebook, places: Places) -> None:
        self._rulebook = rulebook
        self._places = places
        self._names = UniqueNames()
        self._first = True

    def begin(self) -> str:
        """Open the list."""
        return "["

    def response(self, result: ResponseResult) -> str:
        """Give the issues of one response."""
        place = self._places.of(result.source)
        name = self._names.of(result)
        issues = []
        if result.outcome is Outcome.UNCHECKED:
            identity = finding_id(self._rulebook, result.resolved.context, None, "unchecked")
            text = f"{name} could not be checked ({result.reason}): {result.detail or ''}"
            issues.append(
                self._issue("unchecked", "major", f"{identity}@{name}", text, place.file, place.line)
            )
        taken: dict[str, int] = {}
        for finding in result.findings:
            taken[finding.id] = again = taken.get(finding.id, 0) + 1
            fingerprint = f"{finding.id}{f'~{again}' if again > 1 else ''}@{name}"
            where = lines_said(finding)
            why = explain_command_for(self._rulebook, finding.explain_target, result.resolved.context)
            text = message_of(finding) + (f" ({where})" if where else "") + f"; why: {why}"
            severity, line = _SEVERITIES[finding.effective_severity], place.line_of(finding.lines)
            issues.append(self._issue(finding.rule, severity, fingerprint, text, place.file, line))
        return "".join(issues)

    def end(self, summary: Summary) -> str:
        """Close the list; the coverage is an issue of its own, since the format has nothing else to hold it."""
        text = f"{totals(summary)}; {coverage_sentence(coverage_of(self._rulebook, summary))}"
        return self._issue("coverage", "info", f"{self._rulebook.id}#coverage", text, ".", 1) + "\n]\n"

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
