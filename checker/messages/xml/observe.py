"""Reading of an XML response's body: what is there and where, and the few texts that tell something of the call."""

from __future__ import annotations

from typing import NamedTuple

from lxml import etree

from ....engine.observation import Node
from ....rules.model import Rulebook
from ...core.limits import Limits
from ..base import Payload
from ..vocabulary import Noted, Vocabulary

PLACES = 4096
"""Names in their places that a reader remembers, so that it need not take them apart again."""

LONG = 240
"""Letters of a path beyond which it is not remembered."""


class Place(NamedTuple):
    """What an element is by its name and by what it stands in.

    ``path`` and ``name`` are as the rulebook spells them. ``foreign`` says that its name is of another vocabulary,
    ``noted`` that its text tells something of the call.
    """

    path: str
    name: str
    foreign: bool = False
    noted: bool = False


ROOT = Place("", "")


class PayloadReader:
    """Reads bodies by the names of one rulebook."""

    def __init__(self, rulebook: Rulebook, limits: Limits) -> None:
        document = rulebook.document
        self._limits = limits
        self._namespace = document.wire.namespace
        self._spaces = (document.wire.namespace, document.wire.envelope)
        self._unlisted = frozenset(document.unlisted.paths)
        self._vocabulary = Vocabulary.of_responses(rulebook)
        self._places: dict[tuple[str, object], Place] = {}

    def read(self, content: etree._Element) -> Payload:
        """Read one body; raises Refusal (too-large) where it has more elements or levels than allowed."""
        noted = Noted(self._vocabulary, self._limits)
        return noted.payload(self._node(content, ROOT, 0, noted))

    def place(self, parent: str, namespace: str | None, local: str) -> Place:
        """Find out what an element is by its name and by the path of what it stands in."""
        path = f"{parent}/{local}" if parent else local
        path = self._vocabulary.canonical.get(path, path)
        known_elsewhere = path in self._unlisted and namespace in self._spaces
        foreign = namespace != self._namespace and not known_elsewhere
        noted = not foreign and self._vocabulary.notes(path)
        return Place(path, path.rpartition("/")[2], foreign, noted)

    def _node(self, element: etree._Element, at: Place, depth: int, noted: Noted) -> Node:
        noted.element(depth)
        text = element.text
        holds_text = text is not None and not text.isspace() and text != ""
        nodes = []
        for child in element:
            place = self._places.get((at.path, child.tag)) or self._placed(at.path, child, noted)
            if place.noted:
                noted.text(place.path, child.text or "", child.sourceline or 0)
            nodes.append(self._node(child, place, depth + 1, noted))
            tail = child.tail
            holds_text = holds_text or (tail is not None and not tail.isspace())
        return Node(at.name, element.sourceline or 0, tuple(nodes), not holds_text, at.foreign)

    def _placed(self, parent: str, child: etree._Element, noted: Noted) -> Place:
        name = etree.QName(child)
        noted.name(name.localname, child.sourceline or 0)
        place = self.place(parent, name.namespace, name.localname)
        if len(self._places) < PLACES and len(place.path) < LONG:
            self._places[parent, child.tag] = place
        return place
