"""HAR 1.2: what browsers and proxies save of their traffic.

Source: the HAR 1.2 specification; what its writers do beside it is told where it is allowed for.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ...core.errors import Limits
from ..base import Place
from ..encoding import bytes_of_base64, bytes_of_text
from ..http_message import status_of, unpacked
from ..model import AttachmentContent, Discovered, UnreadableContent
from .json_document import Members, decoded, is_object, try_decoded


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


class HarFormat:
    """Reads HAR. Headers are not looked at: HAR holds bodies as text that was unpacked already."""

    def fits(self, members: Members) -> bool:
        """Whether it has a log with entries."""
        return is_object(members.get("log"))

    def entries(self, members: Members, place: Place) -> Iterator[Discovered]:
        """Give an entry as it stands in the file, counted from 0."""
        log = decoded(members["log"], _Log, "its log")
        for index, raw in enumerate(log.entries):
            mark = f"#entry-{index}"
            entry = try_decoded(raw, _Entry, "the entry")
            if isinstance(entry, UnreadableContent):
                yield place.entry(mark, entry)
            else:
                response = entry.response or _Response()
                received = _received(response.content or _Content(), place.limits)
                yield place.entry(mark, received, _sent(entry.request), status_of(response.status))


def _received(content: _Content, limits: Limits) -> bytes | UnreadableContent:
    if not content.text:
        return b""
    if (content.encoding or "").lower() == "base64":
        body = bytes_of_base64(content.text, "the text of its response")
        return body if isinstance(body, UnreadableContent) else unpacked(body, "", limits)
    return bytes_of_text(content.text)


def _sent(request: _Request | None) -> AttachmentContent:
    """Give what was sent: a form's field where the text was left out, nothing where the call had no body."""
    if request is None:
        return None
    sent = request.postData
    if sent is None:
        return b""
    if sent.text:
        if (sent.encoding or "").lower() == "base64":
            return bytes_of_base64(sent.text, "the text of its request")
        return bytes_of_text(sent.text)
    for parameter in sent.params or ():
        if parameter.name.upper() == "XML" and parameter.value:
            escaped = not parameter.value.lstrip().startswith("<")
            return bytes_of_text(f"XML={parameter.value}" if escaped else parameter.value)
    return b""
