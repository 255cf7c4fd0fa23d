"""Escaping: text from input is made safe to show before any report's own escaping."""

from __future__ import annotations

import re

from msgspec.structs import replace

from ...engine.finding import Finding
from ...engine.result import ResponseResult

_COMMAND = re.compile(r"(?<!\S)::|##(?=\w*\[)")
"""What CI systems take for commands in whatever a step prints.

GitHub: two colons that begin a line, after blanks too, and ``##[`` anywhere in it; Azure Pipelines ``##vso[``,
TeamCity ``##teamcity[``. A text that is wrapped can begin a line with any of its words.
"""


def escape_control_chars(text: str) -> str:
    """Write what cannot be printed as escapes: control and bidirectional characters, surrogates, no-characters.

    So is what CI systems take for commands. What is left can stand in XML, in JSON and on a terminal; the medium's own escaping still has to follow.
    """
    if not text.isprintable():
        text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    if "::" in text or "##" in text:
        return _COMMAND.sub(lambda found: f"\\x{ord(found[0][0]):02x}{found[0][1]}", text)
    return text


def escape_result(result: ResponseResult) -> ResponseResult:
    """Make names, paths and what is said of them visible; facts and findings stay as they are."""
    return replace(
        result,
        source=escape_control_chars(result.source),
        reason=None if result.reason is None else escape_control_chars(result.reason),
        detail=None if result.detail is None else escape_control_chars(result.detail),
        findings=tuple(map(_shown_finding, result.findings)),
    )


def _shown_finding(finding: Finding) -> Finding:
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
