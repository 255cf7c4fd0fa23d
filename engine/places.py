"""Places: where an element of a message stands, as the rulebook sees it.

The rulebook's paths are one tree of `PathNode`s, made once. Every element that is read has a `Place`, which is remembered,
so that a reader goes from a place to the next by one lookup and nothing is worked out twice. No path is spelled out
until a finding is about it: the names of a hostile message would add up.
"""

from __future__ import annotations

from binascii import crc32
from copy import copy
from functools import lru_cache

from ..rules.model import Row, Rulebook
from ..rules.paths import ANY_NAME

MAX_PATH = 240
"""Characters of a path that are shown."""
TEXT = "text()"
"""Stands for text between elements in a path."""


class PathNode:
    """A name among the rulebook's paths: a row, an element known as unlisted, one whose text is read, or on the way there.

    ``bits_below`` are the bits of the rows below an element that is in no row and leads to them. ``reads`` are the paths by which
    its text is evidence.
    """

    __slots__ = (
        "bit",
        "bits_below",
        "children",
        "is_container",
        "is_known",
        "masks",
        "name",
        "nulls_are_absent",
        "path",
        "reads",
        "row",
    )

    def __init__(self, name: str, path: str) -> None:
        self.name = name
        self.path = path
        self.children: dict[str, PathNode] = {}
        self.row: Row | None = None
        self.bit = 0
        self.bits_below = 0
        self.is_container = False
        self.is_known = False
        self.reads: tuple[str, ...] = ()
        self.masks: frozenset[str] = frozenset()
        self.nulls_are_absent = False

    @property
    def is_expected(self) -> bool:
        """True if the rulebook knows an element here: as unlisted, or on the way to others."""
        return self.is_known or bool(self.children)

    def child(self, name: str) -> PathNode | None:
        """Return the node of an element directly below: that of its name, or that of any name."""
        return self.children.get(name) or self.children.get(ANY_NAME)


class Place:
    """The place of an element.

    ``node`` is None if its names are no path of the rulebook. ``other_namespace`` says that its name belongs to a vocabulary other
    than the rulebook's, ``is_structural`` that it is an expected part of the envelope, ``is_reachable`` that neither its name nor
    one above it does, so that it can be a row's element: ``row``. ``is_text`` says that it is no element, but text that stands
    between elements.
    """

    __slots__ = (
        "_path",
        "depth",
        "is_reachable",
        "is_structural",
        "is_text",
        "name",
        "node",
        "other_namespace",
        "parent",
        "row",
    )

    def __init__(
        self, parent: Place | None, name: str, node: PathNode | None, *, other_namespace: bool = False
    ) -> None:
        self.parent = parent
        self.name = node.name if node is not None else name
        self.node = node
        self.other_namespace = other_namespace
        self.is_reachable: bool = not other_namespace and (parent is None or parent.is_reachable)
        self.row = node.row if node is not None and self.is_reachable else None
        self.is_structural = False
        self.is_text = False
        self.depth: int = parent.depth + 1 if parent is not None else 0
        self._path: str | None = None

    @property
    def path(self) -> str:
        """The names down to here, joined by ``/`` and cut to what is shown; those of two places differ even so."""
        if self._path is None:
            if self.node is not None:
                self._path = self.node.path
            elif self.parent is None or not self.parent.path:
                self._path = self.name
            else:
                self._path = f"{self.parent.path}/{self.name}"
            if len(self._path) > MAX_PATH:
                self._path = _cut(self._path)
        return self._path

    @property
    def is_unlisted(self) -> bool:
        """True if the element is in no row."""
        return self.row is None and self.parent is not None and not self.is_structural


def _cut(path: str) -> str:
    """Cut a path to what is shown, with a number that tells it from others: it is the identity of a finding."""
    end = f"…{crc32(path.encode('utf-8', 'surrogatepass')):08x}"
    return path[: MAX_PATH - len(end)] + end


@lru_cache(64)
def path_tree(rulebook: Rulebook, read: frozenset[str] = frozenset()) -> PathNode:
    """Return the root of the rulebook's paths; ``read`` are further paths, of elements whose text is evidence."""
    root = PathNode("", "")
    wire = rulebook.document.wire
    for container, rows in rulebook.rows_judged_in.items():
        node = _node_at(root, container or "")
        node.is_container = container is None or bool(rows)
        node.masks, node.nulls_are_absent = frozenset(wire.masks), wire.nulls == "absent"
    for row in rulebook.rows:
        node = _node_at(root, row.path)
        node.row = row
        node.bit = row_bits(rulebook)[row.path]
        options = rulebook.row_options[row.path]
        node.masks = frozenset(options.masks or ())
        node.nulls_are_absent = options.nulls == "absent"
    for path, rows in rulebook.rows_through.items():
        _node_at(root, path or "").bits_below = sum(row_bits(rulebook)[row.path] for row in rows)
    for path in rulebook.document.unlisted.paths:
        _node_at(root, path).is_known = True
    for path in read:
        node = _node_at(root, path)
        node.reads = (path,)
        if node.row is None:
            node.nulls_are_absent = wire.nulls == "absent"
    for path, spellings in rulebook.document.spellings.items():
        node = _node_at(root, path)
        siblings = _node_at(root, path.rpartition("/")[0]).children
        for spelling in spellings:
            siblings.setdefault(spelling, node)
    _share_free_keys(root)
    return root


def _share_free_keys(node: PathNode) -> None:
    """Make each member of a map that is named for its text alone what `*` says of any member."""
    for inner in node.children.values():
        _share_free_keys(inner)
    free = node.children.get(ANY_NAME)
    if free is not None:
        named = {name: inner for name, inner in node.children.items() if _is_only_read(inner)}
        node.children |= {name: _also_read(free, inner) for name, inner in named.items()}


def _is_only_read(node: PathNode) -> bool:
    is_more = node.row is not None or node.is_known or node.is_container or node.bits_below
    return not is_more and all(map(_is_only_read, node.children.values()))


def _also_read(free: PathNode, named: PathNode) -> PathNode:
    """Return a node like one of a free key, whose text, or that of what is below it, is also read by a name."""
    node = copy(free)
    node.reads += named.reads
    node.nulls_are_absent = free.nulls_are_absent if free.row is not None else named.nulls_are_absent
    node.children = dict(free.children)
    for name, inner in named.children.items():
        known = free.child(name)
        node.children[name] = inner if known is None else _also_read(known, inner)
    return node


def row_at(rulebook: Rulebook, path: str) -> str | None:
    """Return the path of the row that an element with this path is in, which `*` may have in place of a name; None for none."""
    node: PathNode | None = path_tree(rulebook)
    for name in path.split("/"):
        node = node.child(name) if node is not None else None
    return node.row.path if node is not None and node.row is not None else None


def _node_at(root: PathNode, path: str) -> PathNode:
    node = root
    for name in path.split("/") if path else ():
        inside = f"{node.path}/{name}" if node.path else name
        node = node.children.setdefault(name, PathNode(name, inside))
        node.is_known = node.is_known or name == ANY_NAME  # whatever a free key is, it is no row's name
    return node


@lru_cache(16)
def bit_shift(rulebook: Rulebook) -> int:
    """Return how far the bits of masked rows are shifted; twice as far are those of rows whose condition is not met."""
    return max(map(len, rulebook.rows_judged_in.values()))


@lru_cache(16)
def row_bits(rulebook: Rulebook) -> dict[str, int]:
    """Return each row's bit among those of the rows that are judged in the same container, by path."""
    judged = rulebook.rows_judged_in.values()
    return {row.path: 1 << place for rows in judged for place, row in enumerate(rows)}
