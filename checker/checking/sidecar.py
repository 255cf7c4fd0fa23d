"""Statements about a call: in its sidecar ``NAME.context.toml``, or of all in a folder in ``context.toml``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import msgspec

from ...engine.claims import Claim, Precedence, read_claims
from ...engine.context import ContextError, context_of
from ...rules.decode import DecodeError, decode_toml
from ...rules.model import Rulebook
from ...rules.names import did_you_mean, join_names
from ..recordings import MAX_CONTEXT_SIZE

OUTCOMES = ("failure", "success")


class SidecarError(ValueError):
    """A sidecar cannot be used; the text says which key, and what is wrong."""


@dataclass(frozen=True, slots=True, eq=False)
class Sidecar:
    """The content of a sidecar: facts of the call, and whether it is expected to fail. ``source`` is its name for people."""

    claims: tuple[Claim, ...] = ()
    expects_failure: bool = False
    source: str = "sidecar"
    states_outcome: bool = False

    @property
    def refused(self) -> Claim | None:
        """The claim that something was supplied and is expected to be refused, where it states one."""
        return next((claim for claim in self.claims if claim.overrides is not None), None)


NO_SIDECAR = Sidecar()


@lru_cache(8)
def _shape(fact_ids: tuple[str, ...]) -> type[msgspec.Struct]:
    # A fact's id need be no name that Python takes, so the fields are numbered, and renamed for the file.
    fields = {f"fact_{number}": fact for number, fact in enumerate(fact_ids)}
    return msgspec.defstruct(
        "Sidecar",
        [
            *((field, str | None, None) for field in fields),
            ("outcome", str | None, None),
        ],
        rename=fields,
        forbid_unknown_fields=True,
    )


@lru_cache(1024)
def read_sidecar(rulebook: Rulebook, content: bytes, source: str = "sidecar") -> Sidecar:
    """Read a sidecar; raises SidecarError for what is no TOML, and for a wrong key or value.

    Cached: many calls have the same one.
    """
    if len(content) > MAX_CONTEXT_SIZE:
        raise SidecarError(f"larger than {MAX_CONTEXT_SIZE:,} bytes, which no sidecar is")
    try:
        stated = msgspec.structs.asdict(decode_toml(content, _shape(rulebook.fact_ids)))
    except DecodeError as error:
        raise SidecarError(str(error)) from None
    outcome = stated.pop("outcome")
    if outcome not in (None, *OUTCOMES):
        raise SidecarError(
            f"`outcome`: it is none of {join_names(OUTCOMES)}{did_you_mean(outcome, OUTCOMES)}"
        )
    texts = zip(rulebook.fact_ids, stated.values(), strict=True)
    facts = [(fact, text, source) for fact, text in texts if text is not None]
    try:
        claims = read_claims(rulebook, facts, Precedence.SIDECAR)
    except ContextError as error:
        raise SidecarError(f"`{error.fact}`: {error}" if error.fact else str(error)) from None
    return Sidecar(claims, outcome == "failure", source, states_outcome=outcome is not None)


@lru_cache(1024)
def merge_sidecars(rulebook: Rulebook, sidecars: tuple[Sidecar, ...]) -> Sidecar:
    """Return what several files state together: of each key, what the last file that has it says.

    Raises SidecarError if their facts exclude each other.
    """
    claims = {claim.fact: claim for sidecar in sidecars for claim in sidecar.claims}
    expecting = [sidecar for sidecar in sidecars if sidecar.states_outcome] or sidecars[-1:]
    try:
        context_of(rulebook, {fact: claim.value for fact, claim in claims.items()})
    except ContextError as error:
        raise SidecarError(str(error)) from None
    return Sidecar(
        tuple(claims.values()), expecting[-1].expects_failure, expecting[-1].source, states_outcome=True
    )
