"""The installed tool, asked through what it offers to programs: its command line, and its checker."""

from __future__ import annotations

import contextlib
import io
import json
from functools import cache
from typing import Any

from support.command import whosees
from whosees.checker.checking.checker import Checker
from whosees.checker.checking.results import Skipped
from whosees.checker.checking.settings import Settings
from whosees.checker.cli.app import run
from whosees.checker.recordings import Recording
from whosees.engine.result import ResponseResult

from . import messages, reading

SEVERITY = {"leaked": "error", "missing": "error", "omitted": "warning"}
MARKER = {"✓": "always", "X": "never", "PW": "pw"}
MARKER_OF = {marker: printed for printed, marker in MARKER.items()}


def flags(context: reading.Context) -> list[str]:
    """The options that state a context."""
    return [part for fact, value in context._asdict().items() for part in (f"--{fact}", value)]


def answer(*arguments: str, code: int = 0) -> Any:
    """The JSON output of a command, run in this process."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        ended = run([*arguments, "--format", "json"])
    assert ended == code, (arguments, ended)
    return json.loads(out.getvalue())


def command(*arguments: str, code: int = 0) -> Any:
    """The JSON output of the command, run as people run it."""
    done = whosees(*arguments, "--format", "json")
    assert (done.code, done.err) == (code, "")
    return done.json


@cache
def _checker() -> Checker:
    return Checker(Settings())


def check(response: bytes, request: bytes | None = None, sidecar: bytes | None = None) -> ResponseResult:
    """The tool's verdict on one response."""
    [result] = check_bodies(response, request, sidecar)
    return result


def check_bodies(
    message: bytes, request: bytes | None = None, sidecar: bytes | None = None
) -> list[ResponseResult]:
    """The tool's verdict on each body of a message."""
    results = list(_checker().check(Recording("made-up", message, request, sidecar)))
    assert not any(isinstance(result, Skipped) for result in results)
    return [result for result in results if isinstance(result, ResponseResult)]


def finding_lines(wrong: set[reading.Finding], message: messages.Message) -> set[tuple[object, ...]]:
    """Expected findings as the tool gives them: with severity and lines."""
    return {
        (
            finding.rule,
            SEVERITY[finding.rule],
            finding.path,
            finding.cause,
            tuple(sorted(message.lines[place] for place in finding.places)),
        )
        for finding in wrong
    }


def found(result: ResponseResult) -> set[tuple[object, ...]]:
    """The errors and warnings of a result, in the same form; there are no two of one rule and path."""
    serious = [finding for finding in result.findings if finding.severity.value != "note"]
    assert len({(finding.rule, finding.path) for finding in serious}) == len(serious)
    return {
        (finding.rule, finding.severity.value, finding.path, finding.cause, tuple(finding.lines))
        for finding in serious
    }


def noted(result: ResponseResult) -> set[tuple[str, str | None]]:
    """The notes of a result: rule and path."""
    return {(finding.rule, finding.path) for finding in result.findings if finding.severity.value == "note"}


def noted_lines(result: ResponseResult) -> dict[str | None, tuple[int, ...]]:
    """The lines of each path that is noted as unlisted."""
    notes = [finding for finding in result.findings if finding.rule == "unlisted"]
    assert len({finding.path for finding in notes}) == len(notes)
    return {finding.path: finding.lines for finding in notes}
