"""Leaked: an element is there that the caller must not see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..expectation import Expectation
from ..finding import Severity
from ..observation import Occurrence
from .base import MESSAGES, Hit, RowRule

if TYPE_CHECKING:
    from ..judge import Judge


def _find(judge: Judge, seen: Sequence[Occurrence]) -> Iterator[Hit]:
    for row in judge.present_rows(seen, Expectation.MUST_NOT):
        because = judge.grounds(row)
        cause = judge.nearest_leak(row.container)
        yield Hit(row.path, f"{MESSAGES['leaked']}: {because}", because, row, cause=cause, target=row.path)


RULE = RowRule(
    id="leaked",
    severity=Severity.ERROR,
    when="present, and must not be",
    meaning="The response shows an element that this caller must not see.",
    remedy="Stop the server from returning it to such a caller; until then treat what it held as disclosed.",
    find=_find,
)
