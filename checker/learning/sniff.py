"""Detect the wire format of the first recordings, which a rulebook for them has to describe."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from ...rules.model import Wire
from ..core.errors import UncheckedError
from ..core.limits import Limits
from ..messages.xml.parser import XSI_TYPE, parse
from ..recordings import Recording, UnreadableContent, read_bounded

MESSAGE = "message"


def looks_like(content: bytes) -> str:
    """Return the format of a document by its first character: `xml`, `json`, or an empty string."""
    begin = content.removeprefix(BOM_UTF8).lstrip()[:1]
    if begin == b"<":
        return "xml"
    return "json" if begin in (b"{", b"[") else ""


def formats_of(recordings: Iterable[Recording], limits: Limits) -> Counter[str]:
    """Count the formats of responses."""
    return Counter(filter(None, (looks_like(content_of(recording, limits)) for recording in recordings)))


def content_of(recording: Recording, limits: Limits) -> bytes:
    """Return the content of a response, empty if it cannot be read."""
    if recording.response is None or isinstance(recording.response, UnreadableContent):
        return b""
    try:
        return read_bounded(recording.response, limits)
    except UncheckedError:
        return b""


def json_wire(contents: Iterable[bytes], unit: str | None = None) -> Wire | None:
    """Return the wire of JSON responses: any member that one of them has at its top tells a response of the operation.

    If most responses are lists, and no unit is given, each item of them is one.
    """
    roots = [root for root in map(_root, contents) if root is not None]
    lists = sum(isinstance(root, list) for root in roots)
    chosen = unit if unit is not None else "[]" if lists > len(roots) - lists else ""
    members = Counter(name for root in roots for item in _units(root, chosen) for name in item)
    names = tuple(name for name, _ in members.most_common())
    return Wire(format="json", unit=chosen, recognised_by=names) if names else None


def _root(content: bytes) -> Any:
    try:
        return msgspec.json.decode(content, type=dict[str, msgspec.Raw] | list[msgspec.Raw])
    except (msgspec.DecodeError, RecursionError):
        return None


def _units(root: Any, unit: str) -> Iterator[dict[str, Any]]:
    """Return the objects that results are about; None of those that are no objects."""
    found = root
    for name in filter(None, unit.removesuffix("[]").split("/")):
        found = _root(found[name]) if isinstance(found, dict) and name in found else None
    if not unit:
        yield from [found] if isinstance(found, dict) else []
        return
    for item in found if isinstance(found, list) else []:
        if isinstance(inner := _root(item), dict):
            yield inner


def xml_wire(contents: Iterable[bytes], limits: Limits) -> Wire | None:
    """Return the wire of XML responses: the envelope, the type and the namespace that most of them have."""
    found: Counter[tuple[str, str, str]] = Counter()
    for content in contents:
        try:
            root = parse(content, limits)
        except UncheckedError:
            continue
        envelope, name = _split(str(root.tag))
        for element in root.iter():
            if name == MESSAGE and envelope and _split(str(element.tag))[1] == "bodyContent":
                prefix, _, local = (element.get(XSI_TYPE) or "").strip().rpartition(":")
                namespace = element.nsmap.get(prefix or None)
                if namespace and local:
                    found[envelope, str(namespace), local] += 1
    if not found:
        return None
    (envelope, namespace, local), _ = found.most_common(1)[0]
    return Wire(format="xml", envelope=envelope, namespace=namespace, response_types=(local,))


def _split(tag: str) -> tuple[str, str]:
    namespace, brace, local = tag.rpartition("}")
    return (namespace[1:], local) if brace else ("", tag)
