"""The HTTP request of a case, and the response to it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from ....engine.claims import Precedence, read_claims
from ....rules.http import is_header_name, path_template
from ...checking.context_header import context_header
from ...core.context_header import CONTEXT_HEADER
from ...recordings import Headers, HttpFacts
from .cases import Case, RequestCase, SessionCase
from .plan import Plan
from .request_message import request_of
from .secrets import PlanError, Secrets

_CONTENT_TYPES = {"xml": "text/xml;charset=UTF-8", "json": "application/json"}
_UNSENDABLE = re.compile(r"[^\t\x20-\x7e\x80-\xff]")

HeaderPairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, repr=False)
class OutgoingRequest:
    """A request as it is sent. ``is_session`` means that every answer of the service has status 200 and a body."""

    method: str
    url: str
    headers: HeaderPairs
    body: bytes
    is_session: bool


@dataclass(frozen=True, slots=True, repr=False)
class ReceivedResponse:
    """A response as it came."""

    status: int
    headers: HeaderPairs
    body: bytes


def http_facts(request: OutgoingRequest, response: ReceivedResponse) -> HttpFacts:
    """Return the HTTP facts of a call."""
    sent, received = Headers.of(request.headers), Headers.of(response.headers)
    return HttpFacts(request.method, request.url, response.status, sent, received)


def outgoing_request(plan: Plan, case: Case, secrets: Secrets, url: str) -> OutgoingRequest:
    """Return the request of a case to a server; raises PlanError if a secret is missing or cannot be sent."""
    if isinstance(case, SessionCase):
        body = request_of(case.rulebook, plan, case, secrets)
        return OutgoingRequest("POST", url, (("Content-Type", _CONTENT_TYPES["xml"]),), body, is_session=True)
    try:
        return _http_request(case, secrets, url)
    except PlanError as error:
        raise PlanError(f"`requests`, {case.request.name}, as {case.caller.segment}: {error}") from None


def _http_request(case: RequestCase, secrets: Secrets, url: str) -> OutgoingRequest:
    request, caller = case.request, case.caller
    values = _expand("parameters", {**request.parameters, **caller.parameters}, secrets)
    path = path_template(request.path).text
    for name in path_template(request.path).parameters:
        path = path.replace(f"{{{name}}}", quote(values[name], safe=""))
    query = urlencode(_expand("query", request.query, secrets))
    base = urlsplit(url)
    whole = urlunsplit(base._replace(path=base.path.removesuffix("/") + path, query=query, fragment=""))
    headers = _headers({**request.headers, **caller.headers}, secrets)
    body = _body(request.body, secrets)
    if body and "content-type" not in map(str.lower, headers):
        is_text = isinstance(request.body, str)
        headers["Content-Type"] = _CONTENT_TYPES[case.rulebook.document.wire.format if is_text else "json"]
    if secrets.practice:
        headers[CONTEXT_HEADER] = context_header(_stated_facts(case))
    return OutgoingRequest(request.method.upper(), whole, tuple(headers.items()), body, is_session=False)


def _stated_facts(case: RequestCase) -> dict[str, str]:
    """Return the facts of a case by the ids of their values, and that it has to fail if it does."""
    facts = [(fact, text, CONTEXT_HEADER) for fact, text in case.facts.items()]
    claims = read_claims(case.rulebook, facts, Precedence.SIDECAR)
    stated = {claim.fact: claim.value for claim in claims}
    return stated | ({"outcome": "failure"} if case.must_fail else {})


def _expand(key: str, texts: Mapping[str, str], secrets: Secrets) -> dict[str, str]:
    expanded = {}
    for name, text in texts.items():
        try:
            expanded[name] = secrets.expand(text)
        except PlanError as error:
            raise PlanError(f"`{key}.{name}`: {error}") from None
    return expanded


def _headers(texts: Mapping[str, str], secrets: Secrets) -> dict[str, str]:
    headers = {name: text.strip(" \t") for name, text in _expand("headers", texts, secrets).items()}
    for name, text in headers.items():
        if not is_header_name(name):
            raise PlanError(f"`headers.{name}`: not the name of a header")
        if _UNSENDABLE.search(text):
            raise PlanError(f"`headers.{name}`: its value contains characters that a header cannot contain")
    return headers


def _body(body: str | dict[str, Any], secrets: Secrets) -> bytes:
    if not body:
        return b""
    try:
        filled = _fill(body, secrets)
    except PlanError as error:
        raise PlanError(f"`body`: {error}") from None
    return (filled if isinstance(filled, str) else json.dumps(filled, ensure_ascii=False)).encode()


def _fill(value: Any, secrets: Secrets) -> Any:
    """Return a body with the values of the variables in its texts."""
    if isinstance(value, str):
        return secrets.expand(value)
    if isinstance(value, Mapping):
        return {name: _fill(inner, secrets) for name, inner in value.items()}
    return [_fill(inner, secrets) for inner in value] if isinstance(value, list) else value
