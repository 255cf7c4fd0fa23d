"""The limit on what one file unpacks to, with all archives and compressed streams inside it.

Python's zipfile, tarfile, gzip and zlib unpack. None of them has a limit, and none could know of archives in archives.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from ...core.errors import Reason, UncheckedError
from ...core.limits import Limits, limit_option


class BudgetExceededError(UncheckedError):
    """A limit on a file with everything inside it was exceeded: the rest of the file is not read."""

    def __init__(self, problem: str, limit: str) -> None:
        """Describe the problem, and name the limit of `Limits` that was exceeded."""
        super().__init__(Reason.TOO_LARGE, f"{problem}; {limit_option(limit)} allows more")


class UnpackBudget:
    """Counts what one file unpacks to, and refuses what is out of proportion."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._packed = 0
        self._unpacked = 0
        self._members = 0

    def charge(self, packed: int, unpacked: int) -> None:
        """Count compressed bytes that were read and the bytes that they gave; raises BudgetExceededError."""
        limits = self._limits
        self._packed += packed
        self._unpacked += unpacked
        if self._unpacked > limits.unpacked_size:
            raise BudgetExceededError(
                f"it unpacks to more than {limits.unpacked_size:,} bytes", "unpacked_size"
            )
        require_proportion(self._packed, self._unpacked, limits)

    def count_member(self) -> None:
        """Count a member of an archive; raises BudgetExceededError."""
        self._members += 1
        if self._members > self._limits.members:
            raise BudgetExceededError(
                f"its archives contain more than {self._limits.members:,} members", "members"
            )

    @contextlib.contextmanager
    def dry_run(self) -> Iterator[None]:
        """Apply the limits to a preparatory pass without counting what it reads."""
        counted = self._packed, self._unpacked, self._members
        yield
        self._packed, self._unpacked, self._members = counted


def require_proportion(packed: int, unpacked: int, limits: Limits) -> None:
    """Raise BudgetExceededError if bytes unpacked to more than recordings plausibly do."""
    if unpacked > limits.ratio_free_bytes and unpacked > limits.compression_ratio * packed:
        raise BudgetExceededError(
            f"it unpacks to more than {limits.compression_ratio} times its size; the rest is not read",
            "compression_ratio",
        )
