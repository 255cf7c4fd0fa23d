"""The operations of a description, and what answers one of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ....rules.http import is_status_pattern, template_error
from ....rules.model import HttpPart, WireRequest, WireResponse
from ....rules.names import did_you_mean, join_names
from ..outline import Credential, Gaps, SchemaError
from .document import BrokenReferenceError, Node

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
_JSON = re.compile(r"(application|text)/([\w.-]+\+)?json|\*/\*|application/\*", re.IGNORECASE)
_NAME = re.compile(r"\{([^{}]*)\}")
_CREDENTIALS: Mapping[Any, HttpPart] = {
    "header": "request.header",
    "query": "query",
    "cookie": "request.cookie",
}
"""The parts of a request that carry the keys of an API, by OpenAPI's names of them."""
_BEHIND_PATH = re.compile(r"[?#].*", re.DOTALL)
_FEW = 12
"""Operations that a message lists."""


class Operation(NamedTuple):
    """An operation: its id, which may be empty, its method in capitals, its path template and its content."""

    id: str
    method: str
    path: str
    node: Node

    @property
    def title(self) -> str:
        """Method and path."""
        return f"{self.method} {self.path}"


class Answer(NamedTuple):
    """The answers of an operation whose schema it is, by their statuses."""

    schema: Node
    statuses: tuple[str, ...]


def operations(root: Node) -> Iterator[Operation]:
    """Return the operations of a description in its order."""
    for path, item in root.at("paths").items():
        try:
            members = item.resolve()
        except BrokenReferenceError:
            continue
        for method, member in members.items():
            if method in _METHODS and isinstance(member.value, dict):
                operation = _resolved_if_possible(member)
                yield Operation(str(operation.value.get("operationId", "")), method.upper(), path, operation)


def _resolved_if_possible(member: Node) -> Node:
    """Return an operation that a description keeps in a file of its own: tools that bundle descriptions follow that too."""
    try:
        operation = member.resolve()
    except BrokenReferenceError:
        return member
    return operation if isinstance(operation.value, dict) else member


def find_operation(root: Node, wanted: str | None) -> Operation:
    """Return the operation with an id, or with a method and path such as `GET /users`; raises SchemaError."""
    try:
        found = list(operations(root))
    except BrokenReferenceError as error:
        raise SchemaError(f"its paths cannot be read: {error}") from None
    if not found:
        raise SchemaError("it has no operations")
    if wanted is None:
        raise SchemaError(f"name one of its operations with --operation{_listing(found, colon=True)}")
    method, _, path = wanted.strip().partition(" ")
    for operation in found:
        if wanted == operation.id or (operation.method, operation.path) == (method.upper(), path.strip()):
            return operation
    names = [each.title for each in found] if path else [each.id for each in found if each.id]
    hint = did_you_mean(wanted, names) or _listing(found)
    raise SchemaError(f"it has no operation `{wanted}`{hint}")


def _listing(found: list[Operation], *, colon: bool = False) -> str:
    names = join_names(each.id or each.title for each in found[:_FEW])
    more = f" and {len(found) - _FEW:,} more" if len(found) > _FEW else ""
    return f"{': ' if colon else '; there are '}{names}{more}"


def answer_of(operation: Operation, gaps: Gaps) -> Answer:
    """Return the successful answers in JSON of an operation; raises SchemaError if there are none.

    If several statuses have schemas of their own, those of the first count. If no status of success is there, `default` is
    the answer of all of them.
    """
    found: list[tuple[str, Node]] = []
    others: list[str] = []
    responses = [(status.lower(), response) for status, response in _responses(operation)]
    if not any(status.startswith("2") for status, _ in responses):
        responses = [("2xx", response) for status, response in responses if status == "default"]
        if responses:
            gaps.add(
                "it describes no answer with a status of success; `default` is taken for that of all of them"
            )
    for status, response in responses:
        if status.startswith("2"):
            schemas = _json_schemas(response, others)
            found += [(status, schema) for _, schema in schemas[:1]]
            for media, schema in schemas[1:]:
                if not _same(schema, schemas[0][1]):
                    gaps.add(f"answers in `{media}` have a schema of their own, of which there are no rows")
    if not found:
        media = f"; it answers in {join_names(dict.fromkeys(others))}" if others else ""
        raise SchemaError(f"`{operation.title}` has no successful answer with a schema for JSON{media}")
    found.sort(key=lambda pair: pair[0])
    first = found[0][1]
    statuses = tuple(status for status, schema in found if _same(schema, first) and is_status_pattern(status))
    for status, schema in found:
        if not _same(schema, first):
            gaps.add(f"answers with status {status} have a schema of their own, and count as failures")
    return Answer(first, statuses or ("2xx",))


def failure_schemas(operation: Operation) -> Iterator[Node]:
    """Return the schemas of failures in JSON."""
    for status, response in _responses(operation):
        if not status.upper().startswith(("1", "2", "3")):
            yield from (schema for _, schema in _json_schemas(response, [])[:1])


def _responses(operation: Operation) -> Iterator[tuple[str, Node]]:
    try:
        responses = operation.node.resolve().at("responses")
    except BrokenReferenceError as error:
        raise SchemaError(f"the responses of `{operation.title}` cannot be read: {error}") from None
    for status, response in responses.items():
        try:
            yield status, response.resolve()
        except BrokenReferenceError as error:
            if status.startswith("2"):
                raise SchemaError(f"the answer {status} of `{operation.title}`: {error}") from None


def _json_schemas(response: Node, others: list[str]) -> list[tuple[str, Node]]:
    """Return the schemas of a response in JSON by their media types; other media types are added to a list."""
    found = []
    for media, content in response.at("content").items():
        if not _JSON.fullmatch(media.partition(";")[0].strip()):
            others.append(media)
        elif isinstance(content.value, dict) and "schema" in content.value:
            found.append((media, Node(content.value["schema"], content.resolver)))
    return found


def _same(one: Node, other: Node) -> bool:
    try:
        return one.resolve().value is other.resolve().value or one.value == other.value
    except (BrokenReferenceError, RecursionError):
        return one.value is other.value


def request_of(operation: Operation, gaps: Gaps) -> WireRequest:
    """Return the calls of an operation; parameters get names that a template can have."""
    path = _BEHIND_PATH.sub("", operation.path)
    if path != operation.path:
        gaps.add(
            "a query or fragment in its path is not part of a path template, so calls without it match too"
        )
    path = _NAME.sub(lambda found: "{" + _parameter(found[1]) + "}", path.rstrip("/") or "/")
    if error := template_error(path):
        gaps.add(f"its path {error}; `wire.request` names the method alone")
        return WireRequest(method=operation.method)
    return WireRequest(method=operation.method, path=path)


def _parameter(name: str) -> str:
    name = re.sub(r"[^A-Za-z0-9_-]", "_", name)
    return name if re.match(r"[A-Za-z_]", name) else f"_{name}"


def response_of(answer: Answer) -> WireResponse:
    """Return the statuses of answers."""
    return WireResponse(answers=answer.statuses)


def credentials(root: Node, operation: Operation) -> tuple[Credential, ...]:
    """Return where requests of an operation carry their credentials, each place once."""
    security = operation.node.value.get("security", root.value.get("security"))
    try:
        schemes = root.at("components").at("securitySchemes")
        used = [schemes.at(name).value for name in _scheme_names(security)]
    except BrokenReferenceError:
        return ()
    return tuple(dict.fromkeys(found for scheme in used if (found := _credential(scheme)) is not None))


def _scheme_names(security: Any) -> Iterable[str]:
    requirements = security if isinstance(security, list) else []
    return [name for each in requirements if isinstance(each, dict) for name in each]


def _credential(scheme: Any) -> Credential | None:
    if not isinstance(scheme, dict):
        return None
    if scheme.get("type") in ("http", "oauth2", "openIdConnect"):
        return Credential("request.header", "Authorization")
    name, place = scheme.get("name"), _CREDENTIALS.get(scheme.get("in"))
    if scheme.get("type") == "apiKey" and isinstance(name, str) and name and place is not None:
        return Credential(place, name)
    return None
