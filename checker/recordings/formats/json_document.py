"""JSON documents: one value that is read whole, and which of the formats in JSON it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Protocol, TypeVar

import msgspec

from ....rules.names import lower_first
from ...core.errors import Reason, UncheckedError
from ..base import Place
from ..containers.streams import Origin, read_whole
from ..model import Discovered, UnreadableContent

T = TypeVar("T")

Members = Mapping[str, msgspec.Raw]
"""The members of a JSON object, not decoded yet."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_LIKE_A_RECORDING = re.compile(
    rb'"(?:log"\s*:\s*\{|entries"\s*:|(?:http_)?interactions"\s*:|mappings"\s*:|bodyAsBase64"\s*:|bodyFileName"\s*:'
    rb'|requests"\s*:\s*\[|request"\s*:\s*\{.*"response"\s*:\s*\{)',
    re.DOTALL,
)


class JsonFormat(Protocol):
    """Reads one format that is a JSON object."""

    def fits(self, members: Members) -> bool:
        """Whether an object with these members is of this format."""
        ...

    def entries(self, members: Members, place: Place) -> Iterator[Discovered]:
        """Give the recordings in it one by one; raises Refusal where its shape is wrong."""
        ...


class JsonDocumentReader:
    """Reads HAR, WireMock's and other JSON, each by its shape."""

    def __init__(self, formats: tuple[JsonFormat, ...]) -> None:
        self._formats = formats

    def recognises(self, head: bytes) -> bool:
        """Whether it begins as a JSON object does."""
        return head.removeprefix(_BYTE_ORDER_MARK).lstrip()[:1] == b"{"

    def read(self, origin: Origin, place: Place) -> Iterator[Discovered]:
        """Give the recordings in it; what is no recording gives none, unless it was named."""
        try:
            content = read_whole(origin, place.limits).removeprefix(_BYTE_ORDER_MARK)
            members = decoded(content, dict[str, msgspec.Raw], "it")
        except UncheckedError:
            if place.counts or _LIKE_A_RECORDING.search(origin.head()):
                raise
            return
        for form in self._formats:
            if form.fits(members):
                yield from form.entries(members, place)
                return
        if place.counts:
            raise UncheckedError(
                Reason.NOT_A_MESSAGE,
                "it is JSON, but neither HAR nor a cassette, nor requests or mappings of WireMock",
            )


def is_object(raw: msgspec.Raw | None) -> bool:
    """Whether a member is there and is an object."""
    return raw is not None and bytes(memoryview(raw)[:64]).lstrip()[:1] == b"{"


def is_array(raw: msgspec.Raw | None) -> bool:
    """Whether a member is there and is an array."""
    return raw is not None and bytes(memoryview(raw)[:64]).lstrip()[:1] == b"["


def decoded(content: bytes | msgspec.Raw, shape: type[T], what: str) -> T:
    """Decode JSON into a shape; raises Refusal, which says where ``what`` is wrong, and quotes nothing of it."""
    try:
        return msgspec.json.decode(content, type=shape)
    except msgspec.ValidationError as error:
        raise UncheckedError(
            Reason.UNREADABLE, f"{what} has not the shape of its format: {_said(error)}"
        ) from None
    except msgspec.DecodeError as error:
        raise UncheckedError(Reason.UNREADABLE, f"{what} is no JSON: {_said(error)}") from None
    except RecursionError:
        raise UncheckedError(Reason.TOO_LARGE, f"{what} is nested too deeply") from None
    except ValueError:
        raise UncheckedError(Reason.UNREADABLE, f"{what} is no JSON: a text in it is not UTF-8") from None


def try_decoded(content: bytes | msgspec.Raw, shape: type[T], what: str) -> T | UnreadableContent:
    """Decode JSON into a shape, or say why it cannot be."""
    try:
        return decoded(content, shape, what)
    except UncheckedError as refusal:
        return UnreadableContent(refusal.reason, refusal.detail)


def _said(error: Exception) -> str:
    """Give the decoder's words, which name types, places and bytes, never a value."""
    return lower_first(str(error).removeprefix("JSON is malformed: "))
