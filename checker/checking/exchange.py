"""A call as it was recorded: the bodies of its response, what it asked for, and what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from ...engine.context import Claim, ResolvedContext, resolve_claims
from ...engine.observation import Observation
from ...rules.model import UNKNOWN, Rulebook
from ..core.errors import Reason, UncheckedError
from ..core.limits import Limits
from ..messages.base import Body, MessageReader, Payload, Request, answers, request_for
from ..recordings import Recording, describe_attachment, extract_request_body, read_bounded
from .evidence import Unplaced, claims_of, names_other_session
from .operation_filter import require_answer
from .sidecar import Sidecar, SidecarError, read_sidecar


@dataclass(frozen=True, slots=True)
class ParsedExchange:
    """A body that was read: what is known of its call, what was seen, and what does not fit together.

    ``other_session`` says that its request is about another session, ``contrary`` what the response says that it
    is where a statement places it elsewhere.
    """

    resolved: ResolvedContext
    payload: Payload
    other_session: bool = False
    contrary: str = ""

    @property
    def observation(self) -> Observation:
        """What was seen in the body."""
        return self.payload.observation


@dataclass(frozen=True, slots=True)
class Call:
    """A recording that was opened."""

    rulebook: Rulebook
    bodies: tuple[Body, ...]
    requests: tuple[Request | None, ...]
    sidecar: Sidecar
    claims: tuple[Claim, ...]

    def parse(self, body: Body) -> ParsedExchange:
        """Read a body and settle what is known of its call.

        Raises Refusal where the call failed, where the body is no response of this operation, and where no
        column is found for it.
        """
        body.require_answer()
        payload = body.read()
        request = self._request(body, payload)
        claims, unplaced = claims_of(self.rulebook, request, payload)
        resolved = self._resolve(claims)
        if resolved.context[self.rulebook.column_fact] == UNKNOWN:
            raise _no_column(self.rulebook, unplaced)
        return ParsedExchange(
            resolved,
            payload,
            other_session=request is not None and names_other_session(self.rulebook, request, payload),
            contrary=unplaced.title if unplaced else "",
        )

    def known_of(self, body: Body) -> ResolvedContext:
        """Settle what is known of a call whose body was not read."""
        return self._resolve(claims_of(self.rulebook, self._request(body, None), None)[0])

    def _request(self, body: Body, payload: Payload | None) -> Request | None:
        session = self.rulebook.document.evidence.session
        answered = payload.texts.get(session.response) if payload and session else None
        return request_for(
            self.requests, body.index, len(self.bodies), answered, session.request if session else None
        )

    def _resolve(self, evidence: list[Claim]) -> ResolvedContext:
        return _resolved(self.rulebook, (*self.claims, *self.sidecar.claims, *evidence))


@lru_cache(4096)
def _resolved(rulebook: Rulebook, claims: tuple[Claim, ...]) -> ResolvedContext:
    """Settle claims once: there are few that calls can make, and many calls that make the same."""
    return resolve_claims(rulebook, claims)


def open_call(
    reader: MessageReader, recording: Recording, claims: tuple[Claim, ...], request: bytes | None
) -> Call:
    """Read a recording's files; ``request`` is the content of a request that counts in place of its own.

    Raises Refusal where one of them cannot be used: a call is judged with all that belongs to it, or not at all.
    """
    require_answer(reader, recording)
    opened = reader.bodies(read_bounded(recording.response, reader.limits))
    sidecar = _sidecar(reader.rulebook, recording, reader.limits)
    return Call(reader.rulebook, opened, _requests(reader, recording, request, opened), sidecar, claims)


def _sidecar(rulebook: Rulebook, recording: Recording, limits: Limits) -> Sidecar:
    if recording.sidecar is None:
        return Sidecar()
    name = describe_attachment(recording.sidecar, "sidecar")
    try:
        return read_sidecar(rulebook, read_bounded(recording.sidecar, limits), recording.sidecar_name)
    except UncheckedError as refusal:
        raise UncheckedError(refusal.reason, f"{name}: {refusal.detail}") from None
    except SidecarError as error:
        raise UncheckedError(Reason.UNREADABLE, f"{name}: {error}") from None


def _requests(
    reader: MessageReader, recording: Recording, request: bytes | None, opened: tuple[Body, ...]
) -> tuple[Request | None, ...]:
    if request is not None:
        return reader.requests(extract_request_body(request))
    if recording.request in (None, b""):  # a call that sent nothing tells nothing
        return ()
    try:
        return reader.requests(extract_request_body(read_bounded(recording.request, reader.limits)))
    except UncheckedError as refusal:
        # Where the response is not this operation's either, the pair is simply somebody else's.
        foreign = refusal.foreign and not any(answers(body) for body in opened)
        detail = f"{describe_attachment(recording.request, 'request')}: {refusal.detail}"
        raise UncheckedError(refusal.reason, detail, foreign=foreign) from None


def _no_column(rulebook: Rulebook, unplaced: Unplaced | None) -> UncheckedError:
    if unplaced is None:  # a flag or sidecar says `unknown` of what the response shows
        return UncheckedError(Reason.UNKNOWN_SERVICE, f"the {rulebook.column_fact} is said to be unknown")
    return UncheckedError(unplaced.reason, unplaced.detail)
