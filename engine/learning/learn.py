"""Learning a matrix from counted recordings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import comb, log

from .cells import Cell, Matrix
from .conditions import Minimizer
from .counts import Counter
from .evidence import Evidence
from .obligations import Obligations
from .outliers import contradictions, outliers, showing
from .patterns import CellEvidence, Patterns, Rates, rate, weigh
from .policy import Policy
from .space import FactSpace, bits
from .suggest import suggestions
from .unset import shares_by_object, unset_shares

ROUNDS = 3
"""Rounds in which the decisions and the rates that they rest on are worked out from each other."""

SURE = log(99)
"""Odds of a permission: at most one in a hundred may be wrong."""

LIKELY = log(19)
"""Odds of a denial: at most one in twenty may be the work of chance."""

SURE_ALONE = log(9_999)
"""Odds of a permission that a single recording shows, while several of its context do not: that one may be wrong."""

DOUBTFUL = log(999_999)
"""Odds of a permission below which the recordings that show the element are named, if others of their context do not."""

CHANCE = 0.05
"""The probability that elements that were never seen are missing by chance, up to which they count as hidden."""

MISFIT = 0.01
"""The probability that in any context of a cell so few objects have an element, below which its recordings contradict
each other."""

_LEAKS_PER_CELL = 0.05
_EVIDENCE_OF_RATES = 100.0
_NEVER = 1e-9
_MANY = 20


def learn(evidence: Evidence, space: FactSpace, policy: Policy | None = None) -> Matrix:
    """Decide every cell of the matrix that the recordings give evidence of."""
    return _Learner(evidence, space, policy or Policy()).matrix()


class _Learner:
    """The state of one run: rates, decisions, and what follows from one for the other."""

    def __init__(self, evidence: Evidence, space: FactSpace, policy: Policy) -> None:
        self._evidence, self._space, self._policy = evidence, space, policy
        self._counter = Counter(evidence, space)
        self._numbers = {path: number for number, path in enumerate(evidence.paths)}
        self._containers = [self._numbers.get(path.rpartition("/")[0], -1) for path in evidence.paths]
        self._order = evidence.ordered_paths()
        self._minimizer = Minimizer(space)
        self._patterns = Patterns(self._minimizer)
        self._rates = self._first_rates()
        self._counts = self._counter.by_context()
        self._visible = self._first_guess()
        self._by_column = {
            column: sorted(context for where, context in self._counts if where == column)
            for column in space.columns
        }

    def matrix(self) -> Matrix:
        """Work out decisions and rates from each other, and then the cells."""
        for _ in range(ROUNDS):
            self._counter.note_unset(self._visible_by_several())
            self._counts = self._counter.by_context()
            self._unset = unset_shares(self._counts, len(self._numbers), self._rates)
            cells = {where: self._cell_evidence(*where) for where in self._where()}
            self._patterns.refit(self._guess(cells))
            best = {where: self._patterns.best(cell) for where, cell in cells.items() if cell.weight}
            self._visible = self._as_contexts(best)
            self._rates = self._refit_rates()
        return self._finish()

    def _where(self) -> Iterator[tuple[int, str]]:
        for path in self._order:
            for column in self._space.columns:
                yield self._numbers[path], column

    def _first_rates(self) -> Rates:
        noise = self._policy.noise
        leak = _NEVER if self._policy.trusts_presence else noise * _LEAKS_PER_CELL
        return Rates(leak=leak, loss=max(noise * _LEAKS_PER_CELL, 1e-4))

    def _refit_rates(self) -> Rates:
        """Count how often what is hidden was shown: the leaks that the decisions make of the recordings.

        More than the policy's share is no leak, but elements that come and go, and would make leaks of others.
        """
        first = self._first_rates()
        if self._policy.trusts_presence:
            return first
        leaks = trials = 0
        for where, counts in self._counts.items():
            visible = self._visible.get(where, 0)
            for number, shown in enumerate(counts.shown):
                if not visible >> number & 1:
                    leaks += shown
                    trials += shown + counts.withheld[number] + counts.absent[number] + counts.unset[number]
        leak = rate(leaks, trials, first.leak, _EVIDENCE_OF_RATES)
        return Rates(min(leak, max(self._policy.noise, first.leak)), first.loss)

    def _first_guess(self) -> dict[tuple[str, int], int]:
        """Take for visible what is seen more often than wrong recordings alone would show it."""
        share = 0.0 if self._policy.trusts_presence else self._policy.noise
        guess = {}
        for where, counts in self._counts.items():
            mask = 0
            for number, shown in enumerate(counts.shown):
                if shown and shown > share * (shown + counts.absent[number] + counts.withheld[number]):
                    mask |= 1 << number
            guess[where] = mask
        return guess

    def _visible_by_several(self) -> dict[tuple[str, int], int]:
        """Return what is visible by more than one object: only there does an object that lacks it tell anything."""
        enough = 1 if self._policy.trusts_presence else 2
        found = {}
        for where, visible in self._visible.items():
            shown = self._counts[where].shown
            found[where] = sum(1 << number for number in bits(visible) if shown[number] >= enough)
        return found

    def _cell_evidence(self, number: int, column: str) -> CellEvidence:
        unset = self._unset[number]
        weight = {}
        for context in self._by_column[column]:
            counts = self._counts[column, context]
            shown, withheld, absent = counts.shown[number], counts.withheld[number], counts.absent[number]
            is_counted = shown or withheld or absent or counts.unset[number]
            if is_counted or self._is_unreached(number, column, context):
                weight[context] = weigh(shown, withheld, absent, unset, self._rates)
        return CellEvidence(weight)

    def _is_unreached(self, number: int, column: str, context: int) -> bool:
        """Return whether a recorded context says nothing of an element, since all its objects lack a container that they may show."""
        container = self._containers[number]
        return container >= 0 and bool(self._visible[column, context] >> container & 1)

    def _guess(self, cells: Mapping[tuple[int, str], CellEvidence]) -> Iterator[tuple[int, int]]:
        for (number, column), cell in cells.items():
            if cell.weight:
                visible = sum(
                    1 << context for context in cell.weight if self._visible[column, context] >> number & 1
                )
                yield visible, cell.observed

    def _as_contexts(self, best: Mapping[tuple[int, str], int]) -> dict[tuple[str, int], int]:
        masks = dict.fromkeys(self._counts, 0)
        for (number, column), visible in best.items():
            for context in bits(visible):
                if (column, context) in masks:
                    masks[column, context] |= 1 << number
        return masks

    def _finish(self) -> Matrix:
        self._unproved = self._counter.unproved_objects()
        self._unset_by_object = shares_by_object(*self._counter.count_having_and_lacking(), self._unset)
        rare = set(self._rare())
        cells: dict[tuple[str, str], Cell] = {}
        for path in self._order:
            for column in self._space.columns:
                container = cells.get((path.rpartition("/")[0], column))
                cells[path, column] = self._cell(path, column, container, rare=path in rare)
        Obligations(self._counts, self._space.columns, self._policy.noise).apply(cells, self._numbers)
        groups = self._counter.groups
        incomplete = [group for group in groups if group.context is None]
        unknown = {fact for group in incomplete for fact in {*self._space.facts} - {*dict(group.facts)}}
        return Matrix(
            space=self._space,
            paths=tuple(self._order),
            cells=cells,
            recordings=sum(group.tally.count for group in groups),
            objects=len({group.key for group in groups if group.key is not None}),
            without_context=sum(group.tally.count for group in incomplete),
            unknown_facts=tuple(fact for fact in self._space.facts if fact in unknown),
            outliers=tuple(outliers(self._counter, self._space, cells)),
            contradictions=tuple(contradictions(self._counter, self._space, cells)),
            thin=tuple(contradictions(self._counter, self._space, cells, "thin")),
            suggestions=tuple(suggestions(self._counter, self._space, cells, self._minimizer)),
            rare=tuple(path for path in self._order if path in rare),
            rare_in=tuple(showing(self._counter, self._space, rare)),
            observed={column: self._space.mask(contexts) for column, contexts in self._by_column.items()},
        )

    def _rare(self) -> Iterable[str]:
        """Name what one recording alone shows: a leak and an element that is hardly ever set look alike."""
        if self._policy.trusts_presence or self._evidence.recordings < _MANY:
            return
        for number, path in enumerate(self._evidence.paths):
            if sum(counts.shown[number] for counts in self._counts.values()) <= 1:
                yield path

    def _cell(self, path: str, column: str, container: Cell | None, *, rare: bool) -> Cell:
        number, possible = self._numbers[path], self._space.possible[column]
        totals = self._totals(number, column)
        found = self._contexts(number, column, totals, rare=rare)
        granted, withheld, contradictory = found.granted, found.withheld, found.contradictory
        if not totals.shown and not self._is_hidden_for_sure(number, column, totals):
            withheld = 0
        if container is not None:
            granted &= container.granted
            withheld |= container.withheld
            contradictory = (contradictory | container.contradictory) & ~container.withheld
        return Cell(
            path=path,
            column=column,
            possible=possible,
            granted=granted & possible,
            withheld=withheld & possible & ~granted,
            contradictory=contradictory & possible & ~granted & ~withheld,
            shown=totals.shown,
            absent=totals.missing,
            unset=self._unset[number],
            thin=0 if self._policy.trusts_presence else found.thin & granted & possible,
        )

    def _contexts(self, number: int, column: str, totals: _Totals, *, rare: bool) -> _Contexts:
        """Sort the recorded contexts of a cell by what their odds come to."""
        cell, found = self._cell_evidence(number, column), _Contexts()
        odds = {} if rare or not cell.weight else self._patterns.visible(cell)
        alone = totals.shown == 1 and totals.missing > 0 and not self._policy.trusts_presence
        doubtful = 0
        for context, odd in odds.items():
            counts, bit = self._counts[column, context], 1 << context
            shown, others = counts.shown[number], counts.withheld[number] + counts.absent[number]
            sure = SURE_ALONE if shown == 1 and others > 1 and not self._policy.trusts_presence else SURE
            if shown and odd >= sure and not alone and self._fits(number, shown, others, totals.contexts):
                found.granted |= bit
                found.thin |= bit if others and (shown == 1 or odd < DOUBTFUL) else 0
            elif odd <= (-LIKELY if shown or others else -SURE):
                found.withheld |= bit
            elif shown and (others or alone or odd < LIKELY):
                found.contradictory |= bit
            elif shown:
                doubtful |= bit
        if found.withheld:
            found.contradictory |= doubtful
        return found

    def _fits(self, number: int, shown: int, others: int, contexts: int) -> bool:
        """Return whether so few objects of a context can well show an element that all callers of it are permitted to see.

        ``contexts`` is in how many contexts the element is shown: the more there are, the fewer objects one of them has by chance.
        """
        if self._policy.trusts_presence or not others:
            return True
        have, objects = 1 - self._unset[number], shown + others
        chance = sum(
            comb(objects, few) * have**few * (1 - have) ** (objects - few) for few in range(shown + 1)
        )
        return chance >= MISFIT / contexts

    def _totals(self, number: int, column: str) -> _Totals:
        totals = _Totals()
        for context in self._by_column[column]:
            counts = self._counts[column, context]
            totals.shown += counts.shown[number]
            totals.contexts += counts.shown[number] > 0
            totals.withheld += counts.withheld[number]
            totals.missing += counts.withheld[number] + counts.absent[number] + counts.unset[number]
        return totals

    def _is_hidden_for_sure(self, number: int, column: str, totals: _Totals) -> bool:
        """Return whether it is no chance that an element was never seen in a column: all its objects might lack it."""
        if totals.withheld:
            return True
        objects = self._unproved.get(column, ())
        return bool(objects) and self._unset_by_object[number] ** objects[number] <= CHANCE


@dataclass(slots=True)
class _Totals:
    shown: int = 0
    withheld: int = 0
    missing: int = 0
    contexts: int = 0


@dataclass(slots=True)
class _Contexts:
    """The contexts of a cell, as sets; see `Cell`."""

    granted: int = 0
    withheld: int = 0
    contradictory: int = 0
    thin: int = 0
