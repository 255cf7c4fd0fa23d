"""Judging of single exchanges of some traffic by the checker of recordings, and counting what they come to."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable
from datetime import UTC, datetime

from msgspec import structs

from ....engine.baseline import Entry
from ....engine.baseline_filter import BaselineFilter
from ....engine.result import NO_BODY, ResponseResult, skipped_kind
from ....rules.model import Rulebook
from ...checking.context_header import context_sidecar
from ...checking.dispatch import open_checker
from ...checking.results import Skipped
from ...checking.settings import Settings
from ...core.context_header import CONTEXT_HEADER
from ...recordings import Recording
from ...recordings.http_message import has_body
from ..captured import decode_bodies
from .tally import Tally, TrafficFinding, TrafficReport

OnFinding = Callable[[TrafficFinding], object]
OnResult = Callable[[Rulebook, ResponseResult], object]


def _validate_callback(on_finding: object) -> None:
    if not callable(on_finding) or inspect.iscoroutinefunction(on_finding):
        raise ValueError(
            "`on_finding` is a function that takes a finding, and no `async` one: it is called on a thread without a loop"
        )


class Judge:
    """Judges exchanges; raises nothing.

    ``on_finding`` is called with each finding that none before had, ``on_result`` with every result.
    ``baseline`` are known findings, and ``notes`` says that notes are findings too. ``trusts_header`` says that clients may
    state facts of their calls in the request header `CONTEXT_HEADER`.
    """

    def __init__(
        self,
        settings: Settings,
        on_finding: OnFinding,
        *,
        on_result: OnResult = lambda _rulebook, _result: None,
        baseline: tuple[Entry, ...] = (),
        notes: bool = False,
        trusts_header: bool = False,
    ) -> None:
        """Load the rulebooks; raises as `open_checker` does, and ValueError for an `on_finding` that cannot be called."""
        _validate_callback(on_finding)
        self.settings = settings
        self._checker = open_checker(settings)
        books = [each.rulebook() for each in (settings, *settings.others)]
        self.rulebooks: dict[str, Rulebook] = {book.id: book for book in books}
        self._baseline = BaselineFilter(self._checker.rulebook, baseline, datetime.now(UTC).date())
        self._on_finding, self._on_result = on_finding, on_result
        self._notes, self._trusts_header = notes, trusts_header
        self._facts = tuple(dict.fromkeys(fact for book in books for fact in book.fact_ids))
        self.start_afresh()

    def start_afresh(self) -> None:
        """Forget all exchanges, and the lock, which another process may have held when this one was forked."""
        self._tally = Tally(notes=self._notes)
        self._lock = threading.Lock()
        self._exchanges = self._internal_errors = self.callback_errors = 0

    def judge(self, recording: Recording) -> None:
        """Judge an exchange, and tell each finding that no exchange before had."""
        new: list[TrafficFinding] = []
        with self._lock:
            self._exchanges += 1
            try:
                new = self._judge(recording)
            except Exception:  # noqa: BLE001 - a defect, which must not reach the program; its text can hold the message
                self._internal_errors += 1
        for finding in new:
            try:
                self._on_finding(finding)
            except Exception:  # noqa: BLE001 - the program's own code, which no exchange may suffer from
                self.callback_errors += 1

    def skip(self, why: str) -> None:
        """Count an exchange that cannot be judged, and why."""
        with self._lock:
            self._exchanges += 1
            self._tally.skip(why)

    def _judge(self, recording: Recording) -> list[TrafficFinding]:
        if not has_body(recording.http.method, recording.status):
            self._tally.skip(NO_BODY)
            return []
        recording = decode_bodies(recording, self.settings.limits)
        if self._trusts_header:
            stated = context_sidecar(recording.http.request_headers, self._facts)
            recording = structs.replace(recording, sidecar=stated, sidecar_name=CONTEXT_HEADER)
        new = []
        for result in self._checker.check(recording):
            if isinstance(result, Skipped):
                self._tally.skip(skipped_kind(result.why))
            else:
                rulebook = self.rulebooks.get(result.rulebook, self._checker.rulebook)
                filtered = self._baseline.apply(result)
                new += self._tally.add(rulebook, filtered)
                self._on_result(rulebook, filtered)
        return new

    def report(self) -> TrafficReport:
        """Return what all exchanges came to."""
        with self._lock:
            return self._tally.report(
                internal_errors=self._internal_errors,
                callback_errors=self.callback_errors,
                exchanges=self._exchanges,
            )
