"""The content of an answer: the fields that a query selects, or all fields of a type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

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


@dataclass(slots=True)
class SelectedField:
    """A member of an answer: its type, what is selected of it, and whether it is always there.

    ``types`` are the only types of which it is selected, None if it is selected of all. ``description`` is that of its field.
    """

    type: GraphQLOutputType | None
    is_certain: bool
    types: frozenset[str] | None = None
    sets: list[SelectionSetNode] = field(default_factory=list)
    description: str = ""

    @property
    def is_nullable(self) -> bool:
        """True if it can be null."""
        return self.type is not None and not is_non_null_type(self.type)

    @property
    def is_list(self) -> bool:
        """True if it is a list."""
        inner = self.type.of_type if is_non_null_type(self.type) else self.type
        return is_list_type(inner)

    @property
    def named(self) -> GraphQLNamedType | None:
        """The type without lists and exclamation marks, None if it has no members."""
        found = None if self.type is None else get_named_type(self.type)
        return found if is_composite_type(found) else None


class Selector:
    """Finds the members of a value: those that the selections of a query name, or all if there is no query."""

    def __init__(self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode] | None) -> None:
        self._schema, self._fragments = schema, fragments

    def members(self, named: GraphQLNamedType, sets: Sequence[SelectionSetNode]) -> dict[str, SelectedField]:
        """Return the members of a value by their names in the answer; raises SchemaError."""
        found: dict[str, SelectedField] = {}
        if self._fragments is None:
            for each in (named, *self._possible(named)):
                self._add_all(found, each, named)
            return found
        for each_set in sets:
            self._collect(found, each_set, named, named, certain=True, level=0)
        return found

    def possible(self, named: GraphQLNamedType) -> frozenset[str]:
        """Return the names of the object types that a value can have."""
        return frozenset(each.name for each in self._possible(named))

    def _possible(self, named: GraphQLNamedType) -> Iterable[GraphQLObjectType]:
        if is_abstract_type(named):
            return self._schema.get_possible_types(named)
        return (named,) if isinstance(named, GraphQLObjectType) else ()

    def _add_all(
        self, found: dict[str, SelectedField], each: GraphQLNamedType, whole: GraphQLNamedType
    ) -> None:
        types = None if each is whole else frozenset((each.name,))
        for name, definition in getattr(each, "fields", {}).items():
            if name not in found:
                found[name] = SelectedField(
                    definition.type, is_certain=False, types=types, description=definition.description or ""
                )
            elif types and (known := found[name].types):
                found[name].types = known | types

    def _collect(
        self,
        found: dict[str, SelectedField],
        selections: SelectionSetNode,
        parent: GraphQLNamedType,
        whole: GraphQLNamedType,
        *,
        certain: bool,
        level: int,
    ) -> None:
        if level > _MAX_FRAGMENTS:
            raise SchemaError("fragments of the query contain each other without end")
        for node in selections.selections:
            is_certain = certain and not _is_optional(node)
            if isinstance(node, FieldNode):
                self._add(found, node, parent, whole, certain=is_certain)
                continue
            inner, condition = self._fragment(node)
            if inner is not None:
                of = self._type(condition) if condition else parent
                self._collect(found, inner, of, whole, certain=is_certain, level=level + 1)

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
        whole: GraphQLNamedType,
        *,
        certain: bool,
    ) -> None:
        name = node.name.value
        key = node.alias.value if node.alias else name
        definition = getattr(parent, "fields", {}).get(name)
        if definition is None and name != TYPENAME:
            raise SchemaError(f"the query selects `{name}`, which the type `{parent.name}` does not have")
        types = self.possible(parent)
        everywhere = types >= self.possible(whole)
        selected = found.get(key)
        if selected is None:
            selected = found[key] = SelectedField(
                definition.type if definition else None,
                certain,
                None if everywhere else types,
                description=(definition.description or "") if definition else "",
            )
        elif selected.types is not None:
            selected.types = None if everywhere else selected.types | types
            selected.is_certain &= certain
        else:
            selected.is_certain |= certain and everywhere
        if node.selection_set is not None:
            selected.sets.append(node.selection_set)

    def _type(self, name: str) -> GraphQLNamedType:
        found = self._schema.get_type(name)
        if found is None:
            raise SchemaError(f"the schema has no type `{name}`")
        return found


def _is_optional(node: object) -> bool:
    """Return whether a selection depends on a variable."""
    names = {directive.name.value for directive in getattr(node, "directives", None) or ()}
    return bool(names & {"skip", "include"})
