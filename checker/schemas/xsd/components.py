"""Loading of an XML schema with what it includes and imports, and its components by name.

Libraries for XML Schema validate: they build all of it, and refuse one of which a part is missing. Here names and occurrences
are enough, and what is missing is listed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from lxml import etree

from ...core.display import escape_unprintable
from ...core.errors import UncheckedError
from ...core.limits import Limits
from ...messages.xml.parser import parse
from ..files import SchemaFolder
from ..outline import Gaps, SchemaError

XSD = "http://www.w3.org/2001/XMLSchema"
_NAMED = ("complexType", "simpleType", "element", "group", "attributeGroup")
_MOST_FILES = 1_000


class Name(NamedTuple):
    """A name of a component: its namespace, empty for none, and its local name."""

    namespace: str
    local: str


class Component(NamedTuple):
    """A part of a schema, with the namespace that names without a prefix of one are in."""

    node: etree._Element
    namespace: str
    is_qualified: bool

    @property
    def kind(self) -> str:
        """The local name of its tag, empty if it is not of XML Schema."""
        return kind(self.node)

    def get(self, attribute: str) -> str:
        """Return an attribute, empty if it is not there."""
        return (self.node.get(attribute) or "").strip()

    def children(self, *kinds: str) -> Iterator[Component]:
        """Return the parts directly in it that are of some kinds; of all kinds if none is given."""
        for child in self.node:
            if kind(child) and (not kinds or kind(child) in kinds):
                yield Component(child, self.namespace, self.is_qualified)

    def identity(self) -> Name | None:
        """Return the name of a type, or of the global element that it belongs to; None for a type of a local element.

        Types come up again by their names, or by those of elements.
        """
        if self.get("name"):
            return Name(self.namespace, self.get("name"))
        outer = self.node.getparent()
        if outer is None or outer.get("name") is None or kind(outer.getparent()) != "schema":
            return None
        return Name(self.namespace, f"element {outer.get('name')}")

    def bases(self) -> list[Name]:
        """Return the type that a complex type extends or restricts."""
        return [
            derivation.name("base")
            for content in self.children("complexContent")
            for derivation in content.children("extension", "restriction")
        ]

    def name(self, attribute: str) -> Name:
        """Return the name that an attribute refers to."""
        prefix, _, local = self.get(attribute).rpartition(":")
        namespace = self.node.nsmap.get(prefix or None)
        if namespace is None and not prefix:
            namespace = self.namespace  # as in a file without a namespace that another one includes
        return Name(str(namespace or ""), local)


def kind(node: etree._Element | None) -> str:
    """Return the local name of an element of XML Schema, empty for any other node."""
    tag = None if node is None else node.tag
    return tag.removeprefix(f"{{{XSD}}}") if isinstance(tag, str) and tag.startswith(f"{{{XSD}}}") else ""


class Components:
    """The named components of a schema and of all files that it needs; files that cannot be read are noted."""

    def __init__(self, path: str, gaps: Gaps, limits: Limits | None = None) -> None:
        self._limits, self._gaps = limits or Limits(), gaps
        self._folder = SchemaFolder(path)
        self._known: dict[tuple[str, Name], Component] = {}
        self._files: set[tuple[str, str]] = set()
        self._followers: dict[str, dict[Name, list[Name]]] = {}
        name = escape_unprintable(path)
        try:
            root = parse(self._folder.read_main(), self._limits)
        except UncheckedError as error:
            raise SchemaError(f"`{name}`: {error.detail}") from None
        if kind(root) != "schema":
            raise SchemaError(f"`{name}`: its root is no `schema` of XML Schema")
        self.namespace = root.get("targetNamespace") or ""
        if not self.namespace:
            raise SchemaError(
                f"`{name}`: it has no `targetNamespace`, by which messages in XML are recognized"
            )
        self._add(root, self.namespace, os.path.realpath(path))

    def find(self, kind: str, name: Name) -> Component | None:
        """Return a component, None if there is none of that kind and name."""
        return self._known.get((kind, name))

    def substitutes(self, head: Name) -> list[Component]:
        """Return the global elements that may be there in place of one, and in place of those."""
        return self._following("element", head, lambda each: [each.name("substitutionGroup")])

    def derived(self, base: Name) -> list[Component]:
        """Return the complex types that extend one, or restrict it, and those that extend them."""
        return self._following("complexType", base, Component.bases)

    def _following(
        self, kind: str, first: Name, leads: Callable[[Component], Iterable[Name]]
    ) -> list[Component]:
        if kind not in self._followers:
            followers = self._followers[kind] = {}
            for (own, name), component in self._known.items():
                for lead in leads(component) if own == kind else ():
                    followers.setdefault(lead, []).append(name)
        found: dict[Name, Component] = {}
        waiting = [first]
        while waiting:
            for name in self._followers[kind].get(waiting.pop(0), ()):
                if name not in found and name != first:
                    found[name] = self._known[kind, name]
                    waiting.append(name)
        return list(found.values())

    def types(self) -> list[str]:
        """Return the complex types of the schema's own namespace."""
        return [
            name.local
            for kind, name in self._known
            if kind == "complexType" and name.namespace == self.namespace
        ]

    def _add(self, root: etree._Element, namespace: str, file: str) -> None:
        """Add the components of a file, then those of the files that it names."""
        waiting = [(root, namespace, file)]
        self._files.add((file, namespace))
        while waiting:
            root, namespace, file = waiting.pop(0)
            schema = Component(root, namespace, root.get("elementFormDefault") == "qualified")
            for component in schema.children(*_NAMED):
                name = Name(namespace, component.get("name"))
                self._known.setdefault((component.kind, name), component)
            for reference in schema.children("include", "import", "redefine", "override"):
                found = self._other(reference, os.path.dirname(file))
                if found is not None:
                    waiting.append(found)

    def _other(self, reference: Component, folder: str) -> tuple[etree._Element, str, str] | None:
        """Return the root of a file that is included or imported, None if it is known or cannot be read."""
        if reference.kind in ("redefine", "override"):
            self._gaps.add(f"`{reference.kind}` is read like `include`")
        location = reference.get("schemaLocation")
        if not location:
            return None
        parts = urlsplit(location)
        if parts.scheme or parts.netloc:
            self._gaps.add("a part of the schema is in the network, where nothing is looked up")
            return None
        path = os.path.realpath(os.path.join(folder, unquote(parts.path)))
        own = reference.get("namespace") if reference.kind == "import" else reference.namespace
        if (path, own) in self._files or len(self._files) >= _MOST_FILES:
            return None
        self._files.add((path, own))
        try:
            root = parse(self._folder.read_beside(path), self._limits)
        except (OSError, ValueError, UncheckedError):
            self._gaps.add("a part of the schema is in a file that cannot be read, or is out of its folder")
            return None
        return root, root.get("targetNamespace") or own, path
