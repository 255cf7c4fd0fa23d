"""JSON documents, which are read whole: the formats that are a JSON object or array, and messages."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import ClassVar, TypeVar

import msgspec

from ....reports.text.escape import escape_control_chars
from ....rules.names import lower_first
from ...core.errors import Reason, UncheckedError
from ..base import FileReferences, FormatInfo, Reader, Source
from ..containers.streams import HEAD, ByteSource, read_whole
from ..encoding import encode_text
from ..model import Discovered, Part, SkippedFile, UnreadableContent
from ..unsupported import OTHER_JSON, not_a_recording, problem_of, tool_of_document
from .unique_members import RepeatedMemberError, decode_unique, unique_members

T = TypeVar("T")

Members = Mapping[str, msgspec.Raw]
"""The members of a JSON object, not decoded yet."""

_MAX_ITEMS_RECOGNISED = 20
_MAX_NAME = 240

_ERRORS = (RepeatedMemberError, msgspec.MsgspecError, RecursionError, ValueError)

_SECTION = re.compile(
    rb'\[\[?(?:(?!(?:true|false|null)\b)[A-Za-z_][\w.:\- ]*(?:"[^"\n]*")?|\*[^\]\n"]*)\]?\][ \t]*(?:[#;][^\n]*)?\r?\n'
)
"""The head of a section, with which files in TOML, INI and the like begin: no array has a bare name or an asterisk in it."""


MESSAGE = FormatInfo(
    "a JSON message",
    "17.response.json",
    lacks=(Part.REQUEST_HEADERS, Part.RESPONSE_HEADERS, Part.URL, Part.STATUS),
)
"""A document that is a message, and in no format."""


class JsonFormat(ABC):
    """Reads one format that is a JSON object, or an array of objects."""

    info: ClassVar[FormatInfo]

    signature: ClassVar[bytes]
    """A regular expression that tells a document of this format which is broken from other broken JSON."""

    references: ClassVar[FileReferences | None] = None
    """The way in which its recordings name files that belong to them; None if they name none."""

    @abstractmethod
    def matches(self, members: Members) -> bool:
        """Return whether an object with these members is of this format."""

    @abstractmethod
    def entries(self, members: Members, source: Source) -> Iterator[Discovered]:
        """Yield the recordings in it one by one; raises UncheckedError if its structure is wrong."""

    def matches_items(self, first: Members) -> bool:  # noqa: ARG002 - most formats are no arrays
        """Return whether an array is of this format, by the members of the first object in it."""
        return False

    def items(self, items: list[msgspec.Raw], source: Source) -> Iterator[Discovered]:
        """Yield the recordings in an array one by one; raises UncheckedError if its structure is wrong."""
        raise NotImplementedError

    def referenced_names(self, members: Members) -> Iterator[str]:  # noqa: ARG002 - most formats name no files
        """Yield the names of files that its recordings refer to; raises UncheckedError if its structure is wrong."""
        return iter(())


class JsonListFormat(JsonFormat):
    """Reads one format that is an array of objects, or one of them alone."""

    def entries(self, members: Members, source: Source) -> Iterator[Discovered]:
        """Yield the recordings of the only object."""
        return self.items([msgspec.Raw(msgspec.json.encode(dict(members)))], source)

    def matches_items(self, first: Members) -> bool:
        """Return whether the first object is of this format."""
        return self.matches(first)


def recordings_of(
    items: Iterable[msgspec.Raw],
    kind: type[T],
    noun: str,
    source: Source,
    recording: Callable[[T, str, Source], Discovered],
) -> Iterator[Discovered]:
    """Yield the recording of each item, whose fragment is named by the noun; one of the wrong structure is unchecked."""
    for index, raw in enumerate(items):
        fragment = f"#{noun}-{index}"
        item = try_decode_as(raw, kind, f"the {noun}")
        if isinstance(item, UnreadableContent):
            yield source.entry(fragment, item)
        else:
            yield recording(item, fragment, source)


class JsonDocumentReader(Reader):
    """Reads the formats that are JSON documents."""

    def __init__(self, formats: tuple[JsonFormat, ...]) -> None:
        self._formats = formats
        self._signature = re.compile(b"|".join(form.signature for form in formats), re.DOTALL)

    def recognises(self, head: bytes) -> bool:
        """Return whether content begins as a JSON object or array does, and not as a settings file."""
        start = head.removeprefix(BOM_UTF8).lstrip()
        return start[:1] in (b"{", b"[") and not _SECTION.match(start)

    def read(self, data: ByteSource, source: Source) -> Iterator[Discovered]:
        """Yield the recordings in it; a document of no format is a message if the rulebook is about JSON."""
        content = read_whole(data, source.limits)
        is_json = "json" in source.wires
        try:
            members, items = _parts_of(content)
        except UncheckedError:
            if self._signature.search(content, 0, HEAD):
                raise
            if is_json:  # the message's judge says where it is broken
                yield source.of_format(MESSAGE).message(content[: source.limits.size + 1])
            elif source.must_be_recording:
                raise
            else:
                yield SkippedFile(source.name, not_a_recording(OTHER_JSON))
            return
        form = _format_of(members, items, self._formats)
        tool = tool_of_document(members)
        if form is not None:
            source = source.of_format(form.info)
            yield from form.entries(members, source) if items is None else form.items(items, source)
        elif tool is not None and source.must_be_recording:
            raise UncheckedError(Reason.UNREADABLE, problem_of(tool, self._names))
        elif is_json and tool is None:
            yield source.of_format(MESSAGE).message(content[: source.limits.size + 1])
        elif source.must_be_recording:
            raise UncheckedError(
                Reason.NOT_A_MESSAGE, f"it is JSON, but in none of the formats that are read: {self._names}"
            )
        else:
            yield SkippedFile(source.name, not_a_recording(tool or OTHER_JSON))

    @property
    def _names(self) -> str:
        return ", ".join(form.info.name for form in self._formats)


def is_json_message(content: bytes, formats: tuple[JsonFormat, ...]) -> bool:
    """Return whether content is a JSON object that is in none of the formats."""
    try:
        members = decode_members(content)
    except UncheckedError:
        return False
    return tool_of_document(members) is None and not any(form.matches(members) for form in formats)


def _parts_of(content: bytes) -> tuple[Members, list[msgspec.Raw] | None]:
    """Return the members of a document's object, or the items of its array; raises UncheckedError."""
    if content.removeprefix(BOM_UTF8).lstrip()[:1] == b"{":
        return decode_members(content), None
    return {}, decode_as(content.removeprefix(BOM_UTF8), list[msgspec.Raw], "it")


def _format_of(
    members: Members, items: list[msgspec.Raw] | None, formats: tuple[JsonFormat, ...]
) -> JsonFormat | None:
    if items is None:
        return next((form for form in formats if form.matches(members)), None)
    for item in filter(is_object, items[:_MAX_ITEMS_RECOGNISED]):
        try:  # an item that has a member twice tells its format too, whose reader refuses it alone
            first = msgspec.json.decode(item, type=dict[str, msgspec.Raw])
        except _ERRORS:
            continue
        return next((form for form in formats if form.matches_items(first)), None)
    return None


def is_object(raw: msgspec.Raw | None) -> bool:
    """Return whether a member exists and is an object."""
    return raw is not None and bytes(memoryview(raw)[:64]).lstrip()[:1] == b"{"


def is_array(raw: msgspec.Raw | None) -> bool:
    """Return whether a member exists and is an array."""
    return raw is not None and bytes(memoryview(raw)[:64]).lstrip()[:1] == b"["


def decode_members(content: bytes, what: str = "it") -> Members:
    """Decode the members of an object; raises UncheckedError, also if it has one of them twice."""
    try:
        return unique_members(content.removeprefix(BOM_UTF8))
    except _ERRORS as error:
        raise _unreadable(error, what) from None


def decode_as(content: bytes | msgspec.Raw, shape: type[T], what: str) -> T:
    """Decode JSON into a type; raises UncheckedError, which says where ``what`` is wrong without quoting it."""
    try:
        return decode_unique(content, shape)
    except _ERRORS as error:
        raise _unreadable(error, what) from None


def _unreadable(error: Exception, what: str) -> UncheckedError:
    match error:
        case RepeatedMemberError():
            name = escape_control_chars(str(error)[:_MAX_NAME])
            problem = f"contains `{name}` more than once, so that its content is ambiguous"
        case msgspec.ValidationError():
            problem = f"does not have the structure of its format: {_describe(error)}"
        case msgspec.DecodeError():
            problem = f"is not JSON: {_describe(error)}"
        case RecursionError():
            return UncheckedError(Reason.TOO_LARGE, f"{what} is nested too deeply")
        case _:
            problem = "is not JSON: a text in it is not UTF-8"
    return UncheckedError(Reason.UNREADABLE, f"{what} {problem}")


def try_decode_as(content: bytes | msgspec.Raw, shape: type[T], what: str) -> T | UnreadableContent:
    """Decode JSON into a type, or return why that is not possible."""
    try:
        return decode_as(content, shape, what)
    except UncheckedError as error:
        return UnreadableContent(error.reason, error.detail)


def encode_value(raw: msgspec.Raw) -> bytes:
    """Return a message that is recorded as text, or as the JSON document that it is; null is an empty message."""
    if bytes(raw) == b"null":
        return b""
    text = try_decode_as(raw, str, "the body")
    return encode_text(text) if isinstance(text, str) else bytes(raw)


def _describe(error: Exception) -> str:
    # The decoder's messages name types, places and bytes, never a value.
    return lower_first(str(error).removeprefix("JSON is malformed: "))
