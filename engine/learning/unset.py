"""Estimating how often objects simply lack an element, from contexts of which it is not known whether they hide it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import log

from .counts import Counts
from .patterns import Rates

GRID = (0.01, 0.02, 0.04, 0.07, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.98)
"""Shares that are tried."""

_LACKING = 3.0
"""The weight of the prior that the share is small, as if that many objects had been seen with the element."""

_OBJECTS = 4.0
"""The weight of the average of all elements, in objects."""

Case = tuple[int, int, int, int]
"""Of one element in one context: objects that show it, withhold it, may lack it, and are known to lack it."""


def unset_shares(counts: Mapping[tuple[str, int], Counts], paths: int, rates: Rates) -> list[float]:
    """Return for each element the share of objects that most likely lack it, over all columns."""
    return [_share(_cases(counts.values(), number), rates) for number in range(paths)]


def _cases(counts: Iterable[Counts], number: int) -> Counter[Case]:
    found: Counter[Case] = Counter()
    for each in counts:
        case = (each.shown[number], each.withheld[number], each.absent[number], each.unset[number])
        if any(case):
            found[case] += 1
    return found


def _share(cases: Counter[Case], rates: Rates) -> float:
    """Return the share that makes what was seen most likely."""
    return max(GRID, key=lambda share: _fit(cases, share, rates) + _LACKING * log(1 - share))


def _fit(cases: Counter[Case], share: float, rates: Rates) -> float:
    """Rate a share by the contexts in which some object shows the element, given that one does: others may hide it."""
    have, lack, leak, loss = log(1 - share), log(share), log(rates.leak), log(rates.loss)
    total = 0.0
    for (shown, withheld, absent, unset), times in cases.items():
        total += times * unset * lack
        if shown:
            visible = shown * have + absent * lack + withheld * loss
            visible -= log(1 - share ** (shown + absent))
            total += times * max(visible, shown * leak)
    return total


def shares_by_object(having: Sequence[int], lacking: Sequence[int], shares: Sequence[float]) -> list[float]:
    """Return the shares by counting objects, each once, and holding few of them to the average of all elements.

    Without keys no object is known twice, and the shares stay as they are.
    """
    total = sum(having) + sum(lacking)
    if not total:
        return list(shares)
    average = (sum(lacking) + _LACKING * GRID[5]) / (total + _LACKING)
    return [
        (no + _OBJECTS * average) / (yes + no + _OBJECTS) for yes, no in zip(having, lacking, strict=True)
    ]
