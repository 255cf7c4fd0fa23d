"""Refuse objects that have a member twice: a decoder takes the last one in silence, and another reader may take the first.

An object is looked into as far as a recording is read. A body that is a JSON document is left to the reader of messages.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import inspect

T = TypeVar("T")

_SHORTEST_BESIDES_NAME = len(',"":0')
_QUOTE, _ESCAPED_QUOTE = b'"', rb"\u0022"
_ANY = inspect.AnyType | inspect.CustomType  # the latter is how `object` is described
_OBJECTS = _ANY | inspect.StructType | inspect.DictType


class RepeatedMemberError(Exception):
    """An object has a member more than once. The text is the member's path."""


class _Name(str):
    """A name that is equal to itself alone, so that a table of members keeps those of one name apart."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


def _to_name(_kind: type, text: str) -> _Name:
    return _Name(text)


_DECODER: msgspec.json.Decoder[dict[str, msgspec.Raw]] = msgspec.json.Decoder(dict[str, msgspec.Raw])
_EACH_DECODER: msgspec.json.Decoder[dict[_Name, msgspec.Raw]] = msgspec.json.Decoder(
    dict[_Name, msgspec.Raw], dec_hook=_to_name
)


def unique_members(content: bytes | msgspec.Raw, parent: str = "") -> dict[str, msgspec.Raw]:
    """Decode the members of an object; raises RepeatedMemberError, or msgspec's errors."""
    decoded = _DECODER.decode(content)
    if not _has_room_for_another(content, decoded):  # which is quicker to see than to look at each
        return decoded
    found = _EACH_DECODER.decode(content)
    members = {str(name): raw for name, raw in found.items()}
    if len(members) < len(found):
        ((name, _),) = Counter(map(str, found)).most_common(1)
        raise RepeatedMemberError(parent + name)
    return members


def _has_room_for_another(content: bytes | msgspec.Raw, members: dict[str, msgspec.Raw]) -> bool:
    """Return false if an object is too short to have one of its members twice."""
    if not members:
        return False
    written = len("".join(members)) + sum(map(len, members.values())) + 4 * len(members) + 1
    return len(content) - written >= len(min(members, key=len)) + _SHORTEST_BESIDES_NAME


class _UniqueDecoder(Generic[T]):
    """Decodes JSON into a type, if no object has a member twice as far as it is decoded."""

    def __init__(self, shape: type[T]) -> None:
        self._decoder = msgspec.json.Decoder(shape)
        self._kind = inspect.type_info(shape)
        self._is_deep = any(map(_has_objects, _inner_types(self._kind)))

    def decode(self, content: bytes | msgspec.Raw) -> T:
        """Decode a value; raises RepeatedMemberError, or msgspec's errors."""
        decoded = self._decoder.decode(content)
        if not self._is_deep or _may_repeat(bytes(content)):
            _inspect(content, self._kind, "")
        return decoded


_decoders: dict[Any, _UniqueDecoder[Any]] = {}


def decode_unique(content: bytes | msgspec.Raw, shape: type[T]) -> T:
    """Decode JSON into a type; raises RepeatedMemberError, or msgspec's errors."""
    decoder: _UniqueDecoder[T] | None = _decoders.get(shape)
    if decoder is None:  # it is costly to make
        decoder = _decoders[shape] = _UniqueDecoder(shape)
    return decoder.decode(content)


def _has_objects(kind: inspect.Type) -> bool:
    return isinstance(kind, _OBJECTS) or any(map(_has_objects, _inner_types(kind)))


def _inner_types(kind: inspect.Type) -> tuple[inspect.Type, ...]:
    match kind:
        case inspect.StructType(fields=fields):
            return tuple(field.type for field in fields)
        case inspect.UnionType(types=types):
            return tuple(inner for each in types for inner in _inner_types(each))
        case inspect.DictType(value_type=inner) | inspect.ListType(item_type=inner):
            return (inner,)
    return (kind,) if isinstance(kind, _ANY) else ()


def _may_repeat(content: bytes) -> bool:
    """Return false if surely no object has a member twice: what is written anew then has all the quotation marks."""
    if _ESCAPED_QUOTE in content:
        return True
    try:
        again = msgspec.json.encode(msgspec.json.decode(content))
    except (
        msgspec.MsgspecError,
        ValueError,
        OverflowError,
        RecursionError,
    ):  # such as integers of many digits
        return True
    return content.count(_QUOTE) != again.count(_QUOTE)


def _inspect(content: bytes | msgspec.Raw, kind: inspect.Type | None, place: str) -> None:
    if kind is None or isinstance(kind, inspect.RawType):
        return
    first = bytes(memoryview(content)[:64]).lstrip()[:1]
    if first == b"{":
        for name, raw in unique_members(content, f"{place}." if place else "").items():
            _inspect(raw, _type_of_member(kind, name), f"{place}.{name}" if place else name)
    elif first == b"[" and not isinstance(inner := _type_of_items(kind), inspect.RawType):
        for index, raw in enumerate(msgspec.json.decode(content, type=list[msgspec.Raw])):
            _inspect(raw, inner, f"{place}[{index}]")


def _type_of_member(kind: inspect.Type, name: str) -> inspect.Type | None:
    """Return the type that a member is decoded to; None if it is not read."""
    match kind:
        case inspect.AnyType() | inspect.CustomType():
            return kind
        case inspect.DictType(value_type=inner):
            return inner
        case inspect.StructType(fields=fields):
            return next((field.type for field in fields if field.encode_name == name), None)
        case inspect.UnionType(types=types):
            return next((found for each in types if (found := _type_of_member(each, name))), None)
    return None


def _type_of_items(kind: inspect.Type) -> inspect.Type | None:
    match kind:
        case inspect.AnyType() | inspect.CustomType():
            return kind
        case inspect.ListType(item_type=inner):
            return inner
        case inspect.UnionType(types=types):
            return next((found for each in types if (found := _type_of_items(each))), None)
    return None
