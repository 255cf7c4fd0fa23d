"""The wire format of an operation: its messages, the calls that it answers, and the states of a value."""

from __future__ import annotations

from typing import Literal

import msgspec

from ..http import match_path, status_matches
from .table import Table

Nulls = Literal["absent", "present"]

FailureMeaning = Literal[
    "unavailable",
    "refused",
    "unknown-user",
    "wrong-login",
    "invalid-ticket",
    "not-found",
    "rate-limited",
    "captcha",
]
"""The meaning of a failed call to its caller."""


class WireRequest(Table, frozen=True):
    """``[wire.request]``: the method and the path template of the operation's calls, or several of either."""

    method: str | tuple[str, ...] = ()
    path: str | tuple[str, ...] = ()

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods; any method if there are none."""
        return (self.method,) if isinstance(self.method, str) else self.method

    @property
    def paths(self) -> tuple[str, ...]:
        """The path templates; any path if there are none."""
        return (self.path,) if isinstance(self.path, str) else self.path

    def match(self, method: str, path: str) -> dict[str, str] | None:
        """Return the path parameters of a call of this operation, or None if the call is of another one.

        ``path`` is the path of the URL, without query and fragment.
        """
        if self.methods and method.upper() not in map(str.upper, self.methods):
            return None
        return match_path(self.paths, path) if self.paths else {}


class WireResponse(Table, frozen=True):
    """``[wire.response]``: the statuses of responses that answer a call; the others are failures."""

    answers: tuple[str, ...]

    def is_answer(self, status: int) -> bool:
        """Return whether a response with this status answers a call."""
        return any(status_matches(pattern, status) for pattern in self.answers)


class FailureKinds(Table, frozen=True):
    """``[[wire.failure_kinds]]``: the failures that mean one thing, by their codes or by a word of their reason."""

    kind: FailureMeaning
    codes: tuple[str, ...] = ()
    reason_contains: str = ""


class Wire(Table, frozen=True):
    """``[wire]``: the format of the operation's messages, and how they are recognized.

    ``recognised_by``, ``failure_members``, ``unit`` and ``nulls`` belong to ``format = "json"``; ``namespace``,
    ``envelope``, ``prefixes``, ``failures``, ``failure_kinds`` and the types to ``format = "xml"``.
    """

    format: Literal["xml", "json"] = "xml"
    unit: str = ""
    nulls: Nulls = "present"
    masks: tuple[str, ...] = ()
    request: WireRequest | None = None
    response: WireResponse | None = None
    namespace: str = ""
    envelope: str = ""
    response_types: tuple[str, ...] = ()
    recognised_by: tuple[str, ...] = ()
    failure_members: tuple[str, ...] = ()
    request_types: tuple[str, ...] = ()
    request_type_names: tuple[str, ...] = ()
    prefixes: dict[str, str] = msgspec.field(default_factory=dict)
    failures: dict[str, str] = msgspec.field(default_factory=dict)
    failure_kinds: tuple[FailureKinds, ...] = ()


class RowOptions(Table, frozen=True):
    """``[rows."PATH"]``: how nulls and masks of one row count, and the elements without which it is not expected."""

    nulls: Nulls | None = None
    masks: tuple[str, ...] | None = None
    when: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
