"""Groups of rows: the table cut into parts that are reported one by one, and the part that a finding belongs to."""

from __future__ import annotations

from collections.abc import Mapping

from ..rules.model import Rulebook
from .finding import Finding

CALL, TOP = "call", "top-level"
"""The groups that are named for no element: the call as a whole, and what stands by itself at the top."""

_ABOUT_CALL = frozenset({"pair-mismatch", "context-conflict", "unexpected-success"})


def row_groups(rulebook: Rulebook) -> Mapping[str, tuple[str, ...]]:
    """Give the paths of each group: those of the elements that stand alone at the top, then a group a container."""
    groups: dict[str, tuple[str, ...]] = {TOP: ()}
    for row in rulebook.rows:
        name = row.path.split("/")[0]
        alone = name == row.path and not rulebook.rows_below[row.path]
        groups[TOP if alone else name] = (*groups.get(TOP if alone else name, ()), row.path)
    return {name: paths for name, paths in groups.items() if paths}


def group_of(groups: Mapping[str, tuple[str, ...]], finding: Finding) -> str:
    """Give the group of a finding; what no row lists belongs to the container that it is in, or to the top."""
    if finding.path is None or finding.rule in _ABOUT_CALL:
        return CALL
    name = finding.path.split("/")[0]
    return name if name in groups else TOP
