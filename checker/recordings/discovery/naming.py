"""Which names belong together: ``NAME.response.xml`` with ``NAME.request.xml`` and ``NAME.context.toml``.

A plain ``NAME.xml`` is a response too. A response may have ``http`` for ``xml`` where it was recorded with its
headers. Where a rulebook's messages are JSON, the names end in ``.json``. This knows names only, so that folders and archives follow the same rules.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

SIDECAR = ".context.toml"

_RESPONSES = {
    "xml": (".response.xml", ".response.http", ".xml", ".http"),
    "json": (".response.json", ".json"),
}
"""The endings of a response's name, by the format of its messages; what is found first counts."""

_ALONE = (None, None)

_COMPANIONS = {wire: (f".request.{wire}", SIDECAR) for wire in _RESPONSES}

Exists = Callable[[str], bool]


def is_message(name: str, wire: str = "xml") -> bool:
    """Whether a name says that the file is a message."""
    return name.lower().endswith(f".{wire}")


def is_companion(name: str, wire: str = "xml") -> bool:
    """Whether a name is that of a request or a sidecar."""
    return name.lower().endswith(_COMPANIONS[wire])


def response_of(name: str, exists: Exists, wire: str = "xml") -> str | None:
    """Give the response that a request or sidecar belongs to by its name; None for any other name.

    It is the first of the names that a response of it can have which exists, or else the first of them.
    """
    if not is_companion(name, wire):
        return None
    stem = _stem(name, wire)
    for ending in _RESPONSES[wire]:
        if exists(stem + ending):
            return stem + ending
    return stem + _RESPONSES[wire][0]


def is_anothers(name: str, exists: Exists) -> bool:
    """Whether a request or a sidecar belongs to a response that is there, in whatever format its messages are."""
    for wire, endings in _RESPONSES.items():
        if is_companion(name, wire):
            stem = _stem(name, wire)
            for ending in endings:
                if exists(stem + ending):
                    return True
    return False


def _stem(name: str, wire: str) -> str:
    return name[: -len(SIDECAR if name.lower().endswith(SIDECAR) else f".request.{wire}")]


def companions_of(name: str, exists: Exists, wire: str = "xml") -> tuple[str | None, str | None]:
    """Give the names of a response's request and sidecar, None for one that is not there."""
    lowered = name.lower()
    if lowered.endswith(_COMPANIONS[wire]):
        return _ALONE
    for ending in _RESPONSES[wire]:
        if lowered.endswith(ending):
            stem = name[: -len(ending)]
            return (
                _companion(f"{stem}.request.{wire}", name, exists, wire),
                _companion(stem + SIDECAR, name, exists, wire),
            )
    return _ALONE


class Relations:
    """What belongs to what among the names in a folder."""

    def __init__(self, names: Collection[str]) -> None:
        exists = names.__contains__
        self.companions = frozenset([name for name in names if name.lower().endswith(_COMPANIONS["xml"])])
        """The requests and sidecars."""
        responses = {name: response_of(name, exists) for name in self.companions}
        self.lonely = frozenset(
            name
            for name, response in responses.items()
            if response not in names and not is_anothers(name, exists)
        )
        """Those of them that belong to no response that is there."""
        self._beside = {
            response: companions_of(response, exists)
            for response in {*responses.values()}
            if response is not None and response in names
        }

    def companions_of(self, name: str) -> tuple[str | None, str | None]:
        """Give the names of a response's request and sidecar, None for one that is not there."""
        return self._beside.get(name, _ALONE)


def _companion(candidate: str, name: str, exists: Exists, wire: str) -> str | None:
    return candidate if exists(candidate) and response_of(candidate, exists, wire) == name else None
