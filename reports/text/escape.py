"""Escaping: text from input is made safe to show before any report's own escaping."""

from __future__ import annotations

import re

from msgspec.structs import replace

from ...engine.finding import Finding
from ...engine.result import ResponseResult

_CI_COMMAND = re.compile(r"(?<!\S)::|##(?=\w*\[)")
"""Text that CI systems take for commands in the output of a step.

GitHub: two colons at the start of a line, leading blanks included, and ``##[`` anywhere in a line; Azure Pipelines:
``##vso[``; TeamCity: ``##teamcity[``. Wrapping can put any word of a text at the start of a line.
"""

_LINE_END_OR_LOOK = re.compile(r"(\n|\x1b\[(?:[012]|3[1236])(?:;(?:[012]|3[1236]))?m)")
"""A line end, or one of the looks with which `Style.paint` writes colours; nothing else of a terminal's commands."""


def escape_control_chars(text: str) -> str:
    r"""Escape everything that is not printable, and everything that CI systems take for commands.

    Control and bidirectional characters, surrogates and non-characters become escapes such as ``\u202e``. The result
    is valid text for XML, JSON and terminals; each format still applies its own escaping to it.
    """
    if not text.isprintable():
        text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    if "::" in text or "##" in text:
        return _CI_COMMAND.sub(lambda found: f"\\x{ord(found[0][0]):02x}{found[0][1]}", text)
    return text


def escape_report(text: str) -> str:
    """Escape what is not printable in a whole text for people, but for line ends and the looks of `Style.paint`.

    Texts of a rulebook, which may come from somebody's schema, are in it as they were written.
    """
    if text.replace("\n", "").isprintable():
        return text
    parts = _LINE_END_OR_LOOK.split(text)
    return "".join(
        part if number % 2 or part.isprintable() else escape_control_chars(part)
        for number, part in enumerate(parts)
    )


def escape_result(result: ResponseResult) -> ResponseResult:
    """Escape the names, paths and messages of a result; verdicts and facts do not change."""
    return replace(
        result,
        source=escape_control_chars(result.source),
        reason=None if result.reason is None else escape_control_chars(result.reason),
        detail=None if result.detail is None else escape_control_chars(result.detail),
        findings=tuple(map(_escape_finding, result.findings)),
    )


def _escape_finding(finding: Finding) -> Finding:
    texts = (finding.path or "", finding.cause or "", finding.message, finding.because)
    if all(escape_control_chars(text) == text for text in texts):
        return finding
    return replace(
        finding,
        path=None if finding.path is None else escape_control_chars(finding.path),
        cause=None if finding.cause is None else escape_control_chars(finding.cause),
        message=escape_control_chars(finding.message),
        because=escape_control_chars(finding.because),
    )
