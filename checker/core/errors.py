"""Why an input is not judged, and the limits that inputs are held to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a response could not be judged."""

    UNREADABLE = "unreadable"
    NOT_XML = "not-xml"
    NOT_JSON = "not-json"
    UNSAFE_XML = "unsafe-xml"
    TOO_LARGE = "too-large"
    NOT_A_MESSAGE = "not-a-message"
    OTHER_OPERATION = "other-operation"
    FAILURE_RESPONSE = "failure-response"
    UNKNOWN_SERVICE = "unknown-service"
    UNKNOWN_FACT = "unknown-fact"
    NO_COLUMN = "no-column"


_CONTAINER = 128 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on an input: ``size`` of a message in bytes, ``depth`` in levels of elements, ``elements`` in number.

    ``attributes`` is how many an element may have, declarations of namespaces among them, ``name`` how many letters
    its name.

    What holds many messages is bounded too. ``expansion`` is how many bytes one named file may unpack to in all,
    ``ratio`` how many times its own size once more than ``unsuspected`` bytes were unpacked, ``members`` how many
    files its archives may hold, ``nesting`` how many archives may lie inside each other, ``held`` how many bytes of
    an archive wait for what belongs to them, ``nodes`` and ``levels`` how much a YAML document holds.
    """

    size: int = 16 * 1024 * 1024
    depth: int = 200
    elements: int = 200_000
    attributes: int = 100
    name: int = 1_000
    expansion: int = 4 * 1024 * 1024 * 1024
    ratio: int = 400
    unsuspected: int = 64 * 1024 * 1024
    members: int = 250_000
    nesting: int = 3
    held: int = 128 * 1024 * 1024
    nodes: int = 2_000_000
    levels: int = 100

    @property
    def container(self) -> int:
        """How large a file may be, in bytes, that is read whole because its format has no parts to read one by one."""
        return max(_CONTAINER, self.size)

    @property
    def line(self) -> int:
        """How long a line of JSON Lines may be, in bytes: a request and a response, with room for their escapes."""
        return 4 * self.size


def limit_exceeded(said: str, bound: str) -> UncheckedError:
    """Say that an input is beyond a bound of `Limits`, and which option allows more."""
    return UncheckedError(Reason.TOO_LARGE, f"{said}; {limit_option(bound)} allows more")


def limit_option(bound: str) -> str:
    """Give the option that sets a bound."""
    return "--max-size" if bound == "size" else f"--limit {bound}=N"


class UncheckedError(Exception):
    """An input cannot be judged: the reason, and in words what is wrong and what to do.

    ``foreign`` says that it is a sound message which simply is no response of this operation.
    """

    def __init__(self, reason: Reason, detail: str, *, foreign: bool = False) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.foreign = foreign
