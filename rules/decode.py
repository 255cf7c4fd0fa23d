"""Decoding of TOML into typed tables, with messages that name the key or line, and quoting of texts for it."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any, TypeVar

import msgspec

from .names import did_you_mean, lower_first, suggestion

T = TypeVar("T", bound=msgspec.Struct)

MAX_KEY_PARTS = 100
"""The most parts of a dotted key: the parser keeps every prefix of a key, so a long one could fill the memory."""

_PART = r"""(?:[A-Za-z0-9_-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')[ \t]*+"""
_LONG_KEY = re.compile(rf"(?<![A-Za-z0-9_-])(?:{_PART}\.[ \t]*+){{{MAX_KEY_PARTS}}}")
_AT = re.compile(r"^(?P<problem>.*?) - at `(?P<at>[^`]*)`$", re.DOTALL)
_UNKNOWN = re.compile(r"^Object contains unknown field `(?P<key>[^`]*)`$", re.DOTALL)
_NOT_ONE_OF = re.compile(r"^Invalid enum value '(?P<value>.*)'$", re.DOTALL)
_EMPTY = "Expected `array` of length >= 1"
_MISSING = re.compile(r"^Object missing required field `(?P<key>[^`]*)`$", re.DOTALL)


class DecodeError(ValueError):
    """A file does not have the content that its format requires; the text says where and what is wrong."""


def decode_toml(content: bytes, kind: type[T]) -> T:
    """Decode a TOML file as `kind`.

    Raises DecodeError, with key or line, if the bytes are not UTF-8, not TOML, or not of that type.
    """
    return convert(parse_toml(content), kind)


def parse_toml(content: bytes) -> dict[str, Any]:
    """Decode a TOML file as plain data; raises DecodeError if the bytes are not UTF-8 or not TOML."""
    text = decode_text(content)
    for number, line in enumerate(text.split("\n"), start=1):
        if line.count(".") >= MAX_KEY_PARTS and _LONG_KEY.search(line):
            raise DecodeError(f"line {number}: a key has more than {MAX_KEY_PARTS} parts")
    try:
        return tomllib.loads(text)
    except ValueError as error:  # a TOMLDecodeError, or a number that is too long to be read
        raise DecodeError(f"not TOML: {lower_first(str(error))}") from None
    except RecursionError:
        raise DecodeError("not readable as TOML: nested too deeply") from None


def quote_toml(text: str) -> str:
    """Return a text as a TOML string: JSON and TOML write them alike, except for the delete character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def decode_text(content: bytes) -> str:
    """Decode UTF-8, with or without a byte order mark; raises DecodeError with the line that is not UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DecodeError(f"line {line}: not UTF-8") from None


def convert(data: Any, kind: type[T]) -> T:
    """Convert decoded data to `kind`; raises DecodeError with the key that does not fit."""
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        raise DecodeError(_rewrite(str(error), kind)) from None


def _rewrite(message: str, kind: type[msgspec.Struct]) -> str:
    """Rewrite a message of msgspec: first the key, then the problem in terms of the file."""
    match = _AT.match(message)
    problem, at = (match["problem"], match["at"].removeprefix("$").lstrip(".")) if match else (message, "")
    place = f"`{at}`: " if at else ""
    if unknown := _UNKNOWN.match(problem):
        return f"{place}unknown key `{unknown['key']}`{did_you_mean(unknown['key'], _keys_of(kind))}"
    if missing := _MISSING.match(problem):
        return f"{place}key `{missing['key']}` is missing"
    if invalid := _NOT_ONE_OF.match(problem):
        known = _values_at(kind, at)
        return f"{place}{lower_first(problem)}{suggestion(invalid['value'], known)}"
    if problem == _EMPTY:
        return f"{place}is an empty list; write an entry, or leave the key out"
    return place + lower_first(problem)


def _keys_of(kind: type[msgspec.Struct]) -> list[str]:
    """Return the keys of a table and of the tables inside it."""
    keys: dict[str, None] = {}
    seen: set[type] = set()

    def visit(annotation: Any) -> None:
        if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
            if annotation in seen:
                return
            seen.add(annotation)
            for field in msgspec.structs.fields(annotation):
                keys[field.encode_name] = None
                visit(field.type)
        for part in getattr(annotation, "__args__", ()):
            visit(part)

    visit(kind)
    return list(keys)


def _values_at(kind: Any, at: str) -> list[str]:
    """Return the texts that a key can have, by its place such as ``evidence.http[1].from``; none if it can have any."""
    kinds = [kind]
    for name in re.sub(r"\[[^\]]*\]", "", at).split("."):
        tables = [
            each
            for kind in kinds
            for each in _parts(kind)
            if isinstance(each, type) and issubclass(each, msgspec.Struct)
        ]
        fields = [field for table in tables for field in msgspec.structs.fields(table)]
        kinds = [field.type for field in fields if field.encode_name == name]
    return [text for kind in kinds for text in _parts(kind) if isinstance(text, str)]


def _parts(annotation: Any) -> list[Any]:
    """Return the types that an annotation consists of, and the texts of a literal one."""
    inner = getattr(annotation, "__args__", ())
    return [part for each in inner for part in _parts(each)] if inner else [annotation]
