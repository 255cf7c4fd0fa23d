"""Recording: each exchange as a pair with its sidecar, scrubbed before it touches the disk."""

from __future__ import annotations

from pathlib import Path

from ....rules.model import Rulebook
from ...core.atomic_files import write_together
from ...core.limits import Limits
from .client import TransportError
from .judging import companion
from .runner import Exchange
from .scrub import Scrubber


class Recorder:
    """Writes recordings below a folder, by the cases' names: ``MC/anonymous/not-supplied.response.xml``."""

    def __init__(self, rulebook: Rulebook, folder: str, limits: Limits) -> None:
        self._folder = Path(folder)
        self._scrubber = Scrubber(rulebook, limits)
        self.recorded = 0
        self.left_out = 0

    def record(self, made: Exchange) -> None:
        """Write an exchange; what has no answer that can be scrubbed is left out. Raises OSError."""
        stem = self._folder.joinpath(*made.case.id.split("/"))
        files = {
            kind: stem.parent / f"{stem.name}.{kind}"
            for kind in ("request.xml", "context.toml", "response.xml")
        }
        scrubbed = (
            None
            if isinstance(made.answer, TransportError)
            else self._scrubber.exchange(made.request, made.answer)
        )
        if scrubbed is None:
            for file in files.values():  # of an earlier run: it would be taken for this one's
                file.unlink(missing_ok=True)
            self.left_out += 1
            return
        stem.parent.mkdir(parents=True, exist_ok=True)
        request, response = scrubbed
        write_together(dict(zip(files.values(), (request, companion(made), response), strict=True)))
        self.recorded += 1
