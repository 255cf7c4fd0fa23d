"""Recordings of what was seen: scrubbed, one for each new kind and shape of exchange, judged to the same by `check`."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from msgspec import structs

from ....engine.context import Context
from ....engine.finding import context_id
from ....engine.result import Outcome, ResponseResult
from ....rules.model import UNKNOWN, Rulebook
from ...checking.dispatch import open_checker
from ...checking.results import Result
from ...checking.settings import Settings
from ...core.atomic_files import write_together
from ...core.errors import UncheckedError
from ...recordings import Recording, extract_request_body
from ...recordings.base import Source
from ...recordings.containers.unpack_budget import UnpackBudget
from ...recordings.http_exchange import raw_exchange
from ..live.http_request import OutgoingRequest, ReceivedResponse
from ..live.scrub_http import HttpScrubber
from .judging import AnyChecker, rulebooks_of

MAX_RECORDINGS = 1_000

RESERVED = 200
"""Recordings that only violating exchanges may be: names that servers invent make kinds of conformant ones without end."""

MAX_SHAPES = 5
"""Recordings of one kind: of one rulebook, context, outcome and set of findings."""

MAX_ATTEMPTS = 25
"""Exchanges of one kind that are scrubbed to see whether their shape is new."""

MAX_LEFT_OUT = 10_000
"""Kinds that are remembered as left out; then nothing of a new kind is tried, so that memory and time stay bounded, whatever names servers invent."""

_DIGEST_LENGTH = 16


@dataclass(frozen=True, slots=True)
class _ScrubbedExchange:
    request: bytes
    response: bytes
    sidecar: bytes

    @property
    def name(self) -> str:
        """A name that is the same for the same content, in every run."""
        content = b"\0".join((self.request, self.response, self.sidecar))
        return hashlib.sha256(content).hexdigest()[:_DIGEST_LENGTH]


class TrafficRecorder:
    """Writes recordings below a folder, named by rulebook and context: ``RULEBOOK/MC/anonymous/not-supplied/….response.http``."""

    def __init__(self, checker: AnyChecker, folder: str) -> None:
        settings: Settings = checker.settings
        self._folder = Path(folder)
        self._limits = settings.limits
        self._rulebooks = {each.id: each for each in rulebooks_of(checker)}
        self._scrubbers = {id_: HttpScrubber(each, self._limits) for id_, each in self._rulebooks.items()}
        # As `check` will judge them, without the facts that flags state here.
        plain = [replace(each, claims=(), request=None) for each in settings.others]
        self._checker = open_checker(replace(settings, claims=(), request=None, others=tuple(plain)))
        self._attempts: Counter[Hashable] = Counter()
        self._recorded: Counter[Hashable] = Counter()
        self._left_out: set[Hashable] = set()

    @property
    def recorded(self) -> int:
        """The number of recordings."""
        return self._recorded.total()

    @property
    def left_out(self) -> int:
        """The number of kinds of which nothing could be recorded that is judged to the same."""
        return len(self._left_out - set(self._recorded))

    def record(self, exchange: Recording, results: Sequence[Result]) -> None:
        """Write a judged exchange if its kind and shape are new. Raises OSError."""
        judged = [each for each in results if isinstance(each, ResponseResult)]
        if not judged or len(judged) < len(results):
            return
        is_violating = any(each.outcome is Outcome.VIOLATING for each in judged)
        if self.recorded >= MAX_RECORDINGS - (0 if is_violating else RESERVED):
            return
        kind = tuple(map(_verdict, judged))
        if self._recorded[kind] >= MAX_SHAPES or self._attempts[kind] >= MAX_ATTEMPTS:
            return
        if len(self._left_out) >= MAX_LEFT_OUT and kind not in self._attempts:
            return
        self._attempts[kind] += 1
        rulebook = self._rulebooks.get(judged[0].rulebook) or next(iter(self._rulebooks.values()))
        scrubbed = self._scrub(rulebook, exchange, judged)
        if scrubbed is None:
            self._left_out.add(kind)
        elif self._write(rulebook, judged[0].resolved.context, scrubbed):
            self._recorded[kind] += 1

    def _scrub(
        self, rulebook: Rulebook, exchange: Recording, judged: list[ResponseResult]
    ) -> _ScrubbedExchange | None:
        """Return an exchange without its texts, None unless it is judged to the same without them."""
        http, request, response = exchange.http, exchange.request, exchange.response
        if not isinstance(response, bytes) or not isinstance(request, bytes):
            return None
        outgoing = OutgoingRequest(
            *(
                http.method or "",
                http.url or "",
                tuple(http.request_headers or ()),
                extract_request_body(request),
            ),
            is_session=False,
        )
        received = ReceivedResponse(http.status or 0, tuple(http.response_headers or ()), response)
        try:
            texts = self._scrubbers[rulebook.id].exchange(outgoing, received)
        except (UncheckedError, ValueError, RecursionError):
            return None
        if texts is None:
            return None
        sidecar = _sidecar(judged)
        scrubbed = _ScrubbedExchange(*texts, sidecar)
        found = list(self._checker.check(self._recording(scrubbed)))
        same = [_verdict(each) for each in found if isinstance(each, ResponseResult)]
        return scrubbed if same == list(map(_verdict, judged)) and len(found) == len(same) else None

    def _recording(self, scrubbed: _ScrubbedExchange) -> Recording:
        """Return a recording as `check` reads it from its files."""
        source = Source("recording", self._limits, UnpackBudget(self._limits))
        recording = raw_exchange(source, "", scrubbed.request, scrubbed.response)
        return structs.replace(recording, sidecar=scrubbed.sidecar or None, traffic=False)

    def _write(self, rulebook: Rulebook, context: Context, scrubbed: _ScrubbedExchange) -> bool:
        """Write a recording; return whether it was not there yet."""
        folder = self._folder.joinpath(rulebook.id, *context_id(rulebook, context).split("/"))
        response = folder / f"{scrubbed.name}.response.http"
        if response.exists():
            return False
        folder.mkdir(parents=True, exist_ok=True)
        files: dict[os.PathLike[str], bytes] = {folder / f"{scrubbed.name}.request.http": scrubbed.request}
        if scrubbed.sidecar:
            files[folder / f"{scrubbed.name}.context.toml"] = scrubbed.sidecar
        write_together({**files, response: scrubbed.response})
        return True


def _verdict(result: ResponseResult) -> Hashable:
    """Return what has to be the same of a recording: everything but places and where facts are known from."""
    findings = frozenset((finding.rule, finding.id) for finding in result.findings)
    context = tuple(result.resolved.context.items())
    return result.rulebook, result.outcome, result.reason, context, findings


def _sidecar(judged: Sequence[ResponseResult]) -> bytes:
    """Return a sidecar with the facts that are known and the same in all of an exchange's results."""
    contexts = [each.resolved.context for each in judged]
    facts = {
        fact: value
        for fact, value in contexts[0].items()
        if value != UNKNOWN and all(context[fact] == value for context in contexts)
    }
    if any(each.expected_failure for each in judged):
        facts["outcome"] = "failure"
    return "".join(f'{fact} = "{value}"\n' for fact, value in facts.items()).encode()
