"""MockServer: the expectations that it records as a proxy, and its log of requests with their responses.

Source: MockServer's OpenAPI description of expectations.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import msgspec

from ..base import FormatInfo, Source
from ..encoding import decode_base64, encode_text
from ..http_exchange import NO_RESPONSE_KEPT, complete_headers, decode_by_headers
from ..http_facts import Headers, HttpFacts, parse_headers, parse_method, parse_status
from ..model import Discovered, Part, UnreadableContent
from .json_document import JsonListFormat, Members, encode_value, is_object, recordings_of, try_decode_as

_NULL = msgspec.Raw(b"null")
_DEFAULT_STATUS = 200


class _Body(msgspec.Struct):
    type: str | None = None
    string: str | None = None
    xml: str | None = None
    json: msgspec.Raw = _NULL
    base64Bytes: str | None = None  # noqa: N815 - as MockServer has it


class _Message(msgspec.Struct):
    method: Any = None
    path: Any = None
    queryStringParameters: Any = None  # noqa: N815 - as MockServer has it
    statusCode: int | None = None  # noqa: N815 - as MockServer has it
    headers: Any = None
    body: msgspec.Raw = _NULL


class _Expectation(msgspec.Struct):
    httpRequest: _Message | None = None  # noqa: N815 - as MockServer has it
    httpResponse: _Message | None = None  # noqa: N815 - as MockServer has it


class MockServerFormat(JsonListFormat):
    """Reads expectations: the response of each, and the request as far as it is literal."""

    info = FormatInfo(
        "MockServer expectations",
        "expectations.json#expectation-0",
        "0",
        lacks=(Part.REQUEST_BODY, Part.REQUEST_HEADERS),
    )
    signature = rb'"httpRequest"\s*:\s*\{'

    def matches(self, members: Members) -> bool:
        """Return whether it is a single expectation."""
        return is_object(members.get("httpRequest")) and "httpResponse" in members

    def items(self, items: list[msgspec.Raw], source: Source) -> Iterator[Discovered]:
        """Yield the recording of each expectation."""
        return recordings_of(items, _Expectation, "expectation", source, _exchange)


def _exchange(expectation: _Expectation, fragment: str, source: Source) -> Discovered:
    request, response = expectation.httpRequest or _Message(), expectation.httpResponse
    http = HttpFacts(
        parse_method(request.method),
        _url(request),
        _status(response),
        complete_headers(_headers(request.headers)),
        None if response is None else _headers({} if response.headers is None else response.headers),
    )
    sent = _body(request, http.request_headers, source)
    if response is None:
        return source.entry(fragment, NO_RESPONSE_KEPT, sent, http)
    received = _body(response, http.response_headers, source)
    return source.entry(fragment, received or b"", sent, http)


def _status(response: _Message | None) -> int | None:
    if response is None:
        return None
    return _DEFAULT_STATUS if response.statusCode is None else parse_status(response.statusCode)


def _body(message: _Message, headers: Headers | None, source: Source) -> bytes | UnreadableContent | None:
    """Return a body; None if it is not stated, which says nothing about a request that is matched."""
    if bytes(message.body) == b"null":
        return None
    if is_object(message.body):
        members = try_decode_as(message.body, dict[str, msgspec.Raw], "the body")
        if isinstance(members, UnreadableContent):  # it has a member twice
            return members
        body = try_decode_as(message.body, _Body, "the body")
        if isinstance(body, _Body) and body.type is not None:
            return _content(body, headers, source)
    return encode_value(message.body)  # MockServer writes a body of JSON as it is


def _content(body: _Body, headers: Headers | None, source: Source) -> bytes | UnreadableContent | None:
    if body.base64Bytes is not None:
        content = decode_base64(body.base64Bytes, "its base64Bytes")
        if isinstance(content, UnreadableContent):
            return content
        return decode_by_headers(content, headers, source.limits)
    text = body.string if body.string is not None else body.xml
    if text is not None:
        return encode_text(text)
    return encode_value(body.json) or None


def _url(request: _Message) -> str | None:
    if not isinstance(request.path, str):  # a pattern
        return None
    query = [(name, value) for name, value in _headers(request.queryStringParameters) or ()]
    return request.path + (f"?{urlencode(query)}" if query else "")


def _headers(recorded: Any) -> Headers | None:
    """Return headers, which MockServer writes by name, or as objects with ``name`` and ``values``."""
    if not isinstance(recorded, list):
        return parse_headers(recorded)
    if not all(isinstance(entry, Mapping) and isinstance(entry.get("name"), str) for entry in recorded):
        return None
    return parse_headers({entry["name"]: entry.get("values") for entry in recorded})
