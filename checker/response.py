"""Reading of an XML response's body: what is there and where, and the few texts that tell something of the call."""

from __future__ import annotations

from lxml import etree

from ..engine.observation import Node
from ..rules.model import Rulebook
from .message import Payload
from .refusal import Limits
from .vocabulary import Noted, Vocabulary


class PayloadReader:
    """Reads bodies by the names of one rulebook."""

    def __init__(self, rulebook: Rulebook, limits: Limits) -> None:
        document = rulebook.document
        self._limits = limits
        self._namespace = document.wire.namespace
        self._spaces = (document.wire.namespace, document.wire.envelope)
        self._unlisted = frozenset(document.unlisted.paths)
        self._vocabulary = Vocabulary.of_responses(rulebook)

    def read(self, content: etree._Element) -> Payload:
        """Read one body; raises Refusal (too-large) where it has more elements or levels than allowed."""
        noted = Noted(self._vocabulary, self._limits)
        return noted.payload(self._node(content, "", 0, noted))

    def _node(self, element: etree._Element, path: str, depth: int, noted: Noted) -> Node:
        noted.element(depth)
        text = element.text
        holds_text = text is not None and not text.isspace() and text != ""
        nodes = []
        for child in element:
            nodes.append(self._child(child, path, depth, noted))
            tail = child.tail
            holds_text = holds_text or (tail is not None and not tail.isspace())
        return Node(
            name=path.rpartition("/")[2],
            line=element.sourceline or 0,
            children=tuple(nodes),
            blank=not holds_text,
        )

    def _child(self, child: etree._Element, parent: str, depth: int, noted: Noted) -> Node:
        name = etree.QName(child)
        noted.name(name.localname, child.sourceline or 0)
        path = f"{parent}/{name.localname}" if parent else name.localname
        path = self._vocabulary.canonical.get(path, path)
        known_elsewhere = path in self._unlisted and name.namespace in self._spaces
        foreign = name.namespace != self._namespace and not known_elsewhere
        if not foreign:
            noted.text(path, child.text or "", child.sourceline or 0)
        node = self._node(child, path, depth + 1, noted)
        return Node(node.name, node.line, node.children, node.blank, foreign) if foreign else node
