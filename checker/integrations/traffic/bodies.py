"""Bounded copies of bodies that pass through, and the exchange that they make."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import quote

from ...core.errors import Reason
from ...recordings import Content, Headers, HttpFacts, Recording, UnreadableContent

_TOO_LARGE = UnreadableContent(Reason.TOO_LARGE, "its body is larger than the bound on copies of bodies")
_CUT_OFF = UnreadableContent(Reason.UNREADABLE, "its body ended before it was complete")
_UNSEEN = UnreadableContent(Reason.UNREADABLE, "its body was sent as a file, of which there is no copy")

_UNQUOTED = "/:@!$&'()*+,;=~-._"
"""Characters that a path may contain unescaped (RFC 3986)."""


class BodyCopy:
    """A copy of a body's chunks up to a bound in bytes; beyond it nothing is held."""

    def __init__(self, bound: int) -> None:
        self._left = bound
        self._chunks: list[bytes] = []
        self._too_large = self._unseen = False
        self.complete = False

    def add(self, chunk: bytes | bytearray | memoryview) -> None:
        """Copy a chunk that passes."""
        if self._too_large:
            return
        self._left -= len(chunk)
        if self._left < 0:
            self._too_large = True
            self._chunks.clear()
        elif chunk:
            self._chunks.append(bytes(chunk))

    def miss(self) -> None:
        """Note that a part passes of which there is no copy."""
        self._unseen = True

    def response_content(self) -> Content:
        """Return the body of a response, or why there is none to judge."""
        if self._unseen:
            return _UNSEEN
        if self._too_large:
            return _TOO_LARGE
        return b"".join(self._chunks) if self.complete else _CUT_OFF

    def request_content(self) -> bytes | None:
        """Return the body of a request; None if it is not known, since it was not read to its end or is too large."""
        return b"".join(self._chunks) if self.complete and not self._too_large else None


def copy_chunks(chunks: Iterable[Any], copy: BodyCopy, end: Callable[..., None]) -> Iterator[Any]:
    """Yield chunks, and copy each; call ``end`` when they end or are given up."""
    complete = False
    try:
        for chunk in chunks:
            copy.add(chunk.encode() if isinstance(chunk, str) else chunk)
            yield chunk
        complete = True
    finally:
        end(complete=complete)


def exchange(source: str, http: HttpFacts, request: BodyCopy, response: BodyCopy) -> Recording:
    """Return an exchange that passed through, one of many of any kind."""
    return Recording(
        source,
        response.response_content(),
        request.request_content(),
        explicit=False,
        traffic=True,
        http=http,
    )


def decode_headers(headers: list[tuple[bytes, bytes]]) -> Headers:
    """Return headers as they are on the wire as texts."""
    return Headers.of(
        [(bytes(name).decode("latin-1"), bytes(value).decode("latin-1")) for name, value in headers]
    )


def quote_path(path: bytes) -> str:
    """Return a path as it stands in a URL, from one that a server has decoded."""
    return quote(path, safe=_UNQUOTED)


def url_of(path: str, query: bytes) -> str:
    """Return a URL from its path on."""
    return f"{path}?{query.decode('latin-1')}" if query else path
