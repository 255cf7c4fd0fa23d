"""Schemas that extend another one with a `discriminator`, which does not name them: a value of it can be of any of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .document import BrokenReferenceError, Node
from .keywords import Discriminator, as_list

_SCHEMAS = "#/components/schemas"


class Extensions:
    """Finds the schemas of a description that extend others by `allOf`; each collection of schemas is gone through once."""

    def __init__(self) -> None:
        self._known: dict[int, dict[int, list[tuple[str, Node]]]] = {}

    def of(self, base: Node) -> list[tuple[Node, Discriminator]]:
        """Return the schemas that extend one, or to which its discriminator maps, with the texts that stand for each."""
        stated = base.value.get("discriminator")
        name = stated.get("propertyName") if isinstance(stated, dict) else None
        if not isinstance(name, str) or base.value.keys() & {"oneOf", "anyOf"}:
            return []
        mapping = stated.get("mapping") if isinstance(stated, dict) else None
        texts: dict[int, set[str]] = {}
        found: dict[int, Node] = {}
        for text, node in _mapped(base, mapping if isinstance(mapping, dict) else {}):
            found[id(node.value)] = node
            texts.setdefault(id(node.value), set()).add(text)
        for own, node in self._extending(base):
            found.setdefault(id(node.value), node)
            texts.setdefault(id(node.value), {own})
        found.pop(id(base.value), None)
        return [(node, (name, frozenset(texts[key]))) for key, node in found.items()]

    def _extending(self, base: Node) -> list[tuple[str, Node]]:
        """Return the schemas that extend one directly or through others, by their names."""
        try:
            schemas = base.follow(_SCHEMAS)
        except BrokenReferenceError:
            return []
        if id(schemas.value) not in self._known:
            self._known[id(schemas.value)] = _by_base(schemas)
        extending = self._known[id(schemas.value)]
        found: dict[str, Node] = {}
        waiting = [base]
        while waiting:
            for name, node in extending.get(id(waiting.pop().value), ()):
                if name not in found:
                    found[name] = node
                    waiting.append(node)
        return list(found.items())


def _mapped(base: Node, mapping: Mapping[str, Any]) -> Iterator[tuple[str, Node]]:
    """Return what a mapping leads to: names of schemas, or references to them."""
    for text, target in mapping.items():
        for reference in (f"{_SCHEMAS}/{target}", str(target)):
            try:
                yield str(text), base.follow(reference)
            except BrokenReferenceError:
                continue
            break


def _by_base(schemas: Node) -> dict[int, list[tuple[str, Node]]]:
    """Return the schemas with an `allOf`, by the identities of those that they refer to in it."""
    found: dict[int, list[tuple[str, Node]]] = {}
    for name, schema in schemas.items():
        for part in as_list(schema.value.get("allOf")) if isinstance(schema.value, dict) else ():
            try:
                extended = Node(part, schema.resolver).resolve().value
            except BrokenReferenceError:
                continue
            if extended is not part:
                found.setdefault(id(extended), []).append((name, schema))
    return found
