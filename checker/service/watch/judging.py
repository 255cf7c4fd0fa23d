"""Judging of copied exchanges, by the same checker that judges recordings."""

from __future__ import annotations

from collections.abc import Callable

from ....engine.result import CHANGED_PROTOCOL, NOT_ANSWERED, NOT_CONNECTED
from ....rules.model import Rulebook
from ...checking.checker import Checker
from ...checking.context_header import context_sidecar
from ...checking.dispatch import Dispatcher
from ...checking.results import Result
from ...core.context_header import CONTEXT_HEADER
from ...core.errors import Reason, UncheckedError
from ...core.limits import Limits, limit_exceeded
from ...recordings import Headers, HttpFacts, Recording, UnreadableContent
from ...recordings.http_exchange import decode_by_headers
from .copies import BodyState, ExchangeCopy, HeaderList, LostKind, MessageCopy

AnyChecker = Checker | Dispatcher

UNCHECKED = {
    LostKind.DROPPED: "judging could not keep up with the traffic, and the copies were dropped",
    LostKind.NOT_HTTP: "what passed is not HTTP/1.1, or a response without the end of its header",
    LostKind.UNREQUESTED: "the upstream sent a response before a request",
    LostKind.DEFECT: "an internal error: this is a defect of the proxy",
    LostKind.JUDGE_ENDED: "the judging process ended before it had judged them",
}
"""What stands in a report for exchanges that were not judged and may have been of the rulebook's operation."""

SKIPPED = {
    LostKind.UPGRADED: CHANGED_PROTOCOL,
    LostKind.UNANSWERED: NOT_ANSWERED,
    LostKind.UPSTREAM_DOWN: NOT_CONNECTED,
}
"""As which kind the others are skipped: there is no response to judge."""


DEFECT = "an internal error: this is a defect of the checker"


def rulebooks_of(checker: AnyChecker) -> tuple[Rulebook, ...]:
    """Return the rulebooks of a checker."""
    return checker.rulebooks if isinstance(checker, Dispatcher) else (checker.rulebook,)


class ExchangeJudge:
    """Judges copies.

    ``trusts_header`` says that clients may state facts of their calls. ``on_crash`` is told of defects of the judge.
    """

    def __init__(
        self,
        checker: AnyChecker,
        *,
        trusts_header: bool = False,
        on_crash: Callable[[Exception], None] = lambda _: None,
    ) -> None:
        self.checker = checker
        self.on_crash = on_crash
        self._limits = checker.settings.limits
        facts = (fact for each in rulebooks_of(checker) for fact in each.fact_ids)
        self._facts = tuple(dict.fromkeys(facts))
        self._trusts_header = trusts_header

    def check(self, recording: Recording) -> list[Result]:
        """Judge a copy: return a result for each body of the response, or why it is skipped. A defect makes it unchecked."""
        try:
            return list(self.checker.check(recording))
        except Exception as error:  # noqa: BLE001 - the proxy stays up, whatever a message does to the judge
            self.on_crash(error)
            return [self.checker.unchecked(recording.source, 0, UncheckedError(Reason.UNREADABLE, DEFECT))]

    def recording(self, copy: ExchangeCopy) -> Recording:
        """Return a copy as a recording, which it differs from only in never having been written."""
        http = HttpFacts(
            method=copy.method.decode("ascii").upper(),
            url=copy.target.decode("latin-1"),
            status=copy.status,
            request_headers=_headers(copy.request.headers),
            response_headers=_headers(copy.response.headers),
        )
        return Recording(
            source=f"exchange-{copy.number}",
            response=_content(copy.response, "response", self._limits),
            request=_content(copy.request, "request", self._limits),
            sidecar=context_sidecar(http.request_headers, self._facts) if self._trusts_header else None,
            explicit=False,
            traffic=True,
            sidecar_name=CONTEXT_HEADER,
            http=http,
        )


def _headers(copied: HeaderList) -> Headers:
    return Headers.of([(name.decode("latin-1"), value.decode("latin-1")) for name, value in copied])


def _content(copy: MessageCopy, kind: str, limits: Limits) -> bytes | UnreadableContent:
    error: UncheckedError
    match copy.state:
        case BodyState.COMPLETE:
            return decode_by_headers(copy.body, _headers(copy.headers), limits)
        case BodyState.TOO_LARGE:
            error = limit_exceeded(f"the {kind} is larger than {limits.size:,} bytes", "size")
        case BodyState.CUT_OFF:
            error = UncheckedError(Reason.UNREADABLE, f"the connection ended before the {kind} was complete")
        case BodyState.BROKEN:
            error = UncheckedError(Reason.UNREADABLE, f"the chunks of the {kind} are broken")
    return UnreadableContent(error.reason, error.detail)
