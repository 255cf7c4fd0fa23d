"""Names that collide: where a person, or a message, can mean two things by one word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ...rules.model import Rulebook
from ...rules.names import normalize_name
from ..explain.explain import matching
from ..finding import Severity
from .diagnostic import Diagnostic


def names(rulebook: Rulebook) -> Iterator[Diagnostic]:
    """Give the remarks on names."""
    yield from _ambiguous(rulebook)
    yield from _beside_each_other(rulebook)
    yield from _columns(rulebook)


def _ambiguous(rulebook: Rulebook) -> Iterator[Diagnostic]:
    """A name for two rows is allowed, since a page may print one so; then `explain` answers for both."""
    said = {
        normalize_name(name): name
        for row in rulebook.rows
        for name in (row.path.rpartition("/")[2], row.element)
    }
    seen: set[tuple[str, ...]] = set()
    for name in said.values():
        paths = matching(rulebook, name)
        if len(paths) > 1 and paths not in seen:
            seen.add(paths)
            text = f"the name `{name}` stands for {len(paths)} rows"
            yield Diagnostic("ambiguous-name", Severity.NOTE, text, f"explain {name}: {', '.join(paths)}")


def _beside_each_other(rulebook: Rulebook) -> Iterator[Diagnostic]:
    """Names of rows with the same parent: one that is like another's, or is given as a spelling twice."""
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
            text = f"`{first}` and `{second}` are called alike, letter case apart: one can be taken for the other"
            yield Diagnostic(
                "colliding-names", Severity.WARNING, text, ", ".join(f"{p}: {n}" for p, n in found)
            )


def _columns(rulebook: Rulebook) -> Iterator[Diagnostic]:
    """A title does for a name where values are read, so it may not be another's name or title."""
    for column in rulebook.columns:
        for other in rulebook.columns:
            if other is not column and normalize_name(column.title) in map(
                normalize_name, (other.title, *other.names)
            ):
                text = f"the title of the column `{column.id}` is a name of `{other.id}` too"
                yield Diagnostic("colliding-names", Severity.WARNING, text, f"{column.title}: {other.id}")
