"""Judging of exchanges: by the same checker that judges recordings."""

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
from .cases import Case, sidecar
from .client import TransportError
from .runner import Exchange
from .verdict import expects_failure

STATED_BY = "plan"
"""Where the facts of a case are known from, for people."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a call came to; ``verdict`` says it in a word or two."""

    case: Case
    result: ResponseResult
    verdict: str
    seconds: float


def judged(checker: Checker, made: Exchange) -> Iterator[Judged]:
    """Judge an exchange: a result for each body of the answer, or one that says why there is none."""
    for result in _results(checker, made):
        yield Judged(made.case, result, _verdict(made, result), made.seconds)


def companion(made: Exchange) -> bytes:
    """Give the sidecar of an exchange."""
    return sidecar(made.case, expects_failure=expects_failure(made.case, made.word))


def _results(checker: Checker, made: Exchange) -> Iterator[ResponseResult]:
    stated = companion(made)
    if isinstance(made.answer, TransportError):
        known = resolve_claims(checker.rulebook, read_sidecar(checker.rulebook, stated, STATED_BY).claims)
        times = f" ({made.attempts} attempts)" if made.attempts > 1 else ""
        refusal = TransportError(made.answer.detail + times, reason=made.answer.reason)
        yield checker.unchecked(made.case.id, 0, refusal, known)
        return
    recording = Recording(made.case.id, made.answer, made.request, stated, sidecar_name=STATED_BY)
    for result in checker.check(recording):
        if isinstance(result, Skipped):  # what is named is never passed over
            raise TypeError(result.why)
        if made.word is not None and result.reason is Reason.FAILURE_RESPONSE:
            yield structs.replace(result, detail=f"{made.word}: {result.detail}")
        else:
            yield result


def _verdict(made: Exchange, result: ResponseResult) -> str:
    if result.expected_failure:
        return "conformant: refused, as expected"
    if result.outcome is not Outcome.UNCHECKED:
        return result.outcome.value
    if isinstance(made.answer, TransportError):
        said = made.answer.detail.partition(":")[0]
    else:
        failed = result.reason is Reason.FAILURE_RESPONSE and made.word is not None
        said = str(made.word if failed else result.reason)
    return f"unchecked: {said}"
