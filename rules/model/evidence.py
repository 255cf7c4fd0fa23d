"""The parts of an exchange that are evidence for facts."""

from __future__ import annotations

from typing import Literal

import msgspec

from .table import Table

HttpPart = Literal["request.header", "response.header", "path", "query", "status", "request.jwt"]
MatchPart = Literal["security", "body", "path", "query", "header", "jwt"]


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


class HttpEvidence(Table, frozen=True, rename={"part": "from"}):
    """``[[evidence.http]]``: a header, path or query parameter, status or claim that states a fact.

    ``equals`` maps whole values to values of the fact, ``contains`` items of a list. ``present`` counts if neither
    applies, ``absent`` if the part is missing from a recording that kept such parts.
    """

    fact: str
    part: HttpPart
    name: str = ""
    equals: dict[str, str] = msgspec.field(default_factory=dict)
    contains: dict[str, str] = msgspec.field(default_factory=dict)
    present: str | None = None
    absent: str | None = None
    cite: str | None = None

    @property
    def values(self) -> tuple[str, ...]:
        """The values of the fact that this evidence can state."""
        alone = [value for value in (self.present, self.absent) if value is not None]
        return (*self.equals.values(), *self.contains.values(), *alone)


class MatchEvidence(Table, frozen=True, rename={"as_": "as"}):
    """``[[evidence.match]]``: a fact that is proved if request and response contain the same text."""

    fact: str
    request: str
    response: str
    as_: str
    part: MatchPart = "security"
    ignore_case: bool = False
    cite: str | None = None


class SessionEvidence(Table, frozen=True):
    """``[evidence.session]``: the parts in which request and response name their subject."""

    request: str
    response: str
    part: Literal["body", "path", "query"] = "body"


class Evidence(Table, frozen=True):
    """``[evidence]``: the parts of an exchange that state facts of the call."""

    response: tuple[ResponseEvidence, ...] = ()
    request: tuple[RequestEvidence, ...] = ()
    http: tuple[HttpEvidence, ...] = ()
    match: tuple[MatchEvidence, ...] = ()
    session: SessionEvidence | None = None
