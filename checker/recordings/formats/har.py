"""HAR 1.2: what browsers, proxies and test drivers save of their traffic.

Source: the HAR 1.2 specification. What its writers do beyond it is noted where it is supported.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator
from typing import Any

import msgspec

from ...core.errors import Reason
from ...core.limits import Limits
from ..base import FileReferences, FormatInfo, Source
from ..encoding import decode_base64, encode_text
from ..http_exchange import decode_by_headers
from ..http_facts import HttpFacts, parse_headers, parse_method, parse_status, parse_url
from ..http_message import decode_content_encoding, has_body
from ..model import AttachmentContent, Content, Discovered, UnreadableContent
from .json_document import JsonFormat, Members, decode_as, is_object, try_decode_as

_ATTACHED = FileReferences("_file", suffix=".har")
"""Playwright writes bodies to files beside the HAR if `recordHar` has the content `attach`."""

_NO_CONTENT = UnreadableContent(
    Reason.UNREADABLE,
    "the recording contains no response bodies; record it again with them"
    " (in Playwright with the content `attach` or `embed`)",
)


_PIECES = re.compile(r'\s*\[\s*"')
_GZIP_IN_HEX = re.compile(r'\["1f8b08')
_NO_PIECES = UnreadableContent(
    Reason.UNREADABLE,
    "the text of its response is no list of pieces in base64 or hexadecimal digits, or is cut off",
)


class _Parameter(msgspec.Struct):
    name: str = ""
    value: str | None = None


class _PostData(msgspec.Struct):
    text: str | None = None
    encoding: str | None = None
    params: list[_Parameter] | None = None
    file: str | None = msgspec.field(default=None, name="_file")
    sha1: str | None = msgspec.field(default=None, name="_sha1")


class _Request(msgspec.Struct):
    method: str = ""
    url: str | None = None
    headers: Any = None
    postData: _PostData | None = None  # noqa: N815 - as HAR has it
    bodySize: int | float | None = None  # noqa: N815 - as HAR has it


class _Content(msgspec.Struct):
    text: str | None = None
    encoding: str | None = None
    is_binary: bool | None = msgspec.field(default=None, name="_isBinary")
    size: int | float | None = None
    file: str | None = msgspec.field(default=None, name="_file")
    sha1: str | None = msgspec.field(default=None, name="_sha1")


class _Response(msgspec.Struct):
    status: int | float | str | None = None
    headers: Any = None
    content: _Content | None = None


class _Entry(msgspec.Struct):
    request: _Request | None = None
    response: _Response | None = None


class _Log(msgspec.Struct):
    entries: list[msgspec.Raw]


class HarFormat(JsonFormat):
    """Reads HAR. It keeps bodies as decoded text, whatever content coding its headers name."""

    info = FormatInfo("HAR", "browser.har#entry-3", "0, as in `log.entries`")
    signature = rb'"log"\s*:\s*\{|"entries"\s*:'
    references = _ATTACHED

    def matches(self, members: Members) -> bool:
        """Return whether it has a log."""
        return is_object(members.get("log"))

    def entries(self, members: Members, source: Source) -> Iterator[Discovered]:
        """Yield the recording of each entry."""
        for index, raw in enumerate(_raw_entries(members)):
            yield har_recording(raw, f"#entry-{index}", source, (_ATTACHED,))

    def referenced_names(self, members: Members) -> Iterator[str]:
        """Yield the names of the files that contain bodies."""
        for raw in _raw_entries(members):
            entry = try_decode_as(raw, _Entry, "the entry")
            if not isinstance(entry, UnreadableContent):
                bodies = (
                    entry.request and entry.request.postData,
                    entry.response and entry.response.content,
                )
                yield from (body.file for body in bodies if body and body.file)


BodyFiles = tuple[FileReferences, ...]
"""The ways in which the entries of a format name files with bodies, by the members `_file` and `_sha1`."""


def har_recording(raw: msgspec.Raw, fragment: str, source: Source, references: BodyFiles) -> Discovered:
    """Return the recording of an entry, whose bodies may be in files that ``references`` describes."""
    entry = try_decode_as(raw, _Entry, "the entry")
    if isinstance(entry, UnreadableContent):
        return source.entry(fragment, entry)
    request, response = entry.request or _Request(), entry.response or _Response()
    http = _http_facts(request, response)
    sent = None if entry.request is None else _request_body(request, source, references)
    received = _response_body(response.content or _Content(), http, source, references)
    return source.entry(fragment, received, sent, http)


def _raw_entries(members: Members) -> list[msgspec.Raw]:
    return decode_as(members["log"], _Log, "its log").entries


def _in_file(body: _PostData | _Content, source: Source, references: BodyFiles) -> Content:
    """Return the content of the file that has a body; None if it names none."""
    for each in references:
        if name := body.file if each.member == "_file" else body.sha1:
            return source.referenced_file(each, name.removeprefix(f"{each.files}/") if each.files else name)
    return None


def _http_facts(request: _Request, response: _Response) -> HttpFacts:
    return HttpFacts(
        parse_method(request.method),
        parse_url(request.url),
        parse_status(response.status),
        parse_headers(request.headers),
        parse_headers(response.headers),
    )


def _response_body(content: _Content, http: HttpFacts, source: Source, references: BodyFiles) -> Content:
    if content.text and _is_in_pieces(content, http):
        return _join_pieces(content, http, source.limits)
    if content.text:
        return _body(content.text, content.encoding, "the text of its response", source.limits)
    if (in_file := _in_file(content, source, references)) is not None:
        return in_file
    # A size that is unknown is -1 by the specification.
    omitted = content.size not in (None, 0) and has_body(http.method, http.status)
    return _NO_CONTENT if omitted else b""


def _request_body(request: _Request, source: Source, references: BodyFiles) -> AttachmentContent:
    """Return the request's body: empty if the call had none, None if the recording leaves it out."""
    data = request.postData
    if data is None:
        return b""
    if data.text:
        return _body(data.text, data.encoding, "the text of its request", source.limits)
    if (in_file := _in_file(data, source, references)) is not None:
        return in_file
    for parameter in data.params or ():
        if parameter.name.upper() == "XML" and parameter.value:
            escaped = not parameter.value.lstrip().startswith("<")
            return encode_text(f"XML={parameter.value}" if escaped else parameter.value)
    return b"" if request.bodySize == 0 else None


def _body(text: str, encoding: str | None, what: str, limits: Limits) -> bytes | UnreadableContent:
    if (encoding or "").lower() != "base64":
        return encode_text(text)
    body = decode_base64(text, what)
    return body if isinstance(body, UnreadableContent) else decode_content_encoding(body, "", limits)


def _is_in_pieces(content: _Content, http: HttpFacts) -> bool:
    """Return whether a text is what Polly.js writes of a compressed body: the pieces in which it came, as a list in JSON.

    They are in base64, with ``encoding``, which no list is by itself; releases before 6 wrote hexadecimal digits, with
    ``_isBinary``, and the first ones without.
    """
    text = content.text or ""
    if not _PIECES.match(text):
        return False
    if content.encoding:
        return True
    is_encoded = bool(http.response_header("content-encoding"))
    return is_encoded and bool(content.is_binary or _GZIP_IN_HEX.match(text))


def _join_pieces(content: _Content, http: HttpFacts, limits: Limits) -> bytes | UnreadableContent:
    is_base64 = (content.encoding or "").lower() == "base64"
    try:
        pieces = msgspec.json.decode(content.text or "", type=list[str])
        decoded = [b64decode(each, validate=True) if is_base64 else bytes.fromhex(each) for each in pieces]
    except (msgspec.MsgspecError, ValueError):
        return _NO_PIECES
    return decode_by_headers(b"".join(decoded), http.response_headers, limits)
