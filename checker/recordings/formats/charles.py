"""Sessions of Charles Proxy in JSON (``.chlsj``)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from ..base import FormatInfo, Source
from ..encoding import decode_base64, encode_text
from ..http_exchange import NO_RESPONSE_KEPT, decode_by_headers
from ..http_facts import HttpFacts, parse_headers, parse_method, parse_status
from ..model import Discovered, UnreadableContent
from .json_document import JsonListFormat, Members, is_object, recordings_of

_MEMBERS = frozenset({"status", "method", "protocolVersion", "scheme", "host", "request", "response"})


class _Header(msgspec.Struct):
    headers: Any = None


class _Body(msgspec.Struct):
    text: str | None = None
    encoded: str | None = None


class _Message(msgspec.Struct):
    status: int | None = None
    header: _Header | None = None
    body: _Body | None = None


class _Transaction(msgspec.Struct):
    method: str | None = None
    scheme: str | None = None
    host: str | None = None
    port: int | None = None
    path: str | None = None
    query: str | None = None
    request: _Message | None = None
    response: _Message | None = None


class CharlesFormat(JsonListFormat):
    """Reads Charles's sessions."""

    info = FormatInfo("Charles sessions", "session.chlsj#transaction-0", "0")
    signature = rb'\A\s*\[\s*\{\s*"status"\s*:\s*"[A-Z]+"\s*,\s*"method"\s*:'

    def matches(self, members: Members) -> bool:  # noqa: ARG002 - a session is an array
        """Return false: a session is an array."""
        return False

    def matches_items(self, first: Members) -> bool:
        """Return whether the first item is a transaction."""
        return first.keys() >= _MEMBERS and is_object(first["request"])

    def items(self, items: list[msgspec.Raw], source: Source) -> Iterator[Discovered]:
        """Yield the recording of each transaction."""
        return recordings_of(items, _Transaction, "transaction", source, _exchange)


def _exchange(transaction: _Transaction, fragment: str, source: Source) -> Discovered:
    request, response = transaction.request or _Message(), transaction.response
    http = HttpFacts(
        parse_method(transaction.method),
        _url(transaction),
        parse_status(response.status) if response else None,
        parse_headers((request.header or _Header()).headers),
        parse_headers((response.header or _Header()).headers) if response else None,
    )
    sent = _body(request, "the body of its request", http, source) if transaction.request else None
    received = _body(response, "the body of its response", http, source) if response else NO_RESPONSE_KEPT
    return source.entry(fragment, received, sent, http)


def _body(message: _Message, what: str, http: HttpFacts, source: Source) -> bytes | UnreadableContent:
    body = message.body or _Body()
    if body.encoded is None:
        return encode_text(body.text or "")
    content = decode_base64(body.encoded, what)
    if isinstance(content, UnreadableContent):
        return content
    return decode_by_headers(content, http.response_headers, source.limits)


def _url(transaction: _Transaction) -> str:
    port = f":{transaction.port}" if transaction.port else ""
    query = f"?{transaction.query}" if transaction.query else ""
    return f"{transaction.scheme}://{transaction.host}{port}{transaction.path or '/'}{query}"
