"""The shape of a value: members, items and alternatives, put together from all schemas that apply."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from .document import BrokenReferenceError, Node
from .keywords import entry


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Schemas of one value of which any applies."""

    schemas: tuple[Schema, ...]


Schema = Node | Alternatives


@dataclass(slots=True)
class Shape:
    """The elements that a schema describes.

    ``members`` has the schemas of each member, all of which apply to it, ``free`` those of members with free keys, ``items``
    those of an array's items. ``when`` names the members, with their texts, without which another is not required.
    ``constants`` are the only texts that the value can have, None if it can have others.
    """

    members: dict[str, list[Schema]] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    when: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    free: list[Schema] = field(default_factory=list)
    items: list[Schema] = field(default_factory=list)
    is_nullable: bool = False
    is_null: bool = False
    is_write_only: bool = False
    notes: tuple[str, ...] = ()
    description: str = ""
    constants: frozenset[str] | None = None
    sources: set[int] = field(default_factory=set)

    def require(self, other: Shape) -> None:
        """Add another schema that applies as well."""
        for name, schemas in other.members.items():
            self.members.setdefault(name, []).extend(schemas)
        self.required |= other.required
        self.when |= other.when
        self.free.extend(other.free)
        self.items.extend(other.items)
        self.is_nullable |= other.is_nullable
        self.is_null |= other.is_null
        self.is_write_only |= other.is_write_only
        self.notes = tuple(dict.fromkeys((*self.notes, *other.notes)))
        self.description = self.description or other.description
        self.constants = both(self.constants, other.constants)
        self.sources |= other.sources


def both(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    """Return the texts that two schemas allow together; None stands for all texts."""
    if one is None or other is None:
        return other if one is None else one
    return one & other


def any_of(shapes: Sequence[Shape]) -> Shape:
    """Put alternatives together; a member is required if every one of them requires it."""
    texts = [shape.constants for shape in shapes]
    merged = Shape(constants=None if None in texts else frozenset[str]().union(*filter(None, texts)))
    names = [name for shape in shapes for name in (*shape.members, *sorted(shape.required))]
    for name in dict.fromkeys(names):
        schemas = [schema for shape in shapes for schema in shape.members.get(name, ())]
        distinct = tuple({_identity(schema): schema for schema in schemas}.values())
        merged.members[name] = list(distinct) if len(distinct) <= 1 else [Alternatives(distinct)]
    if shapes:
        merged.required = set.intersection(*(shape.required for shape in shapes))
        merged.is_write_only = all(shape.is_write_only for shape in shapes)
    merged.free = _join(shape.free for shape in shapes)
    merged.items = _join(shape.items for shape in shapes)
    merged.sources = set[int]().union(*(shape.sources for shape in shapes))
    merged.notes = tuple(dict.fromkeys(note for shape in shapes for note in shape.notes))
    return merged


def _identity(schema: Schema) -> object:
    if isinstance(schema, Alternatives):
        return id(schema)
    try:
        return id(entry(schema)[0].value)
    except BrokenReferenceError:
        return id(schema.value)


def _join(parts: Iterable[list[Schema]]) -> list[Schema]:
    schemas = [schema for part in parts for schema in part]
    return schemas if len(schemas) <= 1 else [Alternatives(tuple(schemas))]
