"""A result as it can be shown to people: every text of it that comes from input is visible."""

from __future__ import annotations

from msgspec.structs import replace

from ...engine.finding import Finding
from ...engine.result import ResponseResult
from .visible import escape_control_chars


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
