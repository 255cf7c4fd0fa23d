"""The HTTP side of an exchange: whether its call is of a rulebook's operation, and the parts that are evidence."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Hashable, Mapping, Sequence
from enum import Enum, auto
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from ...rules.http import most_specific
from ...rules.model import Rulebook
from ...rules.names import join_names
from ..recordings import NO_HTTP_FACTS, HttpFacts
from .http_evidence import ABSENT, HttpClaims, NotKept, Part, evident_parts

MAX_PARAMETERS = 1_000
"""Parameters of a query that are read."""
MAX_REMEMBERED = 4_096
"""Calls of which it is remembered what they state."""
MAX_REMEMBERED_TEXT = 1_000
"""Letters of its parts that are evidence, and of its URL, up to which that is remembered."""

_PLAIN_URL = re.compile(
    r"(?:https?://[a-zA-Z0-9.:-]*(?=[/?#]|\Z))?((?!//)(?:/[^?#\x00-\x20\x7f-\xff]*)?)(?:[?#][!-~]*)?\Z"
)

_EVIDENCE: dict[Hashable, HttpClaims] = {}


class Operation(Enum):
    """The relation of a call to the rulebook's operation, by method and URL."""

    THIS = auto()
    OTHER = auto()
    UNKNOWN = auto()


THIS = Operation.THIS  # members of enumerations are slow to look up


class HttpCall(msgspec.Struct, frozen=True, dict=True, eq=False):
    """A call with its HTTP facts, as one rulebook sees it.

    ``parameters`` are those of the path template that matches, None if the call is not known to be of the operation. ``failure`` is
    the reason for which the call failed, by its status; empty if it did not.
    """

    facts: HttpFacts = NO_HTTP_FACTS
    operation: Operation = Operation.UNKNOWN
    parameters: Mapping[str, str] | None = None
    failure: str = ""
    rulebook: Rulebook | None = None

    def __repr__(self) -> str:
        return f"<HttpCall: {self.operation.name.lower()} operation>"  # values are never shown

    @property
    def evidence(self) -> HttpClaims:
        """The claims that the call makes by itself, whatever its messages say."""
        known: HttpClaims | None = self.__dict__.get("_evidence")  # without the lock of a cached property
        if known is not None:
            return known
        if self.rulebook is None:
            return HttpClaims()
        parts, facts = evident_parts(self.rulebook), self.facts
        plain = parts.plain(facts.request_headers, facts.response_headers, self.parameters)
        others = tuple([self._comparable(*other) for other in parts.others]) if parts.others else ()
        key = plain, others
        known = _EVIDENCE.get(key)
        if known is None:
            known = parts.claims(self.part)
            if _letters(key) <= MAX_REMEMBERED_TEXT:
                if len(_EVIDENCE) >= MAX_REMEMBERED:
                    _EVIDENCE.clear()
                _EVIDENCE[key] = known
        self.__dict__["_evidence"] = known
        return known

    def _comparable(self, kind: str, name: str, is_compared: bool) -> Hashable:
        """Return what the evidence of a part rests on: its text, or no more than whether it is there."""
        try:
            part = self.part(kind, name)
        except NotKept as error:
            return str(error)
        return part if is_compared else part is not None

    def part(self, kind: str, name: str) -> Part | None:
        """Return a part of the exchange, or `ABSENT`; raises NotKept."""
        if kind in ("request.header", "header"):
            return _join(self.facts.request_header(name))
        if kind == "response.header":
            return _join(self.facts.response_header(name))
        if kind in ("request.jwt", "jwt"):
            return _claim(self._token, name)
        return _look_up(self._named(kind.removeprefix("request."), name), name)

    def _named(self, kind: str, name: str) -> Mapping[str, str] | None:
        """Return the parts of a kind by their names; None if the recording does not keep them."""
        if kind == "path":
            return self.parameters
        if kind == "query":
            return self._query
        if kind == "cookie":
            return self._cookies
        return None if self.facts.status is None else {name: str(self.facts.status)}

    def text(self, kind: str, name: str) -> str | None:
        """Return the text of a part; None if it is not there or not known."""
        try:
            part = self.part(kind, name)
        except NotKept:
            return None
        return None if part is None else part.text

    @cached_property
    def _query(self) -> dict[str, str] | None:
        if self.facts.url is None:
            return None
        try:
            query = urlsplit(self.facts.url).query
            found = parse_qs(query, keep_blank_values=True, max_num_fields=MAX_PARAMETERS)
        except ValueError:
            return None
        return {name: ",".join(values) for name, values in found.items()}

    @cached_property
    def _cookies(self) -> dict[str, str] | None:
        """The cookies of the request; one that it has several times has all its texts, as a parameter of a query does."""
        values = self.facts.request_header("Cookie")
        if values is None or sum(value.count(";") for value in values) > MAX_PARAMETERS:
            return None
        found: dict[str, list[str]] = {}
        for pair in ";".join(values).split(";"):
            name, equals, text = pair.partition("=")
            if equals:
                found.setdefault(name.strip(), []).append(text.strip().strip('"'))
        return {name: ",".join(texts) for name, texts in found.items()}

    @cached_property
    def _token(self) -> dict[str, Any] | None:
        """The payload of the bearer token, unverified; None if the request has no credentials. Raises NotKept."""
        values = self.facts.request_header("Authorization")
        if values is None:
            raise NotKept
        if not values:
            return None
        tokens = [token for scheme, token in map(_credentials, values) if scheme == "bearer"]
        if not tokens:
            raise NotKept("the request's Authorization is not a bearer token, so it has no claims")
        if len(set(tokens)) > 1:
            raise NotKept("the request has several bearer tokens, so its claims are not known")
        payload = _jwt_payload(tokens[0])
        if payload is None:
            raise NotKept("the request's bearer token is not a JWT, so it has no claims")
        return payload


NO_CALL = HttpCall()
"""The call of an exchange of which no HTTP facts are known."""


def open_call(rulebook: Rulebook, facts: HttpFacts) -> HttpCall:
    """Match a call against a rulebook's operation."""
    if facts is NO_HTTP_FACTS:
        return NO_CALL
    match = _match if len(facts.url or "") <= MAX_REMEMBERED_TEXT else _match.__wrapped__
    operation, parameters, failure = match(rulebook, facts.method or "", facts.url, facts.status)
    return HttpCall(facts, operation, parameters, failure, rulebook)


@lru_cache(4096)
def status_failure(rulebook: Rulebook, status: int | None) -> str:
    """Return why a status means that the call failed, or an empty string if it does not."""
    if status is None:
        return ""
    response = rulebook.document.wire.response
    if response is None or response.is_answer(status):
        return ""
    return f"the server answered with HTTP status {status}; answers have {join_names(response.answers)}"


@lru_cache(4096)
def _match(
    rulebook: Rulebook, method: str, url: str | None, status: int | None
) -> tuple[Operation, Mapping[str, str] | None, str]:
    """Return of which operation a call is, the path parameters if it is the rulebook's, and why it failed by its status."""
    failure = status_failure(rulebook, status)
    request = rulebook.document.wire.request
    if request is None or (request.paths and url is None) or (not request.paths and not method):
        return Operation.UNKNOWN, None, failure
    parameters = request.match(method or next(iter(request.methods), ""), path_of(url or ""))
    return (Operation.OTHER if parameters is None else Operation.THIS), parameters, failure


def most_specific_rulebooks(rulebooks: Sequence[Rulebook], url: str | None) -> list[Rulebook]:
    """Return which of the rulebooks that a call matches it is of; more than one if their templates do not tell."""
    requests = [each.document.wire.request for each in rulebooks]
    places = most_specific([request.paths if request else () for request in requests], path_of(url or ""))
    return [rulebooks[place] for place in places]


def _letters(evidence: object) -> int:
    """Return the number of letters of what the evidence of a call rests on."""
    if isinstance(evidence, str):
        return len(evidence)
    if isinstance(evidence, Part):
        return len(evidence.text) + _letters(evidence.items)
    return sum(map(_letters, evidence)) if isinstance(evidence, tuple) else 0


def path_of(url: str) -> str:
    """Return the path of a URL, as it is written there; empty if there is none."""
    plain = _PLAIN_URL.match(url)  # which most are, and which says the same in a tenth of the time
    if plain is not None:
        return plain[1]
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def _join(values: tuple[str, ...] | None) -> Part | None:
    """Return a header's values as one, as RFC 9110 joins them."""
    if values is None:
        raise NotKept
    return Part(", ".join(values)) if values else ABSENT


def _look_up(values: Mapping[str, str] | None, name: str) -> Part | None:
    if values is None:
        raise NotKept
    return Part(values[name]) if name in values else ABSENT


def _claim(payload: dict[str, Any] | None, name: str) -> Part | None:
    value: Any = payload if payload is not None else {}
    for step in (name,) if name in value else name.split("/"):
        value = value.get(step) if isinstance(value, dict) else None
    if value is None:
        return ABSENT
    if isinstance(value, list):
        return Part("", tuple(map(_scalar, value)))
    return Part(_scalar(value))


def _scalar(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _credentials(authorization: str) -> tuple[str, str]:
    """Return the scheme in lower case and the rest of an Authorization header, both empty if the header is."""
    scheme, *token = authorization.split(None, 1) or ("",)
    return scheme.lower(), token[0].strip() if token else ""


def _require_unique(members: list[tuple[str, object]]) -> None:
    if len({name for name, _ in members}) < len(members):
        raise NotKept("the request's bearer token has a claim twice, so its claims are not known")


def _jwt_payload(token: str) -> dict[str, Any] | None:
    """Return the payload of a JSON Web Token (RFC 7519), or None if the text is not one.

    Raises NotKept for one that has a claim twice: RFC 7519 lets a reader reject it or take the last, so the server may do either.
    """
    parts = token.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - header, payload and signature
        return None
    try:
        padded = parts[1] + "=" * (-len(parts[1]) % 4)
        content = base64.b64decode(padded, altchars=b"-_", validate=True)
        payload = msgspec.json.decode(content)
        json.loads(content, object_pairs_hook=_require_unique)
    except (binascii.Error, ValueError, RecursionError):
        return None
    return payload if isinstance(payload, dict) else None
