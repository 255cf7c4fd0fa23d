"""The content of an answer: the fields that a query selects, or all fields of a type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionSetNode,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_list_type,
    is_non_null_type,
)

from ..outline import SchemaError

TYPENAME = "__typename"
_MAX_FRAGMENTS = 100
"""Fragments in fragments."""


class Value(NamedTuple):
    """A type that a value can have, and what is selected of it if the value around it has one of some types.

    Nothing is selected if there is no query. Without types around it, as at the root, it is so in any case.
    """

    named: GraphQLNamedType
    selections: SelectionSetNode | None
    around: frozenset[str] = frozenset()


@dataclass(slots=True)
class SelectedField:
    """A member of an answer: whether it is always there, and the types that it has, which the type around it can decide.

    ``types`` are the only types of which it is selected, None if it is selected of all. ``description`` is that of its field.
    ``declared`` are its own types, and ``values`` those of them that have members. ``around`` are the types of the value around
    this one's container in which it is selected.
    """

    is_certain: bool
    types: frozenset[str] | None = None
    declared: list[GraphQLOutputType] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)
    description: str = ""
    around: frozenset[str] = frozenset()

    @property
    def is_nullable(self) -> bool:
        """True if it can be null."""
        return not all(map(is_non_null_type, self.declared))

    @property
    def is_list(self) -> bool:
        """True if it is a list of anything but lists."""
        return any(
            is_list_type(each) and not is_list_type(_inside(each)) for each in map(_inner, self.declared)
        )

    def add(
        self, declared: GraphQLOutputType, selections: SelectionSetNode | None, around: frozenset[str]
    ) -> None:
        """Add a place in which it is selected."""
        self.declared.append(declared)
        named = get_named_type(declared)
        is_new = selections is not None or all(value.named is not named for value in self.values)
        if is_composite_type(named) and is_new:
            self.values.append(Value(named, selections, around))


def _inner(declared: GraphQLOutputType) -> GraphQLOutputType:
    return declared.of_type if is_non_null_type(declared) else declared


def _inside(declared: GraphQLOutputType) -> GraphQLOutputType:
    return _inner(declared.of_type) if is_list_type(declared) else declared


class _Place(NamedTuple):
    """All types that a value can have, and those around it with which a selection counts."""

    whole: frozenset[str]
    around: frozenset[str]


class Selector:
    """Finds the members of a value: those that the selections of a query name, or all if there is no query."""

    def __init__(self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode] | None) -> None:
        self._schema, self._fragments = schema, fragments

    def members(self, values: Sequence[Value]) -> dict[str, SelectedField]:
        """Return the members of a value by their names in the answer; raises SchemaError."""
        found: dict[str, SelectedField] = {}
        whole = frozenset(name for value in values for name in self.possible(value.named))
        for value in values:
            if self._fragments is None:
                for each in dict.fromkeys((value.named, *self._possible(value.named))):
                    self._add_all(found, each, whole)
            elif value.selections is not None:
                place = _Place(whole, value.around)
                self._collect(found, value.selections, value.named, place, certain=True, level=0)
        for selected in found.values():
            selected.is_certain &= all(
                selected.around >= value.around
                for value in values
                if selected.types is None or selected.types & self.possible(value.named)
            )
        return found

    def possible(self, named: GraphQLNamedType) -> frozenset[str]:
        """Return the names of the object types that a value can have."""
        return frozenset(each.name for each in self._possible(named))

    def _possible(self, named: GraphQLNamedType) -> Iterable[GraphQLObjectType]:
        if is_abstract_type(named):
            return self._schema.get_possible_types(named)
        return (named,) if isinstance(named, GraphQLObjectType) else ()

    def _add_all(
        self, found: dict[str, SelectedField], each: GraphQLNamedType, whole: frozenset[str]
    ) -> None:
        types = self.possible(each)
        for name, definition in getattr(each, "fields", {}).items():
            selected = found.setdefault(
                name,
                SelectedField(is_certain=False, types=frozenset(), description=definition.description or ""),
            )
            selected.add(definition.type, None, frozenset())
            if selected.types is not None:
                reached = selected.types | types
                selected.types = None if reached >= whole else reached

    def _collect(
        self,
        found: dict[str, SelectedField],
        selections: SelectionSetNode,
        parent: GraphQLNamedType,
        place: _Place,
        *,
        certain: bool,
        level: int,
    ) -> None:
        if level > _MAX_FRAGMENTS:
            raise SchemaError("fragments of the query contain each other without end")
        for node in selections.selections:
            is_certain = certain and not _is_optional(node)
            if isinstance(node, FieldNode):
                self._add(found, node, parent, place, certain=is_certain)
                continue
            inner, condition = self._fragment(node)
            if inner is not None:
                of = self._type(condition) if condition else parent
                self._collect(found, inner, of, place, certain=is_certain, level=level + 1)

    def _fragment(
        self, node: FragmentSpreadNode | InlineFragmentNode | object
    ) -> tuple[SelectionSetNode | None, str | None]:
        if isinstance(node, InlineFragmentNode):
            return node.selection_set, node.type_condition.name.value if node.type_condition else None
        if isinstance(node, FragmentSpreadNode):
            fragment = (self._fragments or {}).get(node.name.value)
            if fragment is None:
                raise SchemaError(f"the query has no fragment `{node.name.value}`")
            return fragment.selection_set, fragment.type_condition.name.value
        return None, None

    def _add(
        self,
        found: dict[str, SelectedField],
        node: FieldNode,
        parent: GraphQLNamedType,
        place: _Place,
        *,
        certain: bool,
    ) -> None:
        name = node.name.value
        key = node.alias.value if node.alias else name
        definition = getattr(parent, "fields", {}).get(name)
        if definition is None and name != TYPENAME:
            raise SchemaError(f"the query selects `{name}`, which the type `{parent.name}` does not have")
        types = self.possible(parent)
        everywhere = types >= place.whole
        selected = found.get(key)
        if selected is None:
            selected = found[key] = SelectedField(
                certain,
                None if everywhere else types,
                description=(definition.description or "") if definition else "",
            )
        elif selected.types is not None:
            reached = selected.types | types
            selected.types = None if reached >= place.whole else reached
            selected.is_certain &= certain
        else:
            selected.is_certain |= certain and everywhere
        if certain:
            selected.around |= place.around
        if definition is not None:
            selected.add(definition.type, node.selection_set, types)

    def _type(self, name: str) -> GraphQLNamedType:
        found = self._schema.get_type(name)
        if found is None:
            raise SchemaError(f"the schema has no type `{name}`")
        return found


def _is_optional(node: object) -> bool:
    """Return whether a selection depends on a variable."""
    names = {directive.name.value for directive in getattr(node, "directives", None) or ()}
    return bool(names & {"skip", "include"})
