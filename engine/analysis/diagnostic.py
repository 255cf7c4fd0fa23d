"""The result type of the analysis of a rulebook."""

from __future__ import annotations

from dataclasses import dataclass

from ..finding import Severity


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A probable mistake in a rulebook; ``witness`` is the evidence for it.

    An ERROR is certainly a mistake, a WARNING probably, a NOTE possibly.
    """

    id: str
    severity: Severity
    text: str
    witness: str
