"""Names of cases: the same for the client that makes a call, the server that answers it, and every report."""

from __future__ import annotations

from fnmatch import fnmatchcase

from ...engine.context import Context
from ...engine.finding import context_id
from ...rules.model import Rulebook

WRONG = "wrong"
"""Stands in a case's name in place of the password fact's value where a wrong one is sent."""


def case_name(rulebook: Rulebook, context: Context, *, wrong_password: bool = False) -> str:
    """Name a case: ``MC/anonymous/not-supplied``, or ``MC/anonymous/wrong``, which is judged as the former."""
    name = context_id(rulebook, context)
    return f"{name.rpartition('/')[0]}/{WRONG}" if wrong_password else name


def covers(pattern: str, name: str) -> bool:
    """Whether a pattern is about a case: a shell wildcard for its name, or the beginning of it (``MC/anonymous``)."""
    beginning = pattern.rstrip("/")
    return fnmatchcase(name, pattern) or fnmatchcase(name, f"{beginning}/*")
