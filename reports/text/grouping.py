"""Grouping of findings: those that another finding of the same rule explains go below it."""

from __future__ import annotations

from collections.abc import Iterable

from ...engine.finding import Finding

CauseGroup = tuple[Finding, list[Finding]]
"""A finding, and the findings further down that it explains."""


def group_by_cause(findings: Iterable[Finding]) -> list[CauseGroup]:
    """Return the findings that no earlier finding explains, in their order, each with the ones it explains."""
    groups: list[CauseGroup] = []
    group_of: dict[tuple[str, str | None], CauseGroup] = {}
    for finding in findings:
        group = group_of.get((finding.rule, finding.cause)) if finding.cause is not None else None
        if group is None:
            group = (finding, [])
            groups.append(group)
        else:
            group[1].append(finding)
        group_of.setdefault((finding.rule, finding.path), group)
    return groups
