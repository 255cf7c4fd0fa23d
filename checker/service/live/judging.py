"""Judging of completed calls, by the same checker that judges recordings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from msgspec import structs

from ....engine.context import resolve_claims
from ....engine.result import Outcome, ResponseResult
from ...checking.checker import Checker, Skipped
from ...checking.sidecar import read_sidecar
from ...core.errors import Reason
from ...recordings import Recording
from .cases import Case, sidecar_content
from .client import TransportError
from .failure_kind import expects_failure
from .runner import CompletedCall

STATED_BY = "plan"
"""The source of a case's facts, as reports name it."""


@dataclass(frozen=True, slots=True)
class CallResult:
    """The result of a call; ``verdict`` sums it up in a word or two."""

    case: Case
    result: ResponseResult
    verdict: str
    seconds: float


def judge_call(checker: Checker, call: CompletedCall) -> Iterator[CallResult]:
    """Judge a call: yield a result for each body of the response, or one that says why there is none."""
    for result in _results(checker, call):
        yield CallResult(call.case, result, _verdict(call, result), call.seconds)


def sidecar_of(call: CompletedCall) -> bytes:
    """Return the sidecar of a call."""
    return sidecar_content(call.case, expects_failure=expects_failure(call.case, call.failure))


def _results(checker: Checker, call: CompletedCall) -> Iterator[ResponseResult]:
    sidecar = sidecar_of(call)
    if isinstance(call.response, TransportError):
        stated = resolve_claims(checker.rulebook, read_sidecar(checker.rulebook, sidecar, STATED_BY).claims)
        times = f" ({call.attempts} attempts)" if call.attempts > 1 else ""
        error = TransportError(call.response.detail + times, reason=call.response.reason)
        yield checker.unchecked(call.case.id, 0, error, stated)
        return
    recording = Recording(call.case.id, call.response, call.request, sidecar, sidecar_name=STATED_BY)
    for result in checker.check(recording):
        if isinstance(result, Skipped):  # unreachable: what is named explicitly is never skipped
            raise TypeError(result.why)
        if call.failure is not None and result.reason is Reason.FAILURE_RESPONSE:
            yield structs.replace(result, detail=f"{call.failure}: {result.detail}")
        else:
            yield result


def _verdict(call: CompletedCall, result: ResponseResult) -> str:
    if result.expected_failure:
        return "conformant: refused, as expected"
    if result.outcome is not Outcome.UNCHECKED:
        return result.outcome.value
    if isinstance(call.response, TransportError):
        return f"unchecked: {call.response.detail.partition(':')[0]}"
    failed = result.reason is Reason.FAILURE_RESPONSE and call.failure is not None
    return f"unchecked: {call.failure if failed else result.reason}"
