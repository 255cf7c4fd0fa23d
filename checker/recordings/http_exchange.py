"""Recordings of exchanges whose messages were kept as HTTP sent them, or as headers and a body."""

from __future__ import annotations

from msgspec import structs

from ..core.errors import Reason
from ..core.limits import Limits
from .base import Source
from .http_facts import NO_HTTP_FACTS, Headers, HttpFacts
from .http_message import (
    decode_body,
    decode_content_encoding,
    extract_request_body,
    parse_request_facts,
    parse_response,
)
from .model import Recording, UnreadableContent

NO_RESPONSE_KEPT = UnreadableContent(Reason.UNREADABLE, "the recording contains no response to this request")


def raw_exchange(
    source: Source,
    fragment: str,
    sent: bytes | UnreadableContent | None,
    received: bytes | UnreadableContent,
    url: str | None = None,
) -> Recording:
    """Return the recording of two messages in HTTP/1 syntax; ``url`` replaces the target of the request line."""
    http = parse_request_facts(sent) if isinstance(sent, bytes) else NO_HTTP_FACTS
    http = structs.replace(http, url=url or http.url)
    request = extract_request_body(sent) if isinstance(sent, bytes) else sent
    response = parse_response(received) if isinstance(received, bytes) else received
    if isinstance(response, UnreadableContent):
        return source.entry(fragment, response, request, http)
    http = structs.replace(http, status=response.http.status, response_headers=response.http.response_headers)
    return source.entry(fragment, decode_body(response, source.limits), request, http)


def decode_by_headers(body: bytes, headers: Headers | None, limits: Limits) -> bytes | UnreadableContent:
    """Return a body whose chunks are joined already with the content coding of its headers decoded."""
    named = HttpFacts(response_headers=headers).response_header("content-encoding")
    return decode_content_encoding(body, ",".join(named or ()), limits)


def complete_headers(recorded: Headers | None) -> Headers | None:
    """Return the request headers of a stub if they are all that was sent; None if the stub may state only some.

    A recorded request has the header Host, which nobody states to match a request by.
    """
    return recorded if HttpFacts(request_headers=recorded).request_header("host") else None
