"""The HTTP facts of an exchange: method, URL, status and headers, as far as the recording's format keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec


class Headers(msgspec.Struct, frozen=True):
    """Names and values in the order in which they were recorded; a header that was sent twice is there twice.

    They are kept apart because traffic has few lists of names: by that of all names it is known which headers are evidence.
    """

    names: tuple[str, ...] = ()
    values: tuple[str, ...] = ()

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> Headers:
        """Return headers given as pairs of name and value."""
        return cls(*zip(*pairs, strict=True))

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Go through the pairs of name and value."""
        return zip(self.names, self.values, strict=True)

    def __repr__(self) -> str:
        return f"<Headers: {len(self.names)}>"  # values are never shown


class HttpFacts(msgspec.Struct, frozen=True):
    """The HTTP facts of a recording besides the bodies. None: it does not keep that.

    ``method`` is in upper case. ``url`` is as it was recorded, absolute or from its path on. Headers are empty if the
    exchange had none. Everything here is evidence: it is used, and never shown.
    """

    method: str | None = None
    url: str | None = None
    status: int | None = None
    request_headers: Headers | None = None
    response_headers: Headers | None = None

    def request_header(self, name: str) -> tuple[str, ...] | None:
        """Return the values of a request header, in any letter case; None if the recording keeps no such headers."""
        return _values(self.request_headers, name)

    def response_header(self, name: str) -> tuple[str, ...] | None:
        """Return the values of a response header, in any letter case; None if the recording keeps no such headers."""
        return _values(self.response_headers, name)

    @property
    def size_in_memory(self) -> int:
        """The approximate number of bytes that it keeps in memory."""
        headers = [kept for kept in (self.request_headers, self.response_headers) if kept is not None]
        return len(self.url or "") + sum(sum(map(len, (*kept.names, *kept.values))) for kept in headers)

    def __repr__(self) -> str:
        kept = ", ".join(name for name in self.__struct_fields__ if getattr(self, name) is not None)
        return f"<HttpFacts: {kept or 'none'}>"  # values are never shown


NO_HTTP_FACTS = HttpFacts()
_TEXT = frozenset((str,))


def _values(headers: Headers | None, name: str) -> tuple[str, ...] | None:
    if headers is None:
        return None
    wanted, length = name.lower(), len(name)
    return tuple([value for found, value in headers if len(found) == length and found.lower() == wanted])


def parse_method(recorded: object) -> str | None:
    """Return a recorded method in upper case; None if it was not recorded."""
    return recorded.upper() if isinstance(recorded, str) and recorded else None


def parse_url(recorded: object) -> str | None:
    """Return a recorded URL; None if it was not recorded."""
    return recorded if isinstance(recorded, str) and recorded else None


def parse_status(recorded: object) -> int | None:
    """Return a recorded status as a number; None if it was not recorded, for which recorders also write 0."""
    try:
        number = int(recorded) if isinstance(recorded, int | float | str) else 0
    except (ValueError, OverflowError):
        return None
    return number if 0 < number < 1000 else None  # noqa: PLR2004 - three digits, as HTTP has them


def parse_headers(recorded: object) -> Headers | None:
    """Return recorded headers in whatever structure a recorder uses; None if they were not recorded.

    Recorders write an object of names with a value or a list of values, or a list of pairs or of objects with ``name``
    and ``value``. Headers that are not completely in one of these structures are None too, so that nothing is
    concluded from a header's absence.
    """
    if isinstance(recorded, dict) and {*map(type, recorded), *map(type, recorded.values())} <= _TEXT:
        return Headers(tuple(recorded), tuple(recorded.values()))
    if isinstance(recorded, Mapping):
        pairs = [(name, values) for name, values in recorded.items() if values is not None]
    elif isinstance(recorded, list | tuple):
        pairs = [_pair(entry) for entry in recorded]
    else:
        return None
    headers = [(_text(name), _text(value)) for name, values in pairs for value in _each(values)]
    complete = [(name, value) for name, value in headers if name is not None and value is not None]
    return Headers.of(complete) if len(complete) == len(headers) else None


def _each(values: Any) -> list[Any] | tuple[Any, ...]:
    return values if isinstance(values, list | tuple) else (values,)


def _pair(entry: Any) -> tuple[Any, Any]:
    if isinstance(entry, Mapping):
        return entry.get("name"), entry.get("value")
    if isinstance(entry, list | tuple) and len(entry) == 2:  # noqa: PLR2004 - a name and a value
        return entry[0], entry[1]
    return None, None


def _text(recorded: Any) -> str | None:
    """Return a name or a value as text; recorders write some values as numbers, and some as bytes."""
    if isinstance(recorded, bytes):
        return recorded.decode("latin-1")
    if isinstance(recorded, bool):
        return None
    return str(recorded) if isinstance(recorded, str | int | float) else None
