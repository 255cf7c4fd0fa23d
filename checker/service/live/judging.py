"""Judging of completed calls, by the same checker that judges recordings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from msgspec import structs

from ....engine.claims import resolve_claims
from ....engine.result import Outcome, ResponseResult
from ...checking.checker import Checker
from ...checking.results import Result, Skipped
from ...checking.sidecar import read_sidecar
from ...core.errors import Reason
from ...recordings import Recording
from .cases import Case, sidecar_content
from .client import TransportError
from .failure_kind import expects_failure
from .http_request import http_facts
from .runner import CompletedCall

STATED_BY = "plan"
"""The source of a case's facts, as reports name it."""

_WORST = (Outcome.VIOLATING, Outcome.UNCHECKED, Outcome.CONFORMANT)


@dataclass(frozen=True, slots=True)
class CallVerdict:
    """The verdict on one body of a call's response, or on all items of its list together.

    ``name`` is that of the case, with the place of a further body; ``verdict`` sums it up in a word or two; ``results`` is
    empty if there is nothing to judge.
    """

    case: Case
    name: str
    verdict: str
    seconds: float
    results: tuple[ResponseResult, ...]


def judge_call(checker: Checker, call: CompletedCall) -> Iterator[CallVerdict]:
    """Judge a call: yield a verdict for each body of the response, or one that says why there is none."""
    results = list(_results(checker, call))
    judged = [each for each in results if isinstance(each, ResponseResult)]
    name = call.case.id
    items = tuple([each for each in judged if each.source.startswith(f"{name}[")])
    if items:
        yield CallVerdict(call.case, name, _of_items(call, items), call.seconds, items)
    for result in judged:
        if result not in items:
            place = f"{name}, body {result.index + 1}" if result.index else name
            yield CallVerdict(call.case, place, _verdict(call, result), call.seconds, (result,))
    if not judged:
        why = next((each.why for each in results if isinstance(each, Skipped)), "nothing to judge")
        yield CallVerdict(call.case, name, f"skipped: {why}", call.seconds, ())


def sidecar_of(call: CompletedCall) -> bytes:
    """Return the sidecar of a call."""
    return sidecar_content(call.case, expects_failure=expects_failure(call.case, call.failure))


def _results(checker: Checker, call: CompletedCall) -> Iterator[Result]:
    sidecar = sidecar_of(call)
    if isinstance(call.response, TransportError):
        stated = resolve_claims(checker.rulebook, read_sidecar(checker.rulebook, sidecar, STATED_BY).claims)
        times = f" ({call.attempts} attempts)" if call.attempts > 1 else ""
        error = TransportError(call.response.detail + times, reason=call.response.reason)
        yield checker.unchecked(call.case.id, 0, error, stated)
        return
    recording = Recording(
        call.case.id,
        call.response.body,
        call.request.body,
        sidecar,
        sidecar_name=STATED_BY,
        http=http_facts(call.request, call.response),
    )
    for result in checker.check(recording):
        if call.failure is not None and not isinstance(result, Skipped) and _is_failure(result):
            yield structs.replace(result, detail=f"{call.failure}: {result.detail}")
        else:
            yield result


def _is_failure(result: ResponseResult) -> bool:
    return result.reason is Reason.FAILURE_RESPONSE


def _of_items(call: CompletedCall, items: Sequence[ResponseResult]) -> str:
    """Return the verdict on the items of a list: the worst of them, and how many have it."""
    outcomes = Counter(each.outcome for each in items)
    worst = next(outcome for outcome in _WORST if outcomes[outcome])
    number = f"{outcomes[worst]} of {len(items)}" if outcomes[worst] < len(items) else f"{len(items)}"
    verdict = _verdict(call, next(each for each in items if each.outcome is worst))
    return f"{verdict} ({number} item{'' if len(items) == 1 else 's'})"


def _verdict(call: CompletedCall, result: ResponseResult) -> str:
    if result.expected_failure:
        return "conformant: refused, as expected"
    if result.outcome is not Outcome.UNCHECKED:
        return result.outcome.value
    if isinstance(call.response, TransportError):
        return f"unchecked: {call.response.detail.partition(':')[0]}"
    failed = _is_failure(result) and call.failure is not None
    return f"unchecked: {call.failure if failed else result.reason}"
