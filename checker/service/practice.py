"""The header by which a call to this machine says what no request can prove, so that the emulator knows it."""

from __future__ import annotations

from collections.abc import Mapping

from ...engine.context import ContextError, Precedence, context_of, read_claim
from ...rules.model import Rulebook

FACTS_HEADER = "Whosees-Facts"
"""Facts as ``NAME=VALUE, NAME=VALUE``; `live` sends it to this machine only, and the emulator reads it."""

_OUTCOME, _FAILURE = "outcome", "failure"


class FactsHeaderError(ValueError):
    """The header cannot be used; the text says why."""


def format_facts(rulebook: Rulebook, facts: Mapping[str, str], *, must_fail: bool = False) -> str:
    """Return the header's value for the facts of a call that succeeds, or that the server has to refuse."""
    stated = {fact: _value(rulebook, fact, text) for fact, text in facts.items()}
    stated |= {_OUTCOME: _FAILURE} if must_fail else {}
    return ", ".join(f"{fact}={value}" for fact, value in stated.items())


def _value(rulebook: Rulebook, fact: str, text: str) -> str:
    return read_claim(rulebook, fact, text, FACTS_HEADER, Precedence.FLAG).value


def parse_facts(rulebook: Rulebook, text: str) -> tuple[dict[str, str], bool]:
    """Return the facts of a header and whether the call has to fail; raises FactsHeaderError."""
    values: dict[str, str] = {}
    must_fail = False
    for part in filter(None, map(str.strip, text.split(","))):
        fact, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals:
            raise FactsHeaderError(f"`{FACTS_HEADER}` is not of the form NAME=VALUE, NAME=VALUE")
        if fact == _OUTCOME and _OUTCOME not in rulebook.fact_ids:
            must_fail = value == _FAILURE
            continue
        try:
            context_of(rulebook, {fact: "unknown"})
            values[fact] = _value(rulebook, fact, value)
        except ContextError as error:
            raise FactsHeaderError(f"`{FACTS_HEADER}`: {error}") from None
    return values, must_fail
