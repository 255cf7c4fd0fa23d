"""Checking: a recording in, a result for each of its bodies out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import structs

from ...engine.claims import ResolvedContext, resolve_claims
from ...engine.expectation import Evaluator
from ...engine.policy import validate_policy
from ...engine.result import NO_ITEMS, NULL_ITEM, ResponseResult
from ..core.errors import Reason, UncheckedError
from ..core.garbage import paused_collection
from ..messages.base import BodyKind, is_answer
from ..messages.registry import reader_for
from ..recordings import Recording, SkippedFile, read_bounded
from .body_judge import BodyJudge
from .exchange import (
    Exchange,
    ParsedExchange,
    context_of_unread,
    match_call,
    open_exchange,
    sidecar_of,
)
from .http_call import HttpCall
from .memory import Memory, Seen
from .operation_filter import find_other_list, is_skipped
from .results import Result, Skipped, expected_failure, unchecked_result
from .settings import Settings, validate_required
from .unrecorded import add_unrecorded

_MESSAGE, _NULL_ITEM, _SURROUNDINGS = BodyKind.MESSAGE, BodyKind.NULL_ITEM, BodyKind.SURROUNDINGS


class Checker:
    """Checks recordings against one rulebook."""

    def __init__(self, settings: Settings) -> None:
        """Load the rulebook; raises RulebookError, and ValueError for settings with a rule or fact that it does not have."""
        self.settings = settings
        self.rulebook = settings.rulebook()
        validate_policy(self.rulebook, settings.policy)
        validate_required(self.rulebook, settings.required)
        self.evaluator = Evaluator(self.rulebook)
        self._reader = reader_for(
            self.rulebook, settings.limits, empty_is_absent=settings.policy.empty_is_absent
        )
        self._memory = Memory(self._reader, self.evaluator, settings)
        self._bodies = BodyJudge(self._reader, self.evaluator, settings.policy)

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
                return (self._bodies.result(recording, body, exchange, is_ours=False),)
            result = self._bodies.new_result(recording, body, exchange, is_ours=False)
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
                    return expected_failure(recording.source, 0, known, error, sidecar)
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
                yield from self._bodies.judge_surroundings(recording, body, exchange)
            else:
                yield self._bodies.result(recording, body, exchange, is_ours=is_ours)

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

    def unchecked(
        self, source: str, index: int, error: UncheckedError, known: ResolvedContext | None = None
    ) -> ResponseResult:
        """Return the result of something that could not be judged; ``known`` is its context, as far as it is known."""
        return unchecked_result(
            source, index, error, known or resolve_claims(self.rulebook, self.settings.claims)
        )
