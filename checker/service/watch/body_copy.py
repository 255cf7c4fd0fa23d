"""Copies of bodies, each bounded, and all of them together."""

from __future__ import annotations

from collections.abc import Callable

from .copies import BodyState, HeaderList, MessageCopy


class CopyBudget:
    """The bytes that all copies may take in memory together, those that wait to be sent included."""

    def __init__(self, limit: int, queued: Callable[[], int] = lambda: 0) -> None:
        self._limit = limit
        self._queued = queued
        self._taken = 0

    @property
    def used(self) -> int:
        """The bytes in memory."""
        return self._taken + self._queued()

    def take(self, size: int) -> bool:
        """Reserve bytes; return whether there are so many left."""
        if self.used + size > self._limit:
            return False
        self._taken += size
        return True

    def release(self, size: int) -> None:
        """Return reserved bytes."""
        self._taken -= size


class BodyCopy:
    """The copy of a body as it grows, given up as soon as it is larger than its bound or the budget."""

    def __init__(self, most: int, budget: CopyBudget) -> None:
        self._most = most
        self._budget = budget
        self._content = bytearray()
        self.state = BodyState.COMPLETE
        self.is_dropped = False

    def add(self, data: bytes) -> None:
        """Take the next part of the body."""
        if self.state is not BodyState.COMPLETE or self.is_dropped:
            return
        if len(self._content) + len(data) > self._most:
            self.fail(BodyState.TOO_LARGE)
        elif self._budget.take(len(data)):
            self._content += data
        else:
            self.is_dropped = True
            self._clear()

    def fail(self, state: BodyState) -> None:
        """Abandon the content unless the state is COMPLETE; the first failure counts."""
        if BodyState.COMPLETE is self.state is not state:
            self.state = state
            self._clear()

    def finish(self, headers: HeaderList) -> MessageCopy:
        """Return the copy of the message, and its bytes to the budget."""
        content = bytes(self._content)
        self._clear()
        return MessageCopy(headers, content, self.state)

    def _clear(self) -> None:
        self._budget.release(len(self._content))
        self._content = bytearray()
