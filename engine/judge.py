"""Judging: an observation held against what its context should see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import NamedTuple, TypeVar

from ..rules.model import Row
from .context import Context
from .expectation import Evaluator, Expectation
from .explain.reasons import grounds
from .finding import RULES, Finding, Severity, finding_id
from .near_miss import NearMiss, closest_row
from .observation import Container, Observation
from .places import MAX_PATH, Place, row_bits

K = TypeVar("K")
V = TypeVar("V")

MAX_CACHED = 256
"""Findings that a judge remembers the words of, so that its memory stays small, whatever is sent."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What the user decides about judging, where the rulebook leaves room.

    ``strict`` makes omissions errors; ``unlisted`` is the severity of what no row lists, None to ignore it;
    ``empty_is_absent`` lets elements that hold nothing count as not returned.
    """

    strict: bool = False
    unlisted: Severity | None = Severity.NOTE
    empty_is_absent: bool = False


DEFAULT_POLICY = Policy()

MAX_UNLISTED = 100
"""Findings about elements in no row that a response can have; one more then says how many elements there are beside them."""

MESSAGES = {
    "leaked": "is there, and must not be",
    "missing": "is not there, and must be",
    "omitted": "is not there, and should be",
}
"""What the findings about rows say of an element."""


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


class _Entry(NamedTuple):
    """A finding in the making: its positions come together from every place where it holds."""

    cause: str | None
    row: Row | None
    near: NearMiss | None
    at: list[int]


_Entries = dict[tuple[str, str], _Entry]


class Judge:
    """Judges what was seen in one context, by one policy."""

    def __init__(self, evaluator: Evaluator, context: Context, policy: Policy) -> None:
        self.evaluator = evaluator
        self.rulebook = evaluator.rulebook
        self.context = context
        self.policy = policy
        self.expected = evaluator.expectations(context)
        self._findings: dict[tuple[object, ...], Finding] = {}
        self._near: dict[tuple[str, str, bool], NearMiss | None] = {}
        self._expected_bits = {row: self._bits(row, expected=True) for row in self.rulebook.rows_below}
        self._forbidden_bits = {row: self._bits(row, expected=False) for row in self.rulebook.rows_below}

    def _bits(self, container: str | None, *, expected: bool) -> int:
        """Return the bits of a container's rows that are expected, or else of those that must not be there."""
        bits = row_bits(self.rulebook)
        decided = [(bits[row.path], self.expected[row.path]) for row in self.rulebook.rows_below[container]]
        return sum(
            bit for bit, decision in decided
            if (decision.is_expected if expected else decision is Expectation.MUST_NOT)
        )  # fmt: skip

    def judge(self, seen: Observation) -> tuple[Finding, ...]:
        """Judge an observation."""
        if seen.memo is None:
            return self._judge(seen)
        if self not in seen.memo:
            seen.memo[self] = self._judge(seen)
        return seen.memo[self]

    def _judge(self, seen: Observation) -> tuple[Finding, ...]:
        entries: _Entries = {}
        leaked: dict[str, None] = {}
        for container in seen.containers:
            row, _, present = container
            if absent := self._expected_bits[row] & ~present:
                self._absences(entries, seen, container, absent)
            if present & self._forbidden_bits[row]:
                leaked |= dict.fromkeys(self._rows(row, present & self._forbidden_bits[row]))
        if leaked:
            self._leaks(entries, seen, frozenset(leaked))
        if not entries and not seen.unlisted:
            return ()
        others, omitted = self._unlisted(seen) if seen.unlisted else ({}, 0)
        worded = self._worded(entries | others, seen)
        return in_order(chain(worded, [self._more(omitted)] if omitted else ()))

    def _rows(self, container: str | None, bits: int) -> Iterator[str]:
        below = row_bits(self.rulebook)
        return (row.path for row in self.rulebook.rows_below[container] if below[row.path] & bits)

    def _leaks(self, entries: _Entries, seen: Observation, leaked: frozenset[str]) -> None:
        for path, positions in seen.find(leaked).items():
            row = self.rulebook.row_by_path[path]
            _add(entries, "leaked", path, positions, cause=self._leaked_above(row.container), row=row)

    def _leaked_above(self, container: str | None) -> str | None:
        """Return the nearest row, from a container upwards, that must not be there."""
        while container is not None and self.expected[container] is not Expectation.MUST_NOT:
            container = self.rulebook.row_by_path[container].container
        return container

    def _absences(self, entries: _Entries, seen: Observation, container: Container, absent: int) -> None:
        for path in self._rows(container[0], absent):
            row = self.rulebook.row_by_path[path]
            self._absent(entries, row, _deepest(seen, container, row), cause=None)

    def _absent(self, entries: _Entries, row: Row, at: int, cause: str | None) -> None:
        """Note a row that is not there, and with it the rows that would be in it."""
        expectation = self.expected[row.path]
        if not expectation.is_expected:
            return
        rule = "missing" if expectation is Expectation.MUST else "omitted"
        _add(entries, rule, row.path, [at], cause=cause, row=row)
        for below in self.rulebook.rows_below[row.path]:
            self._absent(entries, below, at, cause=row.path)

    def _unlisted(self, seen: Observation) -> tuple[_Entries, int]:
        """Note the elements that no row lists, near misses before others, and count those beyond the bound."""
        near_misses: _Entries = {}
        others: _Entries = {}
        beyond = 0
        for place, at in seen.unlisted:
            parent = place.parent
            if parent is None or self._in_leak(parent):
                continue
            near = self._near_miss(parent, place) if parent.is_reachable else None
            if near is None and self.policy.unlisted is None:
                continue
            entries, rule = (others, "unlisted") if near is None else (near_misses, "near-miss")
            if len(entries) >= MAX_UNLISTED and (rule, place.path) not in entries:
                beyond += 1
                continue
            cause = parent.path if parent.is_unlisted else None
            _add(entries, rule, place.path, [at], cause=cause, near=near)
        room = MAX_UNLISTED - len(near_misses)
        beyond += sum(len(entry.at) for entry in list(others.values())[room:])
        kept = {*near_misses, *list(others)[:room]}
        ordered = sorted((near_misses | others).items(), key=lambda item: item[1].at[0])
        return {key: entry for key, entry in ordered if key in kept}, beyond

    def _in_leak(self, place: Place | None) -> bool:
        """Whether an element stands in one that must not be there, so that it belongs to that leak."""
        while place is not None:
            if place.row is not None and self.expected[place.row.path] is Expectation.MUST_NOT:
                return True
            place = place.parent
        return False

    def _more(self, number: int) -> Finding:
        """Return the finding that says how many elements in no row have no finding of their own."""
        elements = f"{number:,} more element{'s are' if number > 1 else ' is'}"
        return Finding(
            rule="unlisted",
            severity=self._severity("unlisted"),
            path=None,
            element=None,
            message=f"{elements} in no row of {self.rulebook.table_title}",
            id=finding_id(self.rulebook, self.context, None, "unlisted"),
            explain_target="unlisted",
        )

    def _near_miss(self, parent: Place, place: Place) -> NearMiss | None:
        key = parent.path, place.name, place.other_namespace
        if key not in self._near:
            near = closest_row(self.rulebook, key[0], key[1], other_namespace=key[2])
            if len(place.name) >= MAX_PATH:
                return near
            _keep(self._near, key, near)
        return self._near[key]

    def _worded(self, entries: _Entries, seen: Observation) -> Iterator[Finding]:
        """Put what was found into words; rows in the table's order, then the unlisted in the document's."""
        numbered = sorted(entries.items(), key=lambda item: item[1].row.number if item[1].row else 1 << 30)
        for (rule, path), entry in numbered:
            lines = tuple(sorted(set(map(seen.line, entry.at))))
            key = rule, path, entry.cause, lines, entry.near
            finding = self._findings.get(key)
            if finding is None:
                finding = self._finding(rule, path, entry, lines)
                if len(lines) < MAX_PATH:
                    _keep(self._findings, key, finding)
            yield finding

    def _finding(self, rule: str, path: str, entry: _Entry, lines: tuple[int, ...]) -> Finding:
        row = entry.row
        because = grounds(self.evaluator, row, self.context) if row else self._not_listed(entry.near)
        return Finding(
            rule=rule,
            severity=self._severity(rule),
            path=path,
            element=row.element if row else path.rpartition("/")[2],
            message=_message(rule, path, entry.cause, because) if row else f"`{path}` is {because}",
            id=finding_id(self.rulebook, self.context, path, "" if row else rule),
            explain_target=self._explain_target(rule, path, entry),
            lines=lines,
            expectation=self.expected[path] if row else None,
            marker=self.evaluator.marker(row, self.context).id if row else None,
            cause=entry.cause,
            because=because,
        )

    def _not_listed(self, near: NearMiss | None) -> str:
        nowhere = f"in no row of {self.rulebook.table_title}"
        return (
            f"{nowhere}, but like `{near.path}`: {near.difference}"
            if near
            else f"{nowhere}; it is not judged"
        )

    def _severity(self, rule: str) -> Severity:
        if rule == "omitted" and self.policy.strict:
            return Severity.ERROR
        if rule == "unlisted" and self.policy.unlisted is not None:
            return self.policy.unlisted
        return RULES[rule].severity

    def _explain_target(self, rule: str, path: str, entry: _Entry) -> str:
        if entry.row or path in self.rulebook.document.unlisted.paths:
            return path
        return entry.near.path if entry.near else rule


def _add(
    entries: _Entries,
    rule: str,
    path: str,
    positions: list[int],
    *,
    cause: str | None,
    row: Row | None = None,
    near: NearMiss | None = None,
) -> None:
    entry = entries.get((rule, path))
    if entry is None:
        entries[rule, path] = _Entry(cause, row, near, list(positions))
    else:
        entry.at.extend(positions)


def _deepest(seen: Observation, container: Container, row: Row) -> int:
    """Return the position where what is missing would stand: the last element on the way there from a container."""
    if len(row.steps) == 1:
        return container[1]
    ends = [at for path, at, _ in seen.containers if path == container[0] and at > container[1]]
    end = min(ends, default=1 << 62)
    steps = row.path.split("/")
    above = ["/".join(steps[:length]) for length in range(len(steps) - len(row.steps) + 1, len(steps))]
    found = seen.find(frozenset(above))
    at = container[1]
    for path in above:
        inside = [position for position in found.get(path, ()) if at < position < end]
        if not inside:
            break
        at = inside[0]
    return at


def _message(rule: str, path: str, cause: str | None, because: str) -> str:
    if cause is not None and rule != "leaked":
        return f"`{path}` is not there, because `{cause}` is not"
    return f"`{path}` {MESSAGES[rule]}: {because}"


def _keep(memory: dict[K, V], key: K, known: V) -> None:
    if len(memory) >= MAX_CACHED:
        memory.clear()
    memory[key] = known
