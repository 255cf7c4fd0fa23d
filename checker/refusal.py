"""Why an input is not judged, and the limits that inputs are held to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a response could not be judged."""

    UNREADABLE = "unreadable"
    NOT_XML = "not-xml"
    UNSAFE_XML = "unsafe-xml"
    TOO_LARGE = "too-large"
    NOT_A_MESSAGE = "not-a-message"
    OTHER_OPERATION = "other-operation"
    FAILURE_RESPONSE = "failure-response"
    UNKNOWN_SERVICE = "unknown-service"
    NO_COLUMN = "no-column"


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on an input: ``size`` in bytes, ``depth`` in levels of elements, ``elements`` in number."""

    size: int = 16 * 1024 * 1024
    depth: int = 200
    elements: int = 200_000


class Refusal(Exception):  # noqa: N818 - an answer to an input, not a fault of the program
    """An input cannot be judged: the reason, and in words what is wrong and what to do.

    ``foreign`` says that it is a sound message which simply is no response of this operation.
    """

    def __init__(self, reason: Reason, detail: str, *, foreign: bool = False) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.foreign = foreign
