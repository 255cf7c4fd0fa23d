"""Single keywords of a JSON Schema, and the schema that a reference or its equivalent stands for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .document import BrokenReferenceError, Node

_MAX_DESCRIPTION = 160

Discriminator = tuple[str, frozenset[str]]
"""A member that tells alternatives apart, and the texts of one of them."""


def entry(schema: Node) -> tuple[Node, list[Node]]:
    """Return the schema that a reference is about, and those around it that apply as well.

    A schema with one `allOf`, as OpenAPI 3.0 needs it to add a description to a reference, is like a reference.
    """
    siblings: list[Node] = []
    node, seen = schema, set[int]()
    while isinstance(node.value, dict):
        if id(node.value) in seen:
            raise BrokenReferenceError("a reference leads back to itself")
        seen.add(id(node.value))
        reference, parts = node.value.get("$ref"), node.value.get("allOf")
        if isinstance(reference, str):
            rest, inner = "$ref", node.follow(reference)
        elif isinstance(parts, list) and len(parts) == 1 and not node.value.keys() & {"properties", "items"}:
            rest, inner = "allOf", Node(parts[0], node.resolver)
        else:
            break
        siblings.append(Node({key: each for key, each in node.value.items() if key != rest}, node.resolver))
        node = inner
    return node, [each for each in siblings if each.value]


def discriminator(value: Mapping[str, Any], part: Any) -> Discriminator | None:
    """Return the member that `discriminator` names, and the texts that stand for an alternative."""
    stated = value.get("discriminator")
    reference = part.get("$ref") if isinstance(part, dict) else None
    if not isinstance(stated, dict) or not isinstance(reference, str):
        return None
    name = stated.get("propertyName")
    if not isinstance(name, str):
        return None
    own = reference.rpartition("/")[2]
    mapping = stated.get("mapping")
    if not isinstance(mapping, dict):
        return name, frozenset((own,))
    return name, frozenset(str(text) for text, target in mapping.items() if target in (reference, own))


def constants(value: Mapping[str, Any]) -> frozenset[str] | None:
    """Return the only texts that a value can be, None if it can be others."""
    texts = [value["const"]] if "const" in value else as_list(value.get("enum"))
    return frozenset(texts) if texts and all(isinstance(text, str) for text in texts) else None


def description(value: Any) -> str:
    """Return the beginning of a schema's description, on one line."""
    text = value.get("description") if isinstance(value, dict) else None
    words = " ".join(text.split()) if isinstance(text, str) else ""
    return words if len(words) <= _MAX_DESCRIPTION else f"{words[: _MAX_DESCRIPTION - 1].rstrip()}…"


def as_list(value: Any) -> list[Any]:
    """Return a list, empty if the value is none."""
    return value if isinstance(value, list) else []
