"""Paths of elements: names joined by ``/``."""

from __future__ import annotations

import re

_NAME = r"[A-Za-z_][\w.-]*"
_PATH = re.compile(rf"{_NAME}(/{_NAME})*")


def path_error(path: str) -> str:
    """Return what is wrong with the path of an element, or an empty string if nothing is."""
    return "" if _PATH.fullmatch(path) else "is not a path; write element names joined by `/`"
