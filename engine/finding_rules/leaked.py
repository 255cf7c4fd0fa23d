"""Leaked: an element is there that the caller must not see."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..expectation import Expectation
from ..finding import Severity
from ..observation import Observation
from .base import MESSAGES, FindingRule, Hit

if TYPE_CHECKING:
    from ..judge import Judge


def _find(judge: Judge, seen: Observation) -> Iterator[Hit]:
    for row, positions in judge.present_rows(seen, Expectation.MUST_NOT):
        because = judge.grounds(row)
        cause = judge.nearest_leak(row.container)
        yield Hit(row.path, positions, f"{MESSAGES['leaked']}: {because}", because, row, cause, row.path)


RULE = FindingRule(
    id="leaked",
    severity=Severity.ERROR,
    when="present, and must not be",
    meaning="The response shows an element that this caller must not see.",
    remedy="Stop the server from returning it to such a caller; until then treat what it held as disclosed.",
    find=_find,
)
