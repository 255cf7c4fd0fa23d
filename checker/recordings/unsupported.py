"""Content that is no recording, by its kind: recordings of tools that are not read say how to convert them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from ...engine.result import NOT_A_RECORDING

_AS_HAR = "record or export HAR instead"
_VIA_PROXY = "record HAR with a proxy instead, such as `mitmdump --set hardump=out.har`"


class Kind(NamedTuple):
    """A kind of content: its name, and for a recording of a tool how to get one that is read."""

    name: str
    remedy: str = ""


_CAPTURE = Kind("packet capture", _VIA_PROXY)

_PATTERNS = (
    (
        re.compile(
            rb"\A(?:\xd4\xc3\xb2\xa1|\xa1\xb2\xc3\xd4|\x4d\x3c\xb2\xa1|\xa1\xb2\x3c\x4d|\x0a\x0d\x0d\x0a)"
        ),
        _CAPTURE,
    ),
    (
        re.compile(rb"\A[A-Z]{3,10} \S{1,8192} HTTP/\d"),
        Kind("HTTP request without its response", "record the response with `curl -i`"),
    ),
    (
        re.compile(rb"\A(?:BZh[1-9]1AY&SY|\xfd7zXZ\0|\x28\xb5\x2f\xfd|7z\xbc\xaf\x27\x1c|Rar!\x1a\x07)"),
        Kind("archive that is neither zip, tar nor gzip", "pack its files as zip or tar.gz"),
    ),
)

_MEMBERS = (
    ("info", b"schema.getpostman.com", Kind("Postman collection", _VIA_PROXY)),
    ("__export_format", b"", Kind("Insomnia export", _AS_HAR)),
)
"""The members that tell a tool's JSON documents, and what those contain."""

_SIGNATURES = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"SQLite format 3", "database"),
)
_HTML = re.compile(rb"\A\s*(?:<!--.*?-->\s*)*<(?:!doctype html|html)\b", re.IGNORECASE | re.DOTALL)
_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


OTHER_JSON = Kind("other JSON")
DEAD_LINK = Kind("link to a file that does not exist")
LINKED_FOLDER = Kind("link to a folder", "name the folder that it leads to")
SPECIAL_FILE = Kind("pipe, socket or device")


def tool_of(head: bytes) -> Kind | None:
    """Return the kind of a tool's recording that is not read, by its first bytes; None if it is not known."""
    return next((kind for pattern, kind in _PATTERNS if pattern.match(head)), None)


def tool_of_document(members: Mapping[str, msgspec.Raw]) -> Kind | None:
    """Return the kind of a tool's JSON document that is not read, by its members; None if it is not known."""
    for name, needle, kind in _MEMBERS:
        if name in members and needle in bytes(members[name]):
            return kind
    return None


def kind_of(head: bytes) -> Kind:
    """Return the kind of content that is no recording, by its first bytes."""
    if tool := tool_of(head):
        return tool
    name = next((name for signature, name in _SIGNATURES if head.startswith(signature)), None)
    return Kind(name or _kind_of_text(head))


def _kind_of_text(head: bytes) -> str:
    if not head:
        return "empty file"
    for mark in _BYTE_ORDER_MARKS:
        head = head.removeprefix(mark)
    if _HTML.match(head):
        return "HTML"
    first = head.replace(b"\0", b"").lstrip()[:1]
    if first == b"<":
        return "other XML"
    if first in (b"{", b"["):
        return OTHER_JSON.name
    return "binary file" if b"\0" in head else "text"


def not_a_recording(kind: Kind) -> str:
    """Return why a file of a folder is skipped: one text for each kind, so that files are counted by kind."""
    return f"{NOT_A_RECORDING}{kind.name}" + (f"; {kind.remedy}" if kind.remedy else "")


def problem_of(kind: Kind, formats: str) -> str:
    """Return the problem with a recording of a tool that is not read."""
    remedy = f"; {kind.remedy}" if kind.remedy else ""
    return f"it is of a kind that is not read ({kind.name}){remedy}; the formats that are read: {formats}"
