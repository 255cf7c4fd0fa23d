"""The reliability of a learnt condition: how far it can be trusted not to permit too much.

Confidence, the share of recorded calls that a condition permits rightly, is high for a condition that permits far more than
was ever recorded. Reliability, after Cotrini, Weghorn and Basin (2018), is not: it is the least share, over the condition and
everything that is more special than it, of contexts in which the element was really seen.
"""

from __future__ import annotations

from dataclasses import dataclass

from .cells import Cell
from .conditions import Condition
from .space import FactSpace

SMALLEST = 2
"""Contexts that a special case needs, so that it counts: a single one that was not recorded says too little."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """The trust in a condition: ``confidence`` over what was recorded, ``reliability`` over all that it permits."""

    confidence: float
    reliability: float
    permitted: int
    seen: int


def reliability(cell: Cell, condition: Condition, space: FactSpace) -> Reliability:
    """Rate the condition of a cell."""
    permitted = condition.members & cell.possible
    recorded = permitted & ~cell.unknown
    seen = permitted & cell.granted
    least = 1.0
    for special in space.special_cases:
        covered = special & permitted
        if covered.bit_count() >= SMALLEST:
            least = min(least, (covered & cell.granted).bit_count() / covered.bit_count())
    if permitted.bit_count() < SMALLEST and permitted:
        least = seen.bit_count() / permitted.bit_count()
    return Reliability(
        confidence=seen.bit_count() / recorded.bit_count() if recorded else 0.0,
        reliability=least if permitted else 1.0,
        permitted=permitted.bit_count(),
        seen=seen.bit_count(),
    )
