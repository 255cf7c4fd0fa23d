"""JSON files that are certainly of no operation of a rulebook, such as settings beside recordings."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator

import msgspec

from ....engine.near_miss import fold_name, rows_as_one_name, rows_named
from ....rules.model import Rulebook
from ...core.errors import UncheckedError
from .encoding import to_utf_8

ERROR_MEMBERS = frozenset(
    (
        "code",
        "detail",
        "error",
        "errors",
        "fault",
        "message",
        "status",
        "title",
    )  # OAuth 2, JSON:API, RFC 9457 …
)
"""Members of error objects, by the conventions in use: the answer to a failed call is never taken for a stranger's file."""


def is_unrelated(rulebook: Rulebook, document: bytes) -> bool:
    """Return whether JSON that is no message of a rulebook bears no sign of its operation, so that nothing of it can leak.

    A sign is the name of a row anywhere in it, unless the rulebook lists the name as common, and a member of an error. An object
    that has names of rows alone is related whatever they are, and so is what cannot be read. A list is what its items are.
    """
    try:
        root = msgspec.json.decode(to_utf_8(document).removeprefix(BOM_UTF8))
    except (UncheckedError, msgspec.MsgspecError, ValueError, RecursionError):
        return False
    named, wire = rows_named(rulebook), rulebook.document.wire
    telling = ERROR_MEMBERS.union(map(fold_name, (*wire.recognised_by, *wire.failure_members)))
    for outermost in root if isinstance(root, list) else (root,):
        members = {fold_name(name) for name in outermost} if isinstance(outermost, dict) else None
        if members is not None and (members <= named.keys() or not members.isdisjoint(telling)):
            return False
    common = {fold_name(name) for name in rulebook.document.unlisted.common}
    return not any(
        (fold_name(name) in named and fold_name(name) not in common) or any(rows_as_one_name(rulebook, name))
        for name in _names(root)
    )


def _names(root: object) -> Iterator[str]:
    """Yield the names of all members; it takes no recursion, since documents may be nested deeply."""
    waiting = [root]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield from value
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
