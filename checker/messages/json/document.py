"""Reading of JSON documents: decoded by a library, refused if they are larger than allowed or two readers could see two things."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from ....engine.places import PathNode, bit_shift, path_tree
from ....engine.recurrence import Recurrence
from ....rules.model import Rulebook
from ...core.errors import Reason, UncheckedError
from ...core.limits import Limits, limit_exceeded
from ..base import MAX_COMPARED
from ..conditions import RowConditions
from .encoding import BEGINNINGS, to_utf_8
from .locate import scan, text_of
from .observe import JsonDocument
from .places import JsonPlace, shown_name
from .shapes import NULL, Fraction, Kind, ObjectShape, Telling
from .telling import telling_names, telling_paths

_DECODER = msgspec.json.Decoder(float_hook=Fraction)
_NESTED = frozenset((dict, list))
_QUOTE, _BACKSLASH = b'"\\'
_BYTES_FOR_AN_ESCAPE = 128
"""Bytes for each backslash, from which on it is quicker to look at each."""
MAX_STEPS = 20_000
"""Names in their places that are remembered; then the reader begins anew."""
MAX_KEPT = 128 * 1024
"""Bytes of the document that was read last, up to which it is kept: it is read again if a glance at it was not enough."""
MAX_SHAPED = 1_000_000
"""Letters of the names in shapes that are remembered, a member for 16 more; then they are forgotten."""

_NOTHING_TOLD: Telling = (frozenset(), ())

PlaceAndNames = tuple[JsonPlace, tuple[str, ...]]
"""The place of an object, and the names of its members."""

Shapes = dict[tuple[Kind, ...] | tuple[int, ...], tuple[ObjectShape, int]]
"""Shapes of objects with the same names, and their numbers of strings: by the kinds of their members, and by those that are objects or arrays."""


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
        self._empty_is_absent = empty_is_absent
        self._limits = limits
        self.conditions = (
            RowConditions(rulebook, {**rulebook.rows_through, **rulebook.rows_judged_in}) or None
        )
        self._telling_names = telling_names(rulebook)
        self.telling_paths = telling_paths(rulebook)
        wire = rulebook.document.wire
        self.failure_names = frozenset(wire.failure_members).difference(wire.recognised_by)
        self.shift = bit_shift(rulebook)
        self.seen_bits = (1 << 2 * self.shift) - 1
        self.max_depth = limits.depth
        self._unit = unit
        self._tree = path_tree(rulebook, read)
        self._told_by: dict[frozenset[str], Telling] = {}
        self.shapes: dict[PlaceAndNames, Shapes] = {}
        self._met = Recurrence()
        self._last: JsonDocument | None = None
        self._begin()

    def _begin_anew(self) -> None:
        """Forget everything, also for those who keep a place: a finding's place would keep all others alive."""
        places = [self._root, self.unit_root, self._misshapen]
        while places:
            place = places.pop()
            places += place.steps.values()
            place.forget()
        self._begin()

    def _begin(self) -> None:
        self.unit_root = self._place(None, "", self._tree)
        self._root = self.unit_root if not self._unit else self._surroundings()
        outside = self._place(None, "")
        outside.is_reachable = False
        self._misshapen = self._place(outside, "")
        self._room = MAX_STEPS
        self._forget_shapes()

    def _forget_shapes(self) -> None:
        self.shapes.clear()
        self._shape_room = MAX_SHAPED

    def _place(self, parent: JsonPlace | None, name: str, node: PathNode | None = None) -> JsonPlace:
        return JsonPlace(parent, name, node, empty_is_absent=self._empty_is_absent)

    def _surroundings(self) -> JsonPlace:
        """Return the root of what surrounds the units: no element in it is in a row, and names of rows are misplaced."""
        root = place = self._place(None, "")
        root.is_reachable = False
        for name in filter(None, self._unit.removesuffix("[]").split("/")):
            inner = self._place(place, shown_name(name))
            place.add(name, inner)
            place = inner
        place.item_place = self._place(root, "")
        return root

    def read(self, content: bytes) -> JsonDocument:
        """Read a document, unless it is the one that was read last.

        A root that is an array where none is expected is read as something in which no element is in its place. Raises
        UncheckedError: too-large, not-json with line and column, or not-a-message for a root that is neither.
        """
        last = self._last
        if last is not None and last.content is content:
            return last
        if self._room <= 0:
            self._begin_anew()
        if not content.startswith(BEGINNINGS):
            content = to_utf_8(content)
        root = self.decode_document(content)
        if isinstance(root, dict) or (self._unit == "[]" and isinstance(root, list)):
            document = JsonDocument(content, self, self._root)
            document.read_root(root)
        elif isinstance(root, list):
            document = JsonDocument(content, self, self._misshapen)
            document.read_misshapen(root)
        else:
            self.lines(content)
            raise UncheckedError(Reason.NOT_A_MESSAGE, f"its root is {describe_kind(root)}, not an object")
        quotes = content.count(b'"')
        if _BACKSLASH in content:
            quotes -= _escaped_quotes(content)
        if quotes != 2 * document.strings:
            self.lines(content)  # which raises, since an object has a name twice
        self._last = document if len(content) <= MAX_KEPT and document.is_object else None
        return document

    def decode_document(self, content: bytes) -> Any:
        """Decode a document; raises UncheckedError."""
        limits = self._limits
        if len(content) > limits.size:
            raise limit_exceeded(f"larger than {limits.size:,} bytes", "size")
        if len(content) >= limits.elements and _most_elements(content) >= limits.elements:
            self.lines(content)  # which builds nothing of it, and raises if there are really as many elements
        try:
            return _DECODER.decode(content)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            self.lines(content)
        # What the decoder lacks: single surrogates, integers of thousands of digits, and a mark at the start.
        return json.loads(text_of(content), parse_float=Fraction, parse_int=Fraction)

    def learn(
        self,
        content: bytes,
        key: PlaceAndNames,
        members: dict[str, Any],
        kinds: tuple[Kind, ...],
        shapes: Shapes | None,
    ) -> tuple[ObjectShape, int]:
        """Return the shape of an object that is not remembered, and its number of strings; remember it if such names were met before.

        ``shapes`` are those of its names that are remembered.
        """
        names = key[1]
        if shapes is None and len(names) <= MAX_COMPARED and self._met.was_met(key):
            shapes = self.shapes[key] = {}
            self._shape_room -= sum(map(len, names))
        nested = _nested_among(kinds)
        shape, _ = (shapes and shapes.get(nested)) or (self._shape(content, key, members, nested), 0)
        known = shape, len(names) + kinds.count(str)
        if shapes is not None:
            if self._shape_room <= 0:
                self._forget_shapes()
            self._shape_room -= 16 * (len(names) + 1)
            shapes[nested] = shapes[kinds] = known
        return known

    def _shape(
        self, content: bytes, key: PlaceAndNames, members: dict[str, Any], looked_at: tuple[int, ...]
    ) -> ObjectShape:
        """Return the shape of an object by its names; ``looked_at`` are the members that are objects or arrays."""
        place, names = key
        steps = place.steps
        try:
            places = [*map(steps.__getitem__, names)]
            counts = place.counting
            counting = [at for at, name in enumerate(names) if name in counts] if counts else []
        except KeyError:
            places = [steps.get(name) or self._below(content, place, name) for name in names]
            counting = [at for at, inner in enumerate(places) if not inner.is_simple]
        if counting:
            looked_at = tuple(sorted({*looked_at, *counting}))
        telling = self._telling(members) if place.parent is None else _NOTHING_TOLD
        return ObjectShape(names, places, looked_at, telling)

    def _telling(self, members: dict[str, Any]) -> Telling:
        written = frozenset([name for name in self._telling_names if name in members])
        return self._told_by.get(written) or self._learn_telling(written)

    def _learn_telling(self, written: frozenset[str]) -> Telling:
        """Return what some members of a root tell, and those of failures as written and by name; one that is there in two spellings is no candidate."""
        names = [self._telling_names[each] for each in sorted(written)]
        failures = [
            (each, name)
            for each, name in zip(sorted(written), names, strict=True)
            if name in self.failure_names and names.count(name) == 1
        ]
        if len(self._told_by) >= MAX_COMPARED:
            self._told_by.clear()
        told = self._told_by[written] = frozenset(names), failures
        return told

    def step(self, place: JsonPlace, name: str) -> JsonPlace:
        """Return the place of a member that was met in a place."""
        return place.steps.get(name) or self._below(b"", place, name)

    def _below(self, content: bytes, place: JsonPlace, name: str) -> JsonPlace:
        """Return the place of a member that was not met there before, and remember it."""
        if len(name) > self._limits.name:
            self.lines(content)
        shown = shown_name(name)
        inner = self._place(place, shown, place.node.child(shown) if place.node is not None else None)
        if self._room > 0:
            self._room -= 1
            place.add(name, inner)
        return inner

    def require_depth(self, depth: int) -> None:
        """Raise UncheckedError (too-large) for a level that is not allowed."""
        if depth > self._limits.depth:
            raise limit_exceeded(f"more than {self._limits.depth} levels of elements", "depth")

    def lines(self, content: bytes) -> list[int]:
        """Return the line of each element of a document, in order; raises UncheckedError for what is wrong with it."""
        return scan(content, self._limits)


def describe_kind(value: Any) -> str:
    """Return what a decoded value is, as a noun with its article."""
    return _KINDS.get(type(value), "a number")


_KINDS: dict[type, str] = {
    dict: "an object",
    list: "an array",
    str: "a string",
    bool: "a boolean",
    NULL: "null",
}


def _nested_among(kinds: tuple[Kind, ...]) -> tuple[int, ...]:
    """Return the numbers of the members that are objects or arrays."""
    if _NESTED.isdisjoint(kinds):
        return ()
    return tuple([at for at, kind in enumerate(kinds) if kind is dict or kind is list])


def _most_elements(content: bytes) -> int:
    """Return a number that the elements of a document, less one, do not exceed."""
    return content.count(b",") + content.count(b"[") + content.count(b"{")


def _escaped_quotes(content: bytes) -> int:
    """Return the number of quotes in strings."""
    find, escaped, at = content.find, 0, content.find(b"\\")
    for _ in range(len(content) // _BYTES_FOR_AN_ESCAPE + 1):
        if at < 0:
            return escaped
        escaped += content[at + 1] == _QUOTE
        at = find(b"\\", at + 2)
    # Too many to go from one to the next: a pattern of two is slower to find, but how many there are makes no difference.
    rest = content[at:] if at >= 0 else b""
    return escaped + rest.replace(b"\\\\", b"").count(b'\\"')
