"""Whether a name that no row lists looks like one that a row does."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from ..rules.model import Row, Rulebook
from .observation import Node

SHORT_NAME = 4
"""Names up to this length are close to many others, so only one letter may differ in them."""


class _Candidate(NamedTuple):
    """A name that a row goes by, as it is compared."""

    row: Row
    name: str
    folded: str
    letters: frozenset[str]


def closest_row(rulebook: Rulebook, parent: str, node: Node) -> tuple[Row, str] | None:
    """Give the row that an unlisted element looks like, and in what it differs; None where it is like none.

    Compared are the rows with the same parent: letter case, one or two letters, and the vocabulary. Elements
    that the rulebook knows as unlisted are like none.
    """
    prefix = f"{parent}/" if parent else ""
    if prefix + node.name in rulebook.document.unlisted.paths:
        return None
    folded = node.name.casefold()
    letters = frozenset(folded)
    best: tuple[int, Row, str] | None = None
    for candidate in _candidates(rulebook, prefix):
        difference = _difference(candidate, node, folded, letters)
        if difference is not None and (best is None or difference[0] < best[0]):
            best = (difference[0], candidate.row, difference[1])
    return None if best is None else (best[1], best[2])


@lru_cache(maxsize=256)
def _candidates(rulebook: Rulebook, prefix: str) -> tuple[_Candidate, ...]:
    """Give the names of the rows with a parent. Remembered: a hostile message asks for each of its elements."""
    return tuple(
        _Candidate(row, name, name.casefold(), frozenset(name.casefold()))
        for row in rulebook.rows
        if row.path.startswith(prefix) and "/" not in row.path[len(prefix) :]
        for name in (row.path[len(prefix) :], *rulebook.document.spellings.get(row.path, ()))
    )


def _difference(
    listed: _Candidate, node: Node, folded: str, letters: frozenset[str]
) -> tuple[int, str] | None:
    """Say how far a listed name is from a node's, and in what; None where it is too far."""
    if node.name == listed.name:
        return (0, "it is in another namespace") if node.foreign else None
    elsewhere = " and the namespace" if node.foreign else ""
    if folded == listed.folded:
        return 0, f"letter case{elsewhere} differ" if elsewhere else "only letter case differs"
    limit = 1 if len(listed.name) <= SHORT_NAME else 2
    if len(letters ^ listed.letters) > 2 * limit:  # an edit takes one letter away and brings one in, at most
        return None
    distance = damerau_levenshtein(listed.folded, folded, limit)
    if distance > limit:
        return None
    count = "one letter" if distance == 1 else "two letters"
    plural = "" if elsewhere or distance > 1 else "s"
    return distance, f"{count}{elsewhere} differ{plural}"


def damerau_levenshtein(a: str, b: str, limit: int) -> int:
    """Count the letters to add, drop, change or swap with a neighbour to get from one name to the other.

    Gives ``limit + 1`` as soon as it is certain to be over the limit.
    """
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, letter in enumerate(a, start=1):
        row = [i]
        for j, other in enumerate(b, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
        before, last = last, row
    return min(last[-1], limit + 1)
