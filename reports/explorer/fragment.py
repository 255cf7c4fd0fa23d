"""Links into the explorer: the fragment of its address holds all that is shown. docs/explorer.md has the format."""

from __future__ import annotations

from urllib.parse import quote

from ...engine.context import Context, implied_facts
from ...rules.model import Rulebook

VERSUS = "versus."
"""What the facts of the second context are prefixed with."""


def fragment(
    rulebook: Rulebook, context: Context, path: str | None = None, versus: Context | None = None
) -> str:
    """Give the fragment, without ``#``, that shows a context, the element at a path, and what a second one changes.

    For example ``service=MC&caller=anonymous&password=not-supplied&path=metaData/agenda``.
    """
    pairs = _stated(rulebook, context, "")
    if versus is not None:
        pairs += _stated(rulebook, versus, VERSUS)
    if path is not None:
        pairs.append(("path", path))
    return "&".join(f"{_written(name)}={_written(value)}" for name, value in pairs)


def _stated(rulebook: Rulebook, context: Context, prefix: str) -> list[tuple[str, str]]:
    """Give what is known; what follows from it need not be said."""
    implied = implied_facts(rulebook, context)
    return [(prefix + fact, value) for fact, value in context.known().items() if fact not in implied]


def _written(text: str) -> str:
    return quote(text, safe="/-._~")
