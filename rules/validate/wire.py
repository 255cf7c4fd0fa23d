"""Validation of ``[wire]`` and ``[evidence]``."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Document
from .checks import check_values

_KEYS = {
    "xml": ("namespace", "envelope", "response_types", "request_types", "request_type_names", "failures"),
    "json": ("recognised_by", "failure_members"),
}
"""The keys of ``[wire]`` that belong to one format."""

_REQUIRED = {"xml": ("namespace", "envelope", "response_types"), "json": ("recognised_by",)}


def wire_errors(document: Document) -> Iterator[str]:
    """Report keys of ``[wire]`` that the format lacks or does not have."""
    wire = document.wire
    for key in _REQUIRED[wire.format]:
        if not getattr(wire, key):
            yield f'`wire`: key `{key}` is missing; `format = "{wire.format}"` needs it'
    for other in _KEYS.keys() - {wire.format}:
        for key in _KEYS[other]:
            if getattr(wire, key):
                yield f'`wire`: `{key}` belongs to `format = "{other}"`, but the format here is `{wire.format}`'
    evidence = document.evidence
    parts = [*(entry.part for entry in evidence.request), *(entry.part for entry in evidence.match)]
    if wire.format == "json" and "security" in parts:
        yield "`evidence`: a JSON request has no security context; set `part` to `body`"


def evidence_errors(document: Document) -> Iterator[str]:
    """Report evidence for facts or values that do not exist, or that does not say what it states."""
    evidence = document.evidence
    for response in evidence.response:
        values = (*response.names.values(), *([response.as_] if response.as_ else []))
        yield from check_values(document, "evidence.response", {response.fact: values})
        if bool(response.as_) == bool(response.names):
            yield "`evidence.response`: needs either `as` (with `equals`) or `names`"
    for request in evidence.request:
        stated = {request.fact: (request.if_given, request.if_not)}
        yield from check_values(document, "evidence.request", stated)
    for match in evidence.match:
        yield from check_values(document, "evidence.match", {match.fact: (match.as_,)})
