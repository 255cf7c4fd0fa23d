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
from .near_miss import closest_row
from .observation import Node, Observation
from .sketch import Sketch, Unlisted, row_bits

K = TypeVar("K")
V = TypeVar("V")

Like = tuple[Row, str]
"""A row that an unlisted element looks like, and in what it differs."""

REMEMBERED = 256
"""Findings, and names that are in no row, that a judge remembers; so their memory stays small, whatever is sent."""

FEW = 8
"""Findings of one unlisted element, up to which they are remembered."""

LONG = 240
"""Letters of a path, and lines, beyond which a finding is not remembered."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What the user decides about judging, where the rulebook leaves room.

    ``strict`` makes omissions errors; ``unlisted`` is the weight of what no row lists, None to pass over it;
    ``empty_is_absent`` lets elements that hold nothing count as not returned.
    """

    strict: bool = False
    unlisted: Severity | None = Severity.NOTE
    empty_is_absent: bool = False


DEFAULT_POLICY = Policy()

SAID = {
    "leaked": "is there, and must not be",
    "missing": "is not there, and must be",
    "omitted": "is not there, and should be",
}
"""What the findings about rows say of an element."""


def judge(
    evaluator: Evaluator, context: Context, observation: Observation, policy: Policy = DEFAULT_POLICY
) -> tuple[Finding, ...]:
    """Hold what was seen against what should be: the findings, most severe first, then in the table's order.

    The context has to name a column; ValueError where it does not.
    """
    return judge_for(evaluator, context, policy).judge(observation)


@lru_cache(512)
def judge_for(evaluator: Evaluator, context: Context, policy: Policy = DEFAULT_POLICY) -> Judge:
    """Give the judge of a context, which is worth keeping: it remembers. ValueError where there is no column."""
    return Judge(evaluator, context, policy)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Put findings in the order in which people read them: most severe first, otherwise as found."""
    listed = tuple(findings)
    if len(listed) <= 1 or len({finding.severity for finding in listed}) == 1:
        return listed
    return tuple(sorted(listed, key=lambda finding: finding.severity.order))


class Judge:
    """Judges what was seen in one context, by one policy. What it found once it need not put into words again."""

    def __init__(self, evaluator: Evaluator, context: Context, policy: Policy) -> None:
        self.evaluator = evaluator
        self.rulebook = evaluator.rulebook
        self.context = context
        self.policy = policy
        self.expected = evaluator.expectations(context)
        self._worded: dict[tuple[object, ...], Finding] = {}
        self._single: dict[Unlisted, tuple[Finding, ...]] = {}
        self._likes: dict[tuple[str, str, bool], Like | None] = {}
        self._masks = {
            container: (self._mask(rows, shown=True), self._mask(rows, shown=False))
            for container, rows in self.rulebook.rows_below.items()
        }

    def _mask(self, rows: tuple[Row, ...], *, shown: bool) -> int:
        """Give the bits of those rows that should be shown, or of those that must not be."""
        bits = row_bits(self.rulebook)
        decided = [(bits[row.path], self.expected[row.path]) for row in rows]
        if shown:
            return sum(bit for bit, expectation in decided if expectation.is_expected)
        return sum(bit for bit, expectation in decided if expectation is Expectation.MUST_NOT)

    def judge(self, observation: Observation) -> tuple[Finding, ...]:
        """Judge an observation."""
        seen = observation.without_empty() if self.policy.empty_is_absent else observation
        judging = _Judging(self)
        judging.rows_below(None, seen, leak=None)
        judging.unlisted_in(seen, "", listed_here=True, cause=None)
        return in_order(judging.findings())

    def judge_sketch(self, sketch: Sketch) -> tuple[Finding, ...] | None:
        """Judge a sketch as the observation that it was made of; None where that takes more than a sketch shows."""
        if self.policy.empty_is_absent:
            return None
        absent = []
        for occurrence in sketch.occurrences:
            row, _, rows = occurrence
            shown, hidden = self._masks[row]
            if rows & hidden:
                return None  # where what is leaked stands is not in a sketch
            if shown & ~rows:
                absent.append((occurrence, shown & ~rows))
        if not absent:
            singly = self._singly(sketch.unlisted)
            if singly is not None:
                return singly
        judging = _Judging(self)
        for (row, line, _), missing in absent:
            if not judging.absent_from(row, line, missing, sketch):
                return None
        for part in sketch.unlisted:
            judging.unlisted(part, listed_here=True, cause=None)
        return in_order(judging.findings())

    def _singly(self, unlisted: list[Unlisted]) -> tuple[Finding, ...] | None:
        """Give the findings about unlisted elements, where none has to do with another; else None."""
        if len({part.path for part in unlisted}) < len(unlisted):
            return None
        known = self._single
        return in_order(
            chain.from_iterable([known.get(part) or self._found_single(part) for part in unlisted])
        )

    def _found_single(self, part: Unlisted) -> tuple[Finding, ...]:
        """Judge an unlisted element by itself."""
        judging = _Judging(self)
        judging.unlisted(part, listed_here=True, cause=None)
        findings = tuple(judging.findings())
        if len(part.path) < LONG and len(findings) < FEW:
            _keep(self._single, part, findings)
        return findings

    def like(self, parent: str, node: Node) -> Like | None:
        """Give the row that an unlisted element looks like, as `resembled_row` does."""
        key = parent, node.name, node.foreign
        if key not in self._likes:
            like = closest_row(self.rulebook, parent, node)
            if len(parent) + len(node.name) >= LONG:
                return like
            _keep(self._likes, key, like)
        return self._likes[key]

    def finding(self, rule: str, path: str, entry: _Entry) -> Finding:
        """Put a finding into words."""
        like = (entry.like[0].path, entry.like[1]) if entry.like else None
        lines = tuple(sorted(entry.lines))
        key = rule, path, entry.cause, lines, like
        known = self._worded.get(key)
        if known is None:
            known = self._finding(rule, path, entry, lines)
            if len(path) < LONG and len(lines) < LONG:
                _keep(self._worded, key, known)
        return known

    def _finding(self, rule: str, path: str, entry: _Entry, lines: tuple[int, ...]) -> Finding:
        row = entry.row
        because = grounds(self.evaluator, row, self.context) if row else self._not_listed(entry.like)
        return Finding(
            rule=rule,
            severity=self._severity(rule),
            path=path,
            element=row.element if row else path.rpartition("/")[2],
            message=_message(rule, path, entry.cause, because) if row else f"`{path}` is {because}",
            id=finding_id(self.rulebook, self.context, path, "" if row else rule),
            explain_target=self._explains(rule, path, entry),
            lines=lines,
            expectation=self.expected[path] if row else None,
            marker=self.evaluator.marker(row, self.context).id if row else None,
            cause=entry.cause,
            because=because,
        )

    def _not_listed(self, like: Like | None) -> str:
        nowhere = f"in no row of {self.rulebook.table_title}"
        return f"{nowhere}, but like `{like[0].path}`: {like[1]}" if like else f"{nowhere}; it is not judged"

    def _severity(self, rule: str) -> Severity:
        if rule == "omitted" and self.policy.strict:
            return Severity.ERROR
        if rule == "unlisted" and self.policy.unlisted is not None:
            return self.policy.unlisted
        return RULES[rule].severity

    def _explains(self, rule: str, path: str, entry: _Entry) -> str:
        if entry.row or path in self.rulebook.document.unlisted.paths:
            return path
        return entry.like[0].path if entry.like else rule


def _keep(memory: dict[K, V], key: K, known: V) -> None:
    if len(memory) >= REMEMBERED:
        memory.clear()
    memory[key] = known


def _message(rule: str, path: str, cause: str | None, because: str) -> str:
    if cause is not None and rule != "leaked":
        return f"`{path}` is not there, because `{cause}` is not"
    return f"`{path}` {SAID[rule]}: {because}"


class _Entry(NamedTuple):
    """A finding in the making: its lines come together from every place where it holds."""

    cause: str | None
    row: Row | None
    like: Like | None
    lines: set[int]


class _Judging:
    """One judging of one observation, or of one sketch."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.rulebook = judge.rulebook
        self.expected = judge.expected
        self.entries: dict[tuple[str, str], _Entry] = {}

    def rows_below(self, container: str | None, node: Node, leak: str | None) -> None:
        """Judge the rows that stand directly below one occurrence of a container, and what is in them."""
        by_name = node.by_name()
        for row in self.rulebook.rows_below[container]:
            steps = row.steps
            present = by_name.get(steps[0]) if len(steps) == 1 else list(node.find(steps))
            if not present:
                self._absent(row, node.deepest(steps).line, cause=None)
                continue
            leaks_here = self.expected[row.path] is Expectation.MUST_NOT
            if not leaks_here and not self.rulebook.rows_below[row.path]:
                continue
            for occurrence in present:
                if leaks_here:
                    self._found("leaked", row.path, occurrence.line, cause=leak, row=row)
                self.rows_below(row.path, occurrence, leak=row.path if leaks_here else leak)

    def _absent(self, row: Row, line: int, cause: str | None) -> None:
        """Judge a row that is not there, and with it the rows that would be in it."""
        expectation = self.expected[row.path]
        if not expectation.is_expected:
            return
        self._found("missing" if expectation is Expectation.MUST else "omitted", row.path, line, cause, row)
        for below in self.rulebook.rows_below[row.path]:
            self._absent(below, line, cause=row.path)

    def unlisted_in(self, node: Node, parent: str, *, listed_here: bool, cause: str | None) -> None:
        """Note the elements that no row lists; what is in a leaked element belongs to that leak."""
        for child in node.children:
            path = f"{parent}/{child.name}" if parent else child.name
            in_place = listed_here and not child.foreign
            if in_place and path in self.rulebook.row_by_path:
                if self.expected[path] is not Expectation.MUST_NOT:
                    self.unlisted_in(child, path, listed_here=True, cause=None)
            else:
                self.unlisted(Unlisted(parent, path, child), listed_here=listed_here, cause=cause)

    def unlisted(self, part: Unlisted, *, listed_here: bool, cause: str | None) -> None:
        """Note an element that no row lists; ``listed_here`` says that rows could list it where it stands."""
        path, node = part.path, part.node
        like = self.judge.like(part.parent, node) if listed_here else None
        if like is not None:
            self._found("near-miss", path, node.line, cause, like=like)
        elif self.judge.policy.unlisted is not None:
            self._found("unlisted", path, node.line, cause)
        if node.children:
            self.unlisted_in(node, path, listed_here=listed_here and not node.foreign, cause=path)

    def absent_from(self, container: str | None, line: int, missing: int, sketch: Sketch) -> bool:
        """Judge the rows that an occurrence of a container lacks; False where it takes more than a sketch shows."""
        bits = row_bits(self.rulebook)
        for row in self.rulebook.rows_below[container]:
            if missing & bits[row.path]:
                if len(row.steps) > 1 and any(part.parent == (container or "") for part in sketch.unlisted):
                    return False  # its place may be in an unlisted element, and which one is not known
                self._absent(row, line, cause=None)
        return True

    def _found(
        self,
        rule: str,
        path: str,
        line: int,
        cause: str | None,
        row: Row | None = None,
        like: Like | None = None,
    ) -> None:
        entry = self.entries.get((rule, path))
        if entry is None:
            self.entries[rule, path] = _Entry(cause, row, like, {line})
        else:
            entry.lines.add(line)

    def findings(self) -> Iterator[Finding]:
        """Give what was found; rows in the table's order, then the unlisted in the document's."""
        numbered = sorted(
            self.entries.items(), key=lambda item: item[1].row.number if item[1].row else 1 << 30
        )
        return (self.judge.finding(rule, path, entry) for (rule, path), entry in numbered)
