"""Names of responses: for people, and unique where a format asks for that."""

from __future__ import annotations

import hashlib

from ...engine.result import ResponseResult
from .escape import escape_control_chars


def response_name(result: ResponseResult) -> str:
    """Name a response: its source, and which body where its message has several."""
    return escape_control_chars(result.source) + (f", body {result.index + 1}" if result.index else "")


class UniqueNames:
    """Gives each response a name of its own: one that was named twice is `NAME (2)` the second time.

    It remembers eight bytes of each name, not the name.
    """

    def __init__(self) -> None:
        self._seen: dict[bytes, int] = {}

    def of(self, result: ResponseResult) -> str:
        """Name the next response."""
        name = response_name(result)
        unique = name
        while (key := _digest(unique)) in self._seen:
            first = _digest(name)
            self._seen[first] += 1
            unique = f"{name} ({self._seen[first]})"
        self._seen[key] = 1
        return unique


def _digest(name: str) -> bytes:
    return hashlib.blake2b(name.encode(), digest_size=8).digest()
