"""Elements that tell what a message is: `recognised_by` and `failure_members`, by their paths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from ....rules.model import Rulebook


def telling_names(rulebook: Rulebook) -> dict[str, str]:
    """Return the names of members of the root that tell what a message is, by each of their spellings."""
    wire, spellings = rulebook.document.wire, rulebook.document.spellings
    names = (*wire.recognised_by, *wire.failure_members)
    return {spelling: name for name in names for spelling in (name, *spellings.get(name, ()))}


def telling_paths(rulebook: Rulebook) -> tuple[tuple[str, Sequence[str]], ...]:
    """Return the paths of elements below members of the root that tell what a message is, each with its names."""
    wire = rulebook.document.wire
    paths = dict.fromkeys((*wire.recognised_by, *wire.failure_members))
    return tuple([(path, path.split("/")) for path in paths if "/" in path])


@lru_cache(16)
def failures_of_items(rulebook: Rulebook) -> frozenset[str]:
    """Return the failure members by which an item of the list of units is a failed call: not those that items are known to have."""
    known = {*rulebook.row_by_path, *rulebook.document.unlisted.paths}
    return frozenset(rulebook.document.wire.failure_members) - known


def values_at(value: Any, names: Sequence[str]) -> Iterator[Any]:
    """Yield the values that names lead to, in each item of the arrays on the way."""
    if type(value) is list:
        for item in value:
            yield from values_at(item, names)
    elif not names:
        yield value
    elif type(value) is dict and names[0] in value:
        inner = value[names[0]]
        if len(names) == 1 and inner == []:
            yield inner
        yield from values_at(inner, names[1:])


def shows(members: Mapping[str, msgspec.Raw], path: str) -> bool:
    """Return whether there is an element with this path among members; raises DecodeError for values that cannot be read."""
    first, *names = path.split("/")
    if first not in members or not names:
        return first in members
    return next(values_at(msgspec.json.decode(members[first]), names), members) is not members
