"""Facts that an HTTP client states of its own calls in a request header."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from ...rules.names import did_you_mean
from ..core.context_header import CONTEXT_HEADER
from ..core.errors import Reason
from ..recordings import UnreadableContent

_ENTRY = re.compile(r"\s*([A-Za-z][\w-]*)\s*=\s*([^\s=;\"\\](?:[^=;\"\\\r\n]*[^\s=;\"\\])?)\s*", re.ASCII)
_OUTCOME = "outcome"


def context_sidecar(
    headers: Iterable[tuple[str, str]] | None, facts: Collection[str]
) -> bytes | UnreadableContent | None:
    """Return the sidecar that the header of a request states; None if it is not there.

    A header that cannot be used makes the sidecar unreadable, so that its exchange is unchecked: a call whose facts were
    meant to be stated is not judged without them.
    """
    values = [value for name, value in headers or () if name.lower() == CONTEXT_HEADER.lower()]
    if not values:
        return None
    stated: dict[str, str] = {}
    for text in filter(str.strip, ";".join(values).split(";")):
        entry = _ENTRY.fullmatch(text)
        if entry is None:
            return _unusable("is not of the form FACT=VALUE; FACT=VALUE")
        fact, value = entry[1], entry[2]
        if fact not in facts and fact != _OUTCOME:
            return _unusable(f"states a fact that no rulebook here has{did_you_mean(fact, facts)}")
        if fact in stated:
            return _unusable(f"states `{fact}` twice")
        stated[fact] = value
    return "".join(f'{fact} = "{value}"\n' for fact, value in stated.items()).encode()


def context_header(facts: Mapping[str, str]) -> str:
    """Return the value of a header that states facts, with ids of values, and perhaps the outcome."""
    return "; ".join(f"{fact}={value}" for fact, value in facts.items())


def _unusable(problem: str) -> UnreadableContent:
    return UnreadableContent(Reason.UNREADABLE, f"the request header {CONTEXT_HEADER} {problem}")
