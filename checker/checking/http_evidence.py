"""Evidence from HTTP: what headers, parameters, status and the claims of a token state of a call."""

from __future__ import annotations

import msgspec

from ...engine.context import Claim, Precedence
from ...rules.model import Rulebook
from .http_call import HttpCall, NotKept, source_of


class HttpClaims(msgspec.Struct, frozen=True):
    """The claims that HTTP facts make about a call, and the part of them that cannot be read, if there is one."""

    claims: tuple[Claim, ...] = ()
    unreadable: str = ""


def http_evidence(rulebook: Rulebook, call: HttpCall) -> HttpClaims:
    """Return for each fact what the first entry of ``[[evidence.http]]`` states that states a value."""
    claims: dict[str, Claim] = {}
    unreadable = ""
    for entry in rulebook.document.evidence.http:
        if entry.fact in claims:
            continue
        try:
            part = call.part(entry.part, entry.name)
        except NotKept as error:
            unreadable = unreadable or str(error)
            continue
        value = entry.absent if part is None else entry.value_of(part.text, part.items)
        if value is not None:
            source = source_of(entry.part, entry.name)
            source = f"no {source}" if part is None else source
            claims[entry.fact] = Claim(entry.fact, value, source, Precedence.EVIDENCE)
    return HttpClaims(tuple(claims.values()), unreadable)
