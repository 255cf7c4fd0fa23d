"""Reading of JSON Schemas as shapes.

Libraries for JSON Schema validate a value, or make one up; none says which members any value can have.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import NamedTuple

from ..outline import MAX_STEPS, Gaps, SchemaError
from .document import BrokenReferenceError, Node
from .inheritance import Extensions
from .keywords import Discriminator, as_list, constants, description, discriminator, entry
from .shape import Alternatives, Schema, Shape, any_of, both

MAX_COMPOSITION = 60
"""Schemas within schemas for one value, such as `allOf` in `allOf`."""

_LOST = ("not", "if", "then", "else", "dependentSchemas", "dependentRequired", "$dynamicRef")
"""Keywords on which members can depend, and no row."""

_NOTES = {"readOnly": "read-only", "deprecated": "deprecated"}


class _Distinction(NamedTuple):
    """A member whose texts tell alternatives apart, and the texts of each."""

    name: str
    texts: Sequence[frozenset[str]]


class ShapeReader:
    """Reads schemas as shapes; what it leaves out is noted."""

    def __init__(self, gaps: Gaps) -> None:
        self._gaps = gaps
        self._room = MAX_STEPS
        self._extensions = Extensions()
        self._extended: set[int] = set()

    def shape(self, schemas: Iterable[Schema], path: str, ancestors: AbstractSet[int]) -> Shape:
        """Return the shape of a value to which all schemas apply.

        ``ancestors`` are the schemas of the elements around it: one that comes up again has no end, and is left out.
        """
        shape = Shape()
        for schema in schemas:
            shape.require(self._read(schema, path, ancestors, 0))
        return shape

    def _read(
        self,
        schema: Schema,
        path: str,
        ancestors: AbstractSet[int],
        level: int,
        *,
        is_part: bool = False,
    ) -> Shape:
        """Return the shape of a value; ``is_part`` is a schema that is extended, and then stands for no other one."""
        self._room -= 1
        if self._room < 0:
            raise SchemaError(
                f"more than {MAX_STEPS:,} parts of it apply; choose a part with --unit, or fewer levels with --depth"
            )
        if level > MAX_COMPOSITION:
            self._gaps.add("schemas refer to each other without end, or through too many others", path)
            return Shape()
        if isinstance(schema, Alternatives):
            return self._alternatives([(each, None) for each in schema.schemas], path, ancestors, level)
        try:
            node, siblings = entry(schema)
        except BrokenReferenceError as error:
            self._gaps.add(f"{error}; what is in the element is not known", path)
            return Shape()
        if id(node.value) in ancestors:
            self._gaps.add("a schema contains itself; elements end where it comes up again", path)
            return Shape(description=description(node.value))
        shape = Shape(sources={id(node.value)})
        for each in (*siblings, node):
            if isinstance(each.value, dict):
                shape.require(self._keywords(each, path, ancestors, level))
            elif each.value is False:
                self._gaps.add("a schema that no value fits is left out", path)
        if isinstance(node.value, dict) and not is_part and id(node.value) not in self._extended:
            self._extend(shape, node, path, ancestors, level + 1)
        return shape

    def _extend(self, shape: Shape, node: Node, path: str, ancestors: AbstractSet[int], level: int) -> None:
        """Add what the schemas have that extend one with a discriminator; a value can be of any of them, or of none."""
        found = self._extensions.of(node)
        if not found:
            return
        self._extended.add(id(node.value))
        shapes = [self._read(each, path, ancestors, level) for each, _ in found]
        self._extended.remove(id(node.value))
        merged = any_of(shapes)
        merged.required, merged.sources = set(shape.required), set()
        discriminators = [telling for _, telling in found]
        self._tell_apart(
            merged, shapes, self._constant_member(shapes) or _by_discriminator(discriminators), path
        )
        shape.require(merged)

    def _keywords(self, node: Node, path: str, ancestors: AbstractSet[int], level: int) -> Shape:
        value = node.value
        shape = Shape(
            required={name for name in as_list(value.get("required")) if isinstance(name, str)},
            is_nullable=value.get("nullable") is True,
            is_write_only=value.get("writeOnly") is True,
            notes=tuple(note for key, note in _NOTES.items() if value.get(key) is True),
            description=description(value),
            constants=constants(value),
        )
        kinds = as_list(value.get("type")) or [value.get("type")]
        shape.is_nullable |= "null" in kinds and len(kinds) > 1
        shape.is_null = kinds == ["null"]
        self._members(shape, node, path)
        self._items(shape, node)
        for keyword in _LOST:
            if keyword in value:
                self._gaps.add(f"the schema has `{keyword}`, which no row can express", path)
        for part in self._parts(node, path, ancestors, level + 1):
            shape.require(part)
        return shape

    def _parts(self, node: Node, path: str, ancestors: AbstractSet[int], level: int) -> Iterator[Shape]:
        """Return the shapes of what a schema is composed of; only one that it stands for can come up again below."""
        for part in as_list(node.value.get("allOf")):
            read = self._read(Node(part, node.resolver), path, ancestors, level, is_part=True)
            yield replace(read, sources=set())
        for keyword in ("oneOf", "anyOf"):
            parts = as_list(node.value.get(keyword))
            if parts:
                alternatives = [
                    (Node(part, node.resolver), discriminator(node.value, part)) for part in parts
                ]
                found = self._alternatives(alternatives, path, ancestors, level)
                yield found if len(found.sources) == 1 else replace(found, sources=set())

    def _members(self, shape: Shape, node: Node, path: str) -> None:
        properties = node.value.get("properties")
        for name, schema in properties.items() if isinstance(properties, dict) else ():
            if schema is False:
                self._gaps.add(f"the schema rules out the member `{name}`", path)
            else:
                shape.members[str(name)] = [Node(schema, node.resolver)]
        for keyword in ("additionalProperties", "unevaluatedProperties"):
            additional = node.value.get(keyword)
            if additional is True or isinstance(additional, dict):
                shape.free.append(Node(additional, node.resolver))
        patterns = node.value.get("patternProperties")
        if isinstance(patterns, dict) and patterns:
            self._gaps.add("names with a pattern are free keys, `*`, in a rulebook", path)
            shape.free.append(Alternatives(tuple(Node(each, node.resolver) for each in patterns.values())))

    def _items(self, shape: Shape, node: Node) -> None:
        items = [Node(each, node.resolver) for each in as_list(node.value.get("prefixItems"))]
        if isinstance(node.value.get("items"), dict):
            items.append(Node(node.value["items"], node.resolver))
        if items:
            shape.items.append(items[0] if len(items) == 1 else Alternatives(tuple(items)))

    def _alternatives(
        self,
        schemas: Sequence[tuple[Schema, Discriminator | None]],
        path: str,
        ancestors: AbstractSet[int],
        level: int,
    ) -> Shape:
        read = [(self._read(each, path, ancestors, level + 1), telling) for each, telling in schemas]
        others = [(shape, telling) for shape, telling in read if not shape.is_null]
        is_nullable = len(others) < len(read) or any(shape.is_nullable for shape, _ in others)
        if len(others) == 1:
            return replace(others[0][0], is_nullable=is_nullable)
        shapes, discriminators = [shape for shape, _ in others], [telling for _, telling in others]
        merged = any_of(shapes)
        merged.is_nullable = is_nullable
        if any(
            shape.members.keys() != merged.members.keys() or shape.required != merged.required
            for shape in shapes
        ):
            self._tell_apart(
                merged, shapes, self._constant_member(shapes) or _by_discriminator(discriminators), path
            )
        return merged

    def _tell_apart(
        self, merged: Shape, shapes: Sequence[Shape], telling: _Distinction | None, path: str
    ) -> None:
        """Require members of some alternatives if another member says which alternative it is."""
        if telling is None or any(shape.when for shape in shapes):
            problem = "alternatives are put together: what only some of them have, or require, is optional"
            self._gaps.add(problem, path)
        if telling is None:
            return
        for name in merged.members.keys() - merged.required - {telling.name}:
            having = [number for number, shape in enumerate(shapes) if name in shape.required]
            if having:
                texts = sorted(text for number in having for text in telling.texts[number])
                merged.when[name] = {telling.name: tuple(texts)}

    def _constant_member(self, shapes: Sequence[Shape]) -> _Distinction | None:
        """Return a member that all alternatives have, each with texts of its own."""
        for name in shapes[0].members if shapes else ():
            if all(name in shape.members and name in shape.required for shape in shapes):
                texts = [self._texts_of(shape.members[name]) for shape in shapes]
                known = [each for each in texts if each]
                distinct = frozenset[str]().union(*known)
                if len(known) == len(texts) and sum(map(len, known)) == len(distinct):
                    return _Distinction(name, known)
        return None

    def _texts_of(self, schemas: Iterable[Schema]) -> frozenset[str] | None:
        found: frozenset[str] | None = None
        for schema in schemas:
            try:
                node = entry(schema)[0] if isinstance(schema, Node) else None
            except BrokenReferenceError:
                return None
            if node is not None and isinstance(node.value, dict):
                found = both(found, constants(node.value))
        return found


def _by_discriminator(discriminators: Sequence[Discriminator | None]) -> _Distinction | None:
    """Return what tells alternatives apart if each of them has a discriminator with a text."""
    known = [each for each in discriminators if each is not None and each[1]]
    if len(known) < len(discriminators) or len({name for name, _ in known}) != 1:
        return None
    return _Distinction(known[0][0], [texts for _, texts in known])
