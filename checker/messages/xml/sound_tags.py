"""Tags that are sound whatever stands around them, so that a document with new ones need not be parsed.

Most tags are plain: ASCII names of declared prefixes, and attributes without prefixes, references and line ends. Anything else is left to the
parser.
"""

from __future__ import annotations

import re

from .envelope import ATTRIBUTE
from .places import XmlPlace

MAX_DEPTH = 64
"""Levels in which a tag is taken for sound without the parser, which bounds them at some hundreds."""

_TAG = re.compile(
    rb"""(?:([A-Za-z_][\w.-]*+):)?+[A-Za-z_][\w.-]*+"""
    rb"""((?:[ ]++[A-Za-z_][\w.-]*+=(?:"[^"<&\x00-\x1f]*+"|'[^'<&\x00-\x1f]*+'))*+)/?"""
)
_SECTION = re.compile(rb"!(?:--\n*+--|\[CDATA\[\n*+\]\])")
"""A comment or CDATA section whose content was found sound and left out."""
_EXCLAMATION = ord("!")


def is_sound_tag(place: XmlPlace, tag: bytes) -> bool:
    """Return whether a start tag, comment or CDATA section is sound at a place in a sound document; False if that is not certain."""
    if tag[0] == _EXCLAMATION:
        return _SECTION.fullmatch(tag) is not None
    if place.depth >= MAX_DEPTH:
        return False
    found = _TAG.fullmatch(tag)
    if found is None:
        return False
    prefix, attributes = found.groups()
    if prefix is not None and (prefix[:3].lower() == b"xml" or prefix.decode() not in place.scope):
        return False
    names = [name for name, _, _ in ATTRIBUTE.findall(attributes)]
    return len(set(names)) == len(names) and not any(name[:3].lower() == b"xml" for name in names)
