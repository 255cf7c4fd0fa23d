"""SARIF 2.1.0 of `check`, within the limits of GitHub code scanning: errors first, then warnings, then notes."""

from __future__ import annotations

import re
from typing import Any

from ...engine.finding import Finding, Rule, Severity, finding_id
from ...engine.finding_rules import rules_of
from ...engine.result import Outcome, ResponseResult, Summary
from ...rules.model import UNKNOWN, Row, Rulebook
from ...rules.names import capitalize
from ..text.coverage import coverage_of, coverage_summary
from ..text.escape import escape_control_chars
from ..text.json import encode, rulebook_identity
from ..text.locations import SourceLocation
from ..text.phrases import explain_command_for, finding_message, format_context, format_lines, format_totals
from ..text.response_names import response_name
from .base import CheckFormatter, RenderOptions
from .json import summary_object

MAX_RESULTS = 25_000
"""Results of one run that GitHub accepts."""

MAX_RELATED = 10
"""Related locations of one result that GitHub shows."""

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "whoseesIdentity/v1"

_LINK_SYNTAX = re.compile(r"([\[\]\\])")
_BUILTIN_TABLE = "rules/{id}/{table}"

UNCHECKED = "unchecked"

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}

_UNCHECKED_RULE = Rule(
    UNCHECKED,
    Severity.ERROR,
    "a response could not be checked",
    "The input could not be judged, so it is not known what it shows to whom.",
    "Repair or remove the input; --allow-unchecked REASON accepts a reason.",
)


BEGIN = f'{{"$schema":"{SCHEMA}","version":"2.1.0","runs":['
END = "]}\n"
"""The begin and the end of a document around its runs."""


class SarifFormatter(CheckFormatter):
    """Writes errors as they arrive, and keeps warnings and notes until the end, as many as there is room for.

    Memory is thus bounded by the limit, and the least severe results are cut. A notification of the run and
    `truncation_notice` say how many.
    """

    def __init__(self, rulebook: Rulebook, options: RenderOptions, limit: int = MAX_RESULTS) -> None:
        self._rulebook = rulebook
        self._rules = {**rules_of(rulebook), UNCHECKED: _UNCHECKED_RULE}
        self._rule_index = {rule: index for index, rule in enumerate(self._rules)}
        self._locations = options.locations
        self._version = options.version
        self._limit = limit
        self._written = 0
        self._found = 0
        self._held: dict[Severity, list[bytes]] = {Severity.WARNING: [], Severity.NOTE: []}

    def begin(self) -> str:
        """Return the start of the run, with the rules."""
        driver = {
            "name": "Whosees",
            "version": self._version,
            "semanticVersion": self._version,
            "rules": [_rule_object(rule) for rule in self._rules.values()],
        }
        return f'{BEGIN}{{"tool":{{"driver":{encode(driver)}}},\n"columnKind":"utf16CodeUnits",\n"results":['

    def response(self, result: ResponseResult) -> str:
        """Return the errors of one response."""
        location = self._locations.locate(result.source)
        written = []
        if result.outcome is Outcome.UNCHECKED:
            written.append(self._take(Severity.ERROR, self._unchecked_result(result, location)))
        written += [
            self._take(f.effective_severity, self._result(result, location, f)) for f in result.findings
        ]
        return "".join(written)

    def end(self, summary: Summary) -> str:
        """Return the warnings and notes that fit, and the end of the run with the totals."""
        lesser = [self._write(text) for held in self._held.values() for text in held]
        for held in self._held.values():
            held.clear()
        notes = [format_totals(summary), coverage_summary(coverage_of(self._rulebook, summary))]
        notifications = [_notification("note", text) for text in notes]
        if notice := self.truncation_notice():
            notifications.append(_notification("warning", notice))
        invocation = {"executionSuccessful": True, "toolExecutionNotifications": notifications}
        properties = {
            "rulebook": rulebook_identity(self._rulebook),
            "summary": summary_object(self._rulebook, summary),
            "results": {"found": self._found, "given": self._written},
        }
        return f'{"".join(lesser)}\n],\n"invocations":[{encode(invocation)}],\n"properties":{encode(properties)}}}{END}'

    def truncation_notice(self) -> str:
        """Return how many results are beyond the limit; empty if none is."""
        if self._found <= self._limit:
            return ""
        return (
            f"has {self._limit:,} of {self._found:,} results, the most severe, because GitHub accepts no more of a run; "
            f"the other formats have the remaining {self._found - self._limit:,}"
        )

    def _take(self, severity: Severity, result: dict[str, Any]) -> str:
        """Write or keep a result; one that there is no room for is only counted."""
        self._found += 1
        if severity is Severity.ERROR:
            self._make_room()
            return self._write(encode(result).encode()) if self._written < self._limit else ""
        if self._written + sum(map(len, self._held.values())) >= self._limit and (
            severity is Severity.NOTE or not self._held[Severity.NOTE]
        ):
            return ""
        self._make_room()
        self._held[severity].append(encode(result).encode())
        return ""

    def _make_room(self) -> None:
        """Drop the least severe result that is kept if there is no room for another one."""
        if self._written + sum(map(len, self._held.values())) >= self._limit:
            for held in reversed(self._held.values()):
                if held:
                    held.pop()
                    return

    def _write(self, result: bytes) -> str:
        comma = "," if self._written else ""
        self._written += 1
        return f"{comma}\n{result.decode()}"

    def _unchecked_result(self, result: ResponseResult, source: SourceLocation) -> dict[str, Any]:
        identity = finding_id(self._rulebook, result.resolved.context, None, UNCHECKED)
        text = f"{response_name(result)} could not be checked ({result.reason}): {result.detail or ''}"
        return {
            "ruleId": UNCHECKED,
            "ruleIndex": self._rule_index[UNCHECKED],
            "level": "error",
            "message": _message(text),
            "locations": [_location(source, source.line)],
            "partialFingerprints": {FINGERPRINT: identity},
        }

    def _result(self, result: ResponseResult, source: SourceLocation, finding: Finding) -> dict[str, Any]:
        lines = format_lines(finding)
        command = explain_command_for(self._rulebook, finding.explain_target, result.resolved.context)
        name = finding.path or finding.rule
        location = _location(source, source.line_of(finding.lines))
        location["logicalLocations"] = [
            {
                "name": escape_control_chars(name.rpartition("/")[2]),
                "fullyQualifiedName": escape_control_chars(name),
                "kind": "element",
            }
        ]
        related = [] if finding.expectation is None else self._rows(result, finding)
        if not source.member:
            further = finding.lines[1 : 1 + MAX_RELATED - len(related)]
            related += [{**_location(source, line), "message": {"text": "also here"}} for line in further]
        text = finding_message(finding) + (f" ({lines})" if lines else "") + f". Why: {command}"
        return {
            "ruleId": finding.rule,
            "ruleIndex": self._rule_index[finding.rule],
            "level": _LEVELS[finding.effective_severity],
            "message": _message(text),
            "locations": [location],
            **({"relatedLocations": _number(related)} if related else {}),
            "partialFingerprints": {FINGERPRINT: escape_control_chars(finding.id)},
            "properties": {
                "response": response_name(result),
                "context": format_context(self._rulebook, result.resolved),
                "explain": escape_control_chars(command),
            },
        }

    def _rows(self, result: ResponseResult, finding: Finding) -> list[dict[str, Any]]:
        """Return the location of the row: in the user's rulebook if it is one, else in the built-in table."""
        row = self._rulebook.row_by_path.get(finding.path or "")
        if row is None:
            return []
        cell, text = f"{self._rulebook.table_title}, row {row.number}", row.element
        column_id = result.resolved.context[self._rulebook.column_fact]
        if column_id != UNKNOWN:  # as with a failed call that shows what is in no column
            cell += f", column {self._rulebook.column(column_id).printed}"
            text += f" is printed {self._rulebook.markers[row.cells[column_id]].printed}"
        return [
            {
                "physicalLocation": {
                    "artifactLocation": self._table(),
                    "region": {"startLine": max(row.line, 1)},
                },
                "logicalLocations": [_row_location(cell, row)],
                "message": {"text": f"{cell}: {text}"},
            }
        ]

    def _table(self) -> dict[str, Any]:
        table = self._rulebook.document.rulebook.table
        location = self._rulebook.location
        if location is None:
            uri = _BUILTIN_TABLE.format(id=self._rulebook.id, table=table)
            text = "the built-in table of Whosees; `whosees matrix` shows it"
            return {"uri": uri, "uriBaseId": "WHOSEES", "description": {"text": text}}
        folder = location.rpartition("/")[0] if location.endswith(".toml") else location
        return _artifact(self._locations.locate(f"{folder}/{table}" if folder else table))


def _row_location(cell: str, row: Row) -> dict[str, Any]:
    return {"name": row.element, "fullyQualifiedName": f"{cell}: {row.path}", "kind": "member"}


def _location(source: SourceLocation, line: int) -> dict[str, Any]:
    return {
        "physicalLocation": {"artifactLocation": _artifact(source), "region": {"startLine": max(line, 1)}}
    }


def _artifact(source: SourceLocation) -> dict[str, Any]:
    if source.file is None:
        return {"uri": source.uri, "description": {"text": "standard input"}}
    base = {} if source.file.startswith("/") else {"uriBaseId": "%SRCROOT%"}
    inside = {"description": {"text": f"`{source.member}` in it"}} if source.member else {}
    return {"uri": source.uri, **base, **inside}


def _number(locations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"id": number, **location} for number, location in enumerate(locations, start=1)]


def _notification(level: str, text: str) -> dict[str, Any]:
    return {"level": level, "message": {"text": text}}


def _message(text: str) -> dict[str, str]:
    """Return a message object; brackets in the text are not links."""
    return {"text": _LINK_SYNTAX.sub(r"\\\1", escape_control_chars(text))}


def _rule_object(rule: Rule) -> dict[str, Any]:
    when = capitalize(rule.when)
    return {
        "id": rule.id,
        "name": "".join(part.capitalize() for part in rule.id.split("-")),
        "shortDescription": {"text": f"{when}."},
        "fullDescription": {"text": rule.meaning},
        "help": {
            "text": f"{rule.meaning}\n\n{rule.remedy}",
            "markdown": f"**{when}.** {rule.meaning}\n\n{rule.remedy}",
        },
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"precision": "very-high", "tags": ["visibility", "api"]},
    }
