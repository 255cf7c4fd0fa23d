"""The parts of an exchange that are evidence for facts."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Literal

import msgspec

from ..http import status_matches
from .table import Table

_SEPARATORS = re.compile(r"[,\s]+")

HttpPart = Literal[
    "request.header", "request.cookie", "response.header", "path", "query", "status", "request.jwt"
]
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
    """``[[evidence.http]]``: a header, cookie, path or query parameter, status or claim that states a fact.

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

    def value_of(self, text: str, items: Collection[str] | None = None) -> str | None:
        """Return the value that a present part states, or None if it states none.

        ``items`` are those of a claim that is a list; otherwise the text is split at commas and white space.
        """
        if self.part == "status":
            matching = (value for pattern, value in self.equals.items() if status_matches(pattern, text))
            return next(matching, None)
        if text in self.equals:
            return self.equals[text]
        listed = _SEPARATORS.split(text) if items is None else items
        return next((value for item, value in self.contains.items() if item in listed), self.present)


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
