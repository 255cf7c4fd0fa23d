"""Which names belong together: ``NAME.response.xml`` with ``NAME.request.xml`` and ``NAME.context.toml``.

A plain ``NAME.xml`` is a response too. A response may have ``http`` for ``xml`` where it was recorded with its
headers. This knows names only, so that folders and archives follow the same rules.
"""

from __future__ import annotations

from collections.abc import Callable

REQUEST, SIDECAR = ".request.xml", ".context.toml"
RESPONSE = ".response.xml"

_RESPONSES = (RESPONSE, ".response.http", ".xml", ".http")

Exists = Callable[[str], bool]


def is_companion(name: str) -> bool:
    """Whether a name is that of a request or a sidecar."""
    return name.lower().endswith((REQUEST, SIDECAR))


def response_of(name: str, exists: Exists) -> str | None:
    """Give the response that a request or sidecar belongs to by its name; None for any other name.

    It is the first of the names that a response of it can have which exists, or else the first of them.
    """
    if not is_companion(name):
        return None
    suffix = REQUEST if name.lower().endswith(REQUEST) else SIDECAR
    stem = name[: -len(suffix)]
    candidates = [stem + ending for ending in _RESPONSES]
    return next((candidate for candidate in candidates if exists(candidate)), candidates[0])


def companions_of(name: str, exists: Exists) -> tuple[str | None, str | None]:
    """Give the names of a response's request and sidecar, None for one that is not there."""
    ending = next((ending for ending in _RESPONSES if name.lower().endswith(ending)), None)
    if ending is None or is_companion(name):
        return None, None
    stem = name[: -len(ending)]
    request, sidecar = (
        candidate if exists(candidate) and response_of(candidate, exists) == name else None
        for candidate in (stem + REQUEST, stem + SIDECAR)
    )
    return request, sidecar
