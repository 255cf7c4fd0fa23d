"""Requirements on a rulebook whose operation is to be called about sessions, or emulated in XML."""

from __future__ import annotations

from ...engine.context import ContextError, context_of
from ...rules.model import Rulebook
from ...rules.names import join_names

_FACTS = {
    "caller": ("anonymous", "authenticated"),
    "role": ("none",),
    "password": ("supplied", "not-supplied"),
}
"""The facts that cases are made of, with the values that the code gives them."""


class UnsupportedRulebookError(ValueError):
    """A rulebook's operation cannot be called or emulated; the message says what the rulebook lacks."""


def require_callable(rulebook: Rulebook, command: str) -> None:
    """Raise UnsupportedRulebookError if a command cannot make or answer the calls of a rulebook's operation."""
    subject = f"`{command}` cannot use the rulebook `{rulebook.id}`"
    wire = rulebook.document.wire
    if wire.format != "xml":
        raise UnsupportedRulebookError(
            f"{subject} for sessions, which are asked about in XML: its messages are {wire.format.upper()};"
            " write a plan with `requests`"
        )
    if not wire.request_types:
        raise UnsupportedRulebookError(
            f"{subject}: `wire.request_types` does not name the type of its requests"
        )
    for fact, values in _FACTS.items():
        for value in values:
            try:
                context_of(rulebook, {fact: value})
            except ContextError:
                raise UnsupportedRulebookError(
                    f"{subject}: it needs a fact `{fact}` with the values {join_names(values)}, of which calls are made"
                ) from None
