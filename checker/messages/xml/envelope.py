"""The envelope of XML messages: the elements of it that are wanted, and the type that a body says it is of."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from ....rules.model import Rulebook
from .texts import unescape

ATTRIBUTE = re.compile(rb"""([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")

Scope = Mapping[str, str]
"""Namespaces by prefix."""


class Envelope(msgspec.Struct, frozen=True):
    """The elements of the envelope that are wanted in one direction, by the names that lead there.

    The rulebook's paths begin in ``body``; of the others the elements directly below are wanted too.
    """

    spans: tuple[str, ...]
    body: str = ""

    @property
    def roles(self) -> frozenset[str]:
        """The spans, and what leads to them."""
        return frozenset(span[:end] for span in self.spans for end in _ends(span))


def _ends(path: str) -> list[int]:
    return [at for at, letter in enumerate(path) if letter == "/"] + [len(path)]


OUTSIDE = "outside"
"""The role of what is not expected in an envelope, and of all in it."""

STATUS, CONTENT, SECURITY = (
    "message/header/response",
    "message/body/bodyContent",
    "message/header/securityContext",
)
RESPONSE = Envelope((STATUS, CONTENT), CONTENT)
REQUEST = Envelope((SECURITY, CONTENT))


class BodyType(msgspec.Struct, frozen=True, cache_hash=True):
    """A body's ``xsi:type``: as written, and its namespace (None if the prefix is not declared) and local name."""

    text: str | None
    namespace: str | None
    local: str

    def is_response(self, rulebook: Rulebook) -> bool:
        """Return whether a body of this type answers the operation."""
        wire = rulebook.document.wire
        return self.namespace == wire.namespace and self.local in wire.response_types

    def is_request(self, rulebook: Rulebook) -> bool:
        """Return whether a body of this type asks for the operation."""
        wire = rulebook.document.wire
        in_namespace = self.namespace == wire.namespace and self.local in wire.request_type_names
        return in_namespace or (self.text or "") in wire.request_types


NO_TYPE = BodyType(None, None, "")


_XSI_TYPE = ("http://www.w3.org/2001/XMLSchema-instance", "type")


def body_type(tag: bytes, scope: Scope) -> BodyType:
    """Return the type that a start tag gives."""
    for name, text in attributes(tag):
        prefix, _, local = name.rpartition(":")
        if prefix and (scope.get(prefix), local) == _XSI_TYPE:
            text = text.strip()  # noqa: PLW2901 - as a QName is read
            prefix, _, local = text.rpartition(":")
            return BodyType(text, scope.get(prefix) or None, local)
    return NO_TYPE


def attributes(tag: bytes) -> list[tuple[str, str]]:
    """Return the attributes of a start tag in order, by their names as written."""
    return [
        (name.decode(), unescape(double or single).replace("\t", " ").replace("\n", " "))
        for name, double, single in ATTRIBUTE.findall(tag)
    ]


def attribute_names(tag: bytes) -> list[str]:
    """Return the local names of a start tag's attributes; declarations of namespaces are none."""
    return [local for name, _ in attributes(tag) if (local := local_name(name))]


def local_name(attribute: str) -> str:
    """Return the local name of an attribute; empty for the declaration of a prefix."""
    return "" if attribute.startswith("xmlns:") else attribute.rpartition(":")[2]


def declarations(tag: bytes) -> dict[str, str]:
    """Return the namespaces that a start tag declares, by prefix."""
    return {
        name.removeprefix("xmlns").removeprefix(":"): value
        for name, value in attributes(tag)
        if name == "xmlns" or name.startswith("xmlns:")
    }
