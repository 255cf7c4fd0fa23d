"""The outline of an operation's answers: from a description to elements with paths."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from ....rules.model import Wire
from ....rules.names import suggestion
from ....rules.paths import ANY_NAME, path_error, unit_error
from ...core.display import escape_unprintable
from ...messages.json.places import shown_name
from ..outline import DEPTH, Element, ElementList, Gaps, Outline, SchemaError, top_names
from .document import Node, load
from .operation import (
    Operation,
    answer_of,
    credentials,
    failure_schemas,
    find_operation,
    request_of,
    response_of,
)
from .reader import ShapeReader
from .shape import Shape

_FEWER = "choose a part with --unit, or fewer levels with --depth"


def openapi_outline(path: str, operation: str | None, unit: str | None = None, depth: int = DEPTH) -> Outline:
    """Return the outline of an operation of an OpenAPI description; raises SchemaError.

    ``operation`` is an `operationId`, or a method and path. ``unit`` is what one result is about; by default each item of a
    body that is an array, and otherwise the whole body.
    """
    try:
        root = load(path)
        return _outline(root, find_operation(root, operation), unit, depth)
    except SchemaError as error:
        text, name = str(error), escape_unprintable(path)
        raise SchemaError(text if text.startswith("`" + name) else f"`{name}`: {text}") from None


def _outline(root: Node, operation: Operation, unit: str | None, depth: int) -> Outline:
    gaps = Gaps()
    reader = ShapeReader(gaps)
    answer = answer_of(operation, gaps)
    body = reader.shape((answer.schema,), "", frozenset())
    chosen, shape = _unit(reader, body, unit)
    walker = _Walker(reader, gaps, depth)
    walker.walk(shape, "", shape.sources, 0)
    elements = walker.elements.all()
    if not elements:
        raise SchemaError(
            f"the schema of `{operation.title}` names no elements, so there is nothing to judge{_reason(gaps)}"
        )
    wire = Wire(
        format="json",
        unit=chosen,
        recognised_by=top_names(elements),
        failure_members=_failure_members(operation, {*body.members, *shape.members}),
        request=request_of(operation, gaps),
        response=response_of(answer),
    )
    info = root.value.get("info")
    title = str(info.get("title", "")) if isinstance(info, dict) else ""
    version = str(info.get("version", "")) if isinstance(info, dict) else ""
    return Outline(
        title=f"{title or 'API'}, {operation.title}",
        language="openapi",
        source=" ".join(("OpenAPI description", *filter(None, (f"of {title}" if title else "", version)))),
        cite=operation.title,
        wire=wire,
        elements=elements,
        gaps=gaps,
        credentials=credentials(root, operation),
    )


def _unit(reader: ShapeReader, body: Shape, unit: str | None) -> tuple[str, Shape]:
    """Return the unit and its shape; raises SchemaError if it is no part of the body."""
    if unit is None:
        unit = "[]" if body.items and not body.members else ""
    if error := unit_error(unit):
        raise SchemaError(f"--unit `{unit}` {error}")
    shape = body
    for name in filter(None, unit.removesuffix("[]").split("/")):
        known = {shown_name(each): schemas for each, schemas in shape.members.items()}
        if name not in known:
            raise SchemaError(f"--unit `{unit}`: there is no `{name}`{suggestion(name, known, 'there are')}")
        shape = reader.shape(known[name], name, shape.sources)
    if unit:
        if not shape.items:
            raise SchemaError(f"--unit `{unit}`: it is no array in the schema")
        shape = reader.shape(shape.items, "", shape.sources)
    if shape.items and not shape.members:
        where = "an array of arrays cannot be a unit" if unit else "the body is an array; its unit is `[]`"
        raise SchemaError(f"--unit `{unit}`: {where}")
    return unit, shape


def _failure_members(operation: Operation, others: set[str]) -> tuple[str, ...]:
    """Return members that failures have and answers do not: those of all kinds of failures, or of any."""
    reader = ShapeReader(Gaps())
    kinds = [reader.shape((schema,), "", frozenset()) for schema in failure_schemas(operation)]
    names = [dict.fromkeys(shape.members) for shape in kinds if shape.members]
    common = [name for name in names[0] if all(name in each for each in names)] if names else []
    found = common or [name for each in names for name in each]
    return tuple(dict.fromkeys(name for name in found if name not in others))


class _Walker:
    """Goes through a shape element by element."""

    def __init__(self, reader: ShapeReader, gaps: Gaps, depth: int) -> None:
        self.elements = ElementList(_FEWER)
        self._reader, self._gaps, self._depth = reader, gaps, depth

    def walk(self, shape: Shape, path: str, ancestors: AbstractSet[int], level: int) -> None:
        """Add the members of an object and all that is in them, then those with free keys."""
        for name in (*shape.members, *sorted(shape.required - shape.members.keys())):
            inner = _join(path, shown_name(name))
            if shown_name(name) == ANY_NAME or path_error(inner, "json", allow_any=True):
                self._gaps.add("a member has a name that no path of a rulebook can have", path)
                continue
            found = self._reader.shape(shape.members.get(name, ()), inner, ancestors)
            when = {
                _join(path, shown_name(other)): texts for other, texts in shape.when.get(name, {}).items()
            }
            self._add(
                found, inner, ancestors, level, is_required=name in shape.required or bool(when), when=when
            )
        if shape.free:
            inner = _join(path, ANY_NAME)
            found = self._reader.shape(shape.free, inner, ancestors)
            self._add(found, inner, ancestors, level, is_required=False, when={})

    def _add(
        self,
        shape: Shape,
        path: str,
        ancestors: AbstractSet[int],
        level: int,
        *,
        is_required: bool,
        when: dict[str, tuple[str, ...]],
    ) -> None:
        element = Element(
            path=path,
            is_required=is_required,
            is_nullable=shape.is_nullable or shape.is_null,
            is_write_only=shape.is_write_only,
            notes=shape.notes,
            description=shape.description,
            when=when,
        )
        if self.elements.add(element) and not shape.is_write_only:
            self._inside(shape, path, ancestors | shape.sources, level + 1)

    def _inside(self, shape: Shape, path: str, ancestors: AbstractSet[int], level: int) -> None:
        """Go on below an element; the items of an array have its path."""
        if shape.members or shape.free or shape.required:
            if level >= self._depth:
                self._gaps.add(f"there are more than {self._depth} levels; --depth allows more", path)
            else:
                self.walk(shape, path, ancestors, level)
        if shape.items:
            inner = self._reader.shape(shape.items, path, ancestors)
            self._inside(inner, path, ancestors | inner.sources, level)


def _join(path: str, name: str) -> str:
    return f"{path}/{name}" if path else name


def _reason(gaps: Gaps) -> str:
    """Return what was met on the way to a schema without elements, to end a message; empty if there was nothing."""
    return next((f": {problem.partition(';')[0]}" for problem, _ in gaps), "")
