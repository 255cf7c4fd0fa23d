"""GitHub annotations of `check`: workflow commands, as many as a step shows, and a summary line."""

from __future__ import annotations

from ...engine.finding import Severity
from ...engine.result import Outcome, ResponseResult, Summary
from ...rules.model import Rulebook
from ..text.coverage import coverage_of, coverage_sentence
from ..text.escape import escape_control_chars
from ..text.grouping import heads
from ..text.locations import Place, Places
from ..text.phrases import explain_command_for, lines_said, message_of, totals
from ..text.response_names import response_name
from ..text.style import count
from .base import CheckReport

SHOWN = 10
"""Annotations of each level that a step shows; one notice is kept for the summary."""

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


class CheckGithub(CheckReport):
    """Writes the first findings of each level as they come, and counts the others."""

    def __init__(self, rulebook: Rulebook, places: Places) -> None:
        self._rulebook = rulebook
        self._places = places
        self._room = {"error": SHOWN, "warning": SHOWN, "notice": SHOWN - 1}
        self._left_out = dict.fromkeys(self._room, 0)

    def begin(self) -> str:
        """Annotations begin with the first finding."""
        return ""

    def response(self, result: ResponseResult) -> str:
        """Annotate one response."""
        place = self._places.of(result.source)
        name = response_name(result)
        commands = []
        if result.outcome is Outcome.UNCHECKED:
            text = f"{name} could not be checked: {result.detail or result.reason}"
            commands.append(self._command("error", place, 1, f"unchecked: {result.reason}", [text]))
        for finding, inside in heads(result.findings):
            where = lines_said(finding)
            why = explain_command_for(self._rulebook, finding.explain_target, result.resolved.context)
            folded = [f"and {count(len(inside), 'element')} in it"] if inside else []
            said = [message_of(finding), *folded, f"{name}, {where}" if where else name, f"why: {why}"]
            title = f"{finding.rule}: {finding.path}" if finding.path else finding.rule
            line = place.line_of(finding.lines)
            commands.append(self._command(_LEVELS[finding.effective_severity], place, line, title, said))
        return "".join(commands)

    def end(self, summary: Summary) -> str:
        """Sum up, and say what the step would not have shown."""
        said = [totals(summary), coverage_sentence(coverage_of(self._rulebook, summary))]
        if over := self._over():
            said.append(over)
        return _workflow_command("notice", {"title": "whosees"}, said)

    def _over(self) -> str:
        """Say how many findings have no annotation; the report itself says it, so `left_out` need not."""
        many = sum(self._left_out.values())
        if not many:
            return ""
        levels = ", ".join(
            f"{number:,} at level {level}" for level, number in self._left_out.items() if number
        )
        return f"{many:,} more findings are not annotated, since a step shows {SHOWN} of a level: {levels}"

    def _command(self, level: str, place: Place, line: int, title: str, said: list[str]) -> str:
        if not self._room[level]:
            self._left_out[level] += 1
            return ""
        self._room[level] -= 1
        where = {} if place.file is None else {"file": place.file, "line": str(line)}
        return _workflow_command(level, {**where, "title": title}, said)


def _workflow_command(level: str, properties: dict[str, str], said: list[str]) -> str:
    given = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{level} {given}::{'%0A'.join(map(_data, said))}\n"


def _data(text: str) -> str:
    """Escape what would end a command or begin another one."""
    return escape_control_chars(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
