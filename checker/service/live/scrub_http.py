"""Scrubbing of HTTP exchanges: keep everything that a verdict depends on, and no text that a person wrote.

Kept are the structure of JSON, with which members are null or empty, and what the rulebook reads as evidence: of headers,
parameters and claims those that it names, and of their texts those that it lists. Texts that a verdict compares are
replaced by placeholders, equal ones by the same; every other text, number and boolean is replaced.
"""

from __future__ import annotations

import base64
import contextlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from ....engine.places import PathNode, path_tree
from ....rules.http import path_template
from ....rules.model import Rulebook
from ...checking.http_call import HttpCall, open_call
from ...checking.http_evidence import NotKept
from ...core.errors import Reason, UncheckedError
from ...core.limits import Limits
from ...messages.json.reader import JsonReader
from .http_request import OutgoingRequest, ReceivedResponse, http_facts
from .scrub import SCRUBBED, Scrubber, evidence_texts

_SEPARATORS = re.compile(r"[,\s]+")
_NOT_JSON = b"This response was not JSON. What cannot be scrubbed is not kept.\n"
_NO_OBJECT = b"0\n"

Part = tuple[str, str, str]
"""The kind, the name and the scrubbed text of a part of an exchange that is evidence."""

Parts = list[Part]


class _Number(str):
    """A number as it is written, however long."""

    __slots__ = ()


class _Placeholders:
    """Placeholders for the texts of one exchange that a verdict compares."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def replace(self, text: str) -> str:
        return self._known.setdefault(text.casefold(), f"compared-{len(self._known) + 1}")


class HttpScrubber:
    """Scrubs exchanges of one rulebook's operation."""

    def __init__(self, rulebook: Rulebook, limits: Limits) -> None:
        self._rulebook = rulebook
        self._limits = limits
        self._known = _known_texts(rulebook)
        self._compared = _compared_paths(rulebook)
        self._tree = path_tree(rulebook, frozenset({*self._known, *self._compared} - {"*"}))
        unit = rulebook.document.wire.unit
        self._outside = tuple(filter(None, unit.removesuffix("[]").split("/"))) if unit else ()

    def exchange(self, request: OutgoingRequest, response: ReceivedResponse) -> tuple[bytes, bytes] | None:
        """Return request and response in HTTP/1 syntax without their texts, None if nothing can replace the response."""
        placeholders = _Placeholders()
        facts = http_facts(request, response)
        call = open_call(self._rulebook, facts)
        bodies = self._bodies(request, response, placeholders)
        if bodies is None:
            return None
        parts = list(self._parts(call, placeholders))
        credentials = facts.request_header("authorization") or ()
        sent = [
            f"{request.method} {self._target(call, parts)} HTTP/1.1",
            *_lines(_with_token(parts, credentials), "header"),
            *_cookies(parts),
        ]
        received = [f"HTTP/1.1 {response.status}", *_lines(parts, "response.header")]
        return _message(sent, bodies[0]), _message(received, bodies[1])

    def _parts(self, call: HttpCall, placeholders: _Placeholders) -> Iterator[Part]:
        """Yield kind, name and scrubbed text of each part of an exchange that is evidence and is there."""
        evidence = self._rulebook.document.evidence
        compared = [(str(entry.part), entry.request) for entry in evidence.match]
        compared += [(evidence.session.part, evidence.session.request)] if evidence.session else []
        read = [(entry.part.removeprefix("request."), entry.name) for entry in evidence.http]
        for kind, name in dict.fromkeys((*read, *compared)):
            if kind in ("security", "body", "status"):
                continue
            try:
                part = call.part("request.jwt" if kind == "jwt" else kind, name)
            except NotKept:
                continue
            if part is not None:
                items = part.items if part.items is not None else tuple(_SEPARATORS.split(part.text))
                is_compared = (kind, name) in compared
                kept = (
                    placeholders.replace(part.text)
                    if is_compared
                    else self._replace(kind, name, part.text, items)
                )
                yield kind, name, kept

    def _replace(self, kind: str, name: str, text: str, items: tuple[str, ...]) -> str:
        """Return of a text what the rulebook lists as evidence, and a replacement for the rest."""
        entries = [
            entry
            for entry in self._rulebook.document.evidence.http
            if (entry.part.removeprefix("request."), entry.name) == (kind, name)
        ]
        if any(text in entry.equals for entry in entries):
            return text
        known = [item for item in items if any(item in entry.contains for entry in entries)]
        return ", ".join([*known, *([SCRUBBED] if text or len(items) > len(known) else [])])

    def _target(self, call: HttpCall, parts: Parts) -> str:
        """Return path and query of a request, with its parameters replaced."""
        templates = self._rulebook.document.wire.request
        names = call.parameters or {}
        path = next(
            (
                p
                for p in (templates.paths if templates else ())
                if set(path_template(p).parameters) == set(names)
            ),
            "/",
        )
        values = {name: text for kind, name, text in parts if kind == "path"}
        for name in names:
            path = path.replace(f"{{{name}}}", quote(values.get(name, SCRUBBED), safe=""))
        query = urlencode([(name, text) for kind, name, text in parts if kind == "query"])
        return f"{path}?{query}" if query else path

    def _bodies(
        self, request: OutgoingRequest, response: ReceivedResponse, placeholders: _Placeholders
    ) -> tuple[bytes, bytes] | None:
        if self._rulebook.document.wire.format == "xml":
            try:
                return Scrubber(self._rulebook, self._limits, keeps_site=False).exchange(
                    request.body, response.body
                )
            except UncheckedError:
                return None
        reader = JsonReader(self._rulebook, self._limits)
        sent = b""
        with contextlib.suppress(UncheckedError):  # a request that cannot be read is kept without its body
            if request.body and reader.reads_requests:
                reader.requests(request.body)
                sent = self._scrub(request.body, (), placeholders)
        if not response.body:
            return sent, b""
        try:
            reader.bodies(response.body)
        except UncheckedError as error:
            replacement = {Reason.NOT_JSON: _NOT_JSON, Reason.NOT_A_MESSAGE: _NO_OBJECT}.get(error.reason)
            return None if replacement is None else (sent, replacement)
        return sent, self._scrub(response.body, self._outside, placeholders)

    def _scrub(self, content: bytes, outside: tuple[str, ...], placeholders: _Placeholders) -> bytes:
        root = json.loads(content, parse_int=_Number, parse_float=_Number)
        copy = self._copy(root, self._tree, outside, placeholders)
        return json.dumps(copy, indent=2, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"

    def _copy(
        self, value: Any, node: PathNode | None, outside: tuple[str, ...], placeholders: _Placeholders
    ) -> Any:
        """Return a copy of a value without its texts; ``outside`` are the names that still lead to the units."""
        if isinstance(value, Mapping):
            copies = {}
            for name, inner in value.items():
                if outside:
                    below, rest = (node, outside[1:]) if name == outside[0] else (None, ())
                else:
                    below, rest = (node.child(name) if node is not None else None), ()
                copies[name] = self._copy(inner, below, rest, placeholders)
            return copies
        if isinstance(value, list):
            return [self._copy(inner, node, outside, placeholders) for inner in value]
        if value is None or (isinstance(value, str) and not value.strip()):
            return value
        paths = {node.path, *node.reads} if node is not None and not outside else set[str]()
        return self._scalar(value, paths, placeholders)

    def _scalar(self, value: Any, paths: set[str], placeholders: _Placeholders) -> Any:
        text = str(value).lower() if isinstance(value, bool) else str(value)
        folded = text.strip().casefold()
        if text in self._known["*"] or any(folded in self._known.get(path, ()) for path in paths):
            return value
        variables = self._rulebook.document.variables
        if variables is not None and variables.path in paths:
            return " ".join(each.name for each in variables.names if each.name in text)
        if not paths.isdisjoint(self._compared):
            return placeholders.replace(text.strip())
        if isinstance(value, bool):
            return False
        return 0 if isinstance(value, _Number) else SCRUBBED


def _known_texts(rulebook: Rulebook) -> dict[str, set[str]]:
    """Return the texts that a verdict distinguishes, by path, and under ``*`` those that it does anywhere."""
    document = rulebook.document
    known = evidence_texts(document) | {"*": set(document.wire.masks)}
    for options in document.rows.values():
        known["*"].update(options.masks or ())
        for path, texts in options.when.items():
            known.setdefault(path, set()).update(map(str.casefold, texts))
    return known


def _compared_paths(rulebook: Rulebook) -> frozenset[str]:
    """Return the paths whose texts a verdict compares with those of the request, and the other way round."""
    evidence = rulebook.document.evidence
    pairs = [(entry.request, entry.response) for entry in evidence.match]
    pairs += [(evidence.session.request, evidence.session.response)] if evidence.session else []
    return frozenset(path for pair in pairs for path in pair)


def _with_token(parts: Parts, credentials: tuple[str, ...]) -> Parts:
    """Return the parts with a token of the claims in place of the header, of which a request has one, unless that is kept as it is."""
    headers = [part for part in parts if part[0] == "header" and part[1].casefold() == "authorization"]
    if not (token := _token(parts)) or any(text in credentials for _, _, text in headers):
        return parts
    return [*(part for part in parts if part not in headers), ("header", "Authorization", f"Bearer {token}")]


def _lines(parts: Parts, kind: str) -> list[str]:
    return [f"{name}: {text}" for found, name, text in parts if found == kind]


def _cookies(parts: Parts) -> list[str]:
    """Return the header of the cookies that are evidence, unless it is evidence itself."""
    pairs = [f"{name}={text.replace(';', '')}" for kind, name, text in parts if kind == "cookie"]
    return [f"Cookie: {'; '.join(pairs)}"] if pairs else []


def _token(parts: Parts) -> str:
    """Return an unsigned token with the claims that are evidence, an empty string if there are none."""
    claims: dict[str, Any] = {
        name: text.split(", ") if ", " in text else text for kind, name, text in parts if kind == "jwt"
    }
    if not claims:
        return ""
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{payload}.{SCRUBBED}"


def _message(head: list[str], body: bytes) -> bytes:
    return "\r\n".join([*head, "", ""]).encode("latin-1", "replace") + body
