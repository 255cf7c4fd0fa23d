"""Evidence from HTTP: what headers, parameters, status and the claims of a token state of a call."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import msgspec

from ...engine.context import Claim, Precedence
from ...rules.model import Rulebook
from ..recordings import Headers


class Part(msgspec.Struct, frozen=True):
    """A part of an exchange that is there. ``items`` are those of a claim that is a list. Never shown."""

    text: str
    items: tuple[str, ...] | None = None

    def __repr__(self) -> str:
        return "<Part>"


ABSENT = None
"""Stands for a part that the exchange does not have, although its recording kept such parts."""


class NotKept(Exception):  # noqa: N818 - not an error, but the third answer to "is the part there?"
    """The recording does not keep such parts, or they cannot be read; the text says which, if that helps."""


class HttpClaims(msgspec.Struct, frozen=True, cache_hash=True):
    """The claims that HTTP facts make about a call, and the part of them that cannot be read, if there is one."""

    claims: tuple[Claim, ...] = ()
    unreadable: str = ""


class EvidentParts:
    """The parts of exchanges that are evidence for one rulebook.

    ``sent`` and ``received`` are names of headers in lower case, ``others`` kind and name of each other part, and whether its text is
    compared with anything.
    """

    def __init__(self, rulebook: Rulebook) -> None:
        self.entries = rulebook.document.evidence.http
        names: dict[str, set[str]] = {"request.header": set(), "response.header": set()}
        others: dict[tuple[str, str], bool] = {}
        for entry in self.entries:
            if entry.part in names:
                names[entry.part].add(entry.name.lower())
            else:
                key = entry.part, entry.name
                others[key] = others.get(key, False) or bool(entry.equals or entry.contains)
        self.sent, self.received = map(frozenset, names.values())
        self.others = tuple((kind, name, is_compared) for (kind, name), is_compared in others.items())
        self._lengths = frozenset(map(len, self.sent | self.received))

    def headers_in(self, headers: Headers | None, names: frozenset[str]) -> Headers | None:
        """Return the headers with some of these names; None if none were kept."""
        if headers is None:
            return None
        lengths = self._lengths
        return tuple([pair for pair in headers if len(pair[0]) in lengths and pair[0].lower() in names])

    def claims(self, part_of: Callable[[str, str], Part | None]) -> HttpClaims:
        """Return for each fact what the first entry of ``[[evidence.http]]`` states that states a value.

        ``part_of`` returns a part of the exchange by its kind and name, or raises NotKept.
        """
        claims: dict[str, Claim] = {}
        unreadable = ""
        for entry in self.entries:
            if entry.fact in claims:
                continue
            try:
                part = part_of(entry.part, entry.name)
            except NotKept as error:
                unreadable = unreadable or str(error)
                continue
            value = entry.absent if part is None else entry.value_of(part.text, part.items)
            if value is not None:
                source = source_of(entry.part, entry.name)
                source = f"no {source}" if part is None else source
                claims[entry.fact] = Claim(entry.fact, value, source, Precedence.EVIDENCE)
        return HttpClaims(tuple(claims.values()), unreadable)


@lru_cache(16)
def evident_parts(rulebook: Rulebook) -> EvidentParts:
    """Return the parts of exchanges that are evidence for a rulebook."""
    return EvidentParts(rulebook)


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
