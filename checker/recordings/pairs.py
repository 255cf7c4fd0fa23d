"""Which names belong together: ``NAME.response.xml`` with ``NAME.request.xml`` and ``NAME.context.toml``.

A plain ``NAME.xml`` is a response too. A response may have ``http`` for ``xml`` where it was recorded with its
headers. Where a rulebook's messages are JSON, the names end in ``.json``. This knows names only, so that folders and archives follow the same rules.
"""

from __future__ import annotations

from collections.abc import Callable

SIDECAR = ".context.toml"

_RESPONSES = {
    "xml": (".response.xml", ".response.http", ".xml", ".http"),
    "json": (".response.json", ".json"),
}
"""The endings of a response's name, by the format of its messages; what is found first counts."""

Exists = Callable[[str], bool]


def is_message(name: str, wire: str = "xml") -> bool:
    """Whether a name says that the file is a message."""
    return name.lower().endswith(f".{wire}")


def is_companion(name: str, wire: str = "xml") -> bool:
    """Whether a name is that of a request or a sidecar."""
    return name.lower().endswith((f".request.{wire}", SIDECAR))


def response_of(name: str, exists: Exists, wire: str = "xml") -> str | None:
    """Give the response that a request or sidecar belongs to by its name; None for any other name.

    It is the first of the names that a response of it can have which exists, or else the first of them.
    """
    if not is_companion(name, wire):
        return None
    suffix = SIDECAR if name.lower().endswith(SIDECAR) else f".request.{wire}"
    candidates = [name[: -len(suffix)] + ending for ending in _RESPONSES[wire]]
    return next((candidate for candidate in candidates if exists(candidate)), candidates[0])


def is_anothers(name: str, exists: Exists) -> bool:
    """Whether a sidecar belongs to a response that is there, in whatever format its messages are."""
    responses = (response_of(name, exists, wire) for wire in _RESPONSES)
    return any(response is not None and exists(response) for response in responses)


def companions_of(name: str, exists: Exists, wire: str = "xml") -> tuple[str | None, str | None]:
    """Give the names of a response's request and sidecar, None for one that is not there."""
    ending = next((ending for ending in _RESPONSES[wire] if name.lower().endswith(ending)), None)
    if ending is None or is_companion(name, wire):
        return None, None
    stem = name[: -len(ending)]
    request, sidecar = (
        candidate if exists(candidate) and response_of(candidate, exists, wire) == name else None
        for candidate in (f"{stem}.request.{wire}", stem + SIDECAR)
    )
    return request, sidecar
