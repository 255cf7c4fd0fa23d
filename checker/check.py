"""Checking: a recording in, a result for each of its bodies out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..engine.context import Claim, Conflict, Rank, Settled, settle
from ..engine.expectation import Evaluator
from ..engine.finding import Finding
from ..engine.judge import DEFAULT_POLICY, Policy, in_order, judge
from ..engine.remarks import (
    context_conflict,
    not_enforced,
    pair_mismatch,
    unexpanded_variable,
    unexpected_success,
)
from ..engine.result import Outcome, ResponseResult, outcome_of
from ..rules.load import builtin_rulebook, load_rulebook
from ..rules.model import Rulebook
from .call import Call, Heard, open_call
from .message import Body
from .recordings import Recording, Stray
from .refusal import Limits, Reason, Refusal
from .wire import reader_for


@dataclass(frozen=True, slots=True)
class Settings:
    """All that decides how recordings are checked; it can be sent to another process.

    ``rules`` is the rulebook's path, None for the one built in; ``claims`` are what flags state of every call;
    ``request`` is the content of a request that counts for every recording.
    """

    rules: str | None = None
    policy: Policy = DEFAULT_POLICY
    limits: Limits = field(default_factory=Limits)
    claims: tuple[Claim, ...] = ()
    request: bytes | None = None

    def rulebook(self) -> Rulebook:
        """Load the rulebook; raises RulebookError."""
        return builtin_rulebook() if self.rules is None else load_rulebook(self.rules)


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was found in a folder and is no response of this operation."""

    source: str
    why: str


class Checker:
    """Checks recordings against one rulebook."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.rulebook = settings.rulebook()
        self.evaluator = Evaluator(self.rulebook)
        self._reader = reader_for(self.rulebook, settings.limits)

    def check(self, recording: Recording | Stray) -> Iterator[ResponseResult | Skipped]:
        """Judge a recording: a result for each body, or why it is passed over. What it holds raises nothing."""
        if isinstance(recording, Stray):
            if recording.unreadable:
                yield self.unchecked(recording.source, 0, Refusal(Reason.UNREADABLE, recording.why))
            else:
                yield Skipped(recording.source, recording.why)
            return
        try:
            call = self._open(recording)
        except Refusal as refusal:
            if refusal.foreign and not recording.named:
                yield Skipped(recording.source, refusal.detail)
            else:
                yield self.unchecked(recording.source, 0, refusal)
            return
        for body in call.bodies:
            try:
                yield self._judged(recording, body, call.hear(body), call)
            except Refusal as refusal:
                yield self._not_judged(recording, body, refusal, call)

    def hear(self, recording: Recording) -> Iterator[Heard | Refusal]:
        """Read a recording without judging it: for each body what was seen, or why that cannot be told."""
        try:
            call = self._open(recording)
        except Refusal as refusal:
            yield refusal
            return
        for body in call.bodies:
            try:
                yield call.hear(body)
            except Refusal as refusal:
                yield refusal

    def _open(self, recording: Recording) -> Call:
        return open_call(self._reader, recording, self.settings.claims, self.settings.request)

    def _judged(self, recording: Recording, body: Body, heard: Heard, call: Call) -> ResponseResult:
        context = heard.settled.context
        findings = in_order(
            [
                *judge(self.evaluator, context, heard.observation, self.settings.policy),
                *self._remarks(heard, call),
            ]
        )
        return ResponseResult(
            source=recording.source,
            index=body.index,
            outcome=outcome_of(findings),
            settled=heard.settled,
            findings=findings,
            undetermined=self.evaluator.undetermined(context),
            depends_on=self.evaluator.open_facts(context),
        )

    def _remarks(self, heard: Heard, call: Call) -> Iterator[Finding]:
        rulebook, context, payload = self.rulebook, heard.settled.context, heard.payload
        if call.sidecar.expects_failure:
            refused = call.sidecar.refused
            yield (
                unexpected_success(rulebook, context, call.sidecar.source)
                if refused is None
                else not_enforced(rulebook, context, refused)
            )
        for conflict in heard.settled.conflicts:
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

    def _contrary(self, heard: Heard) -> Conflict:
        """A statement places in a column what says of itself that it is something without a column."""
        fact = self.rulebook.column_fact
        context, sources = heard.settled.context, heard.settled.sources
        stated = Claim(fact, context[fact], sources[context.facts.index(fact)], Rank.FLAG)
        return Conflict(stated, Claim(fact, heard.contrary, "response", Rank.EVIDENCE))

    def _not_judged(
        self, recording: Recording, body: Body, refusal: Refusal, call: Call
    ) -> ResponseResult | Skipped:
        if refusal.foreign and not recording.named and not call.requests:
            return Skipped(recording.source, refusal.detail)
        known = call.known_of(body)
        unchecked = self.unchecked(recording.source, body.index, refusal, known)
        failed = refusal.reason is Reason.FAILURE_RESPONSE
        if failed and call.sidecar.expects_failure and not body.holds_elements:
            return ResponseResult(
                source=recording.source,
                index=body.index,
                outcome=Outcome.CONFORMANT,
                settled=known,
                detail=f"{refusal.detail}, as the {call.sidecar.source} expects",
                expected_failure=True,
            )
        return unchecked

    def unchecked(
        self, source: str, index: int, refusal: Refusal, known: Settled | None = None
    ) -> ResponseResult:
        """Give the result of something that could not be judged; `known` is what is known of its call."""
        return ResponseResult(
            source=source,
            index=index,
            outcome=Outcome.UNCHECKED,
            settled=known or settle(self.rulebook, self.settings.claims),
            reason=refusal.reason,
            detail=refusal.detail,
        )
