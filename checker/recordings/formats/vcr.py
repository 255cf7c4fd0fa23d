"""VCR cassettes of vcrpy, Ruby's VCR, betamax, go-vcr and OkReplay, in YAML or JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from ...core.errors import Reason, UncheckedError
from ...core.limits import Limits
from ..base import FormatInfo, Reader, Source
from ..containers.streams import ByteSource, read_whole
from ..encoding import decode_base64, encode_text
from ..http_facts import HttpFacts, parse_headers, parse_method, parse_status, parse_url
from ..http_message import decode_content_encoding
from ..model import AttachmentContent, Discovered, UnreadableContent
from .json_document import JsonFormat, Members, decode_as, is_array, try_decode_as
from .yaml import load_yaml

_INFO = FormatInfo("VCR cassettes", "vcrpy.yaml#interaction-0", "0")

_LISTS = ("interactions", "http_interactions")
"""The member that lists the interactions: its name in vcrpy, and in Ruby's VCR."""

_CASSETTE = re.compile(
    rb"\A(?:\xef\xbb\xbf)?(?:(?:#[^\n]*|---[^\n]*|%[^\n]*|!tape[ \t\r]*|[ \t\r]*|[A-Za-z_]\w*:[ \t][^\n]*)\n)*(?:http_)?interactions:\s"
)
"""Before the list there may be comments, document markers, and other members of one line each."""

_MAX_AMPLIFICATION = 16
"""The multiple of its own size that a cassette's bodies may have through aliases, which usually share headers only."""

_QUOTA_BASE = 1024 * 1024


class CassetteReader(Reader):
    """Reads a cassette in YAML."""

    info = _INFO

    def recognises(self, head: bytes) -> bool:
        """Return whether a line begins the list of interactions."""
        return _CASSETTE.search(head) is not None

    def read(self, data: ByteSource, source: Source) -> Iterator[Discovered]:
        """Yield the recording of each interaction."""
        content = read_whole(data, source.limits)
        cassette = load_yaml(content, source.limits)
        found = next((_list(cassette, name) for name in _LISTS if name in _mapping(cassette)), None)
        if found is None:
            raise UncheckedError(Reason.UNREADABLE, "its interactions are not a list")
        yield from _interactions(found, source, _Quota(len(content) * _MAX_AMPLIFICATION + _QUOTA_BASE))


class JsonCassetteFormat(JsonFormat):
    """Reads a cassette in JSON."""

    info = _INFO
    signature = rb'"(?:http_)?interactions"\s*:'

    def matches(self, members: Members) -> bool:
        """Return whether it has a list of interactions."""
        return any(is_array(members.get(name)) for name in _LISTS)

    def entries(self, members: Members, source: Source) -> Iterator[Discovered]:
        """Yield the recording of each interaction."""
        raw = next(members[name] for name in _LISTS if name in members)
        found = decode_as(raw, list[msgspec.Raw], "its list")
        yield from _interactions((try_decode_as(entry, object, "the interaction") for entry in found), source)


@dataclass(slots=True)
class _Quota:
    """The number of bytes that the exchanges of a cassette may still have."""

    left: int

    def take(self, http: HttpFacts, *bodies: AttachmentContent) -> None:
        self.left -= http.size_in_memory
        self.left -= sum(len(body) for body in bodies if isinstance(body, bytes))
        if self.left < 0:
            raise UncheckedError(
                Reason.TOO_LARGE,
                "its aliases repeat far more than it contains; the rest is not read",
            )


def _interactions(found: Iterable[Any], source: Source, quota: _Quota | None = None) -> Iterator[Discovered]:
    for index, interaction in enumerate(found):
        fragment = f"#interaction-{index}"
        request, response = _mapping(interaction).get("request"), _mapping(interaction).get("response")
        if not isinstance(response, Mapping):
            absent = UnreadableContent(Reason.UNREADABLE, "the interaction has no response")
            yield source.entry(
                fragment, interaction if isinstance(interaction, UnreadableContent) else absent
            )
            continue
        sent = _body(_mapping(request), source.limits)
        received = _body(response, source.limits)
        http = _http_facts(_mapping(request), response)
        if quota is not None:
            quota.take(http, sent, received)
        yield source.entry(fragment, received, sent, http)


def _http_facts(request: Mapping[Any, Any], response: Mapping[Any, Any]) -> HttpFacts:
    return HttpFacts(
        parse_method(request.get("method")),
        parse_url(request.get("uri", request.get("url"))),
        _status(response),
        parse_headers(request.get("headers")),
        parse_headers(response.get("headers")),
    )


def _status(response: Mapping[Any, Any]) -> int | None:
    """Return the status, which is an object, a number (OkReplay), or beside its text (go-vcr)."""
    status = response.get("status")
    code = status.get("code") if isinstance(status, Mapping) else response.get("code", status)
    return parse_status(response.get("status_code") if code is None else code)


def _body(message: Mapping[Any, Any], limits: Limits) -> bytes | UnreadableContent:
    """Return a body: bytes or text, directly or in ``string``, and in Ruby's cassettes also in ``base64_string``.

    Cassettes of vcrpy for httpx contain ``content`` in place of ``body``.
    """
    recorded = message.get("body", message.get("content"))
    if isinstance(recorded, Mapping):
        in_base64 = recorded.get("base64_string")
        recorded = recorded.get("string")
        if isinstance(in_base64, str):
            recorded = decode_base64(in_base64, "its base64_string")
    if recorded is None:
        return b""
    if isinstance(recorded, UnreadableContent):
        return recorded
    if isinstance(recorded, bytes):
        return decode_content_encoding(recorded, _content_encoding(message), limits)
    if isinstance(recorded, str):
        return encode_text(recorded)
    return UnreadableContent(Reason.UNREADABLE, "its body is neither text nor bytes")


def _content_encoding(message: Mapping[Any, Any]) -> str:
    headers = HttpFacts(response_headers=parse_headers(message.get("headers")))
    return ",".join(headers.response_header("content-encoding") or ())


def _mapping(value: Any) -> Mapping[Any, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any, name: str) -> Sequence[Any] | None:
    found = _mapping(value).get(name)
    return found if _is_list(found) else None


def _is_list(value: Any) -> bool:
    return isinstance(value, list)
