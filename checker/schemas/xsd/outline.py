"""The outline of a complex type: from an XML schema to elements with paths."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ....engine.analysis.review import PLACEHOLDER_NAMESPACE
from ....rules.model import Wire
from ....rules.names import did_you_mean, join_names
from ....rules.paths import path_error
from ...core.display import escape_unprintable
from ..outline import DEPTH, MAX_STEPS, Element, ElementList, Gaps, Outline, SchemaError
from .components import XSD, Component, Components, Name

_FEW = 12
"""Types that a message lists."""

_MAX_DESCRIPTION = 160
_GROUPS = ("sequence", "choice", "all")
_ATTRIBUTES = ("attribute", "attributeGroup", "anyAttribute")
_MAX_NESTING = 100
"""Groups in groups, and types that extend types."""


class _Particle(NamedTuple):
    """An element in a type, and whether each content of the type has it."""

    element: Component
    is_required: bool


def xsd_outline(path: str, type_name: str | None, depth: int = DEPTH) -> Outline:
    """Return the outline of a complex type, which is the `xsi:type` of answers; raises SchemaError."""
    gaps = Gaps()
    name = escape_unprintable(path)
    components = Components(path, gaps)
    try:
        return _outline(components, type_name, gaps, depth)
    except SchemaError as error:
        raise SchemaError(f"`{name}`: {error}") from None


def _outline(components: Components, type_name: str | None, gaps: Gaps, depth: int) -> Outline:
    found = components.find("complexType", Name(components.namespace, type_name or ""))
    if type_name is None or found is None:
        raise SchemaError(_unknown(components.types(), type_name))
    elements = _elements(components, found, gaps, depth)
    if not elements:
        reason = next((f": {problem.partition(';')[0]}" for problem, _ in gaps), "")
        raise SchemaError(f"the type `{type_name}` has no elements, so there is nothing to judge{reason}")
    envelope = _envelope(components, found)
    if not envelope:
        gaps.add("the namespace of the envelope is not in the schema: replace `envelope` in `[wire]`")
    return Outline(
        title=f"The answers of type {type_name}",
        language="schema",
        source=f"XML schema of {components.namespace}",
        cite=f"type {type_name}",
        wire=Wire(
            format="xml",
            namespace=components.namespace,
            envelope=envelope or PLACEHOLDER_NAMESPACE,
            response_types=(type_name,),
        ),
        elements=elements,
        gaps=gaps,
    )


def _elements(components: Components, found: Component, gaps: Gaps, depth: int) -> tuple[Element, ...]:
    """Return the elements of a type, with all that may be there in their place unless that is too much."""
    for is_extended in (True, False):
        own = Gaps()
        walker = _Walker(components, own, depth, is_extended=is_extended)
        try:
            walker.inside(found, "", frozenset(), 0)
        except SchemaError:
            if not is_extended:
                raise
        else:
            gaps.update(own)
            return walker.elements.all()
    return ()


def _unknown(types: list[str], wanted: str | None) -> str:
    if not types:
        return "it has no complex types"
    more = f" and {len(types) - _FEW:,} more" if len(types) > _FEW else ""
    known = f"{join_names(types[:_FEW])}{more}"
    if wanted is None:
        return f"name one of its types with --type: {known}"
    return f"it has no complex type `{wanted}`{did_you_mean(wanted, types) or f'; there are {known}'}"


def _envelope(components: Components, found: Component) -> str:
    """Return the namespace of the type that is extended first of all, if it is another one: bodies extend the envelope's type."""
    namespace, seen = "", set[Name]()
    base = _base(found)
    while base is not None and base not in seen:
        seen.add(base)
        if base.namespace not in (components.namespace, XSD):
            namespace = base.namespace
        inner = components.find("complexType", base)
        base = None if inner is None else _base(inner)
    return namespace


def _base(found: Component) -> Name | None:
    return next(iter(found.bases()), None)


class _Walker:
    """Goes through a type element by element."""

    def __init__(self, components: Components, gaps: Gaps, depth: int, *, is_extended: bool) -> None:
        self.elements = ElementList("choose an inner type with --type, or fewer levels with --depth")
        self._components, self._gaps, self._depth = components, gaps, depth
        self._room, self._is_extended = MAX_STEPS, is_extended

    def inside(self, found: Component, path: str, ancestors: frozenset[Name], level: int) -> None:
        """Add the elements of a complex type, and all that is in them."""
        identity = found.identity()
        if identity in ancestors:
            self._gaps.add("a type contains itself; elements end where it comes up again", path)
            return
        ancestors |= {identity} if identity else set()
        merged: dict[str, _Particle] = {}
        for particle in (*self._content(found, path, 0), *self._extended(found, path)):
            name = self._name(particle.element, path)
            if name is None:
                continue
            before = merged.get(name)
            if before is None:
                merged[name] = particle
            elif particle.is_required:
                merged[name] = before._replace(is_required=True)
        if merged and level >= self._depth:
            self._gaps.add(f"there are more than {self._depth} levels; --depth allows more", path)
            return
        for name, particle in merged.items():
            self._add(particle, f"{path}/{name}" if path else name, ancestors, level)

    def _add(self, particle: _Particle, path: str, ancestors: frozenset[Name], level: int) -> None:
        element = self._resolve(particle.element, "element")
        if element is None:
            self._gaps.add("a reference leads to an element that is not in the schema", path)
            element = particle.element
        added = Element(
            path=path,
            is_required=particle.is_required,
            is_nullable=element.get("nillable") in ("true", "1"),
            description=_documentation(particle.element) or _documentation(element),
        )
        if not self.elements.add(added):
            return
        inner = self._type_of(element, path)
        if inner is not None:
            self.inside(inner, path, ancestors, level + 1)

    def _type_of(self, element: Component, path: str) -> Component | None:
        """Return the complex type of an element, None if it has text alone or is not in the schema."""
        for own in element.children("complexType"):
            return own
        name = element.name("type")
        if not name.local or name.namespace == XSD:
            return None
        found = self._components.find("complexType", name)
        if found is None and self._components.find("simpleType", name) is None:
            self._gaps.add("a type is not in the schema; what is in the element is not known", path)
        return found

    def _name(self, element: Component, path: str) -> str | None:
        """Return the name of an element, None if no row can have it."""
        reference = element.name("ref") if element.get("ref") else None
        name = reference.local if reference else element.get("name")
        form = element.get("form")
        is_qualified = form == "qualified" if form else element.is_qualified
        namespace = reference.namespace if reference else element.namespace if is_qualified else ""
        if namespace != self._components.namespace:
            self._gaps.add("elements in another namespace are in no row", path)
            return None
        if path_error(name, "xml"):
            self._gaps.add("an element has a name that no path of a rulebook can have", path)
            return None
        return name

    def _content(self, found: Component, path: str, nesting: int) -> Iterator[_Particle]:
        """Return the elements of a type, those of the type that it extends first."""
        self._require_room(nesting)
        for content in found.children("complexContent"):
            for derivation in content.children("extension", "restriction"):
                if derivation.kind == "extension":
                    yield from self._base_particles(derivation, path, nesting)
                yield from self._content(derivation, path, nesting + 1)
        if any(True for _ in found.children(*_ATTRIBUTES)):
            self._gaps.add("attributes are in no row", path)
        for group in found.children(*_GROUPS, "group"):
            yield from self._particles(group, path, nesting + 1, is_required=True)

    def _extended(self, found: Component, path: str) -> Iterator[_Particle]:
        """Return the elements of types that extend one: below the root, `xsi:type` can name any of them."""
        name = Name(found.namespace, found.get("name"))
        for each in self._instead(self._components.derived(name) if path and name.local else [], path):
            yield from (particle._replace(is_required=False) for particle in self._content(each, path, 0))

    def _instead(self, found: list[Component], path: str) -> list[Component]:
        """Return what may be there in place of another component; it is listed if there is too much of it."""
        if found and not self._is_extended:
            problem = "types that extend another, and elements in place of another, are too many for rows"
            self._gaps.add(problem, path)
            return []
        return found

    def _base_particles(self, derivation: Component, path: str, nesting: int) -> Iterator[_Particle]:
        base = derivation.name("base")
        extended = self._components.find("complexType", base)
        if extended is not None:
            yield from self._content(extended, path, nesting + 1)
        elif base.namespace != XSD:
            self._gaps.add("a type that is extended is not in the schema; its elements are not known", path)

    def _particles(
        self, group: Component, path: str, nesting: int, *, is_required: bool
    ) -> Iterator[_Particle]:
        """Return the elements of a group; each is required if the group is, and if it is no choice."""
        self._require_room(nesting)
        is_required = is_required and group.get("minOccurs") != "0"
        if group.kind == "element":
            if group.get("maxOccurs") != "0":
                yield from self._substitutable(group, path, is_required=is_required)
        elif group.kind == "any":
            self._gaps.add("any element may be there (`any`), and no row can say so", path)
        elif group.kind == "group":
            referred = self._resolve(group, "group")
            if referred is None:
                self._gaps.add("a reference leads to a group that is not in the schema", path)
                return
            for inner in referred.children(*_GROUPS):
                yield from self._particles(inner, path, nesting + 1, is_required=is_required)
        elif group.kind in _GROUPS:
            parts = list(group.children("element", "any", "group", *_GROUPS))
            of_each = is_required and (group.kind != "choice" or len(parts) == 1)
            for inner in parts:
                yield from self._particles(inner, path, nesting + 1, is_required=of_each)

    def _substitutable(self, element: Component, path: str, *, is_required: bool) -> Iterator[_Particle]:
        """Return an element and those that may be there in its place; one that is abstract is not there itself."""
        head = self._resolve(element, "element") if element.get("ref") else None
        others = [] if head is None else self._components.substitutes(element.name("ref"))
        is_abstract = head is not None and head.get("abstract") in ("true", "1")
        found = [each._replace(is_qualified=True) for each in self._instead(others, path)]
        if not (found and is_abstract):
            found.insert(0, element)
        for each in found:
            yield _Particle(each, is_required and len(found) == 1)

    def _resolve(self, found: Component, kind: str) -> Component | None:
        return self._components.find(kind, found.name("ref")) if found.get("ref") else found

    def _require_room(self, nesting: int) -> None:
        self._room -= 1
        if self._room < 0 or nesting > _MAX_NESTING:
            raise SchemaError(
                f"more than {MAX_STEPS:,} parts of it apply, or they contain each other without end"
            )


def _documentation(found: Component) -> str:
    """Return the beginning of the documentation of a component, on one line."""
    for annotation in found.children("annotation"):
        for documentation in annotation.children("documentation"):
            words = " ".join("".join(documentation.node.itertext()).split())
            return words if len(words) <= _MAX_DESCRIPTION else f"{words[: _MAX_DESCRIPTION - 1].rstrip()}…"
    return ""
