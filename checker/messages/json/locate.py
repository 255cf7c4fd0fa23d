"""Locate things in a JSON text: the line of each element, and of the first fault.

The decoder gives values and no places. This scanner is run only if a place is asked for: by a finding, or because the decoder
refuses a text, or because an object may have a name twice. It keeps to RFC 8259; what that leaves to chance (a name that an
object has twice) is refused, since two readers can see two different things in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from ...core.errors import Reason, UncheckedError
from ...core.limits import Limits, limit_exceeded

_SPACE = re.compile(r"[ \t\n]*+")
_STRING = re.compile(r'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+"')
_SCALAR = re.compile(r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?|true|false|null")


def text_of(content: bytes) -> str:
    """Decode a document, with line feeds as its only line ends; raises UncheckedError (not-json) for what is not UTF-8."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UncheckedError(Reason.NOT_JSON, f"at line {line}: not UTF-8") from None
    # A carriage return can stand between tokens only, so that lines are counted in one way.
    return text.replace("\r\n", "\n").replace("\r", "\n")


def scan(content: bytes, limits: Limits) -> list[int]:
    """Return the line of each element in order: the root, then each member, or each item of a member that is an array.

    Raises UncheckedError: too-large, or not-json with line and column.
    """
    return list(_Scanner(text_of(content), limits).document())


_SECOND = "a second document begins there; of a stream of documents, such as NDJSON, record each as a response of its own"


class _Scanner:
    """One reading of one text."""

    def __init__(self, text: str, limits: Limits) -> None:
        self._text = text
        self._limits = limits
        self._at = 0
        self._line = 1
        self._counted = 0
        self._elements = 0

    def document(self) -> Iterator[int]:
        self._space()
        if self._at == len(self._text):
            raise UncheckedError(Reason.NOT_JSON, "it is empty")
        yield from self._value(self._line_here(), 0)
        self._space()
        if self._at != len(self._text):
            is_stream = self._text[self._at] in "{["
            raise self._fault(_SECOND if is_stream else "content after the end of the document")

    def _value(self, line: int, depth: int) -> Iterator[int]:
        """Step over a value; yields the line of each element that begins in it, its own first unless it is an array."""
        self._elements += 1
        if depth > self._limits.depth:
            raise limit_exceeded(f"more than {self._limits.depth} levels of elements", "depth")
        if self._elements > self._limits.elements:
            raise limit_exceeded(f"more than {self._limits.elements:,} elements", "elements")
        first = self._text[self._at : self._at + 1]
        if first == "[":
            yield from self._items(line, depth)
            return
        yield line
        if first == "{":
            yield from self._members(depth)
        else:
            self._scalar(first)

    def _scalar(self, first: str) -> None:
        if first == '"':
            self._string()
            return
        found = _SCALAR.match(self._text, self._at)
        if found is None:
            raise self._fault("no value of JSON begins there")
        self._at = found.end()

    def _members(self, depth: int) -> Iterator[int]:
        names: set[str] = set()
        self._at += 1
        while self._more("}", first=not names):
            line, start = self._line_here(), self._at
            if not self._text.startswith('"', self._at):
                raise self._fault("the name of a member has to stand there")
            name = self._string()
            if name in names:
                self._at = start
                raise self._fault("a name that its object has already")
            if len(name) > self._limits.name:
                raise limit_exceeded(
                    f"at line {line}: a name of more than {self._limits.name:,} letters", "name"
                )
            names.add(name)
            self._space()
            if not self._text.startswith(":", self._at):
                raise self._fault("a colon has to stand there")
            self._at += 1
            self._space()
            yield from self._value(line, depth + 1)

    def _items(self, line: int, depth: int) -> Iterator[int]:
        self._at += 1
        is_empty = True
        while self._more("]", first=is_empty):
            is_empty = False
            yield from self._value(self._line_here(), depth + 1)
        if is_empty:
            yield line

    def _more(self, end: str, *, first: bool) -> bool:
        """Step over what stands before the next member or item; returns whether there is one."""
        self._space()
        here = self._text[self._at : self._at + 1]
        if here == end:
            self._at += 1
            return False
        if not first:
            if here != ",":
                raise self._fault(f"a comma or `{end}` has to stand there")
            self._at += 1
            self._space()
        return True

    def _string(self) -> str:
        found = _STRING.match(self._text, self._at)
        if found is None:
            raise self._fault("a string that does not end, or contains what JSON does not allow")
        self._at = found.end()
        raw = found[0]
        return raw[1:-1] if "\\" not in raw else str(json.loads(raw))

    def _space(self) -> None:
        found = _SPACE.match(self._text, self._at)
        self._at = found.end() if found else self._at

    def _line_here(self) -> int:
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line

    def _fault(self, what: str) -> UncheckedError:
        if self._at >= len(self._text):
            what = "it ends before its root does: is it cut off?"
        column = self._at - self._text.rfind("\n", 0, self._at)
        line = self._text.count("\n", 0, self._at) + 1
        return UncheckedError(Reason.NOT_JSON, f"at line {line}, column {column}: {what}")
