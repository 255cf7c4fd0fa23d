"""Checking: a recording in, a result for each of its bodies out."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass

from msgspec import structs

from ...engine.claims import ResolvedContext, resolve_claims
from ...engine.expectation import Evaluator
from ...engine.finding import Finding
from ...engine.finding_rules import call_findings
from ...engine.finding_rules.base import CallFacts
from ...engine.judge import in_order, judge_for
from ...engine.policy import validate_policy
from ...engine.recurrence import Recurrence
from ...engine.result import NO_ITEMS, NULL_ITEM, Outcome, ResponseResult, outcome_of, result_of
from ..core.errors import Reason, UncheckedError
from ..core.garbage import paused_collection
from ..messages.base import Body, BodyKind, is_answer
from ..messages.registry import reader_for
from ..recordings import Recording, SkippedFile, read_bounded
from .exchange import (
    Exchange,
    ParsedExchange,
    Resolution,
    context_of_unread,
    match_call,
    open_exchange,
    sidecar_of,
)
from .findings_elsewhere import FindingsElsewhere
from .http_call import THIS, HttpCall
from .memory import Memory, Seen, remember
from .operation_filter import find_other_list, is_skipped
from .settings import Settings, validate_required
from .sidecar import Sidecar
from .unrecorded import add_unrecorded

_REASONS_OF_CONTEXT = (Reason.UNKNOWN_SERVICE, Reason.UNKNOWN_FACT, Reason.NO_COLUMN)
"""The reasons for which a body is unchecked that was read."""

_MESSAGE, _NULL_ITEM, _SURROUNDINGS = BodyKind.MESSAGE, BodyKind.NULL_ITEM, BodyKind.SURROUNDINGS


@dataclass(frozen=True, slots=True)
class Skipped:
    """Content of a folder that is no response of this operation."""

    source: str
    why: str


Result = ResponseResult | Skipped
"""The results of a recording: one for each of its bodies."""


class Checker:
    """Checks recordings against one rulebook."""

    def __init__(self, settings: Settings) -> None:
        """Load the rulebook; raises RulebookError, and ValueError for settings with a rule or fact that it does not have."""
        self.settings = settings
        self.rulebook = settings.rulebook()
        validate_policy(self.rulebook, settings.policy)
        validate_required(self.rulebook, settings.required)
        self.evaluator = Evaluator(self.rulebook)
        self._met = Recurrence()
        self._verdicts: dict[Hashable, ResponseResult] = {}
        self._resolved: dict[Hashable, Resolution] = {}
        self._reader = reader_for(
            self.rulebook, settings.limits, empty_is_absent=settings.policy.empty_is_absent
        )
        self._memory = Memory(self._reader, self.evaluator, settings)
        self._elsewhere = FindingsElsewhere(self.evaluator, settings.policy)

    def check(self, recording: Recording | SkippedFile) -> Iterable[Result]:
        """Judge a recording: returns a result for each body, or why it is skipped. Nothing that it contains raises anything."""
        if isinstance(recording, SkippedFile):
            return (self._result_of_skipped(recording),)
        try:
            results = self._results(recording)
        except MemoryError:
            results = (self._out_of_memory(recording, 0),)
        if not isinstance(results, tuple):
            results = self._while_memory_lasts(recording, results)
        if not recording.lacks:
            return results
        return (self._add_unrecorded(recording, result) for result in results)

    def _while_memory_lasts(self, recording: Recording, results: Iterable[Result]) -> Iterator[Result]:
        judged = 0
        try:
            for result in results:
                yield result
                judged += 1
        except MemoryError:
            yield self._out_of_memory(recording, judged)

    def _out_of_memory(self, recording: Recording, index: int) -> ResponseResult:
        error = UncheckedError(Reason.TOO_LARGE, "there is not enough memory to judge it")
        return self.unchecked(recording.source, index, error)

    def _add_unrecorded(self, recording: Recording, result: Result) -> Result:
        if isinstance(result, Skipped):
            return result
        return add_unrecorded(self.rulebook, recording, self.settings.required, result)

    def _result_of_skipped(self, skipped: SkippedFile) -> Result:
        if skipped.unreadable:
            return self.unchecked(skipped.source, 0, UncheckedError(Reason.UNREADABLE, skipped.why))
        return Skipped(skipped.source, skipped.why)

    def _results(self, recording: Recording) -> Iterable[Result]:
        settings = self.settings
        try:
            call = match_call(self._reader, recording, settings.request)
            response = read_bounded(recording.response, settings.limits)
            seen = self._memory.recall(recording, response, call)
        except UncheckedError as error:
            return (self._unopened_result(recording, error),)
        if isinstance(seen, ResponseResult):
            return (seen,)
        with paused_collection(len(response)):
            return self._results_of_exchange(recording, response, call, seen)

    def _results_of_exchange(
        self, recording: Recording, response: bytes, call: HttpCall, seen: Seen | None
    ) -> Iterable[Result]:
        try:
            exchange = open_exchange(self._reader, recording, response, call, self.settings)
        except UncheckedError as error:
            return (self._unopened_result(recording, error),)
        if len(exchange.bodies) == 1 and exchange.bodies[0].kind is _MESSAGE:
            body = exchange.bodies[0]
            if seen is None:
                return (self._result(recording, body, exchange, is_ours=False),)
            result = self._new_result(recording, body, exchange, is_ours=False)
            if isinstance(result, ResponseResult):
                self._memory.keep(seen, result)
            return (result,)
        return self._results_of_bodies(recording, exchange)

    def _unopened_result(self, recording: Recording, error: UncheckedError) -> Result:
        if is_skipped(self._reader, recording, error):
            return Skipped(recording.source, error.detail)
        settings = self.settings
        known = context_of_unread(self._reader, recording, settings.claims, settings.request)
        if error.reason is Reason.FAILURE_RESPONSE and recording.response == b"":
            try:
                sidecar = sidecar_of(self._reader, recording)
            except UncheckedError as unusable:
                error = unusable
            else:
                if sidecar.expects_failure:
                    return _expected_failure(recording.source, 0, known, error, sidecar)
        return self.unchecked(recording.source, 0, error, known)

    def _results_of_bodies(self, recording: Recording, exchange: Exchange) -> Iterator[Result]:
        if not exchange.requests and (other := find_other_list(self._reader, recording, exchange.bodies)):
            yield Skipped(recording.source, other.detail)
            return
        is_ours = len(exchange.bodies) > 1 and any(map(is_answer, exchange.bodies))
        if exchange.bodies[0].kind is _SURROUNDINGS and exchange.bodies[0].answered:
            yield Skipped(recording.source, NO_ITEMS)
        for body in exchange.bodies:
            if body.kind is _NULL_ITEM:
                yield Skipped(exchange.source_of(body, recording.source), NULL_ITEM)
            elif body.kind is _SURROUNDINGS:
                yield from self._judge_surroundings(recording, body, exchange)
            else:
                yield self._result(recording, body, exchange, is_ours=is_ours)

    def _result(self, recording: Recording, body: Body, exchange: Exchange, *, is_ours: bool) -> Result:
        """Return the result of a body, which an equal one may have had before."""
        evidence = exchange.evidence(body)
        shape = None if evidence is None else body.shape
        key = shape, evidence, exchange.index_of(body)
        if shape is not None:
            remembered = self._verdicts.get(key)
            if remembered is not None:
                return remembered.of(exchange.source_of(body, recording.source))
        result = self._new_result(recording, body, exchange, evidence, is_ours=is_ours)
        if shape is None or not isinstance(result, ResponseResult) or not result.judged:
            return result
        if self._reader.shapes_recur or self._met.was_met(key):
            remember(self._verdicts, key, result)
        return result

    def _new_result(
        self,
        recording: Recording,
        body: Body,
        exchange: Exchange,
        evidence: Hashable | None = None,
        *,
        is_ours: bool,
    ) -> Result:
        """Return the result of a body; ``evidence`` is that of its call, if its context is worth remembering."""
        try:
            parsed = exchange.parse(body, self._resolved.get(evidence))
        except UncheckedError as error:
            return self._unjudged_result(recording, body, error, exchange, is_ours=is_ours)
        if evidence is not None:
            remember(self._resolved, evidence, parsed.resolution)
        return self._judge(recording, body, parsed, exchange)

    def _judge_surroundings(
        self, recording: Recording, body: Body, exchange: Exchange
    ) -> Iterator[ResponseResult]:
        """Yield a result for what surrounds the items of a list if names of rows are in it, or it says that the call failed."""
        findings = self._elsewhere.around_items(body, exchange)
        outcome = outcome_of(findings)
        if not body.answered and outcome is not Outcome.VIOLATING:
            error = UncheckedError(Reason.FAILURE_RESPONSE, "an error object is beside its list")
            yield self.unchecked(
                recording.source, exchange.index_of(body), error, exchange.known_context(body)
            )
        elif findings:
            yield ResponseResult(
                source=recording.source,
                index=exchange.index_of(body),
                outcome=outcome,
                resolved=exchange.known_context(body),
                detail="beside the items of its list",
                findings=findings,
                failed=True,
            )

    def parse(self, recording: Recording) -> Iterator[ParsedExchange | UncheckedError]:
        """Read a recording without judging it: yields for each body what was seen, or why that is not known."""
        try:
            exchange = self._open(recording)
        except UncheckedError as error:
            yield error
            return
        for body in exchange.bodies:
            if body.kind in (_NULL_ITEM, _SURROUNDINGS):
                continue
            try:
                source = exchange.source_of(body, recording.source)
                yield structs.replace(exchange.parse(body), source=source)
            except UncheckedError as error:
                yield error

    def _open(self, recording: Recording) -> Exchange:
        call = match_call(self._reader, recording, self.settings.request)
        response = read_bounded(recording.response, self.settings.limits)
        return open_exchange(self._reader, recording, response, call, self.settings)

    def _judge(
        self, recording: Recording, body: Body, parsed: ParsedExchange, exchange: Exchange
    ) -> ResponseResult:
        policy = self.settings.policy
        judge = judge_for(self.evaluator, parsed.resolved.context, policy)
        findings, undecided = judge.judge_with_undecided(parsed.observation)
        others = [found for found in self._call_findings(parsed, exchange) if policy.counts(found)]
        if others:
            findings = in_order([*findings, *others])
        source = exchange.source_of(body, recording.source)
        return result_of(parsed.resolved, findings, undecided, source, exchange.index_of(body))

    def _call_findings(self, parsed: ParsedExchange, exchange: Exchange) -> list[Finding]:
        """Return what does not fit together, whatever the response shows."""
        payload, document = parsed.payload, self.rulebook.document
        conflicts = (*parsed.resolved.conflicts, *parsed.resolution.conflicts)
        expects_failure = exchange.sidecar.source if exchange.sidecar.expects_failure else None
        refused = tuple([claim for claim in exchange.stated if claim.overrides is not None])
        if not (
            conflicts or expects_failure or refused or parsed.resolution.other_session or payload.variables
        ):
            return []
        other_session = variables = None
        if parsed.resolution.other_session and document.evidence.session is not None:
            path = document.evidence.session.response
            other_session = path, parsed.observation.lines(path)
        if payload.variables and document.variables is not None:
            variables = document.variables.path, payload.variables, payload.variable_lines
        call = CallFacts(
            *(self.rulebook, parsed.resolved.context, conflicts, expects_failure, refused),
            other_session,
            variables,
        )
        return list(call_findings(call))

    def _unjudged_result(
        self, recording: Recording, body: Body, error: UncheckedError, exchange: Exchange, *, is_ours: bool
    ) -> Result:
        """Return the result of a body that does not answer the operation: what it shows all the same, or why it is unchecked."""
        if not exchange.requests and not is_ours and is_skipped(self._reader, recording, error):
            return Skipped(recording.source, error.detail)
        known = exchange.known_context(body, is_read=error.reason in _REASONS_OF_CONTEXT)
        source, index = exchange.source_of(body, recording.source), exchange.index_of(body)
        is_misshapen = error.reason is Reason.NOT_A_MESSAGE and exchange.call.operation is THIS
        if error.reason is Reason.FAILURE_RESPONSE or is_misshapen:
            leaks = self._elsewhere.in_failure(body, exchange)
            if leaks:
                return ResponseResult(
                    source=source,
                    index=index,
                    outcome=Outcome.VIOLATING,
                    resolved=known,
                    detail=error.detail,
                    findings=leaks,
                    failed=True,
                )
            if exchange.sidecar.expects_failure and body.is_empty and not is_misshapen:
                return _expected_failure(source, index, known, error, exchange.sidecar)
        return self.unchecked(source, index, error, known)

    def unchecked(
        self, source: str, index: int, error: UncheckedError, known: ResolvedContext | None = None
    ) -> ResponseResult:
        """Return the result of something that could not be judged; ``known`` is its context, as far as it is known."""
        return ResponseResult(
            source=source,
            index=index,
            outcome=Outcome.UNCHECKED,
            resolved=known or resolve_claims(self.rulebook, self.settings.claims),
            reason=error.reason,
            detail=error.detail,
        )


def _expected_failure(
    source: str, index: int, known: ResolvedContext, error: UncheckedError, sidecar: Sidecar
) -> ResponseResult:
    """Return the result of a call that had to fail and did, and whose answer shows nothing else."""
    return ResponseResult(
        source=source,
        index=index,
        outcome=Outcome.CONFORMANT,
        resolved=known,
        detail=f"{error.detail}, as the {sidecar.source} expects",
        expected_failure=True,
    )
