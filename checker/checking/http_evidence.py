"""Evidence from HTTP: what headers, parameters, status and the claims of a token state of a call."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import msgspec

from ...engine.context import Claim, Precedence
from ...rules.model import Rulebook

MAX_CACHED_TEXT = 1_000
"""Letters of a part up to which what it states is remembered."""


class Part(msgspec.Struct, frozen=True):
    """A part of an exchange that is there. ``items`` are those of a claim that is a list. Never shown."""

    text: str
    items: tuple[str, ...] | None = None

    def __repr__(self) -> str:
        return "<Part>"


ABSENT = None
"""Stands for a part that the exchange does not have, although its recording kept such parts."""

_PRESENT = Part("")
"""Stands for a part whose text is compared with nothing."""


class NotKept(Exception):  # noqa: N818 - not an error, but the third answer to "is the part there?"
    """The recording does not keep such parts, or they cannot be read; the text says which, if that helps."""


class HttpClaims(msgspec.Struct, frozen=True, cache_hash=True):
    """The claims that HTTP facts make about a call, and the part of them that cannot be read, if there is one."""

    claims: tuple[Claim, ...] = ()
    unreadable: str = ""


def http_evidence(rulebook: Rulebook, part_of: Callable[[str, str], Part | None]) -> HttpClaims:
    """Return for each fact what the first entry of ``[[evidence.http]]`` states that states a value.

    ``part_of`` returns a part of the exchange by its kind and name, or raises NotKept.
    """
    parts: list[Part | str | None] = []
    size = 0
    for kind, name, is_compared in _evident_parts(rulebook):
        try:
            part = part_of(kind, name)
        except NotKept as error:
            parts.append(str(error))
            continue
        if part is not None and not is_compared:
            part = _PRESENT
        elif part is not None:
            size += len(part.text) + sum(map(len, part.items or ()))
        parts.append(part)
    claims = _claims if size <= MAX_CACHED_TEXT else _claims.__wrapped__
    return claims(rulebook, tuple(parts))


@lru_cache(16)
def _evident_parts(rulebook: Rulebook) -> tuple[tuple[str, str, bool], ...]:
    """Return the kind and name of each part that is evidence, and whether its text is compared with anything."""
    parts: dict[tuple[str, str], bool] = {}
    for entry in rulebook.document.evidence.http:
        key = entry.part, entry.name
        parts[key] = parts.get(key, False) or bool(entry.equals or entry.contains)
    return tuple((kind, name, is_compared) for (kind, name), is_compared in parts.items())


@lru_cache(4096)
def _claims(rulebook: Rulebook, parts: tuple[Part | str | None, ...]) -> HttpClaims:
    """Return what parts state; a text stands for one that was not kept. Few combinations occur, many times each."""
    found = dict(zip(((kind, name) for kind, name, _ in _evident_parts(rulebook)), parts, strict=True))
    claims: dict[str, Claim] = {}
    unreadable = ""
    for entry in rulebook.document.evidence.http:
        if entry.fact in claims:
            continue
        part = found[entry.part, entry.name]
        if isinstance(part, str):
            unreadable = unreadable or part
            continue
        value = entry.absent if part is None else entry.value_of(part.text, part.items)
        if value is not None:
            source = source_of(entry.part, entry.name)
            source = f"no {source}" if part is None else source
            claims[entry.fact] = Claim(entry.fact, value, source, Precedence.EVIDENCE)
    return HttpClaims(tuple(claims.values()), unreadable)


def source_of(kind: str, name: str) -> str:
    """Return the name of a part of an exchange for people: names only, never its text."""
    if kind == "status":
        return "response status"
    if kind in ("path", "query"):
        return f"{kind} parameter {name}"
    where = "request header" if kind == "header" else kind.replace(".", " ")
    return {"request jwt": f"request's JWT claim {name}", "jwt": f"request's JWT claim {name}"}.get(
        where, f"{where} {name}"
    )
