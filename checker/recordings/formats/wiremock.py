"""WireMock: the journal of the requests that it got, and the mappings that it answers with.

Source: WireMock's documentation of its admin API (``/__admin/requests``, ``/__admin/mappings``).
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ...core.errors import Limits
from ..base import Neighbours, Place
from ..discovery.references import NO_FILES
from ..encoding import bytes_of_base64, bytes_of_text
from ..http_message import status_of, unpacked
from ..model import AttachmentContent, Content, Discovered, UnreadableContent
from .json_document import Members, decoded, is_array, is_object, try_decoded


class _Exchanged(msgspec.Struct):
    """A request or a response of the journal."""

    body: str | None = None
    bodyAsBase64: str | None = None  # noqa: N815 - as WireMock has it
    status: int | float | str | None = None
    headers: dict[str, str | list[str]] | None = None


class _Event(msgspec.Struct):
    """An entry of the journal; where only requests were asked for, it is the request itself."""

    request: _Exchanged | None = None
    response: _Exchanged | None = None
    body: str | None = None
    bodyAsBase64: str | None = None  # noqa: N815 - as WireMock has it


class _Pattern(msgspec.Struct):
    equalToXml: str | None = None  # noqa: N815 - as WireMock has it
    equalTo: str | None = None  # noqa: N815 - as WireMock has it


class _RequestPattern(msgspec.Struct):
    bodyPatterns: list[_Pattern] | None = None  # noqa: N815 - as WireMock has it


class _Definition(msgspec.Struct):
    status: int | float | str | None = None
    body: str | None = None
    base64Body: str | None = None  # noqa: N815 - as WireMock has it
    bodyFileName: str | None = None  # noqa: N815 - as WireMock has it
    headers: dict[str, str | list[str]] | None = None


class _Mapping(msgspec.Struct):
    request: _RequestPattern | None = None
    response: _Definition | None = None


class JournalFormat:
    """Reads the request journal, or a single entry of it."""

    def fits(self, members: Members) -> bool:
        """Whether it is a list of requests, or one request that says how it was answered."""
        single = is_object(members.get("request")) and "responseDefinition" in members
        journal = "meta" in members or "requestJournalDisabled" in members
        return single or (journal and is_array(members.get("requests")))

    def entries(self, members: Members, place: Place) -> Iterator[Discovered]:
        """Give an entry as it stands in the journal, counted from 0."""
        events = (
            decoded(members["requests"], list[msgspec.Raw], "its list") if "requests" in members else None
        )
        if events is None:
            whole = msgspec.Raw(msgspec.json.encode(dict(members)))
            yield _event(whole, "", place)
            return
        for index, raw in enumerate(events):
            yield _event(raw, f"#request-{index}", place)


class MappingFormat:
    """Reads a mapping, or a list of them: the response, and the request where the mapping wants exactly one."""

    def fits(self, members: Members) -> bool:
        """Whether it is a list of mappings, or one mapping."""
        single = is_object(members.get("request")) and is_object(members.get("response"))
        return single or is_array(members.get("mappings"))

    def entries(self, members: Members, place: Place) -> Iterator[Discovered]:
        """Give a mapping as it stands in the file, counted from 0."""
        if "mappings" not in members:
            yield _mapping(msgspec.Raw(msgspec.json.encode(dict(members))), "", place)
            return
        for index, raw in enumerate(decoded(members["mappings"], list[msgspec.Raw], "its list")):
            yield _mapping(raw, f"#mapping-{index}", place)


def _event(raw: msgspec.Raw, mark: str, place: Place) -> Discovered:
    event = try_decoded(raw, _Event, "the entry")
    if isinstance(event, UnreadableContent):
        return place.entry(mark, event)
    request = event.request or _Exchanged(event.body, event.bodyAsBase64)
    response = event.response or _Exchanged()
    received = _exchanged(response, "the body of its response", place.limits)
    sent = _exchanged(request, "the body of its request", place.limits)
    return place.entry(mark, received, sent, status_of(response.status))


def _exchanged(exchanged: _Exchanged, what: str, limits: Limits) -> bytes | UnreadableContent:
    if exchanged.bodyAsBase64:
        return _packed(exchanged.bodyAsBase64, exchanged.headers, what, limits)
    return bytes_of_text(exchanged.body or "")


def _packed(
    text: str, headers: dict[str, str | list[str]] | None, what: str, limits: Limits
) -> bytes | UnreadableContent:
    """Decode the bytes that went over the wire, which can be packed."""
    body = bytes_of_base64(text, what)
    return body if isinstance(body, UnreadableContent) else unpacked(body, _coding(headers), limits)


def _coding(headers: dict[str, str | list[str]] | None) -> str:
    for name, value in (headers or {}).items():
        if name.lower() == "content-encoding":
            return value if isinstance(value, str) else ",".join(value)
    return ""


def _mapping(raw: msgspec.Raw, mark: str, place: Place) -> Discovered:
    mapping = try_decoded(raw, _Mapping, "the mapping")
    if isinstance(mapping, UnreadableContent):
        return place.entry(mark, mapping)
    definition = mapping.response or _Definition()
    received = _defined(definition, place.neighbours, place.limits)
    return place.entry(mark, received, _wanted(mapping.request), status_of(definition.status))


def _defined(definition: _Definition, neighbours: Neighbours | None, limits: Limits) -> Content:
    if definition.bodyFileName is not None:
        if neighbours is None:
            return NO_FILES
        return neighbours.content(definition.bodyFileName)
    if definition.base64Body:
        return _packed(definition.base64Body, definition.headers, "its base64Body", limits)
    return bytes_of_text(definition.body or "")


def _wanted(request: _RequestPattern | None) -> AttachmentContent:
    """Give the request that a mapping wants word for word, as WireMock's recorder writes it."""
    for pattern in (request and request.bodyPatterns) or ():
        text = pattern.equalToXml or pattern.equalTo
        if text:
            return bytes_of_text(text)
    return None
