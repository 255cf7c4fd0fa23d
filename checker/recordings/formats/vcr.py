"""VCR cassettes: what vcrpy and the Ruby VCR record, in YAML or JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from ...core.errors import Limits, Reason, UncheckedError
from ..base import Place
from ..containers.streams import Origin, read_whole
from ..encoding import bytes_of_base64, bytes_of_text
from ..http_message import status_of, unpacked
from ..model import AttachmentContent, Discovered, UnreadableContent
from .json_document import Members, decoded, is_array, try_decoded
from .yaml import load_yaml

_LISTS = ("interactions", "http_interactions")
"""Where the interactions are: vcrpy's name, and the Ruby VCR's."""

_CASSETTE = re.compile(
    rb"\A(?:\xef\xbb\xbf)?(?:(?:#[^\n]*|---[^\n]*|%[^\n]*|[ \t\r]*|[A-Za-z_]\w*:[ \t][^\n]*)\n)*(?:http_)?interactions:\s"
)
"""Before the list stand comments, marks of the document, and other members on one line each."""

_AMPLIFIED = 16
"""How many times its own size a cassette may come to through its aliases: some share a header, none a thousand bodies."""

_ROOM = 1024 * 1024


class CassetteReader:
    """Reads a cassette in YAML."""

    def recognises(self, head: bytes) -> bool:
        """Whether a line begins the list of interactions."""
        return _CASSETTE.search(head) is not None

    def read(self, origin: Origin, place: Place) -> Iterator[Discovered]:
        """Give an interaction as it stands in the file, counted from 0."""
        content = read_whole(origin, place.limits)
        cassette = load_yaml(content, place.limits)
        found = next((_list(cassette, name) for name in _LISTS if name in _mapping(cassette)), None)
        if found is None:
            raise UncheckedError(Reason.UNREADABLE, "its interactions are no list")
        yield from _interactions(found, place, _Amount(len(content) * _AMPLIFIED + _ROOM))


class JsonCassetteFormat:
    """Reads a cassette in JSON."""

    def fits(self, members: Members) -> bool:
        """Whether it has a list of interactions."""
        return any(is_array(members.get(name)) for name in _LISTS)

    def entries(self, members: Members, place: Place) -> Iterator[Discovered]:
        """Give an interaction as it stands in the file, counted from 0."""
        raw = next(members[name] for name in _LISTS if name in members)
        found = decoded(raw, list[msgspec.Raw], "its list")
        yield from _interactions((try_decoded(entry, object, "the interaction") for entry in found), place)


@dataclass(slots=True)
class _Amount:
    """How many bytes more the bodies of a cassette may come to."""

    left: int

    def take(self, *bodies: AttachmentContent) -> None:
        self.left -= sum(len(body) for body in bodies if isinstance(body, bytes))
        if self.left < 0:
            raise UncheckedError(
                Reason.TOO_LARGE,
                "its aliases repeat far more than it holds; nothing more of it is read",
            )


def _interactions(found: Iterable[Any], place: Place, amount: _Amount | None = None) -> Iterator[Discovered]:
    for index, interaction in enumerate(found):
        mark = f"#interaction-{index}"
        request, response = _mapping(interaction).get("request"), _mapping(interaction).get("response")
        if not isinstance(response, Mapping):
            absent = UnreadableContent(Reason.UNREADABLE, "the interaction has no response")
            yield place.entry(mark, interaction if isinstance(interaction, UnreadableContent) else absent)
            continue
        sent = _body(_mapping(request), place.limits)
        received = _body(response, place.limits)
        if amount is not None:
            amount.take(sent, received)
        status = _mapping(response.get("status")).get("code", response.get("status_code"))
        yield place.entry(mark, received, sent, status_of(status))


def _body(message: Mapping[Any, Any], limits: Limits) -> bytes | UnreadableContent:
    """Give a body: bytes or text by itself, or below ``string``; in the Ruby form also below ``base64_string``.

    vcrpy has ``content`` in its place where it recorded httpx.
    """
    recorded = message.get("body", message.get("content"))
    if isinstance(recorded, Mapping):
        if isinstance(recorded.get("base64_string"), str):
            body = bytes_of_base64(recorded["base64_string"], "its base64_string")
            return body if isinstance(body, UnreadableContent) else unpacked(body, _coding(message), limits)
        recorded = recorded.get("string")
    if recorded is None:
        return b""
    if isinstance(recorded, UnreadableContent):
        return recorded
    if isinstance(recorded, bytes):
        return unpacked(recorded, _coding(message), limits)
    if isinstance(recorded, str):
        return bytes_of_text(recorded)
    return UnreadableContent(Reason.UNREADABLE, "its body is neither text nor bytes")


def _coding(message: Mapping[Any, Any]) -> str:
    for name, value in _mapping(message.get("headers")).items():
        if isinstance(name, str) and name.lower() == "content-encoding":
            if isinstance(value, str):
                return value
            return ",".join(part for part in value if isinstance(part, str)) if _is_list(value) else ""
    return ""


def _mapping(value: Any) -> Mapping[Any, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any, name: str) -> Sequence[Any] | None:
    found = _mapping(value).get(name)
    return found if _is_list(found) else None


def _is_list(value: Any) -> bool:
    return isinstance(value, list)
