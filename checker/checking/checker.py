"""Checking: a recording in, a result for each of its bodies out."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from msgspec import structs

from ...engine.context import Claim, ResolvedContext, context_of, resolve_claims
from ...engine.expectation import Evaluator
from ...engine.finding import Finding, Severity, context_id
from ...engine.finding_rules import call_findings
from ...engine.finding_rules.base import CallFacts
from ...engine.judge import DEFAULT_POLICY, Policy, in_order, judge, validate_policy
from ...engine.result import Outcome, ResponseResult, result_of
from ...rules.load import builtin_rulebook, load_rulebook
from ...rules.model import UNKNOWN, Rulebook
from ..core.errors import Reason, UncheckedError
from ..core.limits import Limits
from ..messages.base import Body, Payload, is_answer
from ..messages.registry import reader_for
from ..recordings import Recording, SkippedFile
from .exchange import Exchange, ParsedExchange, context_of_unread, open_exchange

_ABSENCES = ("missing", "omitted")
"""The rules about what is not there, which a failed call cannot break."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All that decides how recordings are checked; it can be sent to another process.

    ``rules`` is the rulebook's path, None for the one built in; ``claims`` are what flags state of every call;
    ``request`` is the content of a request that counts for every recording; ``required`` are facts
    without which a response is unchecked.
    """

    rules: str | None = None
    policy: Policy = DEFAULT_POLICY
    limits: Limits = field(default_factory=Limits)
    claims: tuple[Claim, ...] = ()
    request: bytes | None = field(default=None, repr=False)
    required: tuple[str, ...] = ()

    def rulebook(self) -> Rulebook:
        """Load the rulebook; raises RulebookError."""
        return builtin_rulebook() if self.rules is None else load_rulebook(self.rules)


def facts_in(lists: Sequence[str]) -> tuple[str, ...]:
    """Return the facts of comma-separated lists, each once."""
    names = (name.strip() for each in lists for name in each.split(","))
    return tuple(dict.fromkeys(filter(None, names)))


def validate_required(rulebook: Rulebook, facts: Iterable[str]) -> None:
    """Raise ContextError if a required fact is none of the rulebook's."""
    context_of(rulebook, dict.fromkeys(facts, UNKNOWN))


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was found in a folder and is no response of this operation."""

    source: str
    why: str


Result = ResponseResult | Skipped
"""What a recording comes to; one with several bodies comes to as many."""


MAX_VERDICTS = 8_192
"""Verdicts that are remembered; then they are forgotten."""


class Checker:
    """Checks recordings against one rulebook."""

    def __init__(self, settings: Settings) -> None:
        """Load the rulebook; raises RulebookError, and ValueError for settings with a rule or fact that it does not have."""
        self.settings = settings
        self.rulebook = settings.rulebook()
        validate_policy(self.rulebook, settings.policy)
        validate_required(self.rulebook, settings.required)
        self.evaluator = Evaluator(self.rulebook)
        self._verdicts: dict[Hashable, ResponseResult] = {}
        self._reader = reader_for(
            self.rulebook, settings.limits, empty_is_absent=settings.policy.empty_is_absent
        )

    def check(self, recording: Recording | SkippedFile) -> Iterator[Result]:
        """Judge a recording: yields a result for each body, or why it is skipped. Nothing that it contains raises anything."""
        judged = 0
        try:
            for result in self._check(recording):
                yield result
                judged += 1
        except MemoryError:
            error = UncheckedError(Reason.TOO_LARGE, "there is not enough memory to judge it")
            yield self.unchecked(recording.source, judged, error)

    def _check(self, recording: Recording | SkippedFile) -> Iterator[Result]:
        if isinstance(recording, SkippedFile):
            if recording.unreadable:
                yield self.unchecked(recording.source, 0, UncheckedError(Reason.UNREADABLE, recording.why))
            else:
                yield Skipped(recording.source, recording.why)
            return
        try:
            exchange = self._open(recording)
        except UncheckedError as error:
            if error.foreign and not recording.explicit:
                yield Skipped(recording.source, error.detail)
            else:
                settings = self.settings
                known = context_of_unread(self._reader, recording, settings.claims, settings.request)
                yield self.unchecked(recording.source, 0, error, known)
            return
        is_ours = len(exchange.bodies) > 1 and any(map(is_answer, exchange.bodies))
        for body in exchange.bodies:
            key = exchange.key(body)
            remembered = self._verdicts.get(key)
            if remembered is not None:
                yield remembered.of(recording.source)
                continue
            try:
                parsed = exchange.parse(body)
            except UncheckedError as error:
                yield self._not_judged(recording, body, error, exchange, is_ours=is_ours)
                continue
            result = self._judged(recording, body, parsed, exchange)
            if key is not None:
                self._remember(key, result)
            yield result

    def _remember(self, key: Hashable, result: ResponseResult) -> None:
        if len(self._verdicts) >= MAX_VERDICTS:
            self._verdicts.clear()
        self._verdicts[key] = result

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
        return open_exchange(
            self._reader, recording, self.settings.claims, self.settings.request, self.settings.required
        )

    def _judged(
        self, recording: Recording, body: Body, parsed: ParsedExchange, exchange: Exchange
    ) -> ResponseResult:
        policy = self.settings.policy
        findings = judge(self.evaluator, parsed.resolved.context, parsed.observation, policy)
        others = [found for found in self._call_findings(parsed, exchange) if policy.counts(found)]
        if others:
            findings = in_order([*findings, *others])
        return result_of(self.evaluator, parsed.resolved, findings, recording.source, body.index)

    def _call_findings(self, parsed: ParsedExchange, exchange: Exchange) -> list[Finding]:
        """Return what does not fit together, whatever the response shows."""
        payload, document = parsed.payload, self.rulebook.document
        conflicts = (*parsed.resolved.conflicts, *parsed.conflicts)
        expects_failure = exchange.sidecar.source if exchange.sidecar.expects_failure else None
        refused = tuple([claim for claim in exchange.stated if claim.overrides is not None])
        if not (conflicts or expects_failure or refused or parsed.other_session or payload.variables):
            return []
        other_session = variables = None
        if parsed.other_session and document.evidence.session is not None:
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

    def _not_judged(
        self, recording: Recording, body: Body, error: UncheckedError, exchange: Exchange, *, is_ours: bool
    ) -> Result:
        """Return the result of a body that does not answer the operation: what it shows all the same, or why it is unchecked."""
        if error.foreign and not recording.explicit and not exchange.requests and not is_ours:
            return Skipped(recording.source, error.detail)
        known = exchange.known_of(body)
        if error.reason is Reason.FAILURE_RESPONSE:
            leaks = self._leaks_of_failure(body, exchange)
            if leaks:
                return ResponseResult(
                    source=recording.source,
                    index=body.index,
                    outcome=Outcome.VIOLATING,
                    resolved=known,
                    detail=error.detail,
                    findings=leaks,
                    failed=True,
                )
            if exchange.sidecar.expects_failure and body.is_empty:
                return ResponseResult(
                    source=recording.source,
                    index=body.index,
                    outcome=Outcome.CONFORMANT,
                    resolved=known,
                    detail=f"{error.detail}, as the {exchange.sidecar.source} expects",
                    expected_failure=True,
                )
        return self.unchecked(recording.source, body.index, error, known)

    def _leaks_of_failure(self, body: Body, exchange: Exchange) -> tuple[Finding, ...]:
        """Return the errors about what a failed call shows, in its column or, if that is unknown, in every one."""
        payload = None if body.is_empty else body.shown()
        if payload is None:
            return ()
        known = exchange.known_of(body)
        try:
            contexts = [exchange.resolve(body, payload).resolved]
        except UncheckedError:
            contexts = [_in_column(self.rulebook, known, column.id) for column in self.rulebook.columns]
        found = [self._errors_shown(resolved, payload) for resolved in contexts]
        everywhere = set.intersection(*({(each.rule, each.path) for each in errors} for errors in found))
        judged, unjudged = (context_id(self.rulebook, each) for each in (contexts[0].context, known.context))
        return tuple(
            structs.replace(each, id=each.id if len(found) == 1 else each.id.replace(judged, unjudged, 1))
            for each in found[0]
            if (each.rule, each.path) in everywhere
        )

    def _errors_shown(self, resolved: ResolvedContext, payload: Payload) -> list[Finding]:
        findings = judge(self.evaluator, resolved.context, payload.observation, self.settings.policy)
        return [each for each in findings if each.severity is Severity.ERROR and each.rule not in _ABSENCES]

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


def _in_column(rulebook: Rulebook, known: ResolvedContext, column: str) -> ResolvedContext:
    """Return a context with one of the columns that it can turn out to have."""
    facts = {**dict(known.context.items()), rulebook.column_fact: column}
    return structs.replace(known, context=context_of(rulebook, facts))
