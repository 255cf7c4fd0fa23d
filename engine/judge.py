"""Judging: an observation held against what its context should see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from operator import attrgetter

from ..rules.model import Row
from .context import Context
from .expectation import Evaluator, Expectation
from .explain.reasons import grounds
from .finding import Finding, Severity, finding_id
from .finding_factory import FindingFactory, RowFindings
from .finding_rules import ROW_RULES, RULES
from .finding_rules.base import Hit
from .finding_rules.undecided import Undecided, undecided_among
from .near_miss import (
    NearMiss,
    closest_row,
    fold_name,
    rows_as_one_name,
    rows_below,
    rows_named,
    rows_nested,
)
from .observation import Observation, Occurrence, rows_of
from .places import Place, bit_shift, row_bits
from .policy import DEFAULT_POLICY, Policy
from .unlisted_findings import UnlistedFindings

_severity = attrgetter("severity")
_SEVERITIES = tuple(Severity)

MAX_CACHED = 1_024
"""What a judge remembers of each kind, so that its memory stays small, whatever is sent."""


def judge(
    evaluator: Evaluator, context: Context, observation: Observation, policy: Policy = DEFAULT_POLICY
) -> tuple[Finding, ...]:
    """Return what an observation shows against the rulebook: most severe first, then in the table's order.

    The context has to name a column; raises ValueError if it does not.
    """
    return judge_for(evaluator, context, policy).judge(observation)


@lru_cache(512)
def judge_for(evaluator: Evaluator, context: Context, policy: Policy = DEFAULT_POLICY) -> Judge:
    """Return the judge of a context, which is worth keeping; raises ValueError if the context names no column."""
    return Judge(evaluator, context, policy)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings in the order in which people read them: most severe first, otherwise as found."""
    listed = tuple(findings)
    severities = {*map(_severity, listed)}
    if len(severities) <= 1:
        return listed
    return tuple(
        [
            each
            for severity in _SEVERITIES
            if severity in severities
            for each in listed
            if each.severity is severity
        ]
    )


class Judge:
    """Judges what was seen in one context, by one policy."""

    def __init__(self, evaluator: Evaluator, context: Context, policy: Policy) -> None:
        self.evaluator = evaluator
        self.rulebook = evaluator.rulebook
        self.context = context
        self.policy = policy
        self.expected = evaluator.expectations(context)
        self._rows_in = {**self.rulebook.rows_through, **self.rulebook.rows_judged_in}
        self._rows_named = rows_named(self.rulebook)
        self._nested = rows_nested(self.rulebook)
        self._selects = bool(policy.select or policy.ignore)
        self._grounds: dict[str, str] = {}
        self._last_near: tuple[Place | None, NearMiss | None] = None, None
        self._of_rows: dict[object, tuple[RowFindings | None, Undecided]] = {}
        self._judged: dict[tuple[Finding, ...], tuple[Finding, ...]] = {}
        self._unlisted = UnlistedFindings(self)
        self._bits = {expectation: self._bits_of(expectation) for expectation in Expectation}
        self._shift = bit_shift(self.rulebook)
        must, should, masked = (
            self._bits[each] for each in (Expectation.MUST, Expectation.SHOULD, Expectation.MASKED)
        )
        self._expected_bits = {row: must[row] | should[row] | masked[row] << self._shift for row in must}

    def _bits_of(self, expectation: Expectation) -> dict[str | None, int]:
        """Return the bits of the rows in each container of which this is expected."""
        bits = row_bits(self.rulebook)
        return {
            container: sum(bits[row.path] for row in rows if self.expected[row.path] is expectation)
            for container, rows in self._rows_in.items()
        }

    def judge(self, seen: Observation) -> tuple[Finding, ...]:
        """Judge an observation."""
        return self.judge_with_undecided(seen)[0]

    def judge_with_undecided(self, seen: Observation) -> tuple[tuple[Finding, ...], Undecided]:
        """Judge an observation; returns also the rows that are there and undecided, whatever the policy reports of them."""
        about_rows, undecided = self._about_rows(seen)
        findings = about_rows.findings(seen) if about_rows is not None else ()
        others, notes = self._unlisted.findings(seen) if seen.unlisted else ((), ())
        graver = in_order((*findings, *others)) if findings or others else ()
        in_all = (*graver, *notes) if notes else graver
        if self._selects:
            in_all = tuple(filter(self.policy.counts, in_all))
        if seen.only_line is None and sum([len(finding.lines) for finding in in_all]) > MAX_CACHED:
            return in_all, undecided
        return self._share(in_all), undecided

    def _share(self, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """Return equal findings as one object, by which reports know that they are the same."""
        if len(self._judged) >= MAX_CACHED:
            self._judged.clear()
        return self._judged.setdefault(findings, findings)

    def findings_about(self, row: Row, seen: Observation) -> list[tuple[Finding, Hit]]:
        """Return the findings about a row, each with its first hit."""
        about_rows, _ = self._about_rows(seen)
        return about_rows.about(row.path, seen) if about_rows is not None else []

    def _about_rows(self, seen: Observation) -> tuple[RowFindings | None, Undecided]:
        """Return what is to be said of the rows, which rests on the containers that are there and the rows in them."""
        key = seen.rows if seen.rows is not None else rows_of(seen.containers)
        known = self._of_rows.get(key)
        if known is None:
            if len(self._of_rows) >= MAX_CACHED:
                self._of_rows.clear()
            occurrences = _number((path, present) for path, _, present in seen.containers)
            known = self._row_findings(occurrences), undecided_among(self, occurrences)
            if len(occurrences) <= MAX_CACHED:
                self._of_rows[key] = known
        return known

    def _row_findings(self, occurrences: Sequence[Occurrence]) -> RowFindings | None:
        """Return what the rules find; None if all rows are there that should be, and no others."""
        if occurrences and all(each.present == self._expected_bits[each.path] for each in occurrences):
            return None
        factories: dict[str, FindingFactory] = {}
        for rule in ROW_RULES:
            if self.policy.severity(rule.id) is not None:
                for hit in rule.find(self, occurrences):
                    factory = FindingFactory(rule.id, hit, self.finding)
                    known = factories.setdefault(factory.key, factory)
                    if known is not factory:
                        known.spots.append(hit.at)
        return RowFindings(sorted(factories.values(), key=_row_number)) if factories else None

    def present_rows(self, seen: Iterable[Occurrence], expectation: Expectation) -> Iterator[Row]:
        """Yield the rows of which this is expected and that are there, each once."""
        bits, below = self._bits[expectation], row_bits(self.rulebook)
        rows = {
            row.path: row
            for container, _, present in seen
            if present & bits[container]
            for row in self._rows_in[container]
            if present & bits[container] & below[row.path]
        }
        yield from rows.values()

    def absent_rows(self, container: Occurrence) -> Iterator[Row]:
        """Yield the rows that an occurrence of a container lacks, and that should be in it."""
        path, _, present = container
        masked, unmet = present >> self._shift, present >> 2 * self._shift
        absent = (self._bits[Expectation.MUST][path] | self._bits[Expectation.SHOULD][path]) & ~present
        absent |= self._bits[Expectation.MASKED][path] & ~(present | masked)
        absent &= ~unmet
        below = row_bits(self.rulebook)
        return (row for row in self._rows_in[path] if absent & below[row.path] and not row.is_free_key)

    def grounds(self, row: Row) -> str:
        """Return why a row is expected or not."""
        if row.path not in self._grounds:
            self._grounds[row.path] = grounds(self.evaluator, row, self.context)
        return self._grounds[row.path]

    def nearest_leak(self, container: str | None) -> str | None:
        """Return the nearest row, from a container upwards, that must not be there."""
        while container is not None and self.expected[container] is not Expectation.MUST_NOT:
            container = self.rulebook.row_by_path[container].container
        return container

    def in_leak(self, place: Place | None) -> bool:
        """Return whether a place is in a row that must not be there."""
        while place is not None:
            if place.row is not None and self.expected[place.row.path] is Expectation.MUST_NOT:
                return True
            place = place.parent
        return False

    def near_miss(self, place: Place) -> NearMiss | None:
        """Return the row beside which an element in no row stands and whose name it nearly has."""
        parent = place.parent
        if parent is None or not parent.is_reachable or place.is_text or place.name.startswith("@"):
            return None
        last, near = self._last_near  # several rules ask for it in turn
        if last is not place:
            near = closest_row(self.rulebook, parent.path, place.name, other_namespace=place.other_namespace)
            self._last_near = place, near
        return near

    def misplaced(self, place: Place) -> tuple[str, ...]:
        """Return the paths of the rows whose name an element bears that is neither in their place nor a near miss there.

        A whole path as one name counts if the row must not be there: many elements are rightly called `user_id`. The name of rows
        that must not be there is no misspelling of another's.
        """
        if place.is_text or (place.node is not None and place.node.is_expected and place.is_reachable):
            return ()
        name = place.name.removeprefix("@")
        paths = self._rows_named.get(fold_name(name), ())
        if not paths:
            paths = self._rows_flattened(place, name)
        near = self.near_miss(place) if paths else None
        if near is None:
            return paths
        is_leak = all(self.expected[path] is Expectation.MUST_NOT for path in paths)
        return paths if is_leak and not near.is_spelling else ()

    def _rows_flattened(self, place: Place, name: str) -> tuple[str, ...]:
        """Return the paths of the rows that must not be there and whose path, or the end of it, is written as one name.

        So are those one of whose names is written as a path.
        """
        whole, ends = rows_as_one_name(self.rulebook, name)
        if whole:
            return tuple(path for path in whole if self.expected[path] is Expectation.MUST_NOT)
        if ends:
            paths = rows_below(ends, place.parent.path if place.parent else "", name)
        elif self._nested.last_names and fold_name(place.name) in self._nested.last_names:
            paths = self._nested.at(place.path)
        else:
            return ()
        return paths if all(self.expected[path] is Expectation.MUST_NOT for path in paths) else ()

    def finding(self, rule: str, hit: Hit, lines: tuple[int, ...]) -> Finding:
        """Return the finding of a hit, with its lines."""
        row, path = hit.row, hit.path
        return Finding(
            rule=rule,
            severity=hit.severity or self.policy.severity(rule) or RULES[rule].severity,
            path=path,
            element=row.element if row else path.rpartition("/")[2],
            message=f"`{path}` {hit.text}",
            id=finding_id(self.rulebook, self.context, path, "" if row and rule != "undecided" else rule),
            explain_target=hit.target,
            lines=lines,
            expectation=self.expected[path] if row else None,
            marker=self.evaluator.marker(row, self.context).id if row else None,
            cause=hit.cause,
            because=hit.because,
        )


def _number(shown: Iterable[tuple[str | None, int]]) -> list[Occurrence]:
    """Return each container that is there with the number of those of its path before it."""
    ended: dict[str | None, int] = {}
    occurrences = []
    for path, present in shown:
        number = ended.get(path, 0)
        occurrences.append(Occurrence(path, number, present))
        ended[path] = number + 1
    return occurrences


def _row_number(factory: FindingFactory) -> int:
    row = factory.hit.row
    return row.number if row is not None else 1 << 30
