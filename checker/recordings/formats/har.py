"""HAR 1.2: what browsers and proxies save of their traffic.

Source: the HAR 1.2 specification. What its writers do beyond it is noted where it is supported.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ...core.limits import Limits
from ..base import FormatInfo, Source
from ..encoding import decode_base64, encode_text
from ..http_message import decode_content_encoding, parse_status
from ..model import AttachmentContent, Discovered, UnreadableContent
from .json_document import JsonFormat, Members, decode_as, is_object, try_decode_as


class _Parameter(msgspec.Struct):
    name: str = ""
    value: str | None = None


class _PostData(msgspec.Struct):
    text: str | None = None
    encoding: str | None = None
    params: list[_Parameter] | None = None


class _Request(msgspec.Struct):
    method: str = ""
    postData: _PostData | None = None  # noqa: N815 - as HAR has it


class _Content(msgspec.Struct):
    text: str | None = None
    encoding: str | None = None


class _Response(msgspec.Struct):
    status: int | float | str | None = None
    content: _Content | None = None


class _Entry(msgspec.Struct):
    request: _Request | None = None
    response: _Response | None = None


class _Log(msgspec.Struct):
    entries: list[msgspec.Raw]


class HarFormat(JsonFormat):
    """Reads HAR. It keeps bodies as decoded text, so headers are not read."""

    info = FormatInfo("HAR", "browser.har#entry-3", "0, as in `log.entries`")
    signature = rb'"log"\s*:\s*\{|"entries"\s*:'

    def matches(self, members: Members) -> bool:
        """Return whether it has a log."""
        return is_object(members.get("log"))

    def entries(self, members: Members, source: Source) -> Iterator[Discovered]:
        """Yield the recording of each entry."""
        log = decode_as(members["log"], _Log, "its log")
        for index, raw in enumerate(log.entries):
            fragment = f"#entry-{index}"
            entry = try_decode_as(raw, _Entry, "the entry")
            if isinstance(entry, UnreadableContent):
                yield source.entry(fragment, entry)
            else:
                response = entry.response or _Response()
                received = _received(response.content or _Content(), source.limits)
                yield source.entry(fragment, received, _sent(entry.request), parse_status(response.status))


def _received(content: _Content, limits: Limits) -> bytes | UnreadableContent:
    if not content.text:
        return b""
    if (content.encoding or "").lower() == "base64":
        body = decode_base64(content.text, "the text of its response")
        return body if isinstance(body, UnreadableContent) else decode_content_encoding(body, "", limits)
    return encode_text(content.text)


def _sent(request: _Request | None) -> AttachmentContent:
    """Return the request's body: a form field if its text was left out, empty if the call had no body."""
    if request is None:
        return None
    sent = request.postData
    if sent is None:
        return b""
    if sent.text:
        if (sent.encoding or "").lower() == "base64":
            return decode_base64(sent.text, "the text of its request")
        return encode_text(sent.text)
    for parameter in sent.params or ():
        if parameter.name.upper() == "XML" and parameter.value:
            escaped = not parameter.value.lstrip().startswith("<")
            return encode_text(f"XML={parameter.value}" if escaped else parameter.value)
    return b""
