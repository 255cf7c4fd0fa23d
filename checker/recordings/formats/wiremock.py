"""WireMock: the journal of the requests that it received, and the mappings that it answers with.

Source: WireMock's documentation of its admin API (``/__admin/requests``, ``/__admin/mappings``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import msgspec

from ...core.limits import Limits
from ..base import FileReferences, FormatInfo, Source
from ..encoding import decode_base64, encode_text
from ..http_facts import HttpFacts, parse_headers, parse_method, parse_status, parse_url
from ..http_message import decode_content_encoding
from ..model import AttachmentContent, Content, Discovered, Part, UnreadableContent
from .json_document import JsonFormat, Members, decode_as, is_array, is_object, try_decode_as

_DEFAULT_STATUS = 200
_ABSENT = msgspec.Raw()
_BODY_FILES = FileReferences("bodyFileName", files="__files", documents="mappings")


class _LoggedMessage(msgspec.Struct):
    """A request or a response of the journal."""

    method: str | None = None
    url: str | None = None
    absoluteUrl: str | None = None  # noqa: N815 - as WireMock has it
    headers: Any = None
    body: str | None = None
    bodyAsBase64: str | None = None  # noqa: N815 - as WireMock has it
    status: int | float | str | None = None


class _Event(_LoggedMessage):
    """An entry of the journal; in a list of requests it is the request itself."""

    request: _LoggedMessage | None = None
    response: _LoggedMessage | None = None


class _Pattern(msgspec.Struct):
    equalToXml: str | None = None  # noqa: N815 - as WireMock has it
    equalToJson: msgspec.Raw = _ABSENT  # noqa: N815 - as WireMock has it
    equalTo: str | None = None  # noqa: N815 - as WireMock has it


class _RequestPattern(msgspec.Struct):
    method: str | None = None
    url: str | None = None
    urlPath: str | None = None  # noqa: N815 - as WireMock has it
    queryParameters: Any = None  # noqa: N815 - as WireMock has it
    bodyPatterns: list[_Pattern] | None = None  # noqa: N815 - as WireMock has it


class _Definition(msgspec.Struct):
    status: int | float | str | None = None
    body: str | None = None
    jsonBody: msgspec.Raw = _ABSENT  # noqa: N815 - as WireMock has it
    base64Body: str | None = None  # noqa: N815 - as WireMock has it
    bodyFileName: str | None = None  # noqa: N815 - as WireMock has it
    headers: Any = None


class _Mapping(msgspec.Struct):
    request: _RequestPattern | None = None
    response: _Definition | None = None


class JournalFormat(JsonFormat):
    """Reads the request journal, or a single entry of it."""

    info = FormatInfo("WireMock's journal", "wiremock-journal.json#request-0", "0")
    signature = rb'"bodyAsBase64"\s*:|"requests"\s*:\s*\[|"request"\s*:\s*\{.*"response"\s*:\s*\{'

    def matches(self, members: Members) -> bool:
        """Return whether it is a list of requests, or one request with its answer."""
        single = is_object(members.get("request")) and "responseDefinition" in members
        journal = "meta" in members or "requestJournalDisabled" in members
        return single or (journal and is_array(members.get("requests")))

    def entries(self, members: Members, source: Source) -> Iterator[Discovered]:
        """Yield the recording of each entry."""
        events = (
            decode_as(members["requests"], list[msgspec.Raw], "its list") if "requests" in members else None
        )
        if events is None:
            whole = msgspec.Raw(msgspec.json.encode(dict(members)))
            yield _event(whole, "", source)
            return
        for index, raw in enumerate(events):
            yield _event(raw, f"#request-{index}", source)


class MappingFormat(JsonFormat):
    """Reads a mapping, or a list of them: the response, and the request if the mapping matches exactly one."""

    info = FormatInfo(
        "WireMock's mappings",
        "mappings.json#mapping-0",
        "0; a file with a single mapping has its own name",
        lacks=(Part.REQUEST_BODY, Part.REQUEST_HEADERS, Part.URL),
    )
    signature = rb'"mappings"\s*:|"bodyFileName"\s*:'
    references = _BODY_FILES

    def matches(self, members: Members) -> bool:
        """Return whether it is a list of mappings, or one mapping."""
        single = is_object(members.get("request")) and is_object(members.get("response"))
        return single or is_array(members.get("mappings"))

    def entries(self, members: Members, source: Source) -> Iterator[Discovered]:
        """Yield the recording of each mapping."""
        for fragment, raw in _mappings(members):
            yield _recording(raw, fragment, source)

    def referenced_names(self, members: Members) -> Iterator[str]:
        """Yield the names of the files that contain responses."""
        for _, raw in _mappings(members):
            mapping = try_decode_as(raw, _Mapping, "the mapping")
            if (
                isinstance(mapping, _Mapping)
                and mapping.response
                and mapping.response.bodyFileName is not None
            ):
                yield mapping.response.bodyFileName


def _mappings(members: Members) -> Iterator[tuple[str, msgspec.Raw]]:
    """Yield each mapping with the fragment that names it."""
    if "mappings" not in members:
        yield "", msgspec.Raw(msgspec.json.encode(dict(members)))
        return
    for index, raw in enumerate(decode_as(members["mappings"], list[msgspec.Raw], "its list")):
        yield f"#mapping-{index}", raw


def _event(raw: msgspec.Raw, fragment: str, source: Source) -> Discovered:
    event = try_decode_as(raw, _Event, "the entry")
    if isinstance(event, UnreadableContent):
        return source.entry(fragment, event)
    request = event.request or event
    response = event.response or _LoggedMessage()
    http = HttpFacts(
        parse_method(request.method),
        parse_url(request.absoluteUrl or request.url),
        parse_status(response.status),
        parse_headers(request.headers),
        parse_headers(response.headers),
    )
    received = _body(response, "the body of its response", source.limits)
    sent = _body(request, "the body of its request", source.limits)
    return source.entry(fragment, received, sent, http)


def _body(exchanged: _LoggedMessage, what: str, limits: Limits) -> bytes | UnreadableContent:
    if exchanged.bodyAsBase64:
        return _decode(exchanged.bodyAsBase64, exchanged.headers, what, limits)
    return encode_text(exchanged.body or "")


def _decode(text: str, headers: Any, what: str, limits: Limits) -> bytes | UnreadableContent:
    """Decode the bytes that were sent, which can be compressed."""
    body = decode_base64(text, what)
    if isinstance(body, UnreadableContent):
        return body
    http = HttpFacts(response_headers=parse_headers(headers))
    return decode_content_encoding(body, ",".join(http.response_header("content-encoding") or ()), limits)


def _recording(raw: msgspec.Raw, fragment: str, source: Source) -> Discovered:
    mapping = try_decode_as(raw, _Mapping, "the mapping")
    if isinstance(mapping, UnreadableContent):
        return source.entry(fragment, mapping)
    request, definition = mapping.request or _RequestPattern(), mapping.response or _Definition()
    http = HttpFacts(
        # A mapping states which requests it answers, and not the headers of one.
        method=None if request.method == "ANY" else parse_method(request.method),
        url=_url(request),
        status=_DEFAULT_STATUS if definition.status is None else parse_status(definition.status),
        response_headers=parse_headers({} if definition.headers is None else definition.headers),
    )
    return source.entry(fragment, _defined_body(definition, source), _literal_request(request), http)


def _url(request: _RequestPattern) -> str | None:
    """Return the literal URL; the recorder writes a query apart from its path."""
    path = parse_url(request.url or request.urlPath)
    if path is None or not isinstance(request.queryParameters, Mapping):
        return path
    query = [
        (name, value)
        for name, pattern in request.queryParameters.items()
        if isinstance(pattern, Mapping)
        for each in pattern.get("hasExactly", [pattern])
        if isinstance(each, Mapping) and isinstance(value := each.get("equalTo"), str)
    ]
    return f"{path}?{urlencode(query)}" if query else path


def _defined_body(definition: _Definition, source: Source) -> Content:
    if definition.bodyFileName is not None:
        return source.referenced_file(_BODY_FILES, definition.bodyFileName)
    if definition.base64Body:
        return _decode(definition.base64Body, definition.headers, "its base64Body", source.limits)
    if definition.jsonBody:
        return bytes(definition.jsonBody)
    return encode_text(definition.body or "")


def _literal_request(request: _RequestPattern) -> AttachmentContent:
    """Return the request that a mapping matches literally, as WireMock's recorder writes it."""
    for pattern in request.bodyPatterns or ():
        if text := pattern.equalToXml or pattern.equalTo:
            return encode_text(text)
        if pattern.equalToJson:
            return _json_or_text(pattern.equalToJson)
    return None


def _json_or_text(raw: msgspec.Raw) -> bytes:
    """Return a JSON document that a mapping contains, or that it contains as a string."""
    text = try_decode_as(raw, str, "its equalToJson")
    return encode_text(text) if isinstance(text, str) else bytes(raw)
