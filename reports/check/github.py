"""GitHub annotations of `check`: workflow commands, as many as a step shows, and a summary."""

from __future__ import annotations

from ...engine.finding import Finding, Severity
from ...engine.result import Outcome, ResponseResult, Summary
from ...rules.model import Rulebook
from ..text.coverage import coverage_of, coverage_summary
from ..text.escape import escape_control_chars
from ..text.grouping import group_by_cause
from ..text.locations import SourceLocation
from ..text.phrases import explain_command_for, finding_message, format_lines, format_totals
from ..text.response_names import response_name
from ..text.style import count
from .base import CheckFormatter, RenderOptions

MAX_ANNOTATIONS = 10
"""Annotations of each level that a step shows; one notice is reserved for the summary."""

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def annotation_room(rulebooks: int) -> dict[str, int]:
    """Return how many annotations of each level there is room for, for each rulebook, beside a notice with the totals of each."""
    most = MAX_ANNOTATIONS // rulebooks
    return {"error": most, "warning": most, "notice": max(most - 1, 0)}


class GithubFormatter(CheckFormatter):
    """Writes the first findings of each level as they arrive, and counts the others."""

    def __init__(
        self, rulebook: Rulebook, options: RenderOptions, room: dict[str, int] | None = None
    ) -> None:
        self._rulebook = rulebook
        self._locations = options.locations
        self._room = room or annotation_room(1)
        self._omitted = dict.fromkeys(self._room, 0)

    def begin(self) -> str:
        """Return nothing: annotations start with the first finding."""
        return ""

    def response(self, result: ResponseResult) -> str:
        """Return the annotations of one response."""
        location = self._locations.locate(result.source)
        commands = []
        if result.outcome is Outcome.UNCHECKED:
            text = f"{response_name(result)} could not be checked: {result.detail or result.reason}"
            commands.append(self._annotation("error", location, 1, f"unchecked: {result.reason}", [text]))
        for finding, caused in group_by_cause(result.findings):
            title = f"{finding.rule}: {finding.path}" if finding.path else finding.rule
            line = location.line_of(finding.lines)
            level = _LEVELS[finding.effective_severity]
            commands.append(
                self._annotation(level, location, line, title, self._text(result, finding, caused))
            )
        return "".join(commands)

    def end(self, summary: Summary) -> str:
        """Return the summary, with the number of findings that have no annotation."""
        lines = [format_totals(summary), coverage_summary(coverage_of(self._rulebook, summary))]
        if omitted := self._omitted_line():
            lines.append(omitted)
        return _workflow_command("notice", {"title": "whosees"}, lines)

    def _text(self, result: ResponseResult, finding: Finding, caused: list[Finding]) -> list[str]:
        lines, name = format_lines(finding), response_name(result)
        command = explain_command_for(self._rulebook, finding.explain_target, result.resolved.context)
        return [
            finding_message(finding),
            *([f"and {count(len(caused), 'element')} in it"] if caused else []),
            f"{name}, {lines}" if lines else name,
            f"why: {command}",
        ]

    def _omitted_line(self) -> str:
        """Return how many findings have no annotation; being in the report, it needs no `truncation_notice`."""
        total = sum(self._omitted.values())
        if not total:
            return ""
        levels = ", ".join(
            f"{number:,} at level {level}" for level, number in self._omitted.items() if number
        )
        findings = count(total, "more finding is", "more findings are")
        return f"{findings} not annotated: {levels}; a step shows {MAX_ANNOTATIONS} of each level"

    def _annotation(
        self, level: str, location: SourceLocation, line: int, title: str, lines: list[str]
    ) -> str:
        if not self._room[level]:
            self._omitted[level] += 1
            return ""
        self._room[level] -= 1
        place = {} if location.file is None else {"file": location.file, "line": str(line)}
        return _workflow_command(level, {**place, "title": title}, lines)


def _workflow_command(level: str, properties: dict[str, str], lines: list[str]) -> str:
    pairs = ",".join(f"{name}={_escape_property(value)}" for name, value in properties.items())
    return f"::{level} {pairs}::{'%0A'.join(map(_escape_data, lines))}\n"


def _escape_data(text: str) -> str:
    """Escape what would end a workflow command or start another one."""
    return escape_control_chars(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape_data(text).replace(":", "%3A").replace(",", "%2C")
