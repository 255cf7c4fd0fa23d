"""The reasons why an input is not judged, and the exception that carries them."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """The reason why a response could not be judged."""

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


class UncheckedError(Exception):
    """An input cannot be judged: the reason, and a message that says what is wrong and what to do.

    ``foreign`` is true for a sound message that is no response of the rulebook's operation.
    """

    def __init__(self, reason: Reason, detail: str, *, foreign: bool = False) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.foreign = foreign
