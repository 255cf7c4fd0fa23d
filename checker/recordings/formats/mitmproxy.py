"""Flow files of mitmproxy, read without it.

Source: mitmproxy's ``io/tnetstring.py`` and the state of its flows. A file is a sequence of typed netstrings, one for
each flow. Members that are not known here are ignored, because each version of mitmproxy adds some.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO

from ...core.errors import Reason
from ...core.limits import Limits, limit_option
from ..base import FormatInfo, Reader, Source
from ..containers.streams import CHUNK_SIZE, ByteSource, read_up_to
from ..http_exchange import NO_RESPONSE_KEPT, decode_by_headers
from ..http_facts import HttpFacts, parse_headers, parse_method, parse_status, parse_url
from ..model import Discovered, SkippedFile, UnreadableContent
from ..unsupported import Kind, not_a_recording

_FLOWS = re.compile(rb"\A\d{1,9}:\d{1,9}:[a-z_]+[;,]")
_LENGTH = re.compile(rb"(\d{1,12}):")
_MAX_LENGTH_DIGITS = 12
_MAX_LEVELS = 32

_DICTIONARY = b"}"
_OTHER_PROTOCOL = Kind("TCP, UDP or DNS flow")
_NO_CONTENT = UnreadableContent(
    Reason.UNREADABLE, "the flow contains no response body: mitmproxy streamed it without keeping it"
)
_BROKEN_FLOW = UnreadableContent(
    Reason.UNREADABLE, "the flow is not a typed netstring of its length, or contains a name more than once"
)


class MitmproxyReader(Reader):
    """Reads flow files, a flow at a time."""

    info = FormatInfo("mitmproxy flows", "traffic.flows#flow-0", "0")

    def recognises(self, head: bytes) -> bool:
        """Return whether content begins with a netstring that contains a dictionary."""
        return _FLOWS.match(head) is not None

    def read(self, data: ByteSource, source: Source) -> Iterator[Discovered]:
        """Yield the recording of each flow; raises ValueError or EOFError if the rest cannot be divided into flows."""
        with data.open() as stream:
            for index, flow in enumerate(_flows(stream, source.limits)):
                fragment = f"#flow-{index}"
                if isinstance(flow, UnreadableContent):
                    yield source.entry(fragment, flow)
                elif flow.get("type", "http") != "http":
                    yield SkippedFile(source.name + fragment, not_a_recording(_OTHER_PROTOCOL))
                else:
                    yield _exchange(flow, fragment, source)


def _flows(stream: BinaryIO, limits: Limits) -> Iterator[Mapping[Any, Any] | UnreadableContent]:
    while (length := _read_length(stream)) is not None:
        if length > limits.line:
            _skip(stream, length)
            yield UnreadableContent(
                Reason.TOO_LARGE,
                f"the flow is larger than {limits.line:,} bytes; {limit_option('size')} allows more",
            )
            continue
        content = read_up_to(stream, length + 1)
        if len(content) <= length:
            raise EOFError
        if content[-1:] != _DICTIONARY:
            raise ValueError
        yield _parse_flow(content)


def _read_length(stream: BinaryIO) -> int | None:
    """Read the length that begins a netstring; None at the end of the stream."""
    digits = b""
    while (byte := stream.read(1)) not in (b"", b":"):
        digits += byte
        if not byte.isdigit() or len(digits) > _MAX_LENGTH_DIGITS:
            raise ValueError
    if not byte:
        if digits:
            raise EOFError
        return None
    return int(digits)


def _skip(stream: BinaryIO, length: int) -> None:
    left = length + 1
    while left > 0:
        chunk = stream.read(min(left, CHUNK_SIZE))
        if not chunk:
            raise EOFError
        left -= len(chunk)


def _parse_flow(content: bytes) -> Mapping[Any, Any] | UnreadableContent:
    try:
        return _parse_dictionary(content, 0, len(content) - 1, _MAX_LEVELS)
    except (ValueError, TypeError):
        return _BROKEN_FLOW


def _parse(content: bytes, position: int, end: int, levels: int) -> tuple[Any, int]:
    """Return the value of the netstring at ``position``, and where it ends; raises ValueError."""
    prefix = _LENGTH.match(content, position, end)
    if prefix is None or levels == 0:
        raise ValueError
    start = prefix.end()
    stop = start + int(prefix[1])
    if stop >= end:
        raise ValueError
    return _value(content, start, stop, levels - 1), stop + 1


def _value(content: bytes, start: int, stop: int, levels: int) -> Any:
    kind = content[stop : stop + 1]
    if kind == _DICTIONARY:
        return _parse_dictionary(content, start, stop, levels)
    if kind == b"]":
        return _parse_list(content, start, stop, levels)
    scalar = _SCALARS.get(kind)
    if scalar is None:
        raise ValueError
    return scalar(content[start:stop])


def _parse_list(content: bytes, position: int, end: int, levels: int) -> list[Any]:
    values = []
    while position < end:
        value, position = _parse(content, position, end, levels)
        values.append(value)
    return values


def _parse_dictionary(content: bytes, start: int, end: int, levels: int) -> Mapping[Any, Any]:
    values = _parse_list(content, start, end, levels)
    members = {_as_text(key): value for key, value in zip(values[::2], values[1::2], strict=True)}
    if 2 * len(members) < len(values):
        raise ValueError  # a name that is there twice, of which readers take one or the other
    return members


def _as_text(value: Any) -> Any:
    """Return bytes as text: versions differ in which of the two they write."""
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value


_SCALARS: dict[bytes, Callable[[bytes], Any]] = {
    b",": bytes,
    b";": _as_text,
    b"#": int,
    b"^": float,
    b"!": b"true".__eq__,
    b"~": lambda _: None,
}
"""The types that contain no other, by the byte that ends them."""


def _exchange(flow: Mapping[Any, Any], fragment: str, source: Source) -> Discovered:
    request, response = _mapping(flow.get("request")), flow.get("response")
    http = HttpFacts(
        parse_method(_as_text(request.get("method"))),
        _url(request),
        request_headers=parse_headers(request.get("headers")),
    )
    sent = _content(request.get("content"), http.request_headers, source.limits)
    if not isinstance(response, Mapping):
        return source.entry(fragment, NO_RESPONSE_KEPT, sent, http)
    received_headers = parse_headers(response.get("headers"))
    http = HttpFacts(
        http.method,
        http.url,
        parse_status(response.get("status_code", response.get("code"))),
        http.request_headers,
        received_headers,
    )
    received = _content(response.get("content"), received_headers, source.limits)
    return source.entry(fragment, _NO_CONTENT if received is None else received, sent, http)


def _content(content: Any, headers: Any, limits: Limits) -> bytes | UnreadableContent | None:
    """Return a decoded body; None if the flow does not keep it."""
    return decode_by_headers(content, headers, limits) if isinstance(content, bytes) else None


def _url(request: Mapping[Any, Any]) -> str | None:
    scheme, host, port, path = (_as_text(request.get(name)) for name in ("scheme", "host", "port", "path"))
    if not (isinstance(scheme, str) and isinstance(host, str) and isinstance(path, str) and scheme and host):
        return parse_url(path)
    return f"{scheme}://{host}:{port}{path}"


def _mapping(value: Any) -> Mapping[Any, Any]:
    return value if isinstance(value, Mapping) else {}
