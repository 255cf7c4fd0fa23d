"""Recording: each call as request, response and sidecar, scrubbed before anything is written."""

from __future__ import annotations

from pathlib import Path

from ....rules.model import Rulebook
from ...core.atomic_files import write_together
from ...core.limits import Limits
from .client import TransportError
from .judging import sidecar_of
from .runner import CompletedCall
from .scrub import Scrubber


class Recorder:
    """Writes recordings below a folder, named by case: ``MC/anonymous/not-supplied.response.xml``."""

    def __init__(self, rulebook: Rulebook, folder: str, limits: Limits) -> None:
        self._folder = Path(folder)
        self._scrubber = Scrubber(rulebook, limits)
        self.recorded = 0
        self.left_out = 0

    def record(self, call: CompletedCall) -> None:
        """Write a call, or leave it out if it has no response that can be scrubbed. Raises OSError."""
        stem = self._folder.joinpath(*call.case.id.split("/"))
        files = {
            kind: stem.parent / f"{stem.name}.{kind}"
            for kind in ("request.xml", "context.toml", "response.xml")
        }
        scrubbed = (
            None
            if isinstance(call.response, TransportError)
            else self._scrubber.exchange(call.request, call.response)
        )
        if scrubbed is None:
            for file in files.values():  # one of an earlier run would be taken for this one's
                file.unlink(missing_ok=True)
            self.left_out += 1
            return
        stem.parent.mkdir(parents=True, exist_ok=True)
        request, response = scrubbed
        write_together(dict(zip(files.values(), (request, sidecar_of(call), response), strict=True)))
        self.recorded += 1
