"""SARIF 2.1.0 of `check`, within what GitHub code scanning takes: errors come before warnings, and those before notes."""

from __future__ import annotations

import re
from typing import Any

from ...engine.finding import RULES, Finding, Rule, Severity, finding_id
from ...engine.result import Outcome, ResponseResult, Summary
from ...rules.model import Row, Rulebook
from ..text.coverage import coverage_of, coverage_sentence
from ..text.escape import escape_control_chars
from ..text.locations import Place, Places
from ..text.phrases import explain_command_for, format_context, lines_said, message_of, totals
from ..text.response_names import response_name
from .base import CheckReport
from .json import encode, rulebook_identity, summary_object

LIMIT = 25_000
"""Results that GitHub takes of one run."""

RELATED = 10
"""Related locations that GitHub shows of one result."""

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "whoseesIdentity/v1"

_LINKS = re.compile(r"([\[\]\\])")
_TABLE = "rules/{id}/{table}"


UNCHECKED = "unchecked"

LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}

_UNCHECKED_RULE = Rule(
    UNCHECKED,
    Severity.ERROR,
    "a response could not be checked",
    "The input could not be judged, so nothing is known of what it shows to whom.",
    "Mend or leave out the input; --allow-unchecked REASON accepts a reason.",
)

_ALL = (*RULES.values(), _UNCHECKED_RULE)

INDEX = {rule.id: index for index, rule in enumerate(_ALL)}
"""Where each rule stands in the list."""


class CheckSarif(CheckReport):
    """Writes errors as they come; holds as many of the lesser results as there is room for, until the end.

    So what it holds is bounded by the limit, and what is cut off is the least. How much is said in a notification of
    the run, and by `left_out`.
    """

    def __init__(self, rulebook: Rulebook, places: Places, version: str, limit: int = LIMIT) -> None:
        self._rulebook = rulebook
        self._places = places
        self._version = version
        self._limit = limit
        self._written = 0
        self._found = 0
        self._held: dict[Severity, list[bytes]] = {Severity.WARNING: [], Severity.NOTE: []}

    def begin(self) -> str:
        """Open the run with the rules."""
        driver = {
            "name": "Whosees",
            "version": self._version,
            "semanticVersion": self._version,
            "rules": rules(),
        }
        return (
            f'{{"$schema":"{SCHEMA}","version":"2.1.0","runs":[{{"tool":{{"driver":{encode(driver)}}},\n'
            '"columnKind":"utf16CodeUnits",\n"results":['
        )

    def response(self, result: ResponseResult) -> str:
        """Give the errors of one response."""
        place = self._places.of(result.source)
        written = []
        if result.outcome is Outcome.UNCHECKED:
            written.append(self._take(Severity.ERROR, self._unchecked(result, place)))
        written += [self._take(f.effective_severity, self._result(result, place, f)) for f in result.findings]
        return "".join(written)

    def end(self, summary: Summary) -> str:
        """Give the warnings and notes that there is room for, and close the run with its totals."""
        lesser = [self._write(text) for held in self._held.values() for text in held]
        for held in self._held.values():
            held.clear()
        notes = [totals(summary), coverage_sentence(coverage_of(self._rulebook, summary))]
        notifications = [_notification("note", text) for text in notes]
        if left_out := self.left_out():
            notifications.append(_notification("warning", left_out))
        invocation = {"executionSuccessful": True, "toolExecutionNotifications": notifications}
        properties = {
            "rulebook": rulebook_identity(self._rulebook),
            "summary": summary_object(self._rulebook, summary),
            "results": {"found": self._found, "given": self._written},
        }
        return f'{"".join(lesser)}\n],\n"invocations":[{encode(invocation)}],\n"properties":{encode(properties)}}}]}}\n'

    def left_out(self) -> str:
        """Say how many results are over the limit."""
        if self._found <= self._limit:
            return ""
        return (
            f"holds {self._limit:,} of {self._found:,} results, the most severe: "
            f"GitHub takes no more of a run; the other {self._found - self._limit:,} are in the other formats"
        )

    def _take(self, severity: Severity, result: dict[str, Any]) -> str:
        """Write a result, or hold it; what there is no room for is counted only."""
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
        """Let go of the least result that is held, where there is no room for one more."""
        if self._written + sum(map(len, self._held.values())) >= self._limit:
            for held in reversed(self._held.values()):
                if held:
                    held.pop()
                    return

    def _write(self, result: bytes) -> str:
        comma = "," if self._written else ""
        self._written += 1
        return f"{comma}\n{result.decode()}"

    def _unchecked(self, result: ResponseResult, place: Place) -> dict[str, Any]:
        identity = finding_id(self._rulebook, result.resolved.context, None, UNCHECKED)
        text = f"{response_name(result)} could not be checked ({result.reason}): {result.detail or ''}"
        return {
            "ruleId": UNCHECKED,
            "ruleIndex": INDEX[UNCHECKED],
            "level": "error",
            "message": _message(text),
            "locations": [_location(place, place.line)],
            "partialFingerprints": {FINGERPRINT: identity},
        }

    def _result(self, result: ResponseResult, place: Place, finding: Finding) -> dict[str, Any]:
        where = lines_said(finding)
        why = explain_command_for(self._rulebook, finding.explain_target, result.resolved.context)
        about = finding.path or finding.rule
        location = _location(place, place.line_of(finding.lines))
        location["logicalLocations"] = [
            {
                "name": escape_control_chars(about.rpartition("/")[2]),
                "fullyQualifiedName": escape_control_chars(about),
                "kind": "element",
            }
        ]
        related = [] if finding.expectation is None else self._rows(result, finding)
        if not place.member:
            further = finding.lines[1 : 1 + RELATED - len(related)]
            related += [{**_location(place, line), "message": {"text": "also here"}} for line in further]
        text = message_of(finding) + (f" ({where})" if where else "") + f". Why: {why}"
        return {
            "ruleId": finding.rule,
            "ruleIndex": INDEX[finding.rule],
            "level": LEVELS[finding.effective_severity],
            "message": _message(text),
            "locations": [location],
            **({"relatedLocations": _numbered(related)} if related else {}),
            "partialFingerprints": {FINGERPRINT: escape_control_chars(finding.id)},
            "properties": {
                "response": response_name(result),
                "context": format_context(self._rulebook, result.resolved),
                "explain": escape_control_chars(why),
            },
        }

    def _rows(self, result: ResponseResult, finding: Finding) -> list[dict[str, Any]]:
        """Point to the row of the table: to its line where the rulebook is a file of the user's, else to ours."""
        row = self._rulebook.row_by_path.get(finding.path or "")
        if row is None:
            return []
        column = self._rulebook.column(result.resolved.context[self._rulebook.column_fact])
        marker = self._rulebook.markers[row.cells[column.id]]
        said = f"{self._rulebook.table_title}, row {row.number}, column {column.printed}"
        return [
            {
                "physicalLocation": {
                    "artifactLocation": self._table(),
                    "region": {"startLine": max(row.line, 1)},
                },
                "logicalLocations": [_row_as_logical(said, row)],
                "message": {"text": f"{said}: {row.element} is printed {marker.printed}"},
            }
        ]

    def _table(self) -> dict[str, Any]:
        table = self._rulebook.document.rulebook.table
        location = self._rulebook.location
        if location is None:
            uri = _TABLE.format(id=self._rulebook.id, table=table)
            text = "the table as Whosees has it built in; `whosees matrix` shows it"
            return {"uri": uri, "uriBaseId": "WHOSEES", "description": {"text": text}}
        folder = location.rpartition("/")[0] if location.endswith(".toml") else location
        return _artifact(self._places.of(f"{folder}/{table}" if folder else table))


def _row_as_logical(said: str, row: Row) -> dict[str, Any]:
    return {"name": row.element, "fullyQualifiedName": f"{said}: {row.path}", "kind": "member"}


def _location(place: Place, line: int) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": _artifact(place), "region": {"startLine": max(line, 1)}}}


def _artifact(place: Place) -> dict[str, Any]:
    if place.file is None:
        return {"uri": place.uri, "description": {"text": "standard input"}}
    base = {} if place.file.startswith("/") else {"uriBaseId": "%SRCROOT%"}
    inside = {"description": {"text": f"`{place.member}` in it"}} if place.member else {}
    return {"uri": place.uri, **base, **inside}


def _numbered(locations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"id": number, **location} for number, location in enumerate(locations, start=1)]


def _notification(level: str, text: str) -> dict[str, Any]:
    return {"level": level, "message": {"text": text}}


def _message(text: str) -> dict[str, str]:
    """Write a message; brackets in it are no links."""
    return {"text": _LINKS.sub(r"\\\1", escape_control_chars(text))}


def rules() -> list[dict[str, Any]]:
    """Describe every rule, in the order of `INDEX`."""
    return [_described(rule) for rule in _ALL]


def _described(rule: Rule) -> dict[str, Any]:
    when = rule.when[:1].upper() + rule.when[1:]
    return {
        "id": rule.id,
        "name": "".join(part.capitalize() for part in rule.id.split("-")),
        "shortDescription": {"text": f"{when}."},
        "fullDescription": {"text": rule.meaning},
        "help": {
            "text": f"{rule.meaning}\n\n{rule.remedy}",
            "markdown": f"**{when}.** {rule.meaning}\n\n{rule.remedy}",
        },
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"precision": "very-high", "tags": ["visibility", "api"]},
    }
