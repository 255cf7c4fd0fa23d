"""HTTP as the emulator sees it: a request in, a response out, and what answers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ...core.limits import Limits
from .faults import FaultKind, Faults

LIMITS = Limits(size=256 * 1024, depth=50, elements=10_000)
"""Bounds on a request, far above what an operation's requests have."""

TEXT = "text/plain;charset=UTF-8"
_GARBAGE = b"\xff\xfe\x00 this is no message \x00"

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, repr=False)
class HttpRequest:
    """A request; ``url`` is its path with its query."""

    method: str
    url: str
    headers: Headers = ()
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response, the seconds to delay it, and the case that it answers if the request was understood."""

    status: int
    content_type: str
    body: bytes
    case: str | None = None
    delay: float = 0.0
    headers: Headers = ()


class Handler(Protocol):
    """Answers the calls of an operation."""

    @property
    def addresses(self) -> tuple[str, ...]:
        """The paths at which operations are called, for people."""
        ...

    def refusal(self, method: str, path: str) -> Response | None:
        """Return the response to a call of another operation, None for one of this."""
        ...

    def respond(self, request: HttpRequest) -> Response:
        """Return the response to a call of this operation; its content never raises an exception."""
        ...


def text_response(status: int, text: str, *, allow: str = "") -> Response:
    """Return a refusal as a line of plain text; ``allow`` are the methods that the path knows."""
    return Response(status, TEXT, f"{text}\n".encode(), headers=(("allow", allow),) if allow else ())


def deliver(response: Response, faults: Faults) -> Response:
    """Return a response with the faults in how it is delivered."""
    body, delay = response.body, float(faults.argument(FaultKind.SLOW) or 0)
    if faults.has(FaultKind.TRUNCATE):
        half = len(body) // 2
        body = body[: body.rfind(b">", 0, half) + 1 or half]  # after a tag if it has any
    if faults.has(FaultKind.GARBAGE):
        body = _GARBAGE
    return Response(response.status, response.content_type, body, response.case, delay, response.headers)
