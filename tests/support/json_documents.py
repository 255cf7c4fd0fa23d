"""JSON documents as the product reads them, and strategies that make some."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import strategies as st

from whosees.checker.core.errors import UncheckedError
from whosees.checker.core.limits import Limits
from whosees.checker.messages.json.document import JsonDocumentReader
from whosees.checker.messages.json.observe import JsonDocument
from whosees.rules import load_rulebook

SMALL = Limits(size=10_000, depth=5, elements=20)


SMALL_RULEBOOK = load_rulebook("webex-rest-meeting")


def read(
    text: str | bytes, limits: Limits | None = None, wanted: frozenset[str] = frozenset()
) -> JsonDocument:
    """Read a document by a small rulebook."""
    content = text.encode("utf-8") if isinstance(text, str) else text
    return JsonDocumentReader(SMALL_RULEBOOK, limits or Limits(), wanted).read(content)


def lines(document: JsonDocument, path: str) -> tuple[int, ...]:
    """Return the lines of the elements with a path."""
    return document.observation().lines(path)


def refusal(text: str | bytes, limits: Limits | None = None) -> UncheckedError:
    """Return why a document is refused."""
    with pytest.raises(UncheckedError) as caught:
        read(text, limits)
    return caught.value


SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)


VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=20,
)


OBJECTS = st.dictionaries(st.text(max_size=6), VALUES, max_size=5)


def items(value: Any) -> list[Any]:
    """Return the elements that a member's value is."""
    return [each for item in value for each in items(item)] if isinstance(value, list) and value else [value]


def numbered(value: Any, line: int, own: int) -> tuple[list[int], int]:
    """Return the lines of the elements of a value that is written with an indent, and the line on which it ends.

    It begins on a line; ``own`` is that of the member or item that it is.
    """
    found = [] if isinstance(value, list) and value else [own]
    if not isinstance(value, (dict, list)) or not value:
        return found, line
    for item in value.values() if isinstance(value, dict) else value:
        inner, line = numbered(item, line + 1, line + 1)
        found += inner
    return found, line + 1


def laid_out(value: Any, gap: Callable[[str], str]) -> str:
    """Write a value with white space as it comes where JSON allows it; ``gap`` is told what stands before."""
    if isinstance(value, dict):
        members = [f"{json.dumps(k)}{gap('name')}:{gap(':')}{laid_out(v, gap)}" for k, v in value.items()]
        return _enclosed("{", members, "}", gap)
    if isinstance(value, list):
        return _enclosed("[", [laid_out(item, gap) for item in value], "]", gap)
    return json.dumps(value)


def _enclosed(begin: str, parts: list[str], end: str, gap: Callable[[str], str]) -> str:
    if not parts:
        return f"{begin}{gap('nothing')}{end}"
    inner = "".join(f"{gap('value')},{gap(',')}{part}" for part in parts[1:])
    return f"{begin}{gap(begin)}{parts[0]}{inner}{gap('last')}{end}"
