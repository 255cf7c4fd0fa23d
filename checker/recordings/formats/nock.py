"""Recordings of nock: what its recorder returns with ``output_objects``, and the fixtures of ``nock.back``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from ...core.errors import Reason
from ...core.limits import Limits
from ..base import FormatInfo, Source
from ..http_exchange import NO_RESPONSE_KEPT, complete_headers, decode_by_headers
from ..http_facts import Headers, HttpFacts, parse_headers, parse_method, parse_status
from ..model import Discovered, Part, UnreadableContent
from .json_document import JsonListFormat, Members, encode_value, is_array, recordings_of, try_decode_as

_ABSENT = msgspec.Raw()
_MEMBERS = frozenset({"scope", "method", "path", "status", "response"})
_BROKEN = UnreadableContent(Reason.UNREADABLE, "its response is not in hexadecimal digits, or is cut off")
_LIST_OF_HEX = re.compile(rb'\[\s*"[0-9a-fA-F]*"')


class _Definition(msgspec.Struct):
    scope: str = ""
    method: str | None = None
    path: str = ""
    body: msgspec.Raw = _ABSENT
    status: int | None = None
    response: msgspec.Raw = _ABSENT
    responseIsBinary: bool | None = None  # noqa: N815 - as nock has it
    reqheaders: Any = None
    rawHeaders: Any = None  # noqa: N815 - as nock has it
    headers: Any = None


class NockFormat(JsonListFormat):
    """Reads nock's recordings. They have request headers if the recorder was told to keep them."""

    info = FormatInfo("nock recordings", "nock.json#call-0", "0", lacks=(Part.REQUEST_HEADERS,))
    signature = rb'\A\s*\[\s*\{\s*"scope"\s*:'

    def matches(self, members: Members) -> bool:
        """Return whether it is a single call."""
        return members.keys() >= _MEMBERS and not is_array(members["scope"])

    def items(self, items: list[msgspec.Raw], source: Source) -> Iterator[Discovered]:
        """Yield the recording of each call."""
        return recordings_of(items, _Definition, "call", source, _exchange)


def _exchange(definition: _Definition, fragment: str, source: Source) -> Discovered:
    headers = _headers(definition.rawHeaders)
    http = HttpFacts(
        parse_method(definition.method),
        definition.scope + definition.path,
        parse_status(definition.status),
        _request_headers(definition),
        parse_headers(definition.headers) if headers is None else headers,
    )
    sent = encode_value(definition.body) if definition.body else None
    if not definition.response:
        return source.entry(fragment, NO_RESPONSE_KEPT, sent, http)
    response = _response(definition, http.response_headers, source.limits)
    return source.entry(fragment, response, sent, http)


def _request_headers(definition: _Definition) -> Headers | None:
    """Return the request headers if they are all that were sent.

    The recorder keeps those that it saw, without those that `fetch` adds, such as Host. It alone writes
    ``responseIsBinary``; a definition that somebody wrote may state only some.
    """
    recorded = parse_headers(definition.reqheaders)
    return recorded if definition.responseIsBinary is not None else complete_headers(recorded)


def _headers(recorded: Any) -> Headers | None:
    """Return headers, which releases before 14 write as a flat list of names and values."""
    if isinstance(recorded, list) and all(isinstance(part, str) for part in recorded):
        return parse_headers(list(zip(recorded[::2], recorded[1::2], strict=False)))
    return parse_headers(recorded)


def _response(definition: _Definition, headers: Headers | None, limits: Limits) -> bytes | UnreadableContent:
    """Return the body: text, JSON, or the hexadecimal digits of bytes, for encoded content in pieces."""
    encoded = HttpFacts(response_headers=headers).response_header("content-encoding")
    pieces: str | list[str] | UnreadableContent
    if encoded and _LIST_OF_HEX.match(bytes(definition.response)):
        pieces = try_decode_as(definition.response, list[str], "its response")
    elif definition.responseIsBinary:
        pieces = try_decode_as(definition.response, str, "its response")
    else:
        return encode_value(definition.response)
    if isinstance(pieces, UnreadableContent):
        return pieces
    try:
        return decode_by_headers(bytes.fromhex("".join(pieces)), headers, limits)
    except ValueError:
        return _BROKEN
