"""Checking: a recording in, a result for each of its bodies out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from msgspec import structs

from ...engine.call_findings import (
    context_conflict,
    not_enforced,
    pair_mismatch,
    unexpanded_variable,
    unexpected_success,
)
from ...engine.context import Claim, Conflict, Precedence, ResolvedContext, resolve_claims
from ...engine.expectation import Evaluator
from ...engine.finding import Finding
from ...engine.judge import DEFAULT_POLICY, Policy, in_order, judge
from ...engine.result import Outcome, ResponseResult, result_of
from ...rules.load import builtin_rulebook, load_rulebook
from ...rules.model import Rulebook
from ..core.errors import Reason, UncheckedError
from ..core.limits import Limits
from ..messages.base import Body
from ..messages.registry import reader_for
from ..recall import ALONE, Companions, Memory
from ..recordings import Recording, SkippedFile, UnreadableContent, read_bounded
from .exchange import Call, ParsedExchange, open_call

_ANSWERED = (None, 200)
"""The HTTP statuses with which an answer can be judged; None where it is not known."""

Learn = Callable[[ResponseResult, ResolvedContext | None], None]
"""Takes the result of a message's only body, and what is known of its call if nothing was found about that."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All that decides how recordings are checked; it can be sent to another process.

    ``rules`` is the rulebook's path, None for the one built in; ``claims`` are what flags state of every call;
    ``request`` is the content of a request that counts for every recording. ``fast_path`` says that a
    response need not be parsed where all that is in it was recognised.
    """

    rules: str | None = None
    policy: Policy = DEFAULT_POLICY
    limits: Limits = field(default_factory=Limits)
    claims: tuple[Claim, ...] = ()
    request: bytes | None = field(default=None, repr=False)
    fast_path: bool = True

    def rulebook(self) -> Rulebook:
        """Load the rulebook; raises RulebookError."""
        return builtin_rulebook() if self.rules is None else load_rulebook(self.rules)


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was found in a folder and is no response of this operation."""

    source: str
    why: str


Result = ResponseResult | Skipped
"""What a recording comes to; one with several bodies comes to as many."""


class Checker:
    """Checks recordings against one rulebook."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.rulebook = settings.rulebook()
        self.evaluator = Evaluator(self.rulebook)
        self._reader = reader_for(self.rulebook, settings.limits)
        recognised = settings.fast_path and self.rulebook.document.wire.format == "xml"
        self._memory = Memory(self.evaluator, settings.policy, settings.limits) if recognised else None

    def check(self, recording: Recording | SkippedFile) -> Iterator[ResponseResult | Skipped]:
        """Judge a recording: a result for each body, or why it is passed over. What it holds raises nothing."""
        if isinstance(recording, SkippedFile):
            if recording.unreadable:
                yield self.unchecked(recording.source, 0, UncheckedError(Reason.UNREADABLE, recording.why))
            else:
                yield Skipped(recording.source, recording.why)
            return
        recalled = None if self._memory is None else self._recall(recording, self._memory)
        if isinstance(recalled, ResponseResult):
            yield recalled
        elif recalled is None:
            yield from self._checked(recording)
        else:
            yield from self._checked(*recalled)

    def _recall(
        self, recording: Recording, memory: Memory
    ) -> ResponseResult | tuple[Recording, Learn] | None:
        """Give the verdict that the memory has for a recording, or else what it needs to learn from it, if it can."""
        response = recording.response
        if response is None or isinstance(response, UnreadableContent) or recording.status not in _ANSWERED:
            return None
        try:
            if not isinstance(response, bytes):
                response = read_bounded(response, self.settings.limits)
            document = memory.look(response)
            if document is None or not response:
                return None
            companions = self._companions(recording)
        except UncheckedError:
            return None
        known = memory.recall(document, companions, recording.source)
        if known is not None:
            return known
        return structs.replace(recording, response=response), partial(memory.learn, document, companions)

    def _companions(self, recording: Recording) -> Companions:
        """Read what belongs to a response; raises Refusal where it cannot be had."""
        limits, request = self.settings.limits, self.settings.request
        if request is None and recording.request is None and recording.sidecar is None:
            return ALONE
        if request is None and recording.request is not None:
            request = read_bounded(recording.request, limits)
        sidecar = None if recording.sidecar is None else read_bounded(recording.sidecar, limits)
        return Companions(request, sidecar, recording.sidecar_name)

    def _checked(
        self, recording: Recording, learn: Learn | None = None
    ) -> Iterator[ResponseResult | Skipped]:
        """Judge a recording in full: it is parsed, read, and held against the table."""
        try:
            call = self._open(recording)
        except UncheckedError as refusal:
            if refusal.foreign and not recording.explicit:
                yield Skipped(recording.source, refusal.detail)
            else:
                yield self.unchecked(recording.source, 0, refusal)
            return
        for body in call.bodies:
            try:
                heard = call.parse(body)
            except UncheckedError as refusal:
                yield self._not_judged(recording, body, refusal, call)
                continue
            remarks = tuple(self._remarks(heard, call))
            result = self._judged(recording, body, heard, remarks)
            if learn is not None and len(call.bodies) == 1:
                learn(result, None if remarks else heard.resolved)
            yield result

    def parse(self, recording: Recording) -> Iterator[ParsedExchange | UncheckedError]:
        """Read a recording without judging it: for each body what was seen, or why that cannot be told."""
        try:
            call = self._open(recording)
        except UncheckedError as refusal:
            yield refusal
            return
        for body in call.bodies:
            try:
                yield call.parse(body)
            except UncheckedError as refusal:
                yield refusal

    def _open(self, recording: Recording) -> Call:
        return open_call(self._reader, recording, self.settings.claims, self.settings.request)

    def _judged(
        self, recording: Recording, body: Body, heard: ParsedExchange, remarks: tuple[Finding, ...]
    ) -> ResponseResult:
        context, policy = heard.resolved.context, self.settings.policy
        findings = in_order([*judge(self.evaluator, context, heard.observation, policy), *remarks])
        return result_of(self.evaluator, heard.resolved, findings, recording.source, body.index)

    def _remarks(self, heard: ParsedExchange, call: Call) -> Iterator[Finding]:
        rulebook, context, payload = self.rulebook, heard.resolved.context, heard.payload
        if call.sidecar.expects_failure:
            refused = call.sidecar.refused
            yield (
                unexpected_success(rulebook, context, call.sidecar.source)
                if refused is None
                else not_enforced(rulebook, context, refused)
            )
        for conflict in heard.resolved.conflicts:
            yield context_conflict(rulebook, context, conflict)
        if heard.contrary:
            yield context_conflict(rulebook, context, self._contrary(heard))
        session = rulebook.document.evidence.session
        if heard.other_session and session is not None:
            lines = heard.observation.lines(session.response)
            yield pair_mismatch(rulebook, context, session.response, lines)
        if payload.variables and rulebook.document.variables is not None:
            path = rulebook.document.variables.path
            yield unexpanded_variable(rulebook, context, path, payload.variables, payload.variable_lines)

    def _contrary(self, heard: ParsedExchange) -> Conflict:
        """A statement places in a column what says of itself that it is something without a column."""
        fact = self.rulebook.column_fact
        context, sources = heard.resolved.context, heard.resolved.sources
        stated = Claim(fact, context[fact], sources[context.facts.index(fact)], Precedence.FLAG)
        return Conflict(stated, Claim(fact, heard.contrary, "response", Precedence.EVIDENCE))

    def _not_judged(
        self, recording: Recording, body: Body, refusal: UncheckedError, call: Call
    ) -> ResponseResult | Skipped:
        if refusal.foreign and not recording.explicit and not call.requests:
            return Skipped(recording.source, refusal.detail)
        known = call.known_of(body)
        unchecked = self.unchecked(recording.source, body.index, refusal, known)
        failed = refusal.reason is Reason.FAILURE_RESPONSE
        if failed and call.sidecar.expects_failure and not body.holds_elements:
            return ResponseResult(
                source=recording.source,
                index=body.index,
                outcome=Outcome.CONFORMANT,
                resolved=known,
                detail=f"{refusal.detail}, as the {call.sidecar.source} expects",
                expected_failure=True,
            )
        return unchecked

    def unchecked(
        self, source: str, index: int, refusal: UncheckedError, known: ResolvedContext | None = None
    ) -> ResponseResult:
        """Give the result of something that could not be judged; `known` is what is known of its call."""
        return ResponseResult(
            source=source,
            index=index,
            outcome=Outcome.UNCHECKED,
            resolved=known or resolve_claims(self.rulebook, self.settings.claims),
            reason=refusal.reason,
            detail=refusal.detail,
        )
