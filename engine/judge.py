"""Judging: an observation held against what its context should see."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from ..rules.model import Row, Rulebook
from ..rules.names import did_you_mean, join_names
from .context import Context
from .expectation import Evaluator, Expectation
from .explain.reasons import grounds
from .finding import Finding, Severity, finding_id
from .finding_rules import ELEMENT_RULES, RULES, rules_of, unlisted
from .finding_rules.base import Hit
from .finding_rules.undecided import UndecidedRows
from .near_miss import NearMiss, closest_row, fold_name, rows_named
from .observation import Container, Observation
from .places import MAX_PATH, Place, bit_shift, row_bits

K = TypeVar("K")
V = TypeVar("V")

MAX_CACHED = 1_024
"""Findings, and places of elements in no row, that a judge remembers, so that its memory stays small, whatever is sent."""

MAX_UNLISTED = 100
"""Findings about elements in no row that a response can have; one more then says how many elements there are beside them."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The user's decisions about judging, as far as the rulebook leaves room.

    ``strict`` makes omissions errors; ``unlisted`` and ``undecided`` are the severities of what no row lists and of what the known
    facts do not decide, None to ignore it; ``empty_is_absent`` lets elements that hold nothing count as not returned. Of the
    findings those count that match ``select``, if there is any, and do not match ``ignore``: a rule, or ``RULE:PATH`` for one
    path and all below it.
    """

    strict: bool = False
    unlisted: Severity | None = Severity.NOTE
    empty_is_absent: bool = False
    undecided: Severity | None = Severity.NOTE
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def severity(self, rule: str) -> Severity | None:
        """Return the severity of a rule's findings; None if they are ignored."""
        if rule == "omitted" and self.strict:
            return Severity.ERROR
        return {"unlisted": self.unlisted, "undecided": self.undecided}.get(rule, RULES[rule].severity)

    def counts(self, finding: Finding) -> bool:
        """Return whether a finding is selected and not ignored."""
        if self.select and not any(_matches(pattern, finding) for pattern in self.select):
            return False
        return not any(_matches(pattern, finding) for pattern in self.ignore)


def validate_policy(rulebook: Rulebook, policy: Policy) -> None:
    """Raise ValueError if ``select`` or ``ignore`` names a rule that no finding of the rulebook can have."""
    rules = rules_of(rulebook)
    for option, patterns in (("select", policy.select), ("ignore", policy.ignore)):
        for pattern in patterns:
            rule = pattern.partition(":")[0]
            if rule not in rules:
                hint = did_you_mean(rule, rules) or f"; known are {join_names(rules)}"
                raise ValueError(f"`{option}`: there is no rule `{rule}`{hint}")


def _matches(pattern: str, finding: Finding) -> bool:
    rule, _, path = pattern.partition(":")
    return rule == finding.rule and (not path or f"{finding.path or ''}/".startswith(f"{path.strip('/')}/"))


DEFAULT_POLICY = Policy()


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
    if len(listed) <= 1 or len({finding.severity for finding in listed}) == 1:
        return listed
    return tuple(sorted(listed, key=lambda finding: finding.severity.order))


_Entries = dict[tuple[str, str], tuple[Hit, list[int]]]
"""Hits that make one finding, by rule and path: the first, and the positions of all."""


def _add(entries: _Entries, rule: str, hit: Hit, at: Iterable[int]) -> None:
    entry = entries.get((rule, hit.path))
    if entry is None:
        entries[rule, hit.path] = hit, list(at)
    else:
        entry[1].extend(at)


class Judge:
    """Judges what was seen in one context, by one policy."""

    def __init__(self, evaluator: Evaluator, context: Context, policy: Policy) -> None:
        self.evaluator = evaluator
        self.rulebook = evaluator.rulebook
        self.context = context
        self.policy = policy
        self.expected = evaluator.expectations(context)
        self.undecided = UndecidedRows(evaluator, context)
        self._findings: dict[tuple[object, ...], Finding] = {}
        self._grounds: dict[str, str] = {}
        self._words: dict[tuple[str, Callable[[Judge, Row], str]], str] = {}
        self._near: dict[Place, NearMiss | None] = {}
        self._hits: dict[Place, tuple[str, Hit] | None] = {}
        self._row_rules = [
            rule
            for rule in ELEMENT_RULES
            if rule not in unlisted.RULES and policy.severity(rule.id) is not None
        ]
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
            for container, rows in self.rulebook.rows_below.items()
        }

    def judge(self, seen: Observation) -> tuple[Finding, ...]:
        """Judge an observation."""
        findings: list[Finding] = []
        if not self._is_as_expected(seen):
            entries: _Entries = {}
            for rule in self._row_rules:
                for hit in rule.find(self, seen):
                    _add(entries, rule.id, hit, hit.at)
            findings += self._worded(entries, seen)
        if seen.unlisted:
            findings += self._about_unlisted(seen)
        if self.policy.select or self.policy.ignore:
            findings = [finding for finding in findings if self.policy.counts(finding)]
        return in_order(findings)

    def _is_as_expected(self, seen: Observation) -> bool:
        """Return whether all rows are there that should be, and no others."""
        expected = self._expected_bits
        return (
            all(present == expected[row] for row, _, present in seen.containers) and len(seen.containers) > 0
        )

    def _about_unlisted(self, seen: Observation) -> list[Finding]:
        """Return the findings about elements in no row, errors first if there are more than the bound."""
        hits: dict[str, list[tuple[Hit, int]]] = {rule.id: [] for rule in unlisted.RULES}
        for place, at in seen.unlisted:
            found = self._hit_of(place)
            if found is not None:
                hits[found[0]].append((found[1], at))
        errors: _Entries = {}
        others: _Entries = {}
        beyond = 0
        for rule, hit, at in ((rule, *each) for rule, found_by in hits.items() for each in found_by):
            entries = errors if hit.severity is Severity.ERROR else others
            if len(entries) < MAX_UNLISTED or (rule, hit.path) in entries:
                _add(entries, rule, hit, (at,))
            else:
                beyond += 1
        room = MAX_UNLISTED - len(errors)
        kept = others if len(others) <= room else dict(list(others.items())[:room])
        beyond += sum(len(at) for key, (_, at) in others.items() if key not in kept)
        ordered = sorted((errors | kept).items(), key=lambda item: item[1][1][0])
        return [*self._worded(dict(ordered), seen), *([self._more(beyond)] if beyond else [])]

    def _hit_of(self, place: Place) -> tuple[str, Hit] | None:
        """Return what an element in no row is found to be, by which rule; that rests on its place alone."""
        if place not in self._hits:
            if len(self._hits) >= MAX_CACHED:
                self._hits.clear()
                self._near.clear()
            seen = Observation((), ((place, 0),), lambda _: 0, lambda _: {})
            found = ((rule.id, hit) for rule in unlisted.RULES for hit in rule.find(self, seen))
            self._hits[place] = next(found, None)
        return self._hits[place]

    def present_rows(self, seen: Observation, expectation: Expectation) -> Iterator[tuple[Row, list[int]]]:
        """Yield the rows of which this is expected and that are there, each with its positions."""
        bits, below = self._bits[expectation], row_bits(self.rulebook)
        paths = {
            row.path: row
            for container, _, present in seen.containers
            if present & bits[container]
            for row in self.rulebook.rows_below[container]
            if present & bits[container] & below[row.path]
        }
        for path, positions in seen.find(frozenset(paths)).items() if paths else ():
            yield paths[path], positions

    def absent_rows(self, container: Container) -> Iterator[Row]:
        """Yield the rows that an occurrence of a container lacks, and that should be in it."""
        path, _, present = container
        masked, unmet = present >> self._shift, present >> 2 * self._shift
        absent = (self._bits[Expectation.MUST][path] | self._bits[Expectation.SHOULD][path]) & ~present
        absent |= self._bits[Expectation.MASKED][path] & ~(present | masked)
        absent &= ~unmet
        below = row_bits(self.rulebook)
        return (row for row in self.rulebook.rows_below[path] if absent & below[row.path])

    def grounds(self, row: Row) -> str:
        """Return why a row is expected or not."""
        if row.path not in self._grounds:
            self._grounds[row.path] = grounds(self.evaluator, row, self.context)
        return self._grounds[row.path]

    def worded(self, row: Row, words: Callable[[Judge, Row], str]) -> str:
        """Return the words about a row, which are put together once."""
        if (row.path, words) not in self._words:
            self._words[row.path, words] = words(self, row)
        return self._words[row.path, words]

    def nearest_leak(self, container: str | None) -> str | None:
        """Return the nearest row, from a container upwards, that must not be there."""
        while container is not None and self.expected[container] is not Expectation.MUST_NOT:
            container = self.rulebook.row_by_path[container].container
        return container

    def others(self, seen: Observation) -> Iterator[tuple[Place, int]]:
        """Yield the elements in no row that belong to no leak, with their positions."""
        return ((place, at) for place, at in seen.unlisted if not self._in_leak(place.parent))

    def _in_leak(self, place: Place | None) -> bool:
        while place is not None:
            if place.row is not None and self.expected[place.row.path] is Expectation.MUST_NOT:
                return True
            place = place.parent
        return False

    def near_miss(self, place: Place) -> NearMiss | None:
        """Return the row beside which an element in no row stands and whose name it nearly has."""
        parent = place.parent
        if parent is None or not parent.is_reachable or place.name.startswith("@"):
            return None
        if place not in self._near:
            near = closest_row(self.rulebook, parent.path, place.name, other_namespace=place.other_namespace)
            self._near[place] = near
        return self._near[place]

    def misplaced(self, place: Place) -> tuple[str, ...]:
        """Return the paths of the rows whose name an element bears that is neither in their place nor a near miss there."""
        if place.node is not None and place.node.is_known and place.is_reachable:
            return ()
        paths = rows_named(self.rulebook).get(fold_name(place.name.removeprefix("@")), ())
        return () if not paths or self.near_miss(place) is not None else paths

    def _worded(self, entries: _Entries, seen: Observation) -> Iterator[Finding]:
        """Put what was found into words; rows in the table's order, others in the document's."""
        numbered = sorted(
            entries.items(), key=lambda item: item[1][0].row.number if item[1][0].row else 1 << 30
        )
        for (rule, path), (hit, at) in numbered:
            lines = (seen.line(at[0]),) if len(at) == 1 else tuple(sorted(set(map(seen.line, at))))
            key = rule, path, hit.cause, lines, hit.text, hit.severity
            finding = self._findings.get(key)
            if finding is None:
                finding = self._finding(rule, path, hit, lines)
                if len(lines) < MAX_PATH:
                    _keep(self._findings, key, finding)
            yield finding

    def _finding(self, rule: str, path: str, hit: Hit, lines: tuple[int, ...]) -> Finding:
        row = hit.row
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

    def _more(self, number: int) -> Finding:
        """Return the finding that says how many elements in no row have no finding of their own."""
        elements = f"{number:,} more element{'s are' if number > 1 else ' is'}"
        return Finding(
            rule="unlisted",
            severity=self.policy.unlisted or Severity.NOTE,
            path=None,
            element=None,
            message=f"{elements} in no row of {self.rulebook.table_title}",
            id=finding_id(self.rulebook, self.context, None, "unlisted"),
            explain_target="unlisted",
        )


def _keep(memory: dict[K, V], key: K, known: V) -> None:
    if len(memory) >= MAX_CACHED:
        memory.clear()
    memory[key] = known
