"""Path templates and status patterns, as ``[wire.request]`` and ``[wire.response]`` write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from urllib.parse import unquote

_PARAMETER = re.compile(r"\{([A-Za-z_][\w-]*)\}")
_SESSION = re.compile(r";jsessionid=[^/;]*\Z", re.IGNORECASE)
METHODS = (
    *("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY"),
    *("ACL", "BASELINE-CONTROL", "BIND", "CHECKIN", "CHECKOUT", "COPY", "LABEL", "LINK", "LOCK", "MERGE"),
    *("MKACTIVITY", "MKCALENDAR", "MKCOL", "MKREDIRECTREF", "MKWORKSPACE", "MOVE", "ORDERPATCH", "PRI"),
    *("PROPFIND", "PROPPATCH", "REBIND", "REPORT", "SEARCH", "UNBIND", "UNCHECKOUT", "UNLINK", "UNLOCK"),
    *("UPDATE", "UPDATEREDIRECTREF", "VERSION-CONTROL"),
)
"""The methods of IANA's Hypertext Transfer Protocol (HTTP) Method Registry."""

_HEADER_NAME = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)
_STATUS = re.compile(r"[1-5](?:\d\d|xx)")


class PathTemplate:
    """A path template as OpenAPI writes it, such as ``/users/{username}``; ``parameters`` are its names, in order.

    Raises ValueError, with what is wrong, if the text is not one.
    """

    def __init__(self, text: str) -> None:
        if error := template_error(text):
            raise ValueError(error)
        self.text = text
        self.parameters = tuple(_PARAMETER.findall(text))
        self._segments = tuple(map(_Segment, text.split("/")[1:]))

    @property
    def length(self) -> int:
        """The number of segments."""
        return len(self._segments)

    @property
    def freedom(self) -> tuple[int, int]:
        """The number of parameters, and of those that are a whole segment: the less, the more of a path is written out."""
        return len(self.parameters), sum(each.is_free for each in self._segments)

    def match(self, path: str) -> dict[str, str] | None:
        """Return the parameters if the template matches the end of a URL's path, otherwise None.

        Percent-encoding is decoded after the path is split into segments; one trailing slash is ignored, and so is the
        session that servlet containers write at the end of the path of a client without cookies.
        """
        path = _SESSION.sub("", path) if ";" in path else path
        segments = path.removesuffix("/").split("/")[1:]
        if len(segments) < self.length:
            return None
        values: dict[str, str] = {}
        for pattern, segment in zip(self._segments, segments[len(segments) - self.length :], strict=True):
            if not pattern.match(unquote(segment) if "%" in segment else segment, values):
                return None
        return values


class _Segment:
    """A segment of a template: a literal, or a parameter with the literals around it."""

    def __init__(self, text: str) -> None:
        parameter = _PARAMETER.search(text)
        self._name = parameter[1] if parameter else None
        self._before = text[: parameter.start()] if parameter else text
        self._after = text[parameter.end() :] if parameter else ""
        self.is_free = not self._before and not self._after

    def match(self, segment: str, values: dict[str, str]) -> bool:
        """Return whether a segment matches; adds the parameter's value to ``values``."""
        if self._name is None:
            return segment == self._before
        value = segment.removeprefix(self._before).removesuffix(self._after)
        values[self._name] = value
        return bool(value) and segment == f"{self._before}{value}{self._after}"


def match_path(templates: Iterable[str], path: str) -> dict[str, str] | None:
    """Return the parameters of the template that counts for the end of a path, or None if none matches."""
    template = matching_template(templates, path)
    return None if template is None else template.match(path)


def matching_template(templates: Iterable[str], path: str) -> PathTemplate | None:
    """Return the template with most segments that matches the end of a path; of several, the one that writes most of it out.

    OpenAPI has it so: ``/users/me`` comes before ``/users/{id}``. So does ``/jobs/{id}:cancel`` before ``/jobs/{id}``.
    """
    for template in _by_precedence(tuple(templates)):
        if template.match(path) is not None:
            return template
    return None


def most_specific(operations: Sequence[Iterable[str]], path: str) -> tuple[int, ...]:
    """Return which of the operations that match a path it is of, by the places of their templates.

    It is of the one that writes most of the path out, if the templates that match have as many segments as each other. If they do not,
    it can be of any: what stands before the shorter one may be a prefix of the server.
    """
    matching = [matching_template(templates, path) for templates in operations]
    found = [template for template in matching if template is not None]
    if len(found) < len(matching) or len({template.length for template in found}) > 1:
        return tuple(range(len(matching)))
    least = min((template.freedom for template in found), default=(0, 0))
    return tuple(place for place, template in enumerate(found) if template.freedom == least)


@lru_cache(256)
def _by_precedence(templates: tuple[str, ...]) -> tuple[PathTemplate, ...]:
    return tuple(sorted(map(path_template, templates), key=lambda each: (-each.length, each.freedom)))


@lru_cache(256)
def path_template(text: str) -> PathTemplate:
    """Return the path template with this text; cached."""
    return PathTemplate(text)


def template_error(text: str) -> str:
    """Return what is wrong with a path template, or an empty string if nothing is."""
    segments, names = text.split("/")[1:], _PARAMETER.findall(text)
    problems = {
        "leave out the server": re.match(r"\w+://", text) is not None,
        "leave `path` out if any path will do": text == "/",
        "begin with `/`, as in `/users/{username}`": not text.startswith("/"),
        "leave out the query and the fragment": "?" in text or "#" in text,
        "it has an empty segment": "" in segments,
        "a segment can have one parameter": any(len(_PARAMETER.findall(each)) > 1 for each in segments),
        "write a parameter as `{name}`": re.search(r"[{}]|/:", _PARAMETER.sub("x", text)) is not None,
        "a parameter occurs twice": len(set(names)) < len(names),
    }
    return next((f"is not a path template; {problem}" for problem, holds in problems.items() if holds), "")


def is_header_name(text: str) -> bool:
    """Return whether a text can be the name of a header: a token as RFC 9110 has it."""
    return _HEADER_NAME.fullmatch(text) is not None


def is_status_pattern(text: str) -> bool:
    """Return whether a text is a status such as ``404`` or a class such as ``4xx``."""
    return _STATUS.fullmatch(text) is not None


def status_matches(pattern: str, status: int | str) -> bool:
    """Return whether a status is the one, or of the class, that a pattern names."""
    text = str(status)
    return pattern == text or (pattern.endswith("xx") and len(text) == len(pattern) and pattern[0] == text[0])
