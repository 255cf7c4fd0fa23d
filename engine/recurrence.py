"""Recurrence: whether something was met before, which decides whether it is worth remembering.

Most of what is met once in traffic is never met again. To remember it would cost memory, and the search for garbage the time to
look through it. Of what was met once no more than its hash is kept.
"""

from __future__ import annotations

from collections.abc import Hashable

MAX_HASHES = 16_384
"""Hashes that are kept; then they are forgotten."""


class Recurrence:
    """Tells what was met before, as far as hashes tell it. Its size is bounded."""

    def __init__(self) -> None:
        self._hashes: set[int] = set()

    def was_met(self, found: Hashable) -> bool:
        """Return whether something was met before, and note that it is met now."""
        number = hash(found)
        if number in self._hashes:
            return True
        if len(self._hashes) >= MAX_HASHES:
            self._hashes.clear()
        self._hashes.add(number)
        return False
