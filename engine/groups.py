"""Groups of rows that are reported one by one, and the group of a finding."""

from __future__ import annotations

from collections.abc import Mapping

from ..rules.model import Rulebook
from .finding import Finding

CALL, TOP = "call", "top-level"
"""The groups without an element of their name: the call as a whole, and single elements at the top."""

_ABOUT_CALL = frozenset({"pair-mismatch", "context-conflict", "unexpected-success"})


def row_groups(rulebook: Rulebook) -> Mapping[str, tuple[str, ...]]:
    """Return the paths of each group: single elements at the top, then one group for each container at the top."""
    groups: dict[str, tuple[str, ...]] = {TOP: ()}
    for row in rulebook.rows:
        name = row.path.split("/")[0]
        alone = name == row.path and not rulebook.rows_below[row.path]
        groups[TOP if alone else name] = (*groups.get(TOP if alone else name, ()), row.path)
    return {name: paths for name, paths in groups.items() if paths}


def group_of(groups: Mapping[str, tuple[str, ...]], finding: Finding) -> str:
    """Return the group of a finding; an unlisted element belongs to the container around it, or to the top."""
    if finding.path is None or finding.rule in _ABOUT_CALL:
        return CALL
    name = finding.path.split("/")[0]
    return name if name in groups else TOP
