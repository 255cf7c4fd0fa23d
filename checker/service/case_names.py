"""Names of cases, shared by the client that makes a call, the emulator that answers it, and every report."""

from __future__ import annotations

from fnmatch import fnmatchcase

from ...engine.context import Context, all_contexts, context_of, possible_contexts
from ...engine.finding import context_id
from ...rules.model import Rulebook

WRONG = "wrong"
"""Replaces the password fact's value in a case's name if a wrong password is sent."""


def case_name(rulebook: Rulebook, context: Context, *, wrong_password: bool = False) -> str:
    """Return the name of a case, such as ``MC/anonymous/not-supplied``.

    A wrong password makes it ``MC/anonymous/wrong``; that case is judged as if no password had been supplied.
    """
    name = context_id(rulebook, context)
    return f"{name.rpartition('/')[0]}/{WRONG}" if wrong_password else name


def case_names(rulebook: Rulebook) -> tuple[str, ...]:
    """Return the name of every case of the rulebook's known facts, those with a wrong password among them."""
    unknown = context_of(rulebook, {})
    names: dict[str, None] = {}
    for context in possible_contexts(rulebook, unknown, rulebook.fact_ids):
        names[case_name(rulebook, context)] = None
        names[case_name(rulebook, context, wrong_password=True)] = None
    return tuple(names)


def context_names(rulebook: Rulebook) -> tuple[str, ...]:
    """Return the names of a rulebook's contexts, those with unknown facts among them."""
    return tuple(dict.fromkeys(context_id(rulebook, context) for context in all_contexts(rulebook)))


def matches_case(pattern: str, name: str) -> bool:
    """Return whether a pattern selects a case: a shell wildcard, or the beginning of its name (``MC/anonymous``)."""
    beginning = pattern.rstrip("/")
    return fnmatchcase(name, pattern) or fnmatchcase(name, f"{beginning}/*")
