"""The memory of a checker: verdicts by what messages show, and contexts by their evidence.

Most messages of recorded traffic say nothing about their call that others have not said before. Of those a glance is enough
(see `messages.base.Glance`): they are judged without being taken apart into bodies, requests and claims.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TypeVar

import msgspec

from ...engine.claims import ResolvedContext
from ...engine.expectation import Evaluator
from ...engine.finding_rules import PLACE_RULES, ROW_RULES
from ...engine.judge import Judge, judge_for
from ...engine.recurrence import Recurrence
from ...engine.result import ResponseResult, result_of
from ..messages.base import MAX_COMPARED, Glance, MessageReader
from ..recordings import LoadedFile, Recording
from .exchange import sidecar_of
from .http_call import NO_CALL, THIS, HttpCall
from .pair_evidence import pair_evidence
from .settings import Settings

MAX_REMEMBERED = 8_192
"""Verdicts, and contexts, that are remembered; then they are forgotten."""

_ABOUT_ELEMENTS = frozenset(rule.id for rule in (*ROW_RULES, *PLACE_RULES))

T = TypeVar("T")


class Seen(msgspec.Struct, frozen=True, eq=False):
    """A recording at a glance: what its response shows, with all evidence about its call."""

    glance: Glance
    evidence: Hashable


class Memory:
    """Remembers verdicts of one checker, for recordings whose response has a single body."""

    def __init__(self, reader: MessageReader, evaluator: Evaluator, settings: Settings) -> None:
        self._reader = reader
        self._evaluator = evaluator
        self._policy = settings.policy
        self._pairs = pair_evidence(reader.rulebook)
        self._takes_more = settings.request is not None
        self._met = Recurrence()
        self._verdicts: dict[Hashable, ResponseResult] = {}
        self._contexts: dict[Hashable, tuple[ResolvedContext, Judge]] = {}

    def recall(self, recording: Recording, response: bytes, call: HttpCall) -> ResponseResult | Seen | None:
        """Return the result of a recording if its verdict or at least its context is known; otherwise what a glance shows, None if it takes more.

        Raises UncheckedError if its response or a sidecar cannot be used.
        """
        request = recording.request
        if type(request) is LoadedFile:
            request = request.content
        if self._takes_more or call.failure or (request is not None and type(request) is not bytes):
            return None
        glance = self._reader.glance(response, request or None)
        if glance is None:
            return None
        evidence = glance.evidence
        if call is not NO_CALL:
            if self._pairs.compares_http:
                if glance.texts is None:
                    return None
                evidence = (
                    evidence,
                    self._pairs.matches(None, glance.texts, call),
                    self._pairs.names_other_session(None, glance.texts, call),
                )
            evidence = evidence, call.operation is THIS, call.evidence
        if recording.sidecar is not None or recording.contexts:
            evidence = evidence, sidecar_of(self._reader, recording)
        shape = glance.shape
        if shape is not None:
            remembered = self._verdicts.get((shape, evidence))
            if remembered is not None:
                return remembered.of(recording.source)
        seen = Seen(glance, evidence)
        known = self._contexts.get(evidence)
        return seen if known is None else self._result(seen, recording.source, *known)

    def _result(self, seen: Seen, source: str, resolved: ResolvedContext, judge: Judge) -> ResponseResult:
        observation = seen.glance.observe(*seen.glance.body)
        result = result_of(resolved, *judge.judge_with_undecided(observation), source, 0)
        self._keep_verdict(seen, result)
        return result

    def keep(self, seen: Seen, result: ResponseResult) -> None:
        """Remember the result of what was seen, and its context if there is nothing to say of the call itself."""
        if not result.judged:
            return
        self._keep_verdict(seen, result)
        if all(finding.rule in _ABOUT_ELEMENTS for finding in result.findings):
            judge = judge_for(self._evaluator, result.resolved.context, self._policy)
            remember(self._contexts, seen.evidence, (result.resolved, judge))

    def _keep_verdict(self, seen: Seen, result: ResponseResult) -> None:
        shape = seen.glance.shape
        if shape is None:
            return
        key = shape, seen.evidence
        if not self._reader.shapes_recur and not self._met.was_met(key):
            return
        if sum([len(finding.lines) for finding in result.findings]) <= MAX_COMPARED:
            remember(self._verdicts, key, result)


def remember(memory: dict[Hashable, T], key: Hashable, known: T) -> None:
    """Remember something, within the bound."""
    if len(memory) >= MAX_REMEMBERED:
        memory.clear()
    memory[key] = known
