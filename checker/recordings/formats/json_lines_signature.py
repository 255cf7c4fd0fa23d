"""Recognition of JSON Lines by a line's members, as far as the line has been read."""

from __future__ import annotations

import json
import re

import msgspec

FIRST_MEMBERS = (
    "id",
    "request",
    "response",
    "context",
    "method",
    "url",
    "status",
    "request_headers",
    "response_headers",
)
_TELLING_MEMBERS = frozenset({"request_headers", "response_headers"})
"""Members that no other format has; other programs may write more of their own before them."""

_WIREMOCK_PATTERN = frozenset(
    {
        *("method", "scheme", "host", "port", "clientIp"),
        *("url", "urlPattern", "urlPath", "urlPathPattern", "urlPathTemplate"),
        *("queryParameters", "formParameters", "pathParameters", "headers", "cookies"),
        *("basicAuth", "basicAuthCredentials", "bodyPatterns", "multipartPatterns", "customMatcher"),
    }
)
"""The members that the request of a mapping can have, by WireMock's documentation. A mapping may be a document of one line."""

_MEMBER = re.compile(r'\s*"((?:[^"\\]|\\.)*)"\s*:\s*')
_NEXT = re.compile(r"\s*,")
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str)

Starts = dict[str, str]
"""How the values of an object's members begin: each as far as it has been read."""


def is_exchange(line: bytes) -> bool:
    """Return whether a line is an object whose request or response is a message; its end need not be there."""
    start = line.lstrip()
    if start[:1] != b"{" or (b'"response"' not in line and b'"request"' not in line):
        return False
    members = _members(start)
    request, response = members.get("request", ""), members.get("response", "")
    is_telling = not _TELLING_MEMBERS.isdisjoint(members)
    if not is_telling and next(iter(members), "") not in FIRST_MEMBERS:
        return False
    if request[:1] in ('"', "n") or response[:1] in ('"', "n"):
        return True
    if request[:1] != "{":
        return response[:1] in ("{", "[")
    if is_telling or "context" in members:
        return True
    return response[:1] in ("{", "[") and not (
        members.keys() - set(FIRST_MEMBERS) or _members(request.encode()).keys() <= _WIREMOCK_PATTERN
    )


def _members(start: bytes) -> Starts:
    """Return how the members of an object begin, up to the first value that is not complete."""
    try:
        raw = msgspec.json.decode(start, type=dict[str, msgspec.Raw])
        return {name: bytes(memoryview(value)).decode() for name, value in raw.items()}
    except Exception:  # noqa: BLE001 - any error: it may end beyond what has been read
        return _complete_members(start.decode(errors="replace"))


def _complete_members(text: str) -> Starts:
    members: Starts = {}
    at = 1
    while match := _MEMBER.match(text, at):
        try:
            end = _DECODER.raw_decode(text, match.end())[1]
        except (ValueError, RecursionError):
            members.setdefault(match[1], text[match.end() :])
            break
        members[match[1]] = text[match.end() : end]
        following = _NEXT.match(text, end)
        if following is None:
            break
        at = following.end()
    return members
