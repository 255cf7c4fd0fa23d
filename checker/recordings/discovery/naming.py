"""The names of files that belong together: ``NAME.response.xml``, ``NAME.request.xml`` and ``NAME.context.toml``.

A plain ``NAME.xml`` is a response too, and ``http`` in place of ``xml`` names a response with its headers. The names
end in ``.json`` if a rulebook's messages are JSON. Only names count here, so folders and archives follow one rule.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

SIDECAR = ".context.toml"

_RESPONSES = {
    "xml": (".response.xml", ".response.http", ".xml", ".http"),
    "json": (".response.json", ".json"),
}
"""The suffixes of a response's name, by the format of its messages, in order of precedence."""

_NO_ATTACHMENTS = (None, None)

_ATTACHMENTS = {wire: (f".request.{wire}", SIDECAR) for wire in _RESPONSES}

Exists = Callable[[str], bool]


def is_message(name: str, wire: str = "xml") -> bool:
    """Return whether a name is that of a message."""
    return name.lower().endswith(f".{wire}")


def is_attachment(name: str, wire: str = "xml") -> bool:
    """Return whether a name is that of a request or a sidecar."""
    return name.lower().endswith(_ATTACHMENTS[wire])


def response_of(name: str, exists: Exists, wire: str = "xml") -> str | None:
    """Return the response that a request or sidecar belongs to; None for any other name.

    It is the first of its response's possible names that exists, or else the first of them.
    """
    if not is_attachment(name, wire):
        return None
    stem = _stem(name, wire)
    for suffix in _RESPONSES[wire]:
        if exists(stem + suffix):
            return stem + suffix
    return stem + _RESPONSES[wire][0]


def is_claimed(name: str, exists: Exists) -> bool:
    """Return whether a request or sidecar belongs to an existing response, in any message format."""
    for wire, suffixes in _RESPONSES.items():
        if is_attachment(name, wire):
            stem = _stem(name, wire)
            for suffix in suffixes:
                if exists(stem + suffix):
                    return True
    return False


def _stem(name: str, wire: str) -> str:
    return name[: -len(SIDECAR if name.lower().endswith(SIDECAR) else f".request.{wire}")]


def attachments_of(name: str, exists: Exists, wire: str = "xml") -> tuple[str | None, str | None]:
    """Return the names of a response's request and sidecar, None for one that does not exist."""
    lowered = name.lower()
    if lowered.endswith(_ATTACHMENTS[wire]):
        return _NO_ATTACHMENTS
    for suffix in _RESPONSES[wire]:
        if lowered.endswith(suffix):
            stem = name[: -len(suffix)]
            return (
                _attachment(f"{stem}.request.{wire}", name, exists, wire),
                _attachment(stem + SIDECAR, name, exists, wire),
            )
    return _NO_ATTACHMENTS


class SiblingFiles:
    """The names in a folder, and which of them belong together."""

    def __init__(self, names: Collection[str]) -> None:
        exists = names.__contains__
        self.attachments = frozenset([name for name in names if name.lower().endswith(_ATTACHMENTS["xml"])])
        """The requests and sidecars."""
        responses = {name: response_of(name, exists) for name in self.attachments}
        self.orphans = frozenset(
            name
            for name, response in responses.items()
            if response not in names and not is_claimed(name, exists)
        )
        """The requests and sidecars that belong to no existing response."""
        self._attachments_of = {
            response: attachments_of(response, exists)
            for response in {*responses.values()}
            if response is not None and response in names
        }

    def attachments_of(self, name: str) -> tuple[str | None, str | None]:
        """Return the names of a response's request and sidecar, None for one that does not exist."""
        return self._attachments_of.get(name, _NO_ATTACHMENTS)


def _attachment(candidate: str, name: str, exists: Exists, wire: str) -> str | None:
    return candidate if exists(candidate) and response_of(candidate, exists, wire) == name else None
