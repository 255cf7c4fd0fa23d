"""The results of a recording, of which those that need no judging are made here."""

from __future__ import annotations

from dataclasses import dataclass

from ...engine.claims import ResolvedContext
from ...engine.result import Outcome, ResponseResult
from ..core.errors import UncheckedError
from .sidecar import Sidecar


@dataclass(frozen=True, slots=True)
class Skipped:
    """Content of a folder that is no response of this operation."""

    source: str
    why: str


Result = ResponseResult | Skipped
"""The results of a recording: one for each of its bodies."""


def unchecked_result(
    source: str, index: int, error: UncheckedError, known: ResolvedContext
) -> ResponseResult:
    """Return the result of something that could not be judged; ``known`` is its context, as far as it is known."""
    return ResponseResult(
        source=source,
        index=index,
        outcome=Outcome.UNCHECKED,
        resolved=known,
        reason=error.reason,
        detail=error.detail,
    )


def expected_failure(
    source: str, index: int, known: ResolvedContext, error: UncheckedError, sidecar: Sidecar
) -> ResponseResult:
    """Return the result of a call that had to fail and did, and whose answer shows nothing else."""
    return ResponseResult(
        source=source,
        index=index,
        outcome=Outcome.CONFORMANT,
        resolved=known,
        detail=f"{error.detail}, as the {sidecar.source} expects",
        expected_failure=True,
    )
