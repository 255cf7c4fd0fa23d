"""Prefixes of namespaces: what one document calls `ep`, another calls `ns2`, and both mean the same.

The pieces of a document are known by their bytes. Those of one whose prefixes are its own would all be new, so they are written with
the prefixes that the first document had for the same namespaces. Its structure stays as it was, and so does its soundness: each
prefix becomes another one that occurs nowhere in it, and no two become the same. Where that is not certain, nothing is changed.
"""

from __future__ import annotations

import re

MAX_USUAL = 64
"""Namespaces whose prefixes are remembered."""
MAX_PREFIX = 64
"""Letters of a prefix that is written as another."""

_DECLARATION = re.compile(rb"""\sxmlns(?::([A-Za-z_][\w.-]*+))?=(?:"([^"&<]*)"|'([^'&<]*)')""")
_TEXT = re.compile(rb">\s*+[^<\s]")
"""A text that was not cut out, or an attribute's value with ``>`` in it."""
_PREFIX = re.compile(rb"(?<![\w.:\x80-\xff-])([A-Za-z_][\w.-]*+)(?=:)")


class Prefixes:
    """Writes the pieces of documents with the prefixes that are usual among them."""

    def __init__(self) -> None:
        self._usual: dict[bytes, bytes] = {}

    def note(self, template: bytes) -> None:
        """Take the prefixes of a sound document for the usual ones, of the namespaces that have none."""
        if len(self._usual) < MAX_USUAL:
            for prefix, namespace in _declared(template).items():
                if prefix and prefix not in self._usual.values():
                    self._usual.setdefault(namespace, prefix)

    def rename(self, template: bytes) -> bytes | None:
        """Return the pieces of a document, joined, with the usual prefixes; None if it has no others, or if it is not certain what that changes."""
        declared = _declared(template) if self._usual else {}
        renamed = {
            prefix: self._usual.get(namespace, prefix) for prefix, namespace in declared.items() if prefix
        }
        unusual = [pair for pair in renamed.items() if pair[0] != pair[1]]
        if not unusual or len({*renamed.values()}) < len(renamed):
            return None
        parts = _PREFIX.split(template)
        written = {*parts[1::2]}
        if _TEXT.search(template) or not all(_can_become(*pair, declared, written) for pair in unusual):
            return None
        parts[1::2] = [renamed.get(prefix, prefix) for prefix in parts[1::2]]
        template = b"".join(parts)
        for prefix, usual in unusual:
            template = template.replace(b"xmlns:" + prefix + b"=", b"xmlns:" + usual + b"=")
        return template


def _declared(template: bytes) -> dict[bytes, bytes]:
    """Return the namespaces that are declared, by prefix; none unless each prefix has one for the whole document."""
    found = {(prefix, double or single) for prefix, double, single in _DECLARATION.findall(template)}
    declared = dict(found)
    written = sum([template.count(b"xmlns:" + prefix + b"=") for prefix in declared if prefix])
    is_plain = len(declared) == len(found) and written + template.count(b"xmlns=") == template.count(b"xmlns")
    return declared if is_plain else {}


def _can_become(prefix: bytes, usual: bytes, declared: dict[bytes, bytes], written: set[bytes]) -> bool:
    """Return whether a prefix can be written as another one, which is written nowhere."""
    if len(prefix) > MAX_PREFIX or prefix[:3].lower() == b"xml" or usual in declared or usual in written:
        return False
    return not any(namespace.startswith(prefix + b":") for namespace in declared.values())
