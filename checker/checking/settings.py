"""Settings: all that decides how recordings are checked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ...engine.claims import Claim
from ...engine.context import ContextError, context_of
from ...engine.policy import DEFAULT_POLICY, Policy
from ...rules.load import builtin_rulebook, load_rulebook
from ...rules.model import UNKNOWN, Rulebook
from ..core.limits import Limits


@dataclass(frozen=True, slots=True)
class Settings:
    """All that decides how recordings are checked; it can be sent to another process.

    ``rules`` is the rulebook's path, None for the one built in; ``claims`` are what flags state of every call;
    ``request`` is the content of a request that counts for every recording; ``required`` are facts
    without which a response is unchecked. ``others`` are those of further rulebooks, each with its own claims.
    """

    rules: str | None = None
    policy: Policy = DEFAULT_POLICY
    limits: Limits = field(default_factory=Limits)
    claims: tuple[Claim, ...] = ()
    request: bytes | None = field(default=None, repr=False)
    required: tuple[str, ...] = ()
    others: tuple[Settings, ...] = ()

    def rulebook(self) -> Rulebook:
        """Load the rulebook; raises RulebookError."""
        return builtin_rulebook() if self.rules is None else load_rulebook(self.rules)


def facts_in(lists: Sequence[str], option: str) -> tuple[str, ...]:
    """Return the facts of the comma-separated lists of an option, each once; raises ContextError for a list that names none."""
    facts: dict[str, None] = {}
    for each in lists:
        names = [name for part in each.split(",") if (name := part.strip())]
        if not names:  # a variable of a script that is not set would require nothing
            raise ContextError(f"`{option}` names no fact")
        facts |= dict.fromkeys(names)
    return tuple(facts)


def facts_for(rulebook: Rulebook, rulebooks: Iterable[Rulebook], facts: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the facts that concern one of several rulebooks.

    A fact that only some of them have concerns those; one that none has concerns each, which refuses it.
    """
    known = {fact for each in rulebooks for fact in each.fact_ids}
    return tuple(fact for fact in facts if fact in rulebook.fact_ids or fact not in known)


def validate_required(rulebook: Rulebook, facts: Iterable[str]) -> None:
    """Raise ContextError if a required fact is none of the rulebook's."""
    context_of(rulebook, dict.fromkeys(facts, UNKNOWN))
