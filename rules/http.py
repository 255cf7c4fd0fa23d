"""Path templates and status patterns, as ``[wire.request]`` and ``[wire.response]`` write them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import unquote

_PARAMETER = re.compile(r"\{([A-Za-z_][\w-]*)\}")
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
        self._segments = tuple(map(_segment_pattern, text.split("/")[1:]))

    @property
    def length(self) -> int:
        """The number of segments."""
        return len(self._segments)

    def match(self, path: str) -> dict[str, str] | None:
        """Return the parameters if the template matches the end of a URL's path, otherwise None.

        Percent-encoding is decoded after the path is split into segments; one trailing slash is ignored.
        """
        segments = path.removesuffix("/").split("/")[1:]
        if len(segments) < self.length:
            return None
        values: list[str] = []
        for pattern, segment in zip(self._segments, segments[len(segments) - self.length :], strict=True):
            match = pattern.fullmatch(unquote(segment))
            if match is None:
                return None
            values += match.groups()
        return dict(zip(self.parameters, values, strict=True))


def _segment_pattern(segment: str) -> re.Pattern[str]:
    """Return a pattern of a decoded segment, with a group for each parameter."""
    literals = re.split(r"\{[^{}]*\}", segment)
    return re.compile("(.+)".join(map(re.escape, literals)), re.DOTALL)


def match_path(templates: Iterable[str], path: str) -> dict[str, str] | None:
    """Return the parameters of the longest template that matches the end of a path, or None if none matches."""
    for template in sorted(map(compiled, templates), key=lambda template: -template.length):
        parameters = template.match(path)
        if parameters is not None:
            return parameters
    return None


@lru_cache(256)
def compiled(text: str) -> PathTemplate:
    """Return the path template with this text; cached."""
    return PathTemplate(text)


def template_error(text: str) -> str:
    """Return what is wrong with a path template, or an empty string if nothing is."""
    if not text.startswith("/") or text == "/":
        return "is not a path template; begin with `/`, as in `/users/{username}`"
    if any(mark in text for mark in "?#"):
        return "is not a path template; leave out the query and the fragment"
    if "" in text[1:].split("/"):
        return "is not a path template; it has an empty segment"
    if re.search(r"[{}]", _PARAMETER.sub("", text)):
        return "is not a path template; write a parameter as `{name}`"
    names = _PARAMETER.findall(text)
    if len(set(names)) < len(names):
        return "is not a path template; a parameter occurs twice"
    return ""


def is_status_pattern(text: str) -> bool:
    """Whether a text is a status such as ``404`` or a class such as ``4xx``."""
    return _STATUS.fullmatch(text) is not None


def status_matches(pattern: str, status: int) -> bool:
    """Whether a status is the one, or of the class, that a pattern names."""
    return pattern == str(status) or (pattern.endswith("xx") and pattern[0] == str(status)[0])
