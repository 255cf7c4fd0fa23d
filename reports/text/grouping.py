"""Folding: findings that another finding of the same rule explains, put under it."""

from __future__ import annotations

from collections.abc import Iterable

from ...engine.finding import Finding

Head = tuple[Finding, list[Finding]]
"""A finding, and those further down that it explains."""


def heads(findings: Iterable[Finding]) -> list[Head]:
    """Give the findings that nothing before them explains, in their order, each with what it explains."""
    found: list[Head] = []
    head_of: dict[tuple[str, str | None], Head] = {}
    for finding in findings:
        head = head_of.get((finding.rule, finding.cause)) if finding.cause is not None else None
        if head is None:
            head = (finding, [])
            found.append(head)
        else:
            head[1].append(finding)
        head_of.setdefault((finding.rule, finding.path), head)
    return found
