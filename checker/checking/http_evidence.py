"""Evidence from HTTP: what headers, parameters, status and the claims of a token state of a call."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from functools import lru_cache
from operator import itemgetter

import msgspec

from ...engine.claims import Claim, Precedence
from ...rules.model import Rulebook
from ..recordings import Headers

MAX_REMEMBERED = 1_024
"""Lists of headers' names that are remembered for each direction."""
MAX_NAMES = 4_096
"""Letters of a list's names, one more for each, up to which it is remembered."""


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


class HeaderNames:
    """The names of headers that are evidence, in lower case.

    Servers send the same headers in the same order again and again, so where they are is remembered by the names of all.
    """

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names
        self._known: dict[tuple[str, ...], _Picked] = {}

    def pick(self, headers: Headers | None) -> Hashable:
        """Return the headers with these names, to compare calls by; None if none were kept."""
        if headers is None:
            return None
        found, pick = self._known.get(headers.names) or self._learn(headers.names)
        return found, pick(headers.values)

    def _learn(self, names: tuple[str, ...]) -> _Picked:
        places = [at for at, name in enumerate(names) if name.lower() in self._names]
        pick: Callable[[tuple[str, ...]], Hashable] = itemgetter(*places) if places else _none_of
        picked = tuple([names[at] for at in places]), pick
        if sum(map(len, names)) + len(names) <= MAX_NAMES:
            if len(self._known) >= MAX_REMEMBERED:
                self._known.clear()
            self._known[names] = picked
        return picked


_Picked = tuple[tuple[str, ...], Callable[[tuple[str, ...]], Hashable]]
"""Those among the names of headers that are evidence, and what takes their values from all."""


def _none_of(_: tuple[str, ...]) -> Hashable:
    return ()


class EvidentParts:
    """The parts of exchanges that are evidence for one rulebook.

    ``others`` are kind and name of each part besides headers, and path parameters that only have to be there; and
    whether its text is compared with anything.
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
        self._sent, self._received = (
            HeaderNames(frozenset(each)) if each else None for each in names.values()
        )
        bare = [key for key, is_compared in others.items() if key[0] == "path" and not is_compared]
        self._path = tuple([name for _, name in bare])
        self.others = tuple([(*key, others[key]) for key in others if key not in bare])

    def plain(
        self, sent: Headers | None, received: Headers | None, parameters: Mapping[str, str] | None
    ) -> Hashable:
        """Return of headers and parameters of the path what is evidence, to compare calls by."""
        return (
            self,
            None if self._sent is None else self._sent.pick(sent),
            None if self._received is None else self._received.pick(received),
            None if parameters is None else tuple(map(parameters.__contains__, self._path)),
        )

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
    if kind in ("request.jwt", "jwt"):
        return f"JWT claim {name}"
    return f"{'request header' if kind == 'header' else kind.replace('.', ' ')} {name}"
