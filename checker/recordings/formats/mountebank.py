"""Imposters of mountebank with the responses that they recorded as a proxy (``mb save``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import msgspec

from ..base import FormatInfo, Source
from ..encoding import decode_base64
from ..http_exchange import complete_headers, decode_by_headers
from ..http_facts import HttpFacts, parse_headers, parse_method, parse_status, parse_url
from ..model import AttachmentContent, Discovered, Part, UnreadableContent
from .json_document import JsonFormat, Members, decode_as, encode_value, is_array, try_decode_as

_NULL = msgspec.Raw(b"null")
_ABSENT = msgspec.Raw()
_DEFAULT_STATUS = 200


class _Is(msgspec.Struct):
    statusCode: int | str | None = None  # noqa: N815 - as mountebank has it
    headers: Any = None
    body: msgspec.Raw = _NULL
    mode: str | None = msgspec.field(default=None, name="_mode")


class _Response(msgspec.Struct):
    is_: _Is | None = msgspec.field(default=None, name="is")


class _Fields(msgspec.Struct):
    method: Any = None
    path: Any = None
    query: Any = None
    headers: Any = None
    body: msgspec.Raw = _ABSENT


class _Predicate(msgspec.Struct):
    equals: _Fields | None = None
    deepEquals: _Fields | None = None  # noqa: N815 - as mountebank has it


class _Stub(msgspec.Struct):
    predicates: list[_Predicate] = []
    responses: list[msgspec.Raw] = []


class _Imposter(msgspec.Struct):
    protocol: str = ""
    stubs: list[msgspec.Raw] = []


class MountebankFormat(JsonFormat):
    """Reads imposters for HTTP: each response, with what its stub's predicates state literally of the request."""

    info = FormatInfo(
        "mountebank imposters",
        "imposters.json#response-0",
        "0, through all stubs",
        lacks=(Part.REQUEST_BODY, Part.REQUEST_HEADERS),
    )
    signature = rb'"imposters"\s*:\s*\['

    def matches(self, members: Members) -> bool:
        """Return whether it is a list of imposters, or one imposter."""
        return is_array(members.get("imposters")) or (
            "protocol" in members and is_array(members.get("stubs"))
        )

    def entries(self, members: Members, source: Source) -> Iterator[Discovered]:
        """Yield the recording of each response that a stub contains."""
        for index, found in enumerate(_responses(members)):
            fragment = f"#response-{index}"
            if isinstance(found, UnreadableContent):
                yield source.entry(fragment, found)
            else:
                yield _exchange(*found, fragment, source)


def _imposters(members: Members) -> Iterator[_Imposter | UnreadableContent]:
    if "imposters" not in members:
        yield decode_as(msgspec.json.encode(dict(members)), _Imposter, "the imposter")
        return
    for raw in decode_as(members["imposters"], list[msgspec.Raw], "its list"):
        yield try_decode_as(raw, _Imposter, "the imposter")


def _responses(members: Members) -> Iterator[tuple[_Fields, _Is] | UnreadableContent]:
    for imposter in _imposters(members):
        if isinstance(imposter, UnreadableContent):
            yield imposter
        elif imposter.protocol in ("http", "https"):
            for raw in imposter.stubs:
                stub = try_decode_as(raw, _Stub, "the stub")
                yield from [stub] if isinstance(stub, UnreadableContent) else _of_stub(stub)


def _of_stub(stub: _Stub) -> Iterator[tuple[_Fields, _Is] | UnreadableContent]:
    fields = _merge(stub.predicates)
    for raw in stub.responses:
        response = try_decode_as(raw, _Response, "the response")
        if isinstance(response, UnreadableContent):
            yield response
        elif response.is_ is not None:  # others are proxies and scripts
            yield fields, response.is_


def _merge(predicates: list[_Predicate]) -> _Fields:
    """Return what all predicates together state: mountebank can generate one for each field."""
    stated = [fields for each in predicates if (fields := each.deepEquals or each.equals) is not None]
    merged = _Fields()
    for fields in stated:
        for name in fields.__struct_fields__:
            if value := getattr(fields, name):
                setattr(merged, name, value)
    return merged


def _exchange(request: _Fields, response: _Is, fragment: str, source: Source) -> Discovered:
    http = HttpFacts(
        parse_method(request.method),
        _url(request),
        _DEFAULT_STATUS if response.statusCode is None else parse_status(response.statusCode),
        complete_headers(parse_headers(request.headers)),
        parse_headers({} if response.headers is None else response.headers),
    )
    return source.entry(fragment, _body(response, http, source), _request_body(request), http)


def _request_body(request: _Fields) -> AttachmentContent:
    return encode_value(request.body) if request.body else None


def _body(response: _Is, http: HttpFacts, source: Source) -> bytes | UnreadableContent:
    content = encode_value(response.body)
    if response.mode != "binary":
        return content
    decoded = decode_base64(content.decode("utf-8", "replace"), "the body of its response")
    if isinstance(decoded, UnreadableContent):
        return decoded
    return decode_by_headers(decoded, http.response_headers, source.limits)


def _url(request: _Fields) -> str | None:
    path = parse_url(request.path)
    if path is None or not isinstance(request.query, Mapping):
        return path
    query = urlencode(request.query, doseq=True)
    return f"{path}?{query}" if query else path
