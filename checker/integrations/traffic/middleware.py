"""The common part of ASGI and WSGI middleware: what it is told, and what it can be asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Unpack

from ..options import JudgingOptions, Rulebooks, settings_of, validate_switch
from .judge import Judge, OnFinding
from .monitor import MAX_BODY, BackgroundMonitor, log_finding
from .tally import TrafficReport


class Middleware:
    """An application around another one, whose responses it judges.

    ``rules`` is a rulebook, or a list of several. ``on_finding`` is called with each new finding, on the thread that
    judges; without it findings go to the log `whosees`. ``sample`` is the share of exchanges that is judged,
    ``max_body`` the size in bytes up to which a body is. With ``trust_context_header`` clients may state facts of their
    calls in the request header X-Whosees-Context. Further options are those of `whosees.check`. Raises
    ValueError for wrong options, and never because of traffic.
    """

    def __init__(
        self,
        app: Callable[..., Any],
        *,
        rules: Rulebooks = None,
        on_finding: OnFinding = log_finding,
        sample: float = 1.0,
        max_body: int = MAX_BODY,
        trust_context_header: bool = False,
        **options: Unpack[JudgingOptions],
    ) -> None:
        if not callable(app):
            raise ValueError("the first argument is the application to serve")  # noqa: TRY004 - as for other options
        validate_switch("trust_context_header", trust_context_header)
        self.app = app
        judge = Judge(settings_of(rules, **options), on_finding, trusts_header=trust_context_header)
        self._monitor = BackgroundMonitor(judge, sample=sample, max_body=max_body)

    def report(self) -> TrafficReport:
        """Return what the traffic of this process came to so far."""
        return self._monitor.report()

    def flush(self, seconds: float | None = None) -> bool:
        """Wait until everything so far is judged, or this time is over; return whether it is judged."""
        return self._monitor.flush(seconds)
