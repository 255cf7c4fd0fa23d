"""The outline of a GraphQL answer: from a schema and a query to elements with paths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from graphql import GraphQLNamedType, GraphQLSchema, OperationType

from ....rules.model import Wire, WireRequest, WireResponse
from ....rules.names import did_you_mean, join_names
from ....rules.paths import unit_error
from ...core.display import escape_unprintable
from ..outline import DEPTH, MAX_STEPS, Element, ElementList, Gaps, Outline, SchemaError, top_names
from .document import Query, load_query, load_schema
from .selection import TYPENAME, SelectedField, Selector, Value

ALL_FIELDS_DEPTH = 3
"""Levels that are followed if no query says what is selected: types of GraphQL lead to most others."""

_FEW = 12
_MAX_DESCRIPTION = 160


def graphql_outline(
    path: str, query: str | None, operation: str | None, unit: str | None = None, depth: int | None = None
) -> Outline:
    """Return the outline of what a query is answered with; raises SchemaError.

    Without a query, ``operation`` names a field such as `Query.viewer`, and all fields that are reached from there count.
    """
    schema = load_schema(path)
    try:
        if query is not None:
            loaded = load_query(query, operation)
            title, root = loaded.title, _root(schema, loaded)
            selector = Selector(schema, loaded.fragments)
            members = selector.members([Value(root, loaded.operation.selection_set)])
        else:
            selector = Selector(schema, None)
            members = _named_field(schema, operation)
            title = str(operation)
        levels = depth or (DEPTH if query is not None else ALL_FIELDS_DEPTH)
        return _Reading(selector, levels, is_query=query is not None).outline(title, members, unit)
    except SchemaError as error:
        text = str(error)
        raise SchemaError(text if text.startswith("`") else f"`{escape_unprintable(path)}`: {text}") from None


def _root(schema: GraphQLSchema, query: Query) -> GraphQLNamedType:
    kind = OperationType(query.operation.operation)
    root = schema.get_root_type(kind)
    if root is None:
        raise SchemaError(f"the schema has no {kind.value}")
    return root


def _named_field(schema: GraphQLSchema, name: str | None) -> dict[str, SelectedField]:
    """Return the member that a field such as `Query.viewer` is answered with."""
    root, _, field = (name or "").partition(".")
    roots = {each.name: each for each in (schema.query_type, schema.mutation_type) if each is not None}
    known = [f"{each.name}.{inner}" for each in roots.values() for inner in each.fields]
    if root not in roots or field not in roots[root].fields:
        more = f" and {len(known) - _FEW:,} more" if len(known) > _FEW else ""
        listed = f"{join_names(known[:_FEW])}{more}"
        if name is None:
            raise SchemaError(f"pass the query with --query, or name a field with --operation: {listed}")
        raise SchemaError(f"it has no field `{name}`{did_you_mean(name, known) or f'; there are {listed}'}")
    definition = roots[root].fields[field]
    selected = SelectedField(is_certain=True, description=definition.description or "")
    selected.add(definition.type, None, frozenset())
    return {field: selected}


class _Reading:
    """Goes through what is selected, element by element."""

    def __init__(self, selector: Selector, depth: int, *, is_query: bool) -> None:
        self.gaps = Gaps()
        self._elements = ElementList("choose a part with --unit, or fewer levels with --depth")
        self._selector, self._depth, self._is_query = selector, depth, is_query
        self._room = MAX_STEPS

    def outline(self, title: str, members: Mapping[str, SelectedField], unit: str | None) -> Outline:
        """Return the outline of an answer with these members of `data`."""
        if unit is None:
            ((key, only), *others) = members.items()
            unit = f"data/{key}[]" if only.is_list and not others else ""
        if error := unit_error(unit):
            raise SchemaError(f"--unit `{unit}` {error}")
        if unit:
            self._unit(members, unit)
        else:
            self._elements.add(Element("data", is_required=True, is_nullable=True))
            self._walk(members, "data", frozenset(), 0)
        elements = self._elements.all()
        if not elements:
            raise SchemaError(f"--unit `{unit}`: its items are no objects")
        self._general_gaps("" if unit else f' and write `recognised_by = ["data/{next(iter(members))}"]`')
        wire = Wire(
            format="json",
            unit=unit,
            recognised_by=top_names(elements),
            failure_members=("errors",),
            request=WireRequest(method="POST", path="/graphql"),
            response=WireResponse(answers=("2xx",)),
        )
        return Outline(f"GraphQL, {title}", "graphql", "GraphQL schema", title, wire, elements, self.gaps)

    def _general_gaps(self, recognised: str) -> None:
        problem = (
            "all calls of an endpoint have one URL, `/graphql` here: check recordings of this query alone"
        )
        self.gaps.add(f"{problem}, or leave out `[wire.request]`{recognised}")
        if not self._is_query:
            self.gaps.add("answers have what their query selects, and no schema tells that: pass --query")

    def _unit(self, members: Mapping[str, SelectedField], unit: str) -> None:
        """Walk the items of the unit."""
        data, *names = unit.removesuffix("[]").split("/")
        if data != "data" or not names:
            raise SchemaError(
                f"--unit `{unit}`: answers have a list below `data`, as in `data/{next(iter(members))}[]`"
            )
        found: SelectedField | None = None
        for name in names:
            if found is not None:
                members = self._selector.members(found.values)
            if name not in members:
                there = f"; there are {join_names(members)}" if members else ""
                raise SchemaError(
                    f"--unit `{unit}`: there is no `{name}`{did_you_mean(name, members) or there}"
                )
            found = members[name]
        if found is None or not found.is_list:
            raise SchemaError(f"--unit `{unit}`: it is no list in the schema")
        self._walk(self._selector.members(found.values), "", _names(found.values), 0)

    def _walk(
        self, members: Mapping[str, SelectedField], path: str, ancestors: frozenset[str], level: int
    ) -> None:
        self._room -= len(members)
        if self._room < 0:
            raise SchemaError(f"more than {MAX_STEPS:,} fields apply; choose fewer levels with --depth")
        tells = TYPENAME in members and members[TYPENAME].types is None
        for key, selected in members.items():
            inner = f"{path}/{key}" if path else key
            when = {}
            if selected.types is not None and tells and selected.is_certain:
                when = {f"{path}/{TYPENAME}" if path else TYPENAME: tuple(sorted(selected.types))}
            elif selected.types is not None:
                self.gaps.add(
                    "what only some types have is optional; select `__typename` to tell them apart", path
                )
            is_required = selected.is_certain and (selected.types is None or bool(when))
            added = Element(
                inner,
                is_required=is_required,
                is_nullable=selected.is_nullable,
                description=_short(selected.description),
                when=when,
            )
            if self._elements.add(added) and selected.values:
                self._inside(selected, inner, ancestors, level + 1)

    def _inside(self, selected: SelectedField, path: str, ancestors: frozenset[str], level: int) -> None:
        values = selected.values
        if not self._is_query:
            values = [each for each in values if each.named.name not in ancestors]
        if len(values) < len(selected.values):
            self.gaps.add("a type contains itself; elements end where it comes up again", path)
        if values and level >= self._depth:
            self.gaps.add(f"there are more than {self._depth} levels; --depth allows more", path)
        elif values:
            self._walk(self._selector.members(values), path, ancestors | _names(values), level)


def _names(values: Sequence[Value]) -> frozenset[str]:
    return frozenset(each.named.name for each in values)


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _MAX_DESCRIPTION else f"{words[: _MAX_DESCRIPTION - 1].rstrip()}…"
