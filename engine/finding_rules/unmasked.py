"""Unmasked: an element is there with its text, and may only be there masked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ...rules.model import Row
from ...rules.names import join_names
from ..expectation import Expectation
from ..finding import Severity
from ..observation import Occurrence
from .base import Hit, RowRule

if TYPE_CHECKING:
    from ..judge import Judge


def _find(judge: Judge, seen: Sequence[Occurrence]) -> Iterator[Hit]:
    evaluator, context = judge.evaluator, judge.context
    for row in judge.present_rows(seen, Expectation.MASKED):
        yield _hit(row, judge.grounds(row), "")
    for row in judge.present_rows(seen, Expectation.MAY):
        if evaluator.is_masked_at_most(row, context):
            facts = join_names(evaluator.undecided_facts(row, context))
            yield _hit(row, judge.grounds(row), f", whatever {facts} may be")


def _hit(row: Row, because: str, proviso: str) -> Hit:
    text = f"is there and is not masked, and its text must not be shown{proviso}: {because}"
    return Hit(row.path, text, because, row, target=row.path)


RULE = RowRule(
    id="unmasked",
    severity=Severity.ERROR,
    when="present, and not masked",
    meaning="The response shows the text of an element that this caller may see only masked.",
    remedy="Make the server mask it for such a caller; until then treat what it held as disclosed.",
    find=_find,
)
