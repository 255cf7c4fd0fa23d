"""Names that collide, so that a person or a message can mean two things by one name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ...rules.model import Rulebook
from ...rules.names import normalize_name
from ...rules.paths import ANY_NAME
from ..explain.lookup import matching_paths
from ..finding import Severity
from .diagnostic import Diagnostic


def check_names(rulebook: Rulebook) -> Iterator[Diagnostic]:
    """Return the diagnostics of names."""
    yield from _ambiguous(rulebook)
    yield from _siblings(rulebook)
    yield from _columns(rulebook)


def _ambiguous(rulebook: Rulebook) -> Iterator[Diagnostic]:
    """Report each name of several rows. A page may print one so; `explain` answers for all of them."""
    names = {
        normalize_name(name): name
        for row in rulebook.rows
        for name in (row.path.rpartition("/")[2], row.element)
    }
    seen: set[tuple[str, ...]] = set()
    for name in names.values():
        paths = matching_paths(rulebook, name)
        if len(paths) > 1 and paths not in seen and name != ANY_NAME:
            seen.add(paths)
            text = f"the name `{name}` matches {len(paths)} rows"
            yield Diagnostic("ambiguous-name", Severity.NOTE, text, f"explain {name}: {', '.join(paths)}")


def _siblings(rulebook: Rulebook) -> Iterator[Diagnostic]:
    """Report each name, or accepted spelling, that two rows with the same parent share."""
    siblings: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for row in rulebook.rows:
        parent, _, name = row.path.rpartition("/")
        spellings = rulebook.document.spellings.get(row.path, ())
        for spelling in dict.fromkeys((name, *spellings)):
            siblings[parent, spelling.casefold()].append((row.path, spelling))
    for found in siblings.values():
        paths = dict(found)
        if len(paths) > 1:
            first, second = list(paths)[:2]
            text = f"`{first}` and `{second}` share a name, letter case aside: one can be taken for the other"
            yield Diagnostic(
                "colliding-names", Severity.WARNING, text, ", ".join(f"{p}: {n}" for p, n in found)
            )


def _columns(rulebook: Rulebook) -> Iterator[Diagnostic]:
    """Report each title of a column that is a name or title of another one: titles are accepted as names."""
    for column in rulebook.columns:
        for other in rulebook.columns:
            if other is not column and normalize_name(column.title) in map(
                normalize_name, (other.title, *other.names)
            ):
                text = f"the title of the column `{column.id}` is also a name of `{other.id}`"
                yield Diagnostic("colliding-names", Severity.WARNING, text, f"{column.title}: {other.id}")
