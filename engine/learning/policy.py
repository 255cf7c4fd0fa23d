"""The assumptions of learning."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Policy:
    """The assumptions of learning.

    ``noise`` is the share of recordings that may be wrong. ``known_good`` says that none of them shows what it should
    not: then everything that was seen is permitted.
    """

    noise: float = 0.05
    known_good: bool = False

    @property
    def trusts_presence(self) -> bool:
        """True if one recording that shows an element is enough to permit it."""
        return self.known_good or self.noise == 0
