"""Validation of ``[wire]``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..http import is_status_pattern, template_error
from ..model import Document, Wire
from ..names import join_names
from ..paths import path_error, unit_error
from .checks import check_references, duplicates

_KEYS = {
    "xml": (
        "namespace",
        "envelope",
        "response_types",
        "request_types",
        "request_type_names",
        "prefixes",
        "failures",
        "failure_kinds",
    ),
    "json": ("recognised_by", "failure_members", "unit"),
}
"""The keys of ``[wire]`` that belong to one format and are empty by default."""

_REQUIRED = {"xml": ("namespace", "envelope", "response_types"), "json": ("recognised_by",)}
_METHOD = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)*")


def wire_errors(document: Document) -> Iterator[str]:
    """Report keys of ``[wire]`` that the format lacks or does not have, and values that cannot be used."""
    wire = document.wire
    if wire.request is None or wire.format == "xml":
        for key in _REQUIRED[wire.format]:
            if not getattr(wire, key):
                hint = " (or `[wire.request]`)" if wire.format == "json" else ""
                yield f'`wire`: key `{key}`{hint} is missing; `format = "{wire.format}"` needs it'
    for other in _KEYS.keys() - {wire.format}:
        for key in (*_KEYS[other], *(["nulls"] if other == "json" and wire.nulls != "present" else [])):
            if getattr(wire, key):
                yield f'`wire`: `{key}` belongs to `format = "{other}"`, but the format here is `{wire.format}`'
    if wire.format == "json" and (error := unit_error(wire.unit)):
        yield f"`wire.unit`: `{wire.unit}` {error}"
    yield from _telling_errors(wire)
    for mask in duplicates(wire.masks):
        yield f"`wire.masks`: `{mask}` is named twice"
    yield from _failure_errors(wire)
    yield from _request_errors(wire)
    yield from _response_errors(wire)


def _telling_errors(wire: Wire) -> Iterator[str]:
    for key in ("recognised_by", "failure_members"):
        for path in getattr(wire, key):
            if error := path_error(path, "json"):
                yield f"`wire.{key}`: `{path}` {error}"


def _failure_errors(wire: Wire) -> Iterator[str]:
    for entry in wire.failure_kinds:
        yield from check_references(f"wire.failure_kinds.{entry.kind}", entry.codes, wire.failures)
        if not entry.codes and not entry.reason_contains:
            yield f"`wire.failure_kinds`: `{entry.kind}` needs `codes` or `reason_contains`"


def _request_errors(wire: Wire) -> Iterator[str]:
    if wire.request is None:
        return
    if not wire.request.methods and not wire.request.paths:
        yield "`wire.request`: names neither a `method` nor a `path`, so it would match every call"
    for method in wire.request.methods:
        if not _METHOD.fullmatch(method):
            yield f"`wire.request.method`: `{method}` is not a method; write it as in `GET`"
    for path in wire.request.paths:
        if error := template_error(path):
            yield f"`wire.request.path`: `{path}` {error}"


def _response_errors(wire: Wire) -> Iterator[str]:
    if wire.response is None:
        return
    if not wire.response.answers:
        yield "`wire.response.answers`: names no status, so that no response would be an answer"
    for pattern in wire.response.answers:
        if not is_status_pattern(pattern):
            yield f"`wire.response.answers`: `{pattern}` is not a status; write {join_names(('200', '2xx'))} or the like"
