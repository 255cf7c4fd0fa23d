"""Deciding in which contexts an element is shown, from counts that are noisy and incomplete.

Every cell is explained by a *pattern*: the contexts in which the element is visible. A cell's counts make some patterns
likely; patterns that explain other cells too, and short ones, are likely beforehand. What follows for a context is the
weight of all patterns in which it is visible against the weight of all others. No pattern says anything of a
context that was not recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import exp, log

from .conditions import Minimizer
from .space import bits

FIRST_SIGHT = 1.0
"""How many cells a pattern that no other cell has counts as, before its length is taken off."""

LENGTH_COSTS = 1.5
"""By how much, in nats, each part of a condition makes it less likely beforehand."""

MAX_PATTERNS = 300
"""Patterns that are tried on every cell."""

MAX_EXACT = 64
"""Contexts up to which the length of every changed pattern is worked out; of more it is estimated."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Probabilities: that a hidden element is shown by a wrong recording, and that a visible one is left out by one."""

    leak: float
    loss: float


@dataclass(frozen=True, slots=True)
class CellEvidence:
    """What speaks for an element being visible, by context: positive for, negative against, in nats."""

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
        self._count: dict[int, float] = {}
        self._length: dict[tuple[int, int], int] = {}
        self._known: dict[int, dict[int, float]] = {}

    def refit(self, best: Iterable[tuple[int, int]]) -> None:
        """Take over what explains cells best: (visible, observed) for each of them."""
        count: dict[int, float] = {0: 0.0, self._minimizer.space.everything: 0.0}
        for visible, observed in best:
            condition = self._minimizer.shortest(visible, observed & ~visible)[0]
            count[condition.members] = count.get(condition.members, 0.0) + 1.0
        most = sorted(count.items(), key=lambda item: -item[1])[:MAX_PATTERNS]
        self._count, self._known = dict(most), {}

    def best(self, cell: CellEvidence) -> int:
        """Return the pattern that explains a cell best, as the contexts in which it is visible."""
        scores = self._scores(cell)
        return max(scores, key=lambda visible: scores[visible])

    def visible(self, cell: CellEvidence) -> dict[int, float]:
        """Return for each context the log odds that the element is visible there."""
        scores = self._scores(cell)
        if not scores:
            return {}
        top = max(scores.values())
        weights = {visible: exp(score - top) for visible, score in scores.items()}
        odds = {}
        for context in cell.weight:
            granted = sum(weight for visible, weight in weights.items() if visible >> context & 1)
            hidden = sum(weight for visible, weight in weights.items() if not visible >> context & 1)
            odds[context] = log(granted + 1e-300) - log(hidden + 1e-300)
        return odds

    def _scores(self, cell: CellEvidence) -> dict[int, float]:
        """Score the patterns that others have, and those that are one context away from the best of them."""
        observed = cell.observed
        scores = {
            visible: _fit(visible, cell) + self._log_prior(visible, observed)
            for visible in self._known_of(observed)
        }
        by_sign = sum(1 << context for context, weight in cell.weight.items() if weight > 0)
        tried = {max(scores, key=lambda visible: scores[visible]), by_sign} if scores else {by_sign}
        for base in tried:
            for visible in (base, *(base ^ 1 << context for context in cell.weight)):
                if visible not in scores:
                    scores[visible] = _fit(visible, cell) + self._log_prior(visible, observed)
        return scores

    def _log_prior(self, visible: int, observed: int) -> float:
        """Weigh a pattern beforehand: by the other cells that have it, and by its length."""
        known = self._known_of(observed).get(visible, 0.0)
        length = LENGTH_COSTS * self._length_of(visible, observed)
        return log(max(known - 1, 0) + FIRST_SIGHT * exp(-length))

    def _known_of(self, observed: int) -> dict[int, float]:
        """Return how many cells have each pattern, as far as these contexts tell patterns apart."""
        known = self._known.get(observed)
        if known is None:
            known = self._known[observed] = {}
            for pattern, count in self._count.items():
                known[pattern & observed] = known.get(pattern & observed, 0.0) + count
        return known

    def _length_of(self, visible: int, observed: int) -> int:
        key = (visible, observed)
        if key not in self._length:
            if len(self._minimizer.space.contexts) <= MAX_EXACT:
                self._length[key] = self._minimizer.length(visible, observed & ~visible)
            else:
                self._length[key] = self._estimate(visible, observed)
        return self._length[key]

    def _estimate(self, visible: int, observed: int) -> int:
        """Estimate a length: that of the nearest known pattern, and a term of its own for each context between."""
        facts = 1 + len(self._minimizer.space.facts)
        near = min(
            (
                (pattern & observed ^ visible).bit_count() * facts
                + self._minimizer.length(pattern & observed, observed & ~pattern)
                for pattern in self._count
            ),
            default=facts * visible.bit_count(),
        )
        return near


def _fit(visible: int, cell: CellEvidence) -> float:
    weight = cell.weight
    return sum(weight[context] for context in bits(visible & cell.observed))


def rate(events: float, trials: float, prior: float, strength: float) -> float:
    """Return a share of trials, held to what is expected beforehand as if that had been seen in so many trials."""
    return (events + prior * strength) / (trials + strength)
