"""The wire format of an operation, and the parts of its messages that are evidence for facts."""

from __future__ import annotations

from typing import Literal

import msgspec

from .table import Table


class Wire(Table, frozen=True):
    """``[wire]``: the format of the operation's messages, and the names that identify them.

    ``recognised_by`` and ``failure_members`` belong to ``format = "json"``, the other keys to ``format = "xml"``.
    """

    format: Literal["xml", "json"] = "xml"
    namespace: str = ""
    envelope: str = ""
    response_types: tuple[str, ...] = ()
    recognised_by: tuple[str, ...] = ()
    failure_members: tuple[str, ...] = ()
    request_types: tuple[str, ...] = ()
    request_type_names: tuple[str, ...] = ()
    failures: dict[str, str] = msgspec.field(default_factory=dict)


class ResponseEvidence(Table, frozen=True, rename={"as_": "as"}):
    """``[[evidence.response]]``: an element of the response whose text states a fact."""

    fact: str
    path: str
    equals: tuple[str, ...] = ()
    as_: str | None = None
    names: dict[str, str] = msgspec.field(default_factory=dict)


class RequestEvidence(Table, frozen=True):
    """``[[evidence.request]]``: elements of the request whose presence states a fact."""

    fact: str
    part: Literal["security", "body"]
    any_of: tuple[str, ...]
    if_given: str
    if_not: str
    cite: str | None = None


class MatchEvidence(Table, frozen=True, rename={"as_": "as"}):
    """``[[evidence.match]]``: a fact that is proved if request and response contain the same text."""

    fact: str
    request: str
    response: str
    as_: str
    part: Literal["security", "body"] = "security"
    ignore_case: bool = False
    cite: str | None = None


class SessionEvidence(Table, frozen=True):
    """``[evidence.session]``: the elements in which request and response name their subject."""

    request: str
    response: str


class Evidence(Table, frozen=True):
    """``[evidence]``: the parts of an exchange that state facts of the call."""

    response: tuple[ResponseEvidence, ...] = ()
    request: tuple[RequestEvidence, ...] = ()
    match: tuple[MatchEvidence, ...] = ()
    session: SessionEvidence | None = None
