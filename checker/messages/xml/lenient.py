"""Lenient reading of requests: what clients send and servers accept, though a strict parser refuses it.

White space before the XML declaration is dropped, and well-known prefixes that the root element does not declare are
declared. Everything else stays as it is, byte for byte, and is the parser's to judge.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from .parser import XSI_TYPE

ALWAYS_KNOWN = {"xsi": XSI_TYPE[1:].partition("}")[0]}
"""The prefix of XML Schema instances, which is well-known whatever the message is."""

_BOM = b"\xef\xbb\xbf"
_SPACE = b" \t\r\n"
_PROLOG = re.compile(rb"\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*)*", re.DOTALL)
_START_TAG = re.compile(rb"""<[^\s<>/!?]+(?P<attributes>(?:[^<>"']++|"[^"]*+"|'[^']*+')*+)>""")


def normalise_request(content: bytes, prefixes: Mapping[str, str] = ALWAYS_KNOWN) -> bytes:
    """Return a request in a form that a strict parser accepts, if only the above keeps it from that.

    ``prefixes`` are the namespaces of well-known prefixes. Content in an encoding that is no superset of ASCII is
    returned as it is. Doing this twice changes nothing more.
    """
    document = content.removeprefix(_BOM).lstrip(_SPACE)
    if not document.startswith(b"<") or b"\0" in document[:4]:
        return content
    prolog = _PROLOG.match(document)
    root = _START_TAG.match(document, prolog.end() if prolog else 0)
    if root is None:
        return document
    declarations = b"".join(
        b' xmlns:%s="%s"' % (prefix.encode(), namespace.encode())
        for prefix, namespace in prefixes.items()
        if _uses(document, prefix) and not _declares(root["attributes"], prefix)
    )
    end = root.start("attributes")
    return document[:end] + declarations + document[end:]


def _uses(document: bytes, prefix: str) -> bool:
    return re.search(rb"(?<![\w.:-])%s:" % re.escape(prefix).encode(), document) is not None


def _declares(attributes: bytes, prefix: str) -> bool:
    return re.search(rb"\sxmlns:%s\s*=" % re.escape(prefix).encode(), attributes) is not None
