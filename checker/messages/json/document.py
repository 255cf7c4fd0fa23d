"""Reading of JSON documents: decoded by a library, refused if they are larger than allowed or two readers could see two things."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec

from ....engine.places import bit_shift, path_tree
from ....rules.model import Rulebook
from ...core.errors import Reason, UncheckedError
from ...core.limits import Limits, limit_exceeded
from ..conditions import RowConditions
from .locate import scan, text_of
from .observe import JsonContent, JsonDocument
from .places import JsonPlace, shown_name

_DECODER = msgspec.json.Decoder(float_hook=str)
_STRING_OR_NAME = re.compile(rb'"(?:[^"\\]|\\.)*+"[ \t\r\n]*+(:?)', re.DOTALL)
_SPACED_COLON = re.compile(rb'"[ \t\r\n]++:')
_ESCAPED_QUOTE = re.compile(rb'(\\++)":')

MAX_STEPS = 20_000
"""Names in their places that are remembered; then the reader begins anew."""


class JsonDocumentReader:
    """Reads documents of one direction by the names of one rulebook."""

    def __init__(
        self,
        rulebook: Rulebook,
        limits: Limits,
        read: frozenset[str],
        unit: str = "",
        *,
        empty_is_absent: bool = False,
    ) -> None:
        self.empty_is_absent = empty_is_absent
        self._limits = limits
        self.conditions = RowConditions(rulebook)
        self.telling_names = _telling_names(rulebook)
        self.shift = bit_shift(rulebook)
        self._unit = unit
        self._tree = path_tree(rulebook, read)
        self.item_place = JsonPlace(None, "", None)
        self._begin_anew()

    def _begin_anew(self) -> None:
        self.unit_root = JsonPlace(None, "", self._tree)
        self._root = self.unit_root if not self._unit else self._surroundings()
        self._room = MAX_STEPS

    def _surroundings(self) -> JsonPlace:
        """Return the root of what surrounds the units: no element in it is in a row, and names of rows are misplaced."""
        root = place = JsonPlace(None, "", None)
        root.is_reachable = False
        self.item_place = JsonPlace(root, "", None)
        for name in filter(None, self._unit.removesuffix("[]").split("/")):
            place.steps[name] = place = JsonPlace(place, shown_name(name), None)
        place.is_unit = True
        return root

    def read(self, content: bytes) -> JsonDocument:
        """Read a document whose root is an object, or the list of units.

        Raises UncheckedError: too-large, not-json with line and column, or not-a-message if the root is no object.
        """
        if self._room <= 0:
            self._begin_anew()
        document = JsonDocument(JsonContent(content, self, self._root), self, self._root)
        root = self.decoded(content)
        if not isinstance(root, dict) and not (self._unit == "[]" and isinstance(root, list)):
            self.lines(content)
            raise UncheckedError(Reason.NOT_A_MESSAGE, "its root is no object")
        document.walk(root)
        if _colons(content) != document.source.members:
            self.lines(content)  # which raises, since an object has a name twice
        return document

    def decoded(self, content: bytes) -> Any:
        """Decode a document; raises UncheckedError."""
        limits = self._limits
        if len(content) > limits.size:
            raise limit_exceeded(f"larger than {limits.size:,} bytes", "size")
        if content.count(b",") + content.count(b"[") + content.count(b"{") >= limits.elements:
            self.lines(content)  # which builds nothing of it, and raises if there are really as many elements
        try:
            return _DECODER.decode(content)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            self.lines(content)
        # What the decoder lacks: single surrogates, integers of thousands of digits, and a mark at the start.
        return json.loads(text_of(content), parse_float=str, parse_int=str)

    def below(self, content: bytes, place: JsonPlace, name: str) -> JsonPlace:
        """Return the place of a member that was not met there before, and remember it."""
        if len(name) > self._limits.name:
            self.lines(content)
        shown = shown_name(name)
        inner = JsonPlace(place, shown, place.node.child(shown) if place.node is not None else None)
        if self._room > 0:
            self._room -= 1
            place.steps[name] = inner
        return inner

    def require_depth(self, depth: int) -> None:
        """Raise UncheckedError (too-large) for a level that is not allowed."""
        if depth > self._limits.depth:
            raise limit_exceeded(f"more than {self._limits.depth} levels of elements", "depth")

    def lines(self, content: bytes) -> list[int]:
        """Return the line of each element of a document, in order; raises UncheckedError for what is wrong with it."""
        return scan(content, self._limits)


def _telling_names(rulebook: Rulebook) -> frozenset[str]:
    """Return the names of members of the root that tell what a message is, in every spelling."""
    wire, spellings = rulebook.document.wire, rulebook.document.spellings
    names = (*wire.recognised_by, *wire.failure_members)
    return frozenset(spelling for name in names for spelling in (name, *spellings.get(name, ())))


def _colons(content: bytes) -> int:
    """Count the colons between names and values: there are as many members as that, those of a name that comes twice included."""
    if _SPACED_COLON.search(content):
        return _STRING_OR_NAME.findall(content).count(b":")
    names = content.count(
        b'":'
    )  # within a string a quotation mark is escaped, by an odd number of backslashes
    if b'\\":' in content:
        names -= sum(len(backslashes) % 2 for backslashes in _ESCAPED_QUOTE.findall(content))
    return names
