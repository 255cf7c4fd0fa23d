"""Near misses: whether a name that no row lists is like one that a row does."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple
from unicodedata import category, normalize

from ..rules.model import Row, Rulebook

MAX_EDITS = 2
SHORT_NAME = 4
"""Names up to this length are close to many others, so only one letter may differ in them."""


class NearMiss(NamedTuple):
    """The path of a row that an unlisted element is like, and in what the two differ.

    ``is_spelling`` says that they differ in nothing but letter case, separators and namespace.
    """

    path: str
    difference: str
    is_spelling: bool = False


class _Name(NamedTuple):
    """A name as it is compared: as written, without letter case, without separators too, and its letters."""

    name: str
    folded: str
    plain: str
    letters: frozenset[str]


class _Candidate(NamedTuple):
    """A name that a row goes by, as it is compared."""

    row: Row
    name: str
    folded: str
    plain: str
    letters: frozenset[str]


_SEPARATORS = str.maketrans("", "", "-_. :")
_ESCAPED = re.compile(r"\\(?:[tnr]|x[0-9a-f]{2}|u00[0-9a-f]{6}|u[0-9a-f]{4})")
"""A letter that nobody sees, as it stands in a name that can be shown, in lower case: below U+0100 it has two digits."""
_IGNORED = frozenset(
    map(chr, (0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), *range(0xFE00, 0xFE10)))
)
"""Letters that nobody sees either, besides those of the category Cf: Default_Ignorable_Code_Point of Unicode."""
_JOINTS = str.maketrans("", "", "/[]>")
"""What joins the names of a path to one name, beside the separators in a name; a slash in a name is shown as ``~1``."""
_JOINT = re.compile(r"[./[:>]|~1")
"""A separator of a path's names that hardly separates the words of one name."""
_SPLIT = re.compile(r"[./[\]:>]|~1")


@lru_cache(maxsize=1024)
def fold_name(name: str) -> str:
    """Return a name without letter case, separators, and differences that nobody sees. Cached: it is asked for by several rules in turn."""
    return _without_separators(name.casefold())


def _without_separators(name: str) -> str:
    if not name.isascii():
        letters = (
            each for each in normalize("NFKC", name) if each not in _IGNORED and category(each) != "Cf"
        )
        name = "".join(letters).casefold()
    return name if name.isalnum() else _ESCAPED.sub("", name).translate(_SEPARATORS)


@lru_cache(maxsize=16)
def rows_named(rulebook: Rulebook) -> dict[str, tuple[str, ...]]:
    """Return the paths of the rows that go by each folded name, printed or on the wire."""
    paths: dict[str, dict[str, None]] = {}
    for row in rulebook.rows:
        spellings = rulebook.document.spellings.get(row.path, ())
        for name in (row.steps[-1], row.element.rpartition("/")[2], *spellings):
            paths.setdefault(fold_name(name), {})[row.path] = None
    return {name: tuple(rows) for name, rows in paths.items()}


class AsOneName(NamedTuple):
    """The paths of the rows whose whole path is a name, and of those whose path ends in it."""

    whole: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()


_NO_ROWS = AsOneName()


def rows_as_one_name(rulebook: Rulebook, name: str) -> AsOneName:
    """Return the rows whose path is written as one name.

    The whole path may be written as `a.b`, `a_b` or `a[b]`; the end of one, of two names or more, has to be joined as in a path, as
    in `b.c` of `a/b/c`.
    """
    found = _rows_by_flat_name(rulebook).get(fold_name(name) if name.isalnum() else _flat(name))
    if found is None:
        return _NO_ROWS
    return found if not found.ends or _JOINT.search(name) else AsOneName(found.whole)


def rows_below(paths: tuple[str, ...], parent: str, name: str) -> tuple[str, ...]:
    """Return which of the paths that end in a name are that name in a container; all of them if none is."""
    beside = f"{parent}/" if parent else ""
    here = [
        path for path in paths if path.startswith(beside) and _flat(path.removeprefix(beside)) == _flat(name)
    ]
    return tuple(here) or paths


def rows_nested(rulebook: Rulebook) -> RowsNested:
    """Return the rows one of whose names is written as a path: `a/b/c` for `a/b.c`."""
    nested = _rows_by_nested_path(rulebook)
    return RowsNested(nested, frozenset(path.rpartition("/")[2] for path in nested))


class RowsNested(NamedTuple):
    """The paths of rows by what they are if a name is written as a path, and the last names of those.

    By its last name an element is told from most others before its path is spelled out.
    """

    by_path: dict[str, tuple[str, ...]]
    last_names: frozenset[str]

    def at(self, path: str) -> tuple[str, ...]:
        """Return the paths of the rows that a path is."""
        return self.by_path.get("/".join(map(fold_name, path.split("/"))), ())


@lru_cache(maxsize=16)
def _rows_by_nested_path(rulebook: Rulebook) -> dict[str, tuple[str, ...]]:
    paths: dict[str, tuple[str, ...]] = {}
    for row in rulebook.rows:
        if any(_JOINT.search(name) for name in row.path.split("/")):
            nested = "/".join(map(fold_name, filter(None, _SPLIT.split(row.path))))
            paths[nested] = (*paths.get(nested, ()), row.path)
    return paths


@lru_cache(maxsize=16)
def _rows_by_flat_name(rulebook: Rulebook) -> dict[str, AsOneName]:
    rows: dict[str, AsOneName] = {}
    for path in (row.path for row in rulebook.rows if "/" in row.path):
        whole, ends = rows.get(_flat(path), _NO_ROWS)
        rows[_flat(path)] = AsOneName((*whole, path), ends)
        _, *names = path.split("/")
        for at in range(len(names) - 1):
            end = _flat("/".join(names[at:]))
            whole, ends = rows.get(end, _NO_ROWS)
            rows[end] = AsOneName(whole, (*ends, path))
    return rows


def _flat(name: str) -> str:
    return fold_name(name.replace("~1", "").translate(_JOINTS))


def closest_row(
    rulebook: Rulebook, parent: str, name: str, *, other_namespace: bool = False
) -> NearMiss | None:
    """Return the row that an unlisted element is most like, or None.

    Compared are the rows with the same parent: letter case, one or two letters, and the namespace. Elements that the rulebook
    knows as unlisted, or on the way to others, are like none.
    """
    listed = _listed_below(rulebook, parent)
    if not listed.candidates or name in listed.unlisted:
        return None
    folded, plain = name.casefold(), fold_name(name)
    letters = frozenset(folded)
    candidates: Sequence[_Candidate] = listed.candidates
    if plain not in listed.plain:
        if len(letters - listed.letters) > MAX_EDITS:
            return None  # each letter that no candidate has takes an edit
        # An edit takes one letter away and brings one in, at most.
        candidates = [
            each for each in listed.as_long_as(len(folded)) if len(letters ^ each.letters) <= 2 * MAX_EDITS
        ]
    compared = _Name(name, folded, plain, letters)
    best: tuple[int, NearMiss] | None = None
    for candidate in candidates:
        difference = _difference(candidate, compared, other_namespace=other_namespace)
        if difference is not None and (best is None or difference[0] < best[0]):
            best = difference[0], NearMiss(candidate.row.path, difference[1], difference[0] == 0)
    return best[1] if best is not None else None


class _Listed:
    """The rows with one parent, by their names, and the names that the rulebook knows as unlisted there."""

    def __init__(self, rulebook: Rulebook, parent: str) -> None:
        prefix = f"{parent}/" if parent else ""
        self.candidates = tuple(
            _Candidate(row, name, name.casefold(), fold_name(name), frozenset(name.casefold()))
            for row in rulebook.rows
            if row.path.startswith(prefix) and "/" not in row.path[len(prefix) :]
            for name in (row.path[len(prefix) :], *rulebook.document.spellings.get(row.path, ()))
        )
        self.plain = frozenset(candidate.plain for candidate in self.candidates)
        self.letters = frozenset().union(*(candidate.letters for candidate in self.candidates))
        # Elements on the way to others are known too.
        below = [
            path[len(prefix) :].split("/")
            for path in (*rulebook.row_by_path, *rulebook.document.unlisted.paths)
            if path.startswith(prefix)
        ]
        unlisted = {
            path[len(prefix) :] for path in rulebook.document.unlisted.paths if path.startswith(prefix)
        }
        ways = {steps[0] for steps in below if len(steps) > 1}
        self.unlisted = frozenset(
            unlisted | {each for each in ways if prefix + each not in rulebook.row_by_path}
        )
        lengths = [len(candidate.folded) for candidate in self.candidates]
        self._by_length = {
            length: tuple(each for each in self.candidates if abs(len(each.folded) - length) <= MAX_EDITS)
            for length in range(max(lengths, default=0) + MAX_EDITS + 1)
        }

    def as_long_as(self, length: int) -> tuple[_Candidate, ...]:
        """Return the names that two letters more or less can make as long as that."""
        return self._by_length.get(length, ())


@lru_cache(maxsize=256)
def _listed_below(rulebook: Rulebook, parent: str) -> _Listed:
    """Return the rows with a parent. Cached: a hostile message asks for each of its elements."""
    return _Listed(rulebook, parent)


def _difference(listed: _Candidate, name: _Name, *, other_namespace: bool) -> tuple[int, str] | None:
    """Return how far a listed name is from another, and in what they differ; None if it is too far."""
    if name.name == listed.name:
        return (0, "it is in another namespace") if other_namespace else None
    elsewhere = " and the namespace" if other_namespace else ""
    if name.folded == listed.folded:
        return 0, f"letter case{elsewhere} differ" if elsewhere else "only letter case differs"
    if name.plain == listed.plain:
        return 0, f"separators{elsewhere} differ" if elsewhere else "only separators differ"
    limit = 1 if len(listed.name) <= SHORT_NAME else MAX_EDITS
    too_long = abs(len(name.folded) - len(listed.folded)) > limit
    if too_long or len(name.letters ^ listed.letters) > 2 * limit:
        return None
    distance = damerau_levenshtein(listed.folded, name.folded, limit)
    if distance > limit:
        return None
    count = "one letter" if distance == 1 else "two letters"
    plural = "" if elsewhere or distance > 1 else "s"
    return distance, f"{count}{elsewhere} differ{plural}"


def damerau_levenshtein(a: str, b: str, limit: int) -> int:
    """Count the letters to add, drop, change or swap with a neighbour to get from one name to the other.

    Returns ``limit + 1`` as soon as the distance is certain to be over the limit.
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
