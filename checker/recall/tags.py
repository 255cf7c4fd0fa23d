"""Start tags as they are written, and the names in them."""

from __future__ import annotations

import re
from collections.abc import Mapping

TAG = re.compile(rb"<(/?)([^\s/>]+)([^>]*?)(/?)>")
"""A tag of a plain document: whether it is an end tag, its name, its attributes, whether it is an end tag as well."""

_ATTRIBUTE = re.compile(rb"""\s+([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_XMLNS = b"xmlns"
_SPACE = re.compile(rb"\s")

Spaces = Mapping[bytes, str]
"""The namespaces that are declared, by prefix; that of the empty prefix is for names without one."""


class Unteachable(Exception):  # noqa: N818 - no fault of the program: such a document is parsed in full each time
    """A document of which nothing is learnt."""


def declared(spaces: Spaces, attributes: bytes) -> Spaces:
    """Give the namespaces that are declared in an element with these attributes; raises Unteachable."""
    if _XMLNS not in attributes:
        return spaces
    within = dict(spaces)
    for match in _ATTRIBUTE.finditer(attributes):
        name, value = match[1], match[2] if match[2] is not None else match[3]
        if name == _XMLNS or name.startswith(_XMLNS + b":"):
            if _SPACE.search(value):
                raise Unteachable  # the parser makes spaces of other white space
            within[name[len(_XMLNS) + 1 :]] = value.decode()
    return within


def resolved(spaces: Spaces, name: bytes) -> tuple[str | None, str]:
    """Give the namespace and the local part of an element's name; raises Unteachable."""
    prefix, _, local = name.rpartition(b":")
    if b":" in prefix or (prefix and prefix not in spaces):
        raise Unteachable
    return spaces.get(prefix) or None, local.decode()
