"""Drawings: what comes of following a document's pieces, and what each of them adds."""

from __future__ import annotations

from enum import IntEnum, auto
from typing import Any, NamedTuple

import msgspec

from ...engine.observation import Node
from ...engine.sketch import Sketch, Unlisted

PLACES = 64
"""Lines on which an unlisted element is remembered to have been."""


class Kind(IntEnum):
    """What an event adds.

    OPENS and CLOSES are a container's; TELLS is an element that is evidence, SINGLE an unlisted element with nothing in
    it. BEGINS, INNER and ENDS are those of an unlisted element with others in it. BODY is the body's.
    """

    SINGLE = auto()
    OPENS = auto()
    CLOSES = auto()
    TELLS = auto()
    BODY = auto()
    BEGINS = auto()
    INNER = auto()
    ENDS = auto()


class Named(NamedTuple):
    """An unlisted element: the path of what it stands in, its own, its name, and what is known of the node.

    ``places`` are its nodes on the lines where it was met.
    """

    parent: str
    path: str
    name: str
    blank: bool
    foreign: bool
    places: dict[int | tuple[Node, ...], Unlisted]

    def at(self, line: int) -> Unlisted:
        """Give the element where it begins on a line and has nothing in it."""
        known = self.places.get(line)
        if known is None:
            known = Unlisted(self.parent, self.path, self.node(line))
            if len(self.places) < PLACES:
                self.places[line] = known
        return known

    def holding(self, node: Node) -> Unlisted:
        """Give the element whose node, with others in it, is this."""
        known = self.places.get((node,))
        if known is None:
            known = Unlisted(self.parent, self.path, node)
            if len(self.places) < PLACES:
                self.places[node,] = known
        return known

    def node(self, line: int, inside: tuple[Node, ...] = ()) -> Node:
        """Give its node."""
        return Node(self.name, line, inside, self.blank, self.foreign)


class Envelope(NamedTuple):
    """What is around a body: the numbers of the texts that may say that the call failed, and if all have to be ASCII."""

    status: tuple[int, ...] = ()
    only_ascii: bool = False


UNTOLD = Envelope()
"""An envelope of which nothing is known."""


class Event(NamedTuple):
    """What a piece adds to a drawing, ``ends`` line ends after it begins.

    ``bits`` are those of the rows that were shown since the event before in the container that is open by then; where
    one OPENS, its own row is among them. ``what`` and ``more`` are, by kind:

    - SINGLE: the element's `Named`, and its ``places``;
    - INNER, BEGINS and ENDS: its `Named`;
    - CLOSES: the container's path;
    - TELLS: the path of the evidence, and whether it is in the text after the piece; else it is empty;
    - BODY: the `Envelope`, which says something of all around the body.

    It is a tuple of five because each of them is taken apart for each piece of each document.
    """

    kind: Kind
    ends: int = 0
    bits: int = 0
    what: Any = None
    more: Any = None


class Drawing(msgspec.Struct, eq=False):
    """What following a document gives: its sketch, and the numbers of the texts that tell something of the call.

    ``told`` gives the number of the text that is evidence, by path, -1 where the element is empty.
    """

    sketch: Sketch
    told: dict[str, int]
    envelope: Envelope


class Nest:
    """An unlisted element that is open, and others in it."""

    __slots__ = ("_open", "_unlisted")

    def __init__(self, unlisted: list[Unlisted]) -> None:
        self._unlisted = unlisted
        self._open: list[tuple[int, list[Node]]] = []

    def take(self, kind: Kind, named: Named, line: int) -> None:
        """Take what begins, ends or is in it."""
        if kind is Kind.BEGINS:
            self._open.append((line, []))
        elif kind is Kind.INNER:
            self._open[-1][1].append(named.node(line))
        else:
            begun, inside = self._open.pop()
            node = named.node(begun, tuple(inside))
            if self._open:
                self._open[-1][1].append(node)
            else:
                self._unlisted.append(named.holding(node))
