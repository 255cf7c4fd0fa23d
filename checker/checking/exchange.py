"""An exchange as it was recorded: the bodies of its response, what it asked for, and its context."""

from __future__ import annotations

import contextlib
from collections.abc import Hashable
from functools import lru_cache

import msgspec

from ...engine.claims import Claim, Conflict, Precedence, ResolvedContext, resolve_claims
from ...engine.observation import Observation
from ...reports.text.phrases import fact_option
from ...rules.model import UNKNOWN, Rulebook
from ...rules.names import join_names, join_words
from ..core.errors import Reason, UncheckedError
from ..messages.base import Body, BodyKind, MessageReader, Payload, Request, is_answer, request_for
from ..recordings import (
    NO_HTTP_FACTS,
    ContextFile,
    HttpFacts,
    Recording,
    UnreadableContent,
    describe_attachment,
    extract_request_body,
    parse_request_facts,
    read_bounded,
)
from .evidence import UnknownColumn, claims_of
from .http_call import NO_CALL, THIS, HttpCall, open_call
from .operation_filter import is_mere_message, require_answer
from .pair_evidence import pair_evidence
from .settings import Settings
from .sidecar import NO_SIDECAR, Sidecar, SidecarError, merge_sidecars, read_sidecar

# Members of enumerations are slow to look up.
_MESSAGE = BodyKind.MESSAGE
_ITEMS = (BodyKind.ITEM, BodyKind.NULL_ITEM)
_JUDGED = (BodyKind.MESSAGE, BodyKind.ITEM)


class Resolution(msgspec.Struct, frozen=True, eq=False):
    """The context of a body, and what in its evidence does not fit together.

    ``other_session`` says that its request is about another session, ``conflicts`` are contradictions within the evidence. ``source``
    is its name for people, if that was asked for.
    """

    resolved: ResolvedContext
    other_session: bool = False
    conflicts: tuple[Conflict, ...] = ()


class ParsedExchange(msgspec.Struct, frozen=True, eq=False):
    """A body that was read: its context, and what was seen. ``source`` is its name for people, if that was asked for."""

    resolution: Resolution
    payload: Payload
    source: str = ""

    @property
    def resolved(self) -> ResolvedContext:
        """The context."""
        return self.resolution.resolved

    @property
    def observation(self) -> Observation:
        """The elements that were seen in the body."""
        return self.payload.observation


class Exchange(msgspec.Struct, frozen=True, eq=False):
    """A recording that was opened: the bodies of its response, its requests, and what is stated of it."""

    rulebook: Rulebook
    bodies: tuple[Body, ...]
    requests: tuple[Request | None, ...]
    sidecar: Sidecar
    claims: tuple[Claim, ...]
    required: tuple[str, ...] = ()
    call: HttpCall = NO_CALL

    def source_of(self, body: Body, source: str) -> str:
        """Return the name of a body for people: the recording's, and the item's place if it is one of a list."""
        return f"{source}[{body.index}]" if body.kind in _ITEMS else source

    @staticmethod
    def index_of(body: Body) -> int:
        """Return the place of a body among its message's; a list is one body, and its items' sources tell their places."""
        return body.index if body.kind is _MESSAGE else 0

    def parse(self, body: Body, known: Resolution | None = None) -> ParsedExchange:
        """Read a body and resolve its context, unless that is known from another body with equal evidence.

        Raises UncheckedError if the call failed, if the body is no response of this operation, if no column is found, and
        if a required fact is unknown.
        """
        if self.call.failure:
            raise UncheckedError(Reason.FAILURE_RESPONSE, self.call.failure)
        body.require_answer(is_recognized=self.call.operation is THIS)
        payload = body.read()
        return ParsedExchange(known or self.resolve(body), payload)

    def resolve(self, body: Body) -> Resolution:
        """Resolve the context of a body; raises UncheckedError as `parse` does."""
        request = self._request(body)
        evidence = claims_of(self.rulebook, request, body, self.call)
        resolved = self._resolve(evidence.claims)
        column = self.rulebook.column_fact
        if resolved.context[column] == UNKNOWN:
            raise _no_column(self.rulebook, evidence.unknown)
        self._require_facts(resolved)
        conflicts = evidence.conflicts
        if evidence.unknown is not None and evidence.unknown.title:
            conflicts += (_column_conflict(resolved, column, evidence.unknown.title),)
        other_session = pair_evidence(self.rulebook).names_other_session(request, body, self.call)
        return Resolution(resolved, other_session, conflicts)

    def _require_facts(self, resolved: ResolvedContext) -> None:
        unknown = [fact for fact in self.required if resolved.context[fact] == UNKNOWN]
        if unknown:
            options = join_names([fact_option(fact) for fact in unknown])
            detail = f"required facts are unknown: {join_names(unknown)}; pass {options}"
            why = self.call.evidence.unreadable
            raise UncheckedError(Reason.UNKNOWN_FACT, f"{why}; {detail}" if why else detail)

    @property
    def stated(self) -> tuple[Claim, ...]:
        """The claims of flags and the sidecar."""
        return (*self.claims, *self.sidecar.claims)

    def known_context(self, body: Body, *, is_read: bool = False) -> ResolvedContext:
        """Return the context of a body that is not judged, as far as it is known; only one that was read tells about it."""
        request = self._request(body, is_read=is_read)
        return self._resolve(claims_of(self.rulebook, request, body if is_read else None, self.call).claims)

    def evidence(self, body: Body) -> Hashable | None:
        """Return all evidence about the call of a body, to compare it by; None if it is not worth comparing."""
        if self.call.failure or body.kind not in _JUDGED:
            return None
        told = body.evidence
        if told is None or (not self.requests and self.sidecar is NO_SIDECAR and self.call is NO_CALL):
            return told
        related = None
        pairs = pair_evidence(self.rulebook)
        if self.requests or pairs.reads_http:
            related = pairs.key(self._request(body), body, self.call)
        return told, related, self.sidecar, self.call.operation is THIS

    def _request(self, body: Body, *, is_read: bool = True) -> Request | None:
        if not self.requests:
            return None
        if len(self.requests) == len(self.bodies):
            return self.requests[body.index]
        session = self.rulebook.document.evidence.session
        answered = body.text(session.response) if is_read and session else None
        return request_for(
            self.requests, body.index, len(self.bodies), answered, session.request if session else None
        )

    def _resolve(self, evidence: tuple[Claim, ...]) -> ResolvedContext:
        return _resolve_cached(self.rulebook, (*self.claims, *self.sidecar.claims, *evidence))


@lru_cache(512)
def _resolve_cached(rulebook: Rulebook, claims: tuple[Claim, ...]) -> ResolvedContext:
    """Resolve claims. Cached: few combinations of them occur, many times each."""
    return resolve_claims(rulebook, claims)


def match_call(reader: MessageReader, recording: Recording, request: bytes | None) -> HttpCall:
    """Return the HTTP side of a recording; ``request`` is the content of a request that counts in place of its own.

    Raises UncheckedError if its answer cannot be one of this operation.
    """
    if request is None and recording.http is NO_HTTP_FACTS and is_mere_message(recording):
        return NO_CALL
    facts = recording.http if request is None else _facts_of(recording, request)
    call = open_call(reader.rulebook, facts)
    require_answer(reader, recording, call)
    return call


def open_exchange(
    reader: MessageReader, recording: Recording, response: bytes, call: HttpCall, settings: Settings
) -> Exchange:
    """Read a recording's files; ``response`` is the content of its response, ``call`` its HTTP side.

    Raises UncheckedError if one of them cannot be used: a call is judged with all that belongs to it, or not at all.
    """
    try:
        opened = reader.bodies(response)
    except UncheckedError as error:
        if call.failure and error.reason in (Reason.NOT_JSON, Reason.NOT_XML, Reason.NOT_A_MESSAGE):
            raise UncheckedError(Reason.FAILURE_RESPONSE, call.failure) from None
        raise
    sidecar = sidecar_of(reader, recording)
    requests = _requests(reader, recording, settings.request, opened)
    return Exchange(reader.rulebook, opened, requests, sidecar, settings.claims, settings.required, call)


def _facts_of(recording: Recording, request: bytes) -> HttpFacts:
    """Return the HTTP facts of a recording with a request that counts in place of its own, and can bring some too."""
    facts, given = recording.http, parse_request_facts(request)
    if given is NO_HTTP_FACTS:
        return facts
    method, url, headers = given.method, given.url, given.request_headers
    return msgspec.structs.replace(facts, method=method, url=url, request_headers=headers)


def context_of_unread(
    reader: MessageReader, recording: Recording, claims: tuple[Claim, ...], request: bytes | None
) -> ResolvedContext:
    """Return what flags, sidecar and request say of a call whose response could not be read."""
    found = claims
    with contextlib.suppress(UncheckedError):
        found += sidecar_of(reader, recording).claims
    given = None
    with contextlib.suppress(UncheckedError):
        requests = _requests(reader, recording, request, ())
        given = requests[0] if len(requests) == 1 else None
    facts = recording.http if request is None else _facts_of(recording, request)
    call = open_call(reader.rulebook, facts)
    found += claims_of(reader.rulebook, given, None, call).claims
    return _resolve_cached(reader.rulebook, found)


def sidecar_of(reader: MessageReader, recording: Recording) -> Sidecar:
    """Return what is stated of a call: by the files of its folders and by its sidecar, of which the nearer one wins.

    Raises UncheckedError if one of them cannot be used.
    """
    if recording.sidecar is None and not recording.contexts:
        return NO_SIDECAR
    sidecars = [_folder_context(reader.rulebook, context) for context in recording.contexts]
    if recording.sidecar is not None:
        sidecars.append(_own_sidecar(reader, recording))
    if len(sidecars) < 2:  # noqa: PLR2004 - nothing to merge
        return sidecars[0] if sidecars else NO_SIDECAR
    try:
        return merge_sidecars(reader.rulebook, tuple(sidecars))
    except SidecarError as error:
        names = [f"`{context.name}`" for context in recording.contexts]
        names += [describe_attachment(recording.sidecar, "sidecar")] if recording.sidecar is not None else []
        raise UncheckedError(Reason.UNREADABLE, f"{join_words(names)}: {error}") from None


def _folder_context(rulebook: Rulebook, context: ContextFile) -> Sidecar:
    try:
        if isinstance(context.content, UnreadableContent):
            raise UncheckedError(context.content.reason, f"`{context.name}`: {context.content.detail}")
        return read_sidecar(rulebook, context.content, "context.toml")
    except SidecarError as error:
        raise UncheckedError(Reason.UNREADABLE, f"`{context.name}`: {error}") from None


def _own_sidecar(reader: MessageReader, recording: Recording) -> Sidecar:
    name = describe_attachment(recording.sidecar, "sidecar")
    try:
        content = read_bounded(recording.sidecar, reader.limits)
        return read_sidecar(reader.rulebook, content, recording.sidecar_name)
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
    if not reader.reads_requests:
        return ()
    try:
        content = read_bounded(recording.request, reader.limits)
        body = extract_request_body(content)
        return () if content and not body else reader.requests(body)  # headers without a body
    except UncheckedError as refusal:
        # If the response is not this operation's either, the pair is simply somebody else's.
        foreign = refusal.foreign and not any(is_answer(body) for body in opened)
        detail = f"{describe_attachment(recording.request, 'request')}: {refusal.detail}"
        raise UncheckedError(refusal.reason, detail, foreign=foreign) from None


def _column_conflict(resolved: ResolvedContext, column: str, title: str) -> Conflict:
    """Return the conflict of a stated column with a response that says that it is something without a column."""
    context = resolved.context
    stated = Claim(column, context[column], resolved.sources[context.facts.index(column)], Precedence.FLAG)
    return Conflict(stated, Claim(column, title, "response", Precedence.EVIDENCE))


def _no_column(rulebook: Rulebook, unknown: UnknownColumn | None) -> UncheckedError:
    if unknown is None:  # a flag or sidecar says `unknown` of what the response shows
        return UncheckedError(Reason.UNKNOWN_SERVICE, f"the {rulebook.column_fact} is said to be unknown")
    return UncheckedError(unknown.reason, unknown.detail)
