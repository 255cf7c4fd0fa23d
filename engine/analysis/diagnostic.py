"""What an analysis says of a rulebook."""

from __future__ import annotations

from dataclasses import dataclass

from ..finding import Severity


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something about a rulebook that its author should look at; ``witness`` is what shows it.

    An ERROR cannot be meant, a WARNING hardly, a NOTE is only good to know.
    """

    id: str
    severity: Severity
    text: str
    witness: str
