"""Checking: a recording in, a result for each of its bodies out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

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
from ..core.errors import Limits, Reason, UncheckedError
from ..messages.base import Body
from ..messages.registry import reader_for
from ..recordings import Recording, SkippedFile
from .exchange import Exchange, ParsedExchange, open_exchange


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
    request: bytes | None = field(default=None, repr=False)

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
        self._reader = reader_for(
            self.rulebook, settings.limits, empty_is_absent=settings.policy.empty_is_absent
        )

    def check(self, recording: Recording | SkippedFile) -> Iterator[Result]:
        """Judge a recording: yields a result for each body, or why it is skipped. Nothing that it contains raises anything."""
        if isinstance(recording, SkippedFile):
            if recording.unreadable:
                yield self.unchecked(recording.source, 0, UncheckedError(Reason.UNREADABLE, recording.why))
            else:
                yield Skipped(recording.source, recording.why)
            return
        try:
            exchange = self._open(recording)
        except UncheckedError as error:
            if error.foreign and not recording.named:
                yield Skipped(recording.source, error.detail)
            else:
                yield self.unchecked(recording.source, 0, error)
            return
        for body in exchange.bodies:
            try:
                parsed = exchange.parse(body)
            except UncheckedError as error:
                yield self._not_judged(recording, body, error, exchange)
                continue
            yield self._judged(recording, body, parsed, exchange)

    def parse(self, recording: Recording) -> Iterator[ParsedExchange | UncheckedError]:
        """Read a recording without judging it: yields for each body what was seen, or why that is not known."""
        try:
            exchange = self._open(recording)
        except UncheckedError as error:
            yield error
            return
        for body in exchange.bodies:
            try:
                yield exchange.parse(body)
            except UncheckedError as error:
                yield error

    def _open(self, recording: Recording) -> Exchange:
        return open_exchange(self._reader, recording, self.settings.claims, self.settings.request)

    def _judged(
        self, recording: Recording, body: Body, parsed: ParsedExchange, exchange: Exchange
    ) -> ResponseResult:
        findings = judge(self.evaluator, parsed.resolved.context, parsed.observation, self.settings.policy)
        others = list(self._call_findings(parsed, exchange))
        if others:
            findings = in_order([*findings, *others])
        return result_of(self.evaluator, parsed.resolved, findings, recording.source, body.index)

    def _call_findings(self, parsed: ParsedExchange, exchange: Exchange) -> Iterator[Finding]:
        """Return what does not fit together, whatever the response shows."""
        rulebook, context, payload = self.rulebook, parsed.resolved.context, parsed.payload
        sidecar = exchange.sidecar
        if sidecar.expects_failure:
            refused = sidecar.refused
            yield (
                unexpected_success(rulebook, context, sidecar.source)
                if refused is None
                else not_enforced(rulebook, context, refused)
            )
        for conflict in parsed.resolved.conflicts:
            yield context_conflict(rulebook, context, conflict)
        if parsed.conflicting_column:
            yield context_conflict(rulebook, context, self._column_conflict(parsed))
        session = rulebook.document.evidence.session
        if parsed.other_session and session is not None:
            lines = parsed.observation.lines(session.response)
            yield pair_mismatch(rulebook, context, session.response, lines)
        if payload.variables and rulebook.document.variables is not None:
            path = rulebook.document.variables.path
            yield unexpanded_variable(rulebook, context, path, payload.variables, payload.variable_lines)

    def _column_conflict(self, parsed: ParsedExchange) -> Conflict:
        """Return the conflict of a stated column with a response that says that it is something without a column."""
        fact = self.rulebook.column_fact
        context, sources = parsed.resolved.context, parsed.resolved.sources
        stated = Claim(fact, context[fact], sources[context.facts.index(fact)], Precedence.FLAG)
        return Conflict(stated, Claim(fact, parsed.conflicting_column, "response", Precedence.EVIDENCE))

    def _not_judged(
        self, recording: Recording, body: Body, error: UncheckedError, exchange: Exchange
    ) -> ResponseResult | Skipped:
        if error.foreign and not recording.named and not exchange.requests:
            return Skipped(recording.source, error.detail)
        known = exchange.known_of(body)
        unchecked = self.unchecked(recording.source, body.index, error, known)
        failed = error.reason is Reason.FAILURE_RESPONSE
        if failed and exchange.sidecar.expects_failure and not body.holds_elements:
            return ResponseResult(
                source=recording.source,
                index=body.index,
                outcome=Outcome.CONFORMANT,
                resolved=known,
                detail=f"{error.detail}, as the {exchange.sidecar.source} expects",
                expected_failure=True,
            )
        return unchecked

    def unchecked(
        self, source: str, index: int, error: UncheckedError, known: ResolvedContext | None = None
    ) -> ResponseResult:
        """Give the result of something that could not be judged; `known` is what is known of its exchange."""
        return ResponseResult(
            source=source,
            index=index,
            outcome=Outcome.UNCHECKED,
            resolved=known or resolve_claims(self.rulebook, self.settings.claims),
            reason=error.reason,
            detail=error.detail,
        )
