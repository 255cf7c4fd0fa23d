"""Texts by which a response states the facts of its call, so that who reads it comes to the same facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ....engine.context import Context
from ....rules.model import UNKNOWN, HttpEvidence, ResponseEvidence, Rulebook
from .http import Headers

NEUTRAL = "practice"
"""A text that states nothing."""

_BOOLEANS = {"true": "false", "false": "true"}


def stated_texts(rulebook: Rulebook, context: Context) -> dict[str, str]:
    """Return the texts of elements that state the facts of a context, by path.

    An element that cannot state the value of its fact has a text that states nothing if it can have one, otherwise
    any of its texts: the value is then stated by an element before it.
    """
    texts: dict[str, str] = {}
    for entry in rulebook.document.evidence.response:
        value = context[entry.fact]
        text = _text_for(entry, value)
        if text is None and entry.as_ is not None:
            text = next((_BOOLEANS[each] for each in entry.equals if each in _BOOLEANS), NEUTRAL)
        elif text is None and value != UNKNOWN:
            text = next(iter(entry.names))
        if text is not None:
            texts.setdefault(entry.path, text)
    return texts


def statable_values(rulebook: Rulebook, fact: str) -> tuple[str, ...]:
    """Return the values of a fact that elements of a response can state."""
    entries = [entry for entry in rulebook.document.evidence.response if entry.fact == fact]
    return tuple(
        value
        for value in rulebook.fact(fact).value_ids
        if any(_text_for(entry, value) is not None for entry in entries)
    )


def stated_headers(rulebook: Rulebook, context: Context) -> Headers:
    """Return response headers that state the facts of a context, as far as headers can."""
    wanted: dict[str, list[str]] = {}
    for fact, value in context.items():
        for entry in _header_entries(rulebook, fact):
            if entry.absent == value:
                break
            if (text := _header_text(entry, value)) is not None:
                wanted.setdefault(entry.name, []).append(text)
                break
    return tuple((name, _join(texts)) for name, texts in wanted.items())


def _text_for(entry: ResponseEvidence, value: str) -> str | None:
    if entry.as_ is not None:
        return entry.equals[0] if entry.as_ == value else None
    return next((name for name, named in entry.names.items() if named == value), None)


def _header_entries(rulebook: Rulebook, fact: str) -> Iterable[HttpEvidence]:
    evidence = rulebook.document.evidence.http
    return (entry for entry in evidence if entry.fact == fact and entry.part == "response.header")


def _header_text(entry: HttpEvidence, value: str) -> str | None:
    texts: Mapping[str, str] = {**entry.equals, **entry.contains}
    text = next((text for text, stated in texts.items() if stated == value), None)
    return NEUTRAL if text is None and entry.present == value else text


def _join(texts: list[str]) -> str:
    """Return a header's items; one that states nothing is there only if it is the only one."""
    items = dict.fromkeys(text for text in texts if text != NEUTRAL)
    return ", ".join(items or [NEUTRAL])
