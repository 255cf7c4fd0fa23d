"""Facts of a call as programs state them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from ...engine.claims import Claim, Precedence, read_claim
from ...engine.context import context_of
from ...rules.model import UNKNOWN, Rulebook


class CallFacts(TypedDict, total=False):
    """The known facts of a call; other facts of a rulebook are passed as ``facts={"name": "value"}``."""

    service: str | None
    caller: str | None
    role: str | None
    password: str | None


def read_claims(
    rulebook: Rulebook, facts: Mapping[str, tuple[str, str]], precedence: Precedence
) -> tuple[Claim, ...]:
    """Parse stated facts, given by name as (value, source); raises ContextError."""
    claims: list[Claim] = []
    for fact, (text, source) in facts.items():
        context_of(rulebook, {fact: UNKNOWN})  # raises for an unknown fact
        claims.append(read_claim(rulebook, fact, text, source, precedence))
        context_of(rulebook, {claim.fact: claim.value for claim in claims})
    return tuple(claims)
