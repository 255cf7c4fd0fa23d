"""Recording: each call as request, response and sidecar, scrubbed before anything is written."""

from __future__ import annotations

from pathlib import Path

from ....rules.model import Rulebook
from ...core.atomic_files import write_together
from ...core.limits import Limits
from .cases import SessionCase
from .client import TransportError
from .judging import sidecar_of
from .runner import CompletedCall
from .scrub import Scrubber
from .scrub_http import HttpScrubber

_KINDS = ("request", "response")
_SIDECAR = "context.toml"


class Recorder:
    """Writes recordings below a folder, named by case: ``MC/anonymous/not-supplied.response.xml``."""

    def __init__(self, folder: str, limits: Limits) -> None:
        self._folder = Path(folder)
        self._limits = limits
        self._scrubbers: dict[str, Scrubber] = {}
        self._http_scrubbers: dict[str, HttpScrubber] = {}
        self.recorded = 0
        self.left_out = 0

    def record(self, call: CompletedCall) -> None:
        """Write a call, or leave it out if it has no response that can be scrubbed. Raises OSError."""
        stem = self._folder.joinpath(*call.case.id.split("/"))
        ending = "xml" if isinstance(call.case, SessionCase) else "http"
        names = (*(f"{kind}.{ending}" for kind in _KINDS), _SIDECAR)
        request, response, sidecar = (stem.parent / f"{stem.name}.{name}" for name in names)
        scrubbed = self._scrub(call)
        if scrubbed is None:
            for file in (request, response, sidecar):  # one of an earlier run would be taken for this one's
                file.unlink(missing_ok=True)
            self.left_out += 1
            return
        stem.parent.mkdir(parents=True, exist_ok=True)
        write_together({request: scrubbed[0], sidecar: sidecar_of(call), response: scrubbed[1]})
        self.recorded += 1

    def _scrub(self, call: CompletedCall) -> tuple[bytes, bytes] | None:
        """Return request and response without their texts, None if there is no response that can be scrubbed."""
        rulebook: Rulebook = call.case.rulebook
        if isinstance(call.response, TransportError):
            return None
        if isinstance(call.case, SessionCase):
            scrubber = self._scrubbers.get(rulebook.id) or Scrubber(rulebook, self._limits)
            self._scrubbers[rulebook.id] = scrubber
            return scrubber.exchange(call.request.body, call.response.body)
        http_scrubber = self._http_scrubbers.get(rulebook.id) or HttpScrubber(rulebook, self._limits)
        self._http_scrubbers[rulebook.id] = http_scrubber
        return http_scrubber.exchange(call.request, call.response)
