"""Loading of an OpenAPI description, and resolving of its references: files below its folder, and never the network."""

from __future__ import annotations

import os
from codecs import BOM_UTF8
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote, urlsplit
from urllib.request import pathname2url, url2pathname

import msgspec
import referencing
from referencing.exceptions import NoSuchResource, Unresolvable
from referencing.jsonschema import DRAFT202012

from ....rules.names import lower_first
from ...core.display import escape_unprintable
from ...core.errors import Reason, UncheckedError
from ...core.limits import Limits
from ...recordings.formats.unique_members import RepeatedMemberError, decode_unique
from ...recordings.formats.yaml import load_yaml
from ..files import SchemaFolder
from ..outline import SchemaError

if TYPE_CHECKING:
    from referencing._core import Resolver  # which has no public name

_YAML_BYTES = 32 * 1024 * 1024


class Node(NamedTuple):
    """A part of a description, and what resolves the references in it."""

    value: Any
    resolver: Resolver[Any]

    def at(self, key: str) -> Node:
        """Return a member of an object, with any reference that it is resolved; raises BrokenReferenceError."""
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return Node(value, self.resolver).resolve()

    def items(self) -> list[tuple[str, Node]]:
        """Return the members of an object by name; none if it is no object."""
        members = self.value.items() if isinstance(self.value, dict) else ()
        return [(str(name), Node(value, self.resolver)) for name, value in members]

    def resolve(self) -> Node:
        """Follow a reference, and references to references; raises BrokenReferenceError."""
        node, seen = self, set[int]()
        while isinstance(node.value, dict) and isinstance(reference := node.value.get("$ref"), str):
            if id(node.value) in seen:
                raise BrokenReferenceError("a reference leads back to itself")
            seen.add(id(node.value))
            node = node.follow(reference)
        return node

    def follow(self, reference: str) -> Node:
        """Return what a reference refers to; raises BrokenReferenceError."""
        fragment = reference.partition("#")[2]
        if fragment and not fragment.startswith("/"):
            raise BrokenReferenceError("a reference by an anchor is not followed; write it as a JSON pointer")
        try:
            found = self.resolver.lookup(reference)
        except (Unresolvable, LookupError, TypeError, ValueError, AttributeError, OSError) as error:
            raise BrokenReferenceError(_problem(error)) from None
        return Node(found.contents, found.resolver)


class BrokenReferenceError(Exception):
    """A reference leads nowhere; the text says why, and quotes nothing of it."""


def _problem(error: BaseException) -> str:
    causes = [error]
    while (cause := causes[-1].__cause__ or causes[-1].__context__) is not None and cause not in causes:
        causes.append(cause)
    if any(isinstance(cause, _RemoteError) for cause in causes):
        return "a reference leads to the network, where nothing is looked up"
    if any(isinstance(cause, PermissionError) for cause in causes):
        return "a reference leads out of the folder of the description"
    if any(isinstance(cause, OSError | SchemaError) for cause in causes):
        return "a reference leads to a file that cannot be read"
    return "a reference leads nowhere"


class _RemoteError(Exception):
    """A document is not on this machine's disk."""


class _Files:
    """Retrieves other documents, each once."""

    def __init__(self, folder: SchemaFolder, limits: Limits) -> None:
        self._folder, self._limits = folder, limits
        self._known: dict[str, referencing.Resource[Any]] = {}

    def __call__(self, uri: str) -> referencing.Resource[Any]:
        if uri not in self._known:
            parts = urlsplit(uri)
            if parts.scheme != "file" or parts.netloc:
                raise NoSuchResource(ref=uri) from _RemoteError()  # type: ignore[call-arg]  # its decorator hides it
            path = url2pathname(parts.path)
            content = decode(self._folder.read_beside(path), unquote(os.path.basename(path)), self._limits)
            self._known[uri] = as_resource(content)
        return self._known[uri]


def as_resource(content: Any) -> referencing.Resource[Any]:
    """Return a document as the library takes it: references in it are JSON Schema's of 2020-12."""
    return _LENIENT.create_resource(content)


def _id_of(schema: Any) -> str | None:
    found = schema.get("$id") if isinstance(schema, dict) else None
    return found if isinstance(found, str) else None


def _inner_schemas(schema: Any) -> list[Any]:
    try:
        return list(DRAFT202012.subresources_of(schema))
    except (AttributeError, TypeError):  # such as `properties` that are a list
        return []


_LENIENT: referencing.Specification[Any] = referencing.Specification(  # type: ignore[call-arg]  # its decorator hides it
    name="JSON Schema of 2020-12, in which a part may be no schema",
    id_of=_id_of,
    subresources_of=_inner_schemas,
    anchors_in=lambda _specification, _schema: (),
    maybe_in_subresource=DRAFT202012.maybe_in_subresource,
)
"""The library goes through all of a document, and through parts of it that no reference leads to."""


def load(path: str, limits: Limits | None = None) -> Node:
    """Return the root of a description; raises SchemaError."""
    limits = limits or Limits()
    folder = SchemaFolder(path)
    name = escape_unprintable(path)
    content = folder.read_main()
    if not content.strip():
        raise SchemaError(f"`{name}`: it is empty")
    root = decode(content, name, limits)
    if not isinstance(root, dict):
        raise SchemaError(f"`{name}`: its root is no object, so it is no OpenAPI description")
    _require_version(root, name)
    uri = f"file://{pathname2url(os.path.realpath(path))}"
    registry: referencing.Registry[Any] = referencing.Registry(retrieve=_Files(folder, limits))  # type: ignore[call-arg]  # attrs hides it
    return Node(root, registry.with_resource(uri, as_resource(root)).resolver(uri))


def decode(content: bytes, name: str, limits: Limits) -> Any:
    """Return a document in JSON or YAML as plain data; raises SchemaError."""
    content = content.removeprefix(BOM_UTF8)
    if content.lstrip()[:1] not in (b"{", b"["):
        return _decode_yaml(content, name, limits)
    try:
        return decode_unique(content, object)
    except RepeatedMemberError as error:
        problem = (
            f"contains `{escape_unprintable(str(error))}` more than once, so that its content is ambiguous"
        )
        raise SchemaError(f"`{name}`: {problem}") from None
    except RecursionError:
        raise SchemaError(f"`{name}`: not readable as JSON: nested too deeply") from None
    except (msgspec.MsgspecError, ValueError) as error:
        raise SchemaError(f"`{name}`: not JSON: {lower_first(str(error))}") from None


def _decode_yaml(content: bytes, name: str, limits: Limits) -> Any:
    if len(content) > _YAML_BYTES:
        raise SchemaError(f"`{name}`: YAML is read up to {_YAML_BYTES:,} bytes; convert it to JSON")
    try:
        return load_yaml(content, limits, yaml_1_2=True)
    except UncheckedError as error:
        if error.reason is Reason.TOO_LARGE:
            raise SchemaError(
                f"`{name}`: it has too many parts or levels for YAML; convert it to JSON"
            ) from None
        raise SchemaError(f"`{name}`: {error.detail}") from None


def _require_version(root: Mapping[str, Any], name: str) -> None:
    version = str(root.get("openapi", ""))
    if not version.startswith(("3.0", "3.1", "3.2")):
        if "swagger" in root:
            raise SchemaError(f"`{name}`: it is Swagger 2.0; convert it to OpenAPI 3")
        raise SchemaError(
            f"`{name}`: it has no `openapi` of 3.0, 3.1 or 3.2, so it is no OpenAPI description"
        )
