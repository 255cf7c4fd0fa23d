"""The protocols of messages in any wire format, and of the readers that return them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from enum import Enum, auto
from typing import Protocol

import msgspec

from ...engine.observation import Observation
from ...rules.model import Rulebook
from ..core.errors import UncheckedError
from ..core.limits import Limits

MAX_COMPARED = 1_000
"""Elements, and letters of evidence, up to which bodies are compared: larger ones are not remembered, whatever is sent."""


class EvidenceTexts(Protocol):
    """The texts of a body that are evidence; they are used and never shown."""

    def texts(self, path: str) -> list[str]:
        """Return the texts of the elements with a path."""
        ...

    def text(self, path: str) -> str | None:
        """Return the first of them, or None."""
        texts = self.texts(path)
        return texts[0] if texts else None

    def childless(self) -> Mapping[str, int]:
        """Return how often each element is one in which nothing can be missing: a null, or an array without items."""
        return {}

    def withheld(self) -> Mapping[str, int]:
        """Return how often each element that is written counts as absent: as masked, or as null."""
        return {}


class Payload(msgspec.Struct, frozen=True, eq=False):
    """The content of a body.

    ``evidence`` has the texts of elements that are evidence. ``variables`` are names of printed variables that were found, ``variable_lines`` the lines where.
    """

    observation: Observation
    evidence: EvidenceTexts
    variables: tuple[str, ...] = ()
    variable_lines: tuple[int, ...] = ()

    def text(self, path: str) -> str | None:
        """Return the first text of an element that is evidence, or None."""
        return self.evidence.text(path)


class Request(msgspec.Struct, frozen=True):
    """The content of a request: texts by element name, used and never shown. An empty element has none.

    ``security`` is None if the message has no security context at all.
    """

    security: dict[str, str] | None
    body: dict[str, str]

    def __repr__(self) -> str:
        return f"<{len(self.security or {}) + len(self.body)} texts>"


class Glance(msgspec.Struct, frozen=True, eq=False):
    """A response with a single body and its request, as far as a glance tells.

    Two that are equal in ``shape`` show the same elements on the same lines; it is None if others would rarely be equal. Two that are
    equal in ``evidence`` say the same of their calls, by what they answer too. ``observe`` returns what is seen in the body, if it
    is called with ``body``. ``texts`` are those of the body that are evidence, if they can be compared with the call's HTTP facts.
    """

    shape: Hashable | None
    evidence: Hashable
    observe: Callable[..., Observation]
    body: tuple[object, ...]
    texts: EvidenceTexts | None = None


class BodyKind(Enum):
    """A whole message; an item of a list that is judged by itself, or is null; or what surrounds such a list."""

    MESSAGE = auto()
    ITEM = auto()
    NULL_ITEM = auto()
    SURROUNDINGS = auto()


class Body(EvidenceTexts, Protocol):
    """One answer of a response message."""

    @property
    def shape(self) -> Hashable | None:
        """The rows that it shows and their lines, to compare it by; None if it would rarely be equal to another's."""
        ...

    @property
    def evidence(self) -> Hashable | None:
        """The evidence about the call, to compare it by; None if it would rarely be equal to another's."""
        ...

    @property
    def index(self) -> int:
        """The place among its message's bodies; 0 is the first."""
        ...

    @property
    def kind(self) -> BodyKind:
        """The kind of body: a message, or a part of a list whose items are judged one by one."""
        ...

    @property
    def answered(self) -> bool:
        """True if the call succeeded, and something came back that can be its answer."""
        ...

    @property
    def is_empty(self) -> bool:
        """True if there is nothing in it that a caller could be shown."""
        ...

    def read_failure(self) -> Payload | None:
        """Return what the answer to a failed call shows all the same; None if there is nothing to judge."""
        ...

    def require_answer(self, *, is_recognized: bool = False) -> None:
        """Raise UncheckedError unless it answers this operation.

        It does not if the call failed, if nothing came back, and if it is something else. ``is_recognized`` means that
        method and URL of the call are the operation's, so that no element has to tell it.
        """
        ...

    def read(self) -> Payload:
        """Read it; raises UncheckedError (too-large) if it has more elements or levels than allowed."""
        ...


class MessageReader(Protocol):
    """Reads the messages of one wire format, by the names of one rulebook."""

    @property
    def rulebook(self) -> Rulebook:
        """The rulebook whose operation is read."""
        ...

    @property
    def limits(self) -> Limits:
        """The bounds that messages are held to."""
        ...

    @property
    def shapes_recur(self) -> bool:
        """True if only what was met before has a shape, so that its verdict is worth remembering at once."""
        ...

    @property
    def reads_requests(self) -> bool:
        """True if the body of a request is evidence."""
        ...

    def looks_like_message(self, document: bytes) -> bool:
        """Return whether a document can be one of the service's messages: a quick look, which may say so too often."""
        ...

    def glance(self, response: bytes, request: bytes | None) -> Glance | None:
        """Return what a glance at a response and its request shows; None if it takes more than that.

        Raises UncheckedError if the response is no message.
        """
        ...

    def bodies(self, document: bytes) -> tuple[Body, ...]:
        """Read a response message; raises UncheckedError if it is none."""
        ...

    def requests(self, document: bytes) -> tuple[Request | None, ...]:
        """Read a request message: one entry for each body, None for one of another operation.

        Raises UncheckedError if it is no message, or asks for nothing of this operation.
        """
        ...


def is_answer(body: Body) -> bool:
    """Return whether a body is this operation's answer to a call that succeeded, or means to be."""
    if not body.answered:
        return False
    try:
        body.require_answer()
    except UncheckedError as refusal:
        return not refusal.foreign
    return True


def request_for(
    requests: tuple[Request | None, ...],
    index: int,
    bodies: int,
    session: str | None,
    session_name: str | None,
) -> Request | None:
    """Return the request that a body answers: the one at its place, else the only one, else the one for its session."""
    if len(requests) == bodies:
        return requests[index]
    if len(requests) == 1:
        return requests[0]
    same = [
        request
        for request in requests
        if request is not None and session and session_name and request.body.get(session_name) == session
    ]
    return same[0] if len(same) == 1 else None
