"""Look-up of rows by the names and paths that people type."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from ...rules.model import Row, Rulebook
from ...rules.names import normalize_name
from ...rules.paths import ANY_NAME


def matching_paths(rulebook: Rulebook, name: str) -> tuple[str, ...]:
    """Return the paths of the rows with this name or, if there are none, of the known unlisted elements with it.

    A name is a printed or wire name, a path, or the end of a path, in any letter case; ``.`` counts as ``/``, and a
    namespace prefix is ignored. A path with a free key in it matches the row that has ``*`` there.
    """
    wanted = _normalized_steps(name)
    if not any(wanted):
        return ()
    named = _rows_by_last_name(rulebook).get(wanted[-1], ())
    rows = list(dict.fromkeys(path for path, steps in named if _ends(steps, wanted)))
    exact = [path for path in rows if _normalized_steps(path) == wanted]
    if len(wanted) > 1 and exact:
        return tuple(exact)
    unlisted = [path for path in rulebook.document.unlisted.paths if _ends(_normalized_steps(path), wanted)]
    return tuple(rows or unlisted) or tuple(
        row.path for row in rulebook.rows if _fits(row.path.split("/"), wanted)
    )


def known_names(rulebook: Rulebook) -> list[str]:
    """Return the names that are suggested for a misspelt one."""
    names = [name for row in rulebook.rows for name in (row.element, row.path.rpartition("/")[2], row.path)]
    return list(dict.fromkeys([*names, *rulebook.document.unlisted.paths]))


def _normalized_steps(name: str) -> tuple[str, ...]:
    steps = name.strip().strip("/").replace(".", "/").split("/")
    return tuple(normalize_name(step.rpartition(":")[2]) for step in steps)


@lru_cache(16)
def _rows_by_last_name(rulebook: Rulebook) -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    """Return the paths of rows with each spelling, by its last name: a schema can have hundreds of rows."""
    found: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for row in rulebook.rows:
        for steps in _spellings(rulebook, row):
            found.setdefault(steps[-1], []).append((row.path, steps))
    return found


def _spellings(rulebook: Rulebook, row: Row) -> Iterator[tuple[str, ...]]:
    """Return a row's path in every spelling of its last name."""
    steps = _normalized_steps(row.path)
    for last in (
        steps[-1],
        normalize_name(row.element),
        *map(normalize_name, rulebook.document.spellings.get(row.path, ())),
    ):
        yield (*steps[:-1], last)


def _fits(steps: Sequence[str], wanted: Sequence[str]) -> bool:
    """Return whether the names of a row's path are those that are wanted, some of them free keys."""
    return len(steps) == len(wanted) and all(
        step == ANY_NAME or normalize_name(step) == name for step, name in zip(steps, wanted, strict=True)
    )


def _ends(steps: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    return steps[-len(wanted) :] == wanted
