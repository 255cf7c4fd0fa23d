"""Paths of elements: names joined by ``/``, as XML and JSON messages have them."""

from __future__ import annotations

import re
from typing import Literal

ANY_NAME = "*"
"""The step of a path that stands for any one name."""

_XML_NAME = re.compile(r"[A-Za-z_][\w.-]*")
_JSON_NAME = re.compile(r"(?![\s])[^/\x00-\x1f\x7f]+(?<!\s)")
_BARE_TILDE = re.compile(r"~(?![01])")


def path_error(path: str, wire_format: Literal["xml", "json"], *, allow_any: bool = False) -> str:
    """Return what is wrong with the path of an element, or an empty string if nothing is.

    ``allow_any`` permits steps that are ``*``.
    """
    pattern = _XML_NAME if wire_format == "xml" else _JSON_NAME
    for step in path.split("/"):
        if step == ANY_NAME:
            if not allow_any:
                return "contains `*`; here a path has to name one element"
        elif wire_format == "json" and step.endswith("[]"):
            return "contains `[]`; an array needs no mark, and its items have the path of the array"
        elif wire_format == "json" and _BARE_TILDE.search(step):
            return "contains `~`; write `~0` for a tilde and `~1` for a slash in a name"
        elif not pattern.fullmatch(step):
            return "is not a path; write element names joined by `/`"
    return ""


def unit_error(unit: str) -> str:
    """Return what is wrong with a unit, or an empty string if nothing is."""
    if unit in ("", "[]"):
        return ""
    path = unit.removesuffix("[]")
    problems = {
        "leave out `$.` and join names by `/`, as in `data/items[]`": path.startswith("$"),
        "leave out the first `/`": path.startswith("/"),
        "write `[]` once, at its end; arrays on the way need no mark": "[]" in path,
        "end it with `[]`, as in `items[]`": path == unit,
        "join names by `/`, as in `data/items[]`": path_error(path, "json") != "",
    }
    return next((f"is not a unit; {problem}" for problem, holds in problems.items() if holds), "")
