"""Decoding of TOML into typed tables, with errors that a person can act on."""

from __future__ import annotations

import re
import tomllib
from typing import Any, TypeVar

import msgspec

from .names import did_you_mean, lower_first

T = TypeVar("T", bound=msgspec.Struct)

MOST_PARTS = 100
"""Parts that a dotted key may have: the parser keeps every beginning of a key, so that a long one fills any memory."""

_PART = r"""(?:[A-Za-z0-9_-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')[ \t]*+"""
_LONG_KEY = re.compile(rf"(?<![A-Za-z0-9_-])(?:{_PART}\.[ \t]*+){{{MOST_PARTS}}}")
_AT = re.compile(r"^(?P<what>.*?) - at `(?P<at>[^`]*)`$", re.DOTALL)
_UNKNOWN = re.compile(r"^Object contains unknown field `(?P<key>[^`]*)`$", re.DOTALL)
_MISSING = re.compile(r"^Object missing required field `(?P<key>[^`]*)`$", re.DOTALL)


class ShapeError(ValueError):
    """A file does not hold what its format asks for; the text says where and what."""


def decode_toml(content: bytes, kind: type[T]) -> T:
    """Decode a TOML file as `kind`.

    Raises ShapeError, with key or line, where the bytes are no UTF-8, no TOML, or not of that shape.
    """
    return convert(parse_toml(content), kind)


def parse_toml(content: bytes) -> dict[str, Any]:
    """Decode a TOML file as plain data; raises ShapeError where the bytes are no UTF-8 or no TOML."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ShapeError(f"line {line}: not UTF-8") from None
    for number, written in enumerate(text.split("\n"), start=1):
        if written.count(".") >= MOST_PARTS and _LONG_KEY.search(written):
            raise ShapeError(f"line {number}: a key of more than {MOST_PARTS} parts")
    try:
        return tomllib.loads(text)
    except ValueError as error:  # a TOMLDecodeError, or a number that is too long to be read
        raise ShapeError(f"not TOML: {lower_first(str(error))}") from None
    except RecursionError:
        raise ShapeError("not TOML that can be read: nested too deeply") from None


def convert(data: Any, kind: type[T]) -> T:
    """Convert decoded data to `kind`; raises ShapeError with the key that does not fit."""
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        raise ShapeError(_say(str(error), kind)) from None


def _say(message: str, kind: type[msgspec.Struct]) -> str:
    """Rewrite msgspec's message: the key first, then what is wrong, in the words of the file."""
    found = _AT.match(message)
    what, at = (found["what"], found["at"].removeprefix("$").lstrip(".")) if found else (message, "")
    where = f"`{at}`: " if at else ""
    if unknown := _UNKNOWN.match(what):
        return f"{where}unknown key `{unknown['key']}`{did_you_mean(unknown['key'], _keys_near(kind))}"
    if missing := _MISSING.match(what):
        return f"{where}key `{missing['key']}` is missing"
    return where + lower_first(what)


def _keys_near(kind: type[msgspec.Struct]) -> list[str]:
    """Collect the keys of a table and of those inside it."""
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
