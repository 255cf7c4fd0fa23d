"""Validation of ``[evidence]``."""

from __future__ import annotations

from collections.abc import Iterator

from ..http import is_header_name, is_status_pattern, path_template, template_error
from ..model import Document, HttpEvidence
from ..names import suggestion
from ..paths import path_error
from .checks import check_values

_PARTS = {
    "path": "parameter of the path",
    "query": "parameter of the query",
    "request.cookie": "cookie",
    "request.jwt": "claim",
}


NOT_A_HEADER = (
    "is not the name of a header; write it without spaces and without a colon, as in `X-OAuth-Scopes`"
)


def evidence_errors(document: Document) -> Iterator[str]:
    """Report evidence for facts or values that do not exist, and evidence that cannot be read."""
    evidence = document.evidence
    for response in evidence.response:
        values = (*response.names.values(), *([response.as_] if response.as_ else []))
        yield from check_values(document, "evidence.response", {response.fact: values})
        if bool(response.as_) == bool(response.names):
            yield "`evidence.response`: needs either `as` (with `equals`) or `names`"
    for request in evidence.request:
        yield from check_values(
            document, "evidence.request", {request.fact: (request.if_given, request.if_not)}
        )
    for match in evidence.match:
        yield from check_values(document, "evidence.match", {match.fact: (match.as_,)})
        if match.part == "path":
            yield from _parameter_errors(document, "evidence.match", match.request)
        elif match.part == "header" and not is_header_name(match.request):
            yield f"`evidence.match`: `{match.request}` {NOT_A_HEADER}"
    if evidence.session is not None and evidence.session.part == "path":
        yield from _parameter_errors(document, "evidence.session", evidence.session.request)
    for http in evidence.http:
        yield from check_values(document, "evidence.http", {http.fact: http.values})
        yield from _http_errors(document, http)
    yield from _path_errors(document)
    yield from _part_errors(document)


def _http_errors(document: Document, evidence: HttpEvidence) -> Iterator[str]:
    key = f"`evidence.http` for `{evidence.fact}`"
    if not evidence.values:
        yield f"{key}: needs `equals`, `contains`, `present` or `absent`"
    if evidence.equals and evidence.contains:
        yield f"{key}: has both `equals` and `contains`; split it into two entries"
    if evidence.part == "status":
        yield from _status_errors(key, evidence)
    elif not evidence.name:
        yield f"{key}: key `name` is missing; it names the {_PARTS.get(evidence.part, 'header')}"
    elif evidence.part == "path":
        yield from _parameter_errors(document, "evidence.http", evidence.name)
    elif evidence.part == "request.cookie" and not is_header_name(evidence.name):
        yield f"{key}: `{evidence.name}` is not the name of a cookie; write it without its text, as in `session`"
    elif evidence.part.endswith(".header") and not is_header_name(evidence.name):
        yield f"{key}: `{evidence.name}` {NOT_A_HEADER}"


def _status_errors(key: str, evidence: HttpEvidence) -> Iterator[str]:
    if evidence.name:
        yield f'{key}: `from = "status"` has no `name`; remove it'
    for other in ("contains", "present", "absent"):
        if getattr(evidence, other):
            yield f'{key}: `from = "status"` takes `equals`, not `{other}`'
    for pattern in evidence.equals:
        if not is_status_pattern(pattern):
            yield f"{key}: `{pattern}` is not a status; write `200`, `2xx` or the like"


def _parameter_errors(document: Document, key: str, name: str) -> Iterator[str]:
    """Report a parameter that no path template has."""
    request = document.wire.request
    paths = request.paths if request else ()
    if any(map(template_error, paths)):
        return  # which is reported by itself
    known = list(dict.fromkeys(name for path in paths for name in path_template(path).parameters))
    if not known:
        yield f"`{key}`: there is no parameter `{name}`; write a template with `{{{name}}}` as `wire.request.path`"
    elif name not in known:
        yield f"`{key}`: no path template has the parameter `{name}`{suggestion(name, known)}"


def _path_errors(document: Document) -> Iterator[str]:
    evidence, wire = document.evidence, document.wire
    read = [
        *(("evidence.response.path", entry.path) for entry in evidence.response),
        *(("evidence.match.response", entry.response) for entry in evidence.match),
        *([("evidence.session.response", evidence.session.response)] if evidence.session else []),
    ]
    for key, path in read:
        if error := path_error(path, wire.format):
            yield f"`{key}`: `{path}` {error}"


def _part_errors(document: Document) -> Iterator[str]:
    evidence = document.evidence
    parts = [*(entry.part for entry in evidence.request), *(entry.part for entry in evidence.match)]
    if document.wire.format == "json" and "security" in parts:
        yield "`evidence`: a JSON request has no security context; set `part` to `body`"
