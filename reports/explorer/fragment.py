"""Links into the explorer: the fragment of its URL holds its whole state. docs/guides/explorer.md has the format."""

from __future__ import annotations

from urllib.parse import quote

from ...engine.context import Context, implied_facts
from ...rules.model import Rulebook

VERSUS = "versus."
"""Prefix of the facts of the second context."""


def fragment(
    rulebook: Rulebook, context: Context, path: str | None = None, versus: Context | None = None
) -> str:
    """Return the fragment, without ``#``, that shows a context, an element, and a second context to compare with.

    For example ``service=MC&caller=anonymous&password=not-supplied&path=metaData/agenda``.
    """
    pairs = _known_facts(rulebook, context, "")
    if versus is not None:
        pairs += _known_facts(rulebook, versus, VERSUS)
    if path is not None:
        pairs.append(("path", path))
    return "&".join(f"{_quote(name)}={_quote(value)}" for name, value in pairs)


def _known_facts(rulebook: Rulebook, context: Context, prefix: str) -> list[tuple[str, str]]:
    """Return the known facts, without those that others imply."""
    implied = implied_facts(rulebook, context)
    return [(prefix + fact, value) for fact, value in context.known_facts().items() if fact not in implied]


def _quote(text: str) -> str:
    return quote(text, safe="/-._~")
