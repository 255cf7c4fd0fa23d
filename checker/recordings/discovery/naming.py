"""The names of files that belong together: ``NAME.response.xml``, ``NAME.request.xml`` and ``NAME.context.toml``.

A plain ``NAME.xml`` is a response too, and ``http`` in place of ``xml`` names a message with its headers. The names
end in ``.json`` if a rulebook's messages are JSON. Only names count here, so folders and archives follow one rule.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import lru_cache

SIDECAR = ".context.toml"

Exists = Callable[[str], bool]

_NO_ATTACHMENTS = (None, None)


class Naming:
    """The rule for messages of some wire formats."""

    def __init__(self, wires: Collection[str]) -> None:
        formats = sorted(wires, reverse=True)  # XML before JSON
        self._responses = (
            *(f".response.{form}" for form in (*formats, "http")),
            *(f".{form}" for form in (*formats, "http")),
        )
        """The suffixes of a response's name, in order of precedence."""
        self._requests = tuple(f".request.{form}" for form in (*formats, "http"))
        self.attachment_suffixes = (*self._requests, SIDECAR)
        self._messages = tuple(f".{form}" for form in formats)
        self._explicit = tuple(f".response.{form}" for form in formats)

    def is_message(self, name: str) -> bool:
        """Return whether a name is that of a message without headers."""
        return name.lower().endswith(self._messages)

    def is_response(self, name: str) -> bool:
        """Return whether a name says that a message is a response."""
        return name.lower().endswith(self._explicit)

    def is_attachment(self, name: str) -> bool:
        """Return whether a name is that of a request or a sidecar."""
        return name.lower().endswith(self.attachment_suffixes)

    def response_of(self, name: str, exists: Exists) -> str | None:
        """Return the response that a request or sidecar belongs to; None for any other name.

        It is the first of its response's possible names that exists, or else the first of them.
        """
        suffix = _suffix(name, self.attachment_suffixes)
        if suffix is None:
            return None
        stem = name[: -len(suffix)]
        for response in self._responses:
            if exists(stem + response):
                return stem + response
        return stem + self._responses[0]

    def attachments_of(self, name: str, exists: Exists) -> tuple[str | None, str | None]:
        """Return the names of a response's request and sidecar, None for one that does not exist."""
        suffix = None if self.is_attachment(name) else _suffix(name, self._responses)
        if suffix is None:
            return _NO_ATTACHMENTS
        stem = name[: -len(suffix)]
        requests = (self._attachment(stem + request, name, exists) for request in self._requests)
        return (
            next((request for request in requests if request is not None), None),
            self._attachment(stem + SIDECAR, name, exists),
        )

    def _attachment(self, candidate: str, name: str, exists: Exists) -> str | None:
        return candidate if exists(candidate) and self.response_of(candidate, exists) == name else None


@lru_cache
def naming_of(wires: frozenset[str]) -> Naming:
    """Return the rule for messages of some wire formats."""
    return Naming(wires)


_ALL = Naming(("xml", "json"))


def is_claimed(name: str, exists: Exists) -> bool:
    """Return whether a request or sidecar belongs to an existing response, of whatever wire format."""
    response = _ALL.response_of(name, exists)
    return response is not None and exists(response)


class SiblingFiles:
    """The names in a folder, and which of them belong together."""

    def __init__(self, names: Collection[str], naming: Naming) -> None:
        exists = names.__contains__
        suffixes = naming.attachment_suffixes
        self.attachments = frozenset([name for name in names if name.lower().endswith(suffixes)])
        """The requests and sidecars."""
        responses = {name: naming.response_of(name, exists) for name in self.attachments}
        self.orphans = frozenset(
            name
            for name, response in responses.items()
            if response not in names and not is_claimed(name, exists)
        )
        """The requests and sidecars that belong to no existing response."""
        self._attachments_of = {
            response: naming.attachments_of(response, exists)
            for response in {*responses.values()}
            if response is not None and response in names
        }

    def attachments_of(self, name: str) -> tuple[str | None, str | None]:
        """Return the names of a response's request and sidecar, None for one that does not exist."""
        return self._attachments_of.get(name, _NO_ATTACHMENTS)


def _suffix(name: str, suffixes: tuple[str, ...]) -> str | None:
    lowered = name.lower()
    return next((suffix for suffix in suffixes if lowered.endswith(suffix)), None)
