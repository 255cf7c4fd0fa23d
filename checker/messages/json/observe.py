"""Reading of JSON that nobody vouches for into what was seen in it: names and lines, and no value.

A parser of one's own, since those at hand give no lines. It holds to RFC 8259; what that leaves to chance (a name
that an object has twice) is refused, since two readers can see two different things in it.
"""

from __future__ import annotations

import json
import re

from ....engine.observation import Node
from ....reports.text.escape import escape_control_chars
from ...core.errors import Reason, UncheckedError
from ...core.limits import Limits, limit_exceeded
from ..vocabulary import Noted, Vocabulary

_SPACE = re.compile(r"[ \t\n]*+")
_STRING = re.compile(r'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+"')
_SCALAR = re.compile(r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?|true|false|null")


def json_node(content: bytes, vocabulary: Vocabulary, noted: Noted, limits: Limits) -> Node:
    """Read a document whose root is an object; its members are the children of the node that comes back.

    A member that holds a list is as many nodes of that name; ``null``, ``""``, ``{}`` and ``[]`` are empty nodes.
    Raises Refusal: too-large, not-json with line and column, or not-a-message where the root is no object.
    """
    if len(content) > limits.size:
        raise limit_exceeded(f"larger than {limits.size:,} bytes", "size")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UncheckedError(Reason.NOT_JSON, f"at line {line}: not UTF-8") from None
    # A carriage return can stand between tokens only, so that lines are counted in one way.
    return _Parser(text.replace("\r\n", "\n").replace("\r", "\n"), vocabulary, noted).document()


def shown_name(name: str) -> str:
    """Write a member's name as one step of a path that can be shown.

    A slash is no step (``~1``, as in JSON pointers), what would steer a terminal is escaped, and no name is empty.
    """
    escaped = name.replace("~", "~0").replace("/", "~1") or '""'
    return escape_control_chars(escaped)


class _Parser:
    """One reading of one text."""

    def __init__(self, text: str, vocabulary: Vocabulary, noted: Noted) -> None:
        self._text = text
        self._vocabulary = vocabulary
        self._noted = noted
        self._at = 0
        self._line = 1
        self._counted = 0

    def document(self) -> Node:
        self._space()
        if self._at == len(self._text):
            raise UncheckedError(Reason.NOT_JSON, "it is empty")
        root_is_object = self._text[self._at] == "{"
        line = self._line_here()
        nodes = self._value("", "", line, 0)
        self._space()
        if self._at != len(self._text):
            raise self._refusal("content after the end of the document")
        if not root_is_object:
            raise UncheckedError(Reason.NOT_A_MESSAGE, "its root is no object")
        return nodes[0]

    def _value(self, name: str, path: str, line: int, depth: int) -> list[Node]:
        self._noted.element(depth)
        first = self._text[self._at : self._at + 1]
        if first == "{":
            children = self._members(path, depth)
            return [Node(name, line, tuple(children), blank=True)]
        if first == "[":
            items = self._items(name, path, depth)
            return items or [Node(name, line, blank=True)]
        scalar = self._scalar(first)
        self._noted.text(path, scalar, line)
        return [Node(name, line, blank=not scalar or scalar.isspace())]

    def _scalar(self, first: str) -> str:
        if first == '"':
            return self._string()
        found = _SCALAR.match(self._text, self._at)
        if found is None:
            raise self._refusal("no value of JSON begins there")
        self._at = found.end()
        return "" if found[0] == "null" else found[0]

    def _members(self, path: str, depth: int) -> list[Node]:
        nodes: list[Node] = []
        names: set[str] = set()
        self._at += 1
        while self._more("}", first=not names):
            line = self._line_here()
            if not self._text.startswith('"', self._at):
                raise self._refusal("the name of a member has to stand there")
            start = self._at
            name = self._string()
            if name in names:
                self._at = start
                raise self._refusal("a name that its object has already")
            self._noted.name(name, line)
            names.add(name)
            self._space()
            if not self._text.startswith(":", self._at):
                raise self._refusal("a colon has to stand there")
            self._at += 1
            self._space()
            step = shown_name(name)
            inside = f"{path}/{step}" if path else step
            inside = self._vocabulary.canonical.get(inside, inside)
            nodes += self._value(inside.rpartition("/")[2], inside, line, depth + 1)
        return nodes

    def _items(self, name: str, path: str, depth: int) -> list[Node]:
        nodes: list[Node] = []
        self._at += 1
        while self._more("]", first=not nodes):
            nodes += self._value(name, path, self._line_here(), depth + 1)
        return nodes

    def _more(self, end: str, *, first: bool) -> bool:
        """Step over what stands before the next member or item; gives whether there is one."""
        self._space()
        here = self._text[self._at : self._at + 1]
        if here == end:
            self._at += 1
            return False
        if not first:
            if here != ",":
                raise self._refusal(f"a comma or `{end}` has to stand there")
            self._at += 1
            self._space()
        return True

    def _string(self) -> str:
        found = _STRING.match(self._text, self._at)
        if found is None:
            raise self._refusal("a string that does not end, or holds what JSON does not allow")
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

    def _refusal(self, said: str) -> UncheckedError:
        if self._at >= len(self._text):
            said = "it ends before its root does: is it cut off?"
        column = self._at - self._text.rfind("\n", 0, self._at)
        line = self._text.count("\n", 0, self._at) + 1
        return UncheckedError(Reason.NOT_JSON, f"at line {line}, column {column}: {said}")
