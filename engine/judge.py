"""Judging: an observation held against what its context should see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..rules.model import Row
from .context import Context
from .expectation import Evaluator, Expectation
from .finding import RULES, Finding, Severity, finding_id
from .names import resembled_row
from .observation import Node, Observation
from .reasons import grounds


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
    seen = observation.without_empty() if policy.empty_is_absent else observation
    judging = _Judging(evaluator, context, policy)
    judging.rows_below(None, seen, leak=None)
    judging.unlisted_in(seen, "", listed_here=True, cause=None)
    return in_order(judging.findings())


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Put findings in the order in which people read them: most severe first, otherwise as found."""
    return tuple(sorted(findings, key=lambda finding: finding.severity.order))


@dataclass(slots=True)
class _Entry:
    """A finding in the making: its lines come together from every place where it holds."""

    lines: set[int]
    cause: str | None
    message: str
    because: str
    row: Row | None
    like: Row | None


class _Judging:
    """One judging of one observation."""

    def __init__(self, evaluator: Evaluator, context: Context, policy: Policy) -> None:
        self.evaluator = evaluator
        self.rulebook = evaluator.rulebook
        self.context = context
        self.policy = policy
        self.expected = evaluator.expectations(context)
        self.entries: dict[tuple[str, str], _Entry] = {}

    def rows_below(self, container: str | None, node: Node, leak: str | None) -> None:
        """Judge the rows that stand directly below one occurrence of a container, and what is in them."""
        for row in self.rulebook.rows_below[container]:
            present = list(node.find(row.steps))
            expectation = self.expected[row.path]
            if not present:
                self._absent(row, node.deepest(row.steps).line, cause=None)
                continue
            leaks_here = expectation is Expectation.MUST_NOT
            for occurrence in present:
                if leaks_here:
                    self._found("leaked", row.path, occurrence.line, cause=leak, row=row)
                self.rows_below(row.path, occurrence, leak=row.path if leaks_here else leak)

    def _absent(self, row: Row, line: int, cause: str | None) -> None:
        """Judge a row that is not there, and with it the rows that would be in it."""
        expectation = self.expected[row.path]
        if not expectation.shows:
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
                continue
            like = resembled_row(self.rulebook, parent, child) if listed_here else None
            if like is not None:
                self._found("near-miss", path, child.line, cause, like=like)
            elif self.policy.unlisted is not None:
                self._found("unlisted", path, child.line, cause)
            self.unlisted_in(child, path, listed_here=in_place, cause=path)

    def _found(
        self,
        rule: str,
        path: str,
        line: int,
        cause: str | None,
        row: Row | None = None,
        like: tuple[Row, str] | None = None,
    ) -> None:
        entry = self.entries.get((rule, path))
        if entry is None:
            because = grounds(self.evaluator, row, self.context) if row else self._not_listed(like)
            message = self._message(rule, path, cause, because) if row else f"`{path}` is {because}"
            self.entries[rule, path] = _Entry({line}, cause, message, because, row, like[0] if like else None)
        else:
            entry.lines.add(line)

    def _not_listed(self, like: tuple[Row, str] | None) -> str:
        nowhere = f"in no row of {self.rulebook.table_title}"
        return f"{nowhere}, but like `{like[0].path}`: {like[1]}" if like else f"{nowhere}; it is not judged"

    @staticmethod
    def _message(rule: str, path: str, cause: str | None, because: str) -> str:
        if cause is not None and rule != "leaked":
            return f"`{path}` is not there, because `{cause}` is not"
        return f"`{path}` {SAID[rule]}: {because}"

    def findings(self) -> Iterable[Finding]:
        """Give what was found; rows in the table's order, then the unlisted in the document's."""
        numbered = sorted(
            self.entries.items(), key=lambda item: item[1].row.number if item[1].row else 1 << 30
        )
        for (rule, path), entry in numbered:
            row = entry.row
            marker = self.evaluator.marker(row, self.context).id if row else None
            yield Finding(
                rule=rule,
                severity=self._severity(rule),
                path=path,
                element=row.element if row else path.rpartition("/")[2],
                message=entry.message,
                id=finding_id(self.rulebook, self.context, path, "" if row else rule),
                explains=self._explains(rule, path, entry),
                lines=tuple(sorted(entry.lines)),
                expectation=self.expected[path] if row else None,
                marker=marker,
                cause=entry.cause,
                because=entry.because,
            )

    def _severity(self, rule: str) -> Severity:
        if rule == "omitted" and self.policy.strict:
            return Severity.ERROR
        if rule == "unlisted" and self.policy.unlisted is not None:
            return self.policy.unlisted
        return RULES[rule].severity

    def _explains(self, rule: str, path: str, entry: _Entry) -> str:
        if entry.row or path in self.rulebook.document.unlisted.paths:
            return path
        return entry.like.path if entry.like else rule
