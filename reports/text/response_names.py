"""Names of responses: for people, and unique for formats that need unique names."""

from __future__ import annotations

import hashlib

from ...engine.result import ResponseResult
from .escape import escape_control_chars


def response_name(result: ResponseResult) -> str:
    """Return the name of a response: its source, and the number of the body if the message has several."""
    return escape_control_chars(result.source) + (f", body {result.index + 1}" if result.index else "")


class UniqueNames:
    """Generator of unique names: the second response of one name becomes `NAME (2)`.

    It keeps an eight-byte digest of each name instead of the name.
    """

    def __init__(self) -> None:
        self._seen: dict[bytes, int] = {}

    def name(self, result: ResponseResult) -> str:
        """Return the name of the next response."""
        unique = name = response_name(result)
        while (key := _digest(unique)) in self._seen:
            first = _digest(name)
            self._seen[first] += 1
            unique = f"{name} ({self._seen[first]})"
        self._seen[key] = 1
        return unique


def _digest(name: str) -> bytes:
    return hashlib.blake2b(name.encode(), digest_size=8).digest()
