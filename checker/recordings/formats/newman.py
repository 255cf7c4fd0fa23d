"""Reports of newman, Postman's runner, as its reporter ``json`` writes them.

Source: newman's documentation of its JSON reporter, and the JSON of postman-collection's requests and responses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

import msgspec

from ...core.limits import Limits
from ..base import FormatInfo, Source
from ..encoding import decode_base64, encode_text
from ..http_exchange import NO_RESPONSE_KEPT, decode_by_headers
from ..http_facts import Headers, HttpFacts, parse_headers, parse_method, parse_status, parse_url
from ..model import AttachmentContent, Discovered, UnreadableContent
from .json_document import JsonFormat, Members, decode_as, is_object, recordings_of


class _Pair(msgspec.Struct):
    key: str | None = None
    value: str | int | float | bool | None = None
    disabled: bool = False


class _Url(msgspec.Struct):
    protocol: str | None = None
    host: list[str] | str | None = None
    port: str | int | None = None
    path: list[str] | str | None = None
    query: list[_Pair] | None = None
    variable: list[_Pair] | None = None


class _Body(msgspec.Struct):
    mode: str | None = None
    raw: str | None = None
    urlencoded: list[_Pair] | str | None = None


class _Request(msgspec.Struct):
    method: str | None = None
    url: _Url | str | None = None
    header: list[_Pair] | None = None
    body: _Body | None = None


class _Buffer(msgspec.Struct):
    data: list[int] | str = ""


class _Response(msgspec.Struct):
    code: int | None = None
    header: list[_Pair] | None = None
    stream: _Buffer | None = None
    body: str | None = None


class _Execution(msgspec.Struct):
    request: _Request | None = None
    response: _Response | None = None


class _Run(msgspec.Struct):
    executions: list[msgspec.Raw]


class NewmanFormat(JsonFormat):
    """Reads newman's report. It keeps bodies as bytes, and the requests as they were sent."""

    info = FormatInfo("newman reports", "newman.json#execution-0", "0, as in `run.executions`")
    signature = rb'"executions"\s*:\s*\['

    def matches(self, members: Members) -> bool:
        """Return whether it is a run with executions."""
        return is_object(members.get("run")) and b'"executions"' in memoryview(members["run"]).tobytes()

    def entries(self, members: Members, source: Source) -> Iterator[Discovered]:
        """Yield the recording of each execution."""
        executions = decode_as(members["run"], _Run, "its run").executions
        return recordings_of(executions, _Execution, "execution", source, _exchange)


def _exchange(execution: _Execution, fragment: str, source: Source) -> Discovered:
    request, response = execution.request or _Request(), execution.response
    http = HttpFacts(
        parse_method(request.method),
        _url(request.url),
        parse_status(response.code) if response else None,
        _headers(request.header),
        _headers(response.header) if response else None,
    )
    sent = None if execution.request is None else _request_body(request.body)
    received = (
        _response_body(response, http.response_headers, source.limits) if response else NO_RESPONSE_KEPT
    )
    return source.entry(fragment, received, sent, http)


def _response_body(response: _Response, headers: Headers | None, limits: Limits) -> bytes | UnreadableContent:
    if response.stream is None:
        return encode_text(response.body or "")
    data = response.stream.data
    if isinstance(data, str):
        body = decode_base64(data, "the stream of its response")
        return body if isinstance(body, UnreadableContent) else decode_by_headers(body, headers, limits)
    try:
        return decode_by_headers(bytes(data), headers, limits)
    except ValueError:
        return UnreadableContent(NO_RESPONSE_KEPT.reason, "the stream of its response is not a list of bytes")


def _request_body(body: _Body | None) -> AttachmentContent:
    """Return the request's body: empty if it had none, None if the report does not keep it (a file, say)."""
    if body is None:
        return b""
    if isinstance(body.raw, str):
        return encode_text(body.raw)
    if isinstance(body.urlencoded, str):
        return encode_text(body.urlencoded)
    if body.urlencoded is not None:
        return encode_text(urlencode(_pairs(body.urlencoded)))
    return None if body.mode else b""


def _url(url: _Url | str | None) -> str | None:
    if not isinstance(url, _Url):
        return parse_url(url)
    variables = {f":{name}": str(value) for name, value in _pairs(url.variable or ())}
    segments = _join(url.path, "/").removeprefix("/").split("/")
    path = "/" + "/".join(variables.get(segment, segment) for segment in segments)
    query = urlencode(_pairs(url.query or ()))
    port = f":{url.port}" if url.port else ""
    return f"{url.protocol or 'http'}://{_join(url.host, '.')}{port}{path}" + (f"?{query}" if query else "")


def _join(parts: list[str] | str | None, separator: str) -> str:
    return separator.join(parts) if isinstance(parts, list) else parts or ""


def _headers(pairs: Sequence[_Pair] | None) -> Headers | None:
    return None if pairs is None else parse_headers(_pairs(pairs))


def _pairs(pairs: Sequence[_Pair]) -> list[tuple[str, Any]]:
    return [
        (pair.key, "" if pair.value is None else pair.value)
        for pair in pairs
        if pair.key is not None and not pair.disabled
    ]
