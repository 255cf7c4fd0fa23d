"""Deciding in which contexts an element is shown, from counts that are noisy and incomplete.

Every cell is explained by a *pattern*: the contexts in which the element is visible. A cell's counts make some patterns
likely; patterns that explain other cells too, and short ones, are likely beforehand. What follows for a context is the
weight of all patterns in which it is visible against the weight of all others. No pattern says anything of a
context that was not recorded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log

from .conditions import Minimizer
from .space import bits

FIRST_SIGHT = 1.0
"""The number of cells that a pattern of one cell counts as, before its length is taken off."""

LENGTH_COSTS = 1.5
"""By how much, in nats, each part of a condition makes it less likely beforehand."""

MAX_PATTERNS = 300
"""Patterns that are tried on every cell."""

MAX_EXACT = 300
"""Conjunctions up to which the length of every changed pattern is worked out; of more it is estimated."""

ENOUGH = 3
"""Cells that have a pattern, from which on its length no longer counts."""

LANDMARKS = 8
"""Patterns from which the length of a pattern like them is estimated."""

NEGLIGIBLE = 40.0
"""By how much, in nats, a pattern can be worse than the best one before it is left out."""

_TINY = 1e-300


@dataclass(frozen=True, slots=True)
class Rates:
    """Probabilities: that a hidden element is shown by a wrong recording, and that a visible one is left out by one."""

    leak: float
    loss: float


@dataclass(frozen=True, slots=True)
class CellEvidence:
    """The evidence for an element being visible, by context: positive for, negative against, in nats."""

    weight: Mapping[int, float]

    @property
    def observed(self) -> int:
        """The contexts of which anything is known."""
        mask = 0
        for context in self.weight:
            mask |= 1 << context
        return mask


def weigh(shown: int, withheld: int, absent: int, unset: float, rates: Rates) -> float:
    """Return how much counts speak for being visible; ``unset`` is the share of objects that lack the element."""
    return (
        shown * (log(1 - unset) - log(rates.leak))
        + withheld * (log(rates.loss) - log(1 - rates.leak))
        + absent * log(unset + (1 - unset) * rates.loss)
    )


class Patterns:
    """Patterns with how many cells each of them explains, and what follows for single cells."""

    def __init__(self, minimizer: Minimizer) -> None:
        self._minimizer = minimizer
        self._exact = minimizer.cubes <= MAX_EXACT
        self._common: list[_CommonPattern] = []
        self._lengths: dict[tuple[int, int], _Lengths] = {}
        self._known: dict[int, dict[int, _PatternCount]] = {}

    def refit(self, best: Iterable[tuple[int, int]]) -> None:
        """Take over what explains cells best: (visible, observed) for each of them."""
        everything = self._minimizer.space.everything
        common = [_CommonPattern(0, everything, 0.0, 0), _CommonPattern(everything, everything, 0.0, 1)]
        for (visible, observed), cells in Counter(best).most_common(MAX_PATTERNS):
            condition = self._minimizer.shortest(visible, observed & ~visible)[0]
            # Patterns that many cells share may be looked for where other contexts were recorded.
            wide = cells > 1 and observed != everything
            where = (condition.members, everything) if wide else (visible, observed)
            common.append(_CommonPattern(*where, float(cells), condition.length))
        self._common, self._known, self._lengths = common, {}, {}

    def best(self, cell: CellEvidence) -> int:
        """Return the pattern that explains a cell best, as the contexts in which it is visible."""
        scores = self._scores(cell)
        return max(scores, key=lambda visible: scores[visible])

    def visible(self, cell: CellEvidence) -> dict[int, float]:
        """Return for each context the log odds that the element is visible there."""
        scores = self._scores(cell)
        top = max(scores.values())
        granted = dict.fromkeys(cell.weight, 0.0)
        total = 0.0
        for visible, score in scores.items():
            if score > top - NEGLIGIBLE:
                weight = exp(score - top)
                total += weight
                for context in bits(visible):
                    granted[context] += weight
        return {
            context: log(weight + _TINY) - log(max(total - weight, 0.0) + _TINY)
            for context, weight in granted.items()
        }

    def _scores(self, cell: CellEvidence) -> dict[int, float]:
        """Score the patterns that others have, and those that are one context away from the best of them."""
        observed = cell.observed
        known = self._count_patterns(observed)
        scores = {visible: _fit(visible, cell) + self._log_prior(known[visible]) for visible in known}
        by_sign = sum(1 << context for context, weight in cell.weight.items() if weight > 0)
        for base in (max(scores, key=lambda visible: scores[visible]), by_sign):
            lengths = self._lengths_around(base, observed)
            fit = _fit(base, cell)
            scores.setdefault(base, fit + _weigh(lengths.of(base)))
            for context, weight in cell.weight.items():
                visible = base ^ 1 << context
                if visible not in scores:
                    change = weight if visible >> context & 1 else -weight
                    scores[visible] = fit + change + _weigh(lengths.of(visible))
        return scores

    @staticmethod
    def _log_prior(known: _PatternCount) -> float:
        """Weigh a pattern beforehand: by the other cells that have it, and by its length."""
        if known.cells > ENOUGH:
            return log(known.cells - 1)
        return log(max(known.cells - 1, 0) + exp(_weigh(known.length)))

    def _count_patterns(self, observed: int) -> dict[int, _PatternCount]:
        """Return how many cells have each pattern, as far as these contexts tell patterns apart."""
        known = self._known.get(observed)
        if known is None:
            known = self._known[observed] = {}
            for common in self._common:
                if not observed & ~common.observed:
                    visible = common.visible & observed
                    same = known.get(visible, _PatternCount(0.0, common.length))
                    length = min(same.length, common.length)
                    known[visible] = _PatternCount(same.cells + common.cells, length)
        return known

    def _lengths_around(self, base: int, observed: int) -> _Lengths:
        """Return what estimates the lengths of patterns that are like another one."""
        key = (base, observed)
        if key not in self._lengths:
            if self._exact:
                self._lengths[key] = _Lengths(self._minimizer, observed, ())
            else:
                term = 1 + len(self._minimizer.space.facts)
                marks = [(visible, known.length) for visible, known in self._count_patterns(observed).items()]
                marks.sort(key=lambda mark: mark[1] + term * (mark[0] ^ base).bit_count())
                self._lengths[key] = _Lengths(self._minimizer, observed, marks[:LANDMARKS])
        return self._lengths[key]


@dataclass(frozen=True, slots=True)
class _CommonPattern:
    """A pattern, the contexts that it was seen in, how many cells have it, and the length of its condition."""

    visible: int
    observed: int
    cells: float
    length: int


@dataclass(frozen=True, slots=True)
class _PatternCount:
    """The number of cells that have a pattern, and the length of its condition."""

    cells: float
    length: int


@dataclass(frozen=True, slots=True)
class _Lengths:
    """Lengths of patterns: worked out, or estimated from patterns whose length is known.

    An estimate is the length of one of these, and a term of its own for each context between.
    """

    minimizer: Minimizer
    observed: int
    marks: Sequence[tuple[int, int]]

    def of(self, visible: int) -> int:
        """Return the length of a pattern."""
        if not self.marks:
            return self.minimizer.length(visible, self.observed & ~visible)
        term = 1 + len(self.minimizer.space.facts)
        return min([length + term * (pattern ^ visible).bit_count() for pattern, length in self.marks])


def _weigh(length: int) -> float:
    """Weigh a pattern by its length alone, in nats."""
    return log(FIRST_SIGHT) - LENGTH_COSTS * length


def _fit(visible: int, cell: CellEvidence) -> float:
    weight = cell.weight
    return sum([weight[context] for context in bits(visible)])


def rate(events: float, trials: float, prior: float, strength: float) -> float:
    """Return a share of trials, held to what is expected beforehand as if that had been seen in so many trials."""
    return (events + prior * strength) / (trials + strength)
