"""The bound on what one file unpacks to, over all the archives and compressed streams inside it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from ...core.errors import Limits, Reason, UncheckedError, limit_option


class BudgetExceededError(UncheckedError):
    """A bound was reached that holds for a file with all that is inside it: nothing more of it is read."""

    def __init__(self, said: str, bound: str) -> None:
        """Take what is beyond, and which bound of `Limits`."""
        super().__init__(Reason.TOO_LARGE, f"{said}; {limit_option(bound)} allows more")


class Expansion:
    """Counts what is unpacked, and refuses to go on where it is out of all proportion."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._taken = 0
        self._given = 0
        self._members = 0

    def charge(self, taken: int, given: int) -> None:
        """Count compressed bytes that were read and bytes that came of them; raises BudgetExceededError."""
        limits = self._limits
        self._taken += taken
        self._given += given
        if self._given > limits.expansion:
            raise BudgetExceededError(f"it unpacks to more than {limits.expansion:,} bytes", "expansion")
        require_proportion(self._taken, self._given, limits)

    def member(self) -> None:
        """Count a member of an archive; raises BudgetExceededError."""
        self._members += 1
        if self._members > self._limits.members:
            raise BudgetExceededError(
                f"its archives hold more than {self._limits.members:,} members", "members"
            )

    @contextlib.contextmanager
    def rehearsal(self) -> Iterator[None]:
        """Hold to the bounds, but do not count what is gone through to find out what is there."""
        counted = self._taken, self._given, self._members
        yield
        self._taken, self._given, self._members = counted


def require_proportion(taken: int, given: int, limits: Limits) -> None:
    """See that no more bytes came of others than recordings come to; raises BudgetExceededError."""
    if given > limits.unsuspected and given > limits.ratio * taken:
        raise BudgetExceededError(
            f"it unpacks to more than {limits.ratio} times its size, and is read no further", "ratio"
        )
