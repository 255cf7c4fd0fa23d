"""Missing and omitted: an element is not there that must be, or should be."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...rules.model import Row
from ..expectation import Expectation
from ..finding import Severity
from ..observation import Container, Observation
from .base import MESSAGES, FindingRule, Hit

if TYPE_CHECKING:
    from ..judge import Judge


def _find_missing(judge: Judge, seen: Observation) -> Iterator[Hit]:
    return _absences(judge, seen, (Expectation.MUST, Expectation.MASKED), MESSAGES["missing"])


def _find_omitted(judge: Judge, seen: Observation) -> Iterator[Hit]:
    return _absences(judge, seen, (Expectation.SHOULD,), MESSAGES["omitted"])


def _absences(
    judge: Judge, seen: Observation, expectations: tuple[Expectation, ...], text: str
) -> Iterator[Hit]:
    ways = _Ways(seen)
    for container in seen.containers:
        for row in judge.absent_rows(container):
            at = ways.deepest(container, row)
            for absent, cause in _with_children(judge, row, None):
                if judge.expected[absent.path] in expectations:
                    yield _hit(judge, absent, at, cause, text)


def _with_children(judge: Judge, row: Row, cause: str | None) -> Iterator[tuple[Row, str | None]]:
    """Yield a row that is not there and the expected rows that would be in it, each with the row that explains its absence."""
    yield row, cause
    for below in judge.rulebook.rows_below[row.path]:
        # Whether a condition fits cannot be said of what is not there.
        is_conditional = bool(judge.rulebook.row_options[below.path].when)
        if judge.expected[below.path].expects_presence and not is_conditional:
            yield from _with_children(judge, below, row.path)


def _hit(judge: Judge, row: Row, at: int, cause: str | None, text: str) -> Hit:
    because = judge.grounds(row)
    text = f"{text}: {because}" if cause is None else f"is not there, because `{cause}` is not"
    return Hit(row.path, [at], text, because, row, cause, row.path)


class _Ways:
    """The ways to rows that do not stand directly in their containers: what of them is there, looked up once."""

    def __init__(self, seen: Observation) -> None:
        self._seen = seen
        self._begins: dict[str | None, list[int]] = {}
        self._found: dict[str, list[list[int]]] = {}

    def deepest(self, container: Container, row: Row) -> int:
        """Return the position where what is missing would stand: the last element on the way there from a container."""
        path, at, _ = container
        if len(row.steps) == 1:
            return at
        end = _first_after(self._begins_of(path), at, 1 << 62)
        for positions in self._on_the_way(row):
            inside = _first_after(positions, at, end)
            if inside == end:
                break
            at = inside
        return at

    def _begins_of(self, path: str | None) -> list[int]:
        if path not in self._begins:
            self._begins[path] = sorted(at for each, at, _ in self._seen.containers if each == path)
        return self._begins[path]

    def _on_the_way(self, row: Row) -> list[list[int]]:
        if row.path not in self._found:
            steps = row.path.split("/")
            above = [
                "/".join(steps[:length]) for length in range(len(steps) - len(row.steps) + 1, len(steps))
            ]
            found = self._seen.find(frozenset(above))
            self._found[row.path] = [found.get(path, []) for path in above]
        return self._found[row.path]


def _first_after(positions: list[int], at: int, end: int) -> int:
    """Return the first of ascending positions between two others, or the later one."""
    index = bisect_right(positions, at)
    return min(positions[index], end) if index < len(positions) else end


MISSING = FindingRule(
    id="missing",
    severity=Severity.ERROR,
    when="absent, and must be there",
    meaning="The response lacks an element that is always returned.",
    remedy="Make the server return it; a client that relies on it fails.",
    find=_find_missing,
)

OMITTED = FindingRule(
    id="omitted",
    severity=Severity.WARNING,
    when="absent, and should be there",
    meaning="The response lacks an element that this caller may see.",
    remedy=(
        "Find out whether the server hides it or the session has no value for it; --strict makes this an error."
    ),
    find=_find_omitted,
)
