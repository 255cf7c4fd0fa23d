"""Reading of a response's body: what is there and where, and the few texts that tell something of the call."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from ..engine.observation import Node, Observation
from ..rules.model import Rulebook
from .refusal import Limits, Reason, Refusal


@dataclass(frozen=True, slots=True)
class Payload:
    """What is read from a body.

    ``texts`` holds the first text of each element that is evidence, by path; it is used and never shown.
    ``variables`` are names of printed variables that were found, ``variable_lines`` where.
    """

    observation: Observation
    texts: dict[str, str]
    variables: tuple[str, ...] = ()
    variable_lines: tuple[int, ...] = ()


class PayloadReader:
    """Reads bodies by the names of one rulebook."""

    def __init__(self, rulebook: Rulebook, limits: Limits) -> None:
        document = rulebook.document
        self._limits = limits
        self._namespace = document.wire.namespace
        self._spaces = (document.wire.namespace, document.wire.envelope)
        self._unlisted = frozenset(document.unlisted.paths)
        self._canonical = {
            _sibling(path, spelling): path
            for path, spellings in document.spellings.items()
            for spelling in spellings
        }
        evidence = document.evidence
        self._wanted = {
            *(entry.path for entry in evidence.response),
            *(entry.response for entry in evidence.match),
            *([evidence.session.response] if evidence.session else []),
        }
        self._variables = document.variables

    def read(self, content: etree._Element) -> Payload:
        """Read one body; raises Refusal (too-large) where it has more elements or levels than allowed."""
        reading = _Reading()
        root = self._node(content, "", 0, reading)
        return Payload(
            root, reading.texts, tuple(reading.variables), tuple(sorted(set(reading.variable_lines)))
        )

    def _node(self, element: etree._Element, path: str, depth: int, reading: _Reading) -> Node:
        reading.elements += 1
        if depth > self._limits.depth:
            raise Refusal(Reason.TOO_LARGE, f"more than {self._limits.depth} levels of elements")
        if reading.elements > self._limits.elements:
            raise Refusal(Reason.TOO_LARGE, f"more than {self._limits.elements:,} elements")
        text = element.text
        holds_text = text is not None and not text.isspace() and text != ""
        nodes = []
        for child in element:
            nodes.append(self._child(child, path, depth, reading))
            tail = child.tail
            holds_text = holds_text or (tail is not None and not tail.isspace())
        return Node(
            name=path.rpartition("/")[2],
            line=element.sourceline or 0,
            children=tuple(nodes),
            blank=not holds_text,
        )

    def _child(self, child: etree._Element, parent: str, depth: int, reading: _Reading) -> Node:
        name = etree.QName(child)
        path = f"{parent}/{name.localname}" if parent else name.localname
        path = self._canonical.get(path, path)
        known_elsewhere = path in self._unlisted and name.namespace in self._spaces
        foreign = name.namespace != self._namespace and not known_elsewhere
        if not foreign:
            self._note_text(child, path, reading)
        node = self._node(child, path, depth + 1, reading)
        return Node(node.name, node.line, node.children, node.blank, foreign) if foreign else node

    def _note_text(self, child: etree._Element, path: str, reading: _Reading) -> None:
        if path in self._wanted and path not in reading.texts:
            reading.texts[path] = (child.text or "").strip()
        variables = self._variables
        if variables is not None and path == variables.path:
            text = child.text or ""
            found = [variable.name for variable in variables.names if variable.name in text]
            if found:
                reading.variables.update(dict.fromkeys(found))
                reading.variable_lines.append(child.sourceline or 0)


class _Reading:
    """What comes together while one body is read."""

    __slots__ = ("elements", "texts", "variable_lines", "variables")

    def __init__(self) -> None:
        self.elements = 0
        self.texts: dict[str, str] = {}
        self.variables: dict[str, None] = {}
        self.variable_lines: list[int] = []


def _sibling(path: str, name: str) -> str:
    parent = path.rpartition("/")[0]
    return f"{parent}/{name}" if parent else name
