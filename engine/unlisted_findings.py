"""Findings about what stands in no row: one for each element, or for all of a rule and path, within a bound."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, cast

from .finding import Finding, Severity, finding_id
from .finding_factory import FindingFactory, lines_of
from .finding_rules import PLACE_RULES
from .finding_rules.base import PlaceRule
from .observation import Observation, Unlisted
from .places import Place

if TYPE_CHECKING:
    from .judge import Judge

MAX_CACHED = 1_024
"""What is remembered of each kind, so that memory stays small, whatever is sent."""

MAX_CACHED_LINES = 64
"""Lines for each of which findings about elements in no row are remembered."""

MAX_UNLISTED = 100
"""Findings about elements in no row that a response can have; one more then says how many elements there are beside them."""

_ERROR, _NOTE = Severity.ERROR, Severity.NOTE  # members of enumerations are slow to look up

_Told = tuple[FindingFactory, list[int]]
"""The factory of a finding about elements, and their positions."""
_Untold = tuple[Place, list[int]]
"""The place of elements, and their positions."""


class UnlistedFindings:
    """Finds what is to be said of elements in no row, for one judge."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._of_places: dict[Place, FindingFactory | None] = {}
        self._on_lines: dict[int, dict[Place | str, Finding | None]] = {}
        self._ambiguous: set[Place] = set()
        self._shared: set[Place] = set()
        self._graver: set[Place] = set()
        self._severities = {rule.id: judge.policy.severity(rule.id) or rule.severity for rule in PLACE_RULES}

    def findings(self, seen: Observation) -> tuple[Sequence[Finding], Sequence[Finding]]:
        """Return the findings about elements in no row, in the document's order, errors first if there are more than the bound.

        The second part are notes; there may be others of them in the first, but then none in the second.
        """
        if seen.only_line is not None and len(seen.unlisted) <= MAX_CACHED:
            places = dict.fromkeys(seen.unlisted)
            found = self._on_one_line(places, seen.only_line)
            if len(places) <= MAX_UNLISTED and (not self._shared or self._shared.isdisjoint(places)):
                return self._split(cast("list[Finding]", found), places)
            if self._ambiguous.isdisjoint(places):
                return self._within_bound(self._on_one_line(seen.unlisted, seen.only_line)), ()
        located = seen.located_unlisted()
        if len(located) > MAX_CACHED:
            return self._merged(*self._find_first(located), seen), ()
        known = self._of_places
        factories = [known[p] if p in known else self._learn_place(p) for p in seen.unlisted]
        both = zip(factories, located, strict=True)
        kept = [(factory, at) for factory, (_, at) in both if factory is not None]
        if len(kept) > MAX_UNLISTED or len({factory.key for factory, _ in kept}) < len(kept):
            return self._merged([(factory, [at]) for factory, at in kept], (), seen), ()
        return [factory.finding((seen.line(at),)) for factory, at in sorted(kept, key=itemgetter(1))], ()

    def _find_first(self, unlisted: Sequence[Unlisted]) -> tuple[list[_Told], list[_Untold]]:
        """Return what all rules but the last find, and the other elements, of which most are beyond the bound and need no words."""
        positions: dict[Place, list[int]] = {}
        for place, at in unlisted:
            positions.setdefault(place, []).append(at)
        found, others = [], []
        leaks: dict[Place | None, bool] = {}
        for place, there in positions.items():
            parent = place.parent
            if parent not in leaks:
                leaks[parent] = self._judge.in_leak(parent)
            if leaks[parent]:
                continue
            factory = self._factory(place, _FIRST_RULES)
            if factory is not None:
                found.append((factory, there))
            else:
                others.append((place, there))
        return found, others

    def _split(
        self, found: list[Finding], places: Iterable[Place]
    ) -> tuple[Sequence[Finding], Sequence[Finding]]:
        """Return findings that are graver than notes, and the notes."""
        if not self._graver or self._graver.isdisjoint(places):
            return (), found
        graver = [finding for finding in found if finding.severity is not _NOTE]
        return graver, [finding for finding in found if finding.severity is _NOTE]

    def _on_one_line(self, places: Collection[Place], line: int) -> list[Finding | None]:
        """Return the finding of each element in no row, of those on one line; equal ones are one object."""
        known = self._on_lines.get(line, {})
        try:
            found = [*map(known.__getitem__, places)]
        except KeyError:
            if len(self._on_lines) >= MAX_CACHED_LINES or len(known) >= MAX_CACHED:
                self._on_lines.clear()
                self._ambiguous.clear()
                self._shared.clear()
                self._graver.clear()
                known = {}
            known = self._on_lines.setdefault(line, known)
            found = [known[p] if p in known else self._learn_on_line(p, line, known) for p in places]
        return found

    def _learn_on_line(
        self, place: Place, line: int, known: dict[Place | str, Finding | None]
    ) -> Finding | None:
        factory = self._of_places[place] if place in self._of_places else self._learn_place(place)
        finding = None
        if factory is not None:
            own = factory.finding((line,))
            finding = known.setdefault(factory.key, own)
            if finding != own:
                self._ambiguous.add(place)
            if own.severity is not _NOTE:
                self._graver.add(place)
        if finding is None or finding is not own:
            self._shared.add(place)
        known[place] = finding
        return finding

    def _within_bound(self, found: list[Finding | None]) -> list[Finding]:
        """Return findings on one line, each once; errors first if there are more than the bound."""
        each = [finding for finding in dict.fromkeys(found) if finding is not None]
        if len(each) <= MAX_UNLISTED:
            return each
        is_mixed = len({*map(_kind_of, each)}) > 1
        kept = set((sorted(each, key=_rank) if is_mixed else each)[:MAX_UNLISTED])
        beyond = len(found) - found.count(None) - sum(map(kept.__contains__, found))
        return [*filter(kept.__contains__, each), self._more(beyond)]

    def _merged(self, found: Sequence[_Told], others: Sequence[_Untold], seen: Observation) -> list[Finding]:
        """Make one finding of those of one rule and path, within the bound; ``others`` are elements of which the last rule has to be asked."""
        groups = _Groups(self._severities)
        several_rules = len({factory.rule for factory, _ in found}) > 1
        for factory, positions in sorted(found, key=_rule_order) if several_rules else found:
            groups.add(factory, positions)
        severity = self._severities[_LAST_RULE.id]
        for place, positions in others if self._judge.policy.severity(_LAST_RULE.id) is not None else ():
            if not groups.add_to_known(f"{_LAST_RULE.id}:{place.path}", severity, positions):
                last = self._factory(place, (_LAST_RULE,))
                if last is not None:
                    groups.add(last, positions)
        ordered, beyond = groups.kept()
        findings = [factory.finding(lines_of(seen, positions)) for factory, positions in ordered]
        return [*findings, *([self._more(beyond)] if beyond else [])]

    def _learn_place(self, place: Place) -> FindingFactory | None:
        """Return what is to be said of an element in no row, which rests on its place alone."""
        factory = None if self._judge.in_leak(place.parent) else self._factory(place, PLACE_RULES)
        if len(self._of_places) >= MAX_CACHED:
            self._of_places.clear()
        self._of_places[place] = factory
        return factory

    def _factory(self, place: Place, rules: Iterable[PlaceRule]) -> FindingFactory | None:
        for rule in rules:
            hit = rule.find(self._judge, place)
            if hit is not None:
                return FindingFactory(rule.id, hit, self._judge.finding)
        return None

    def _more(self, number: int) -> Finding:
        """Return the finding that says how many elements in no row have no finding of their own."""
        elements = f"{number:,} more element{'s are' if number > 1 else ' is'}"
        return Finding(
            rule="unlisted",
            severity=self._judge.policy.unlisted or Severity.NOTE,
            path=None,
            element=None,
            message=f"{elements} in no row of {self._judge.rulebook.table_title}",
            id=finding_id(self._judge.rulebook, self._judge.context, None, "unlisted"),
            explain_target="unlisted",
        )


class _Groups:
    """Findings of one rule and path each with their positions, within the bound: those that are errors, and others."""

    def __init__(self, severities: Mapping[str, Severity]) -> None:
        self._severities = severities
        self._errors: dict[str, _Told] = {}
        self._others: dict[str, _Told] = {}
        self._beyond = 0

    def add(self, factory: FindingFactory, positions: Sequence[int]) -> None:
        """Add what is to be said of the elements at some positions."""
        severity = factory.hit.severity or self._severities[factory.rule]
        if not self.add_to_known(factory.key, severity, positions):
            group = self._errors if severity is _ERROR else self._others
            group[factory.key] = factory, [*positions]

    def add_to_known(self, key: str, severity: Severity, positions: Sequence[int]) -> bool:
        """Add elements to those of their rule and path, or count them beyond the bound; returns False if they are neither, so that they are new."""
        group = self._errors if severity is _ERROR else self._others
        known = group.get(key)
        if known is not None:
            known[1].extend(positions)
        elif len(group) < MAX_UNLISTED:
            return False
        else:
            self._beyond += len(positions)
        return True

    def kept(self) -> tuple[list[_Told], int]:
        """Return those within the bound by their first positions, and the number of elements beyond; errors are kept first."""
        kept = dict(list(self._others.items())[: MAX_UNLISTED - len(self._errors)])
        beyond = sum(len(positions) for key, (_, positions) in self._others.items() if key not in kept)
        return sorted((self._errors | kept).values(), key=lambda entry: entry[1][0]), self._beyond + beyond


*_FIRST_RULES, _LAST_RULE = PLACE_RULES
_RULE_ORDER = {rule.id: number for number, rule in enumerate(PLACE_RULES)}


_kind_of = attrgetter("rule", "severity")


def _rank(finding: Finding) -> tuple[bool, int]:
    return finding.severity is not _ERROR, _RULE_ORDER[finding.rule]


def _rule_order(found: _Told) -> int:
    return _RULE_ORDER[found[0].rule]
