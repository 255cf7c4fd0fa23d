"""Judging of the bodies of a response: each is held against the rulebook, or it is said why it cannot be."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from ...engine.expectation import Evaluator
from ...engine.finding import Finding
from ...engine.finding_rules import call_findings
from ...engine.finding_rules.base import CallFacts
from ...engine.judge import in_order, judge_for
from ...engine.policy import Policy
from ...engine.recurrence import Recurrence
from ...engine.result import Outcome, ResponseResult, outcome_of, result_of
from ..core.errors import Reason, UncheckedError
from ..messages.base import Body, MessageReader
from ..recordings import Recording
from .exchange import Exchange, ParsedExchange, Resolution
from .findings_elsewhere import FindingsElsewhere
from .http_call import THIS
from .memory import remember
from .operation_filter import is_skipped
from .results import Result, Skipped, expected_failure, unchecked_result

_REASONS_OF_CONTEXT = (Reason.UNKNOWN_SERVICE, Reason.UNKNOWN_FACT, Reason.NO_COLUMN)
"""The reasons for which a body is unchecked that was read."""


class BodyJudge:
    """Judges bodies by one rulebook and policy; verdicts on bodies that recur are remembered."""

    def __init__(self, reader: MessageReader, evaluator: Evaluator, policy: Policy) -> None:
        self._reader, self._evaluator, self._policy = reader, evaluator, policy
        self._rulebook = evaluator.rulebook
        self._elsewhere = FindingsElsewhere(evaluator, policy)
        self._met = Recurrence()
        self._verdicts: dict[Hashable, ResponseResult] = {}
        self._resolved: dict[Hashable, Resolution] = {}

    def result(self, recording: Recording, body: Body, exchange: Exchange, *, is_ours: bool) -> Result:
        """Return the result of a body, which an equal one may have had before."""
        evidence = exchange.evidence(body)
        shape = None if evidence is None else body.shape
        key = shape, evidence, exchange.index_of(body)
        if shape is not None:
            remembered = self._verdicts.get(key)
            if remembered is not None:
                return remembered.of(exchange.source_of(body, recording.source))
        result = self.new_result(recording, body, exchange, evidence, is_ours=is_ours)
        if shape is None or not isinstance(result, ResponseResult) or not result.judged:
            return result
        if self._reader.shapes_recur or self._met.was_met(key):
            remember(self._verdicts, key, result)
        return result

    def new_result(
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

    def judge_surroundings(
        self, recording: Recording, body: Body, exchange: Exchange
    ) -> Iterator[ResponseResult]:
        """Yield a result for what surrounds the items of a list if names of rows are in it, or it says that the call failed."""
        findings = self._elsewhere.around_items(body, exchange)
        outcome = outcome_of(findings)
        if not body.answered and outcome is not Outcome.VIOLATING:
            error = UncheckedError(Reason.FAILURE_RESPONSE, "an error object is beside its list")
            yield unchecked_result(
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
                if_accepted=None if body.answered else Reason.FAILURE_RESPONSE,
            )

    def _judge(
        self, recording: Recording, body: Body, parsed: ParsedExchange, exchange: Exchange
    ) -> ResponseResult:
        policy = self._policy
        judge = judge_for(self._evaluator, parsed.resolved.context, policy)
        findings, undecided = judge.judge_with_undecided(parsed.observation)
        others = [found for found in self._call_findings(parsed, exchange) if policy.counts(found)]
        if others:
            findings = in_order([*findings, *others])
        source = exchange.source_of(body, recording.source)
        return result_of(parsed.resolved, findings, undecided, source, exchange.index_of(body))

    def _call_findings(self, parsed: ParsedExchange, exchange: Exchange) -> list[Finding]:
        """Return what does not fit together, whatever the response shows."""
        payload, document = parsed.payload, self._rulebook.document
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
            *(self._rulebook, parsed.resolved.context, conflicts, expects_failure, refused),
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
            is_expected = exchange.sidecar.expects_failure and not is_misshapen
            if leaks:
                return ResponseResult(
                    source=source,
                    index=index,
                    outcome=Outcome.VIOLATING,
                    resolved=known,
                    detail=error.detail,
                    findings=leaks,
                    failed=True,
                    if_accepted=None if is_expected else error.reason,
                )
            if is_expected and body.is_empty:
                return expected_failure(source, index, known, error, exchange.sidecar)
        return unchecked_result(source, index, error, known)
