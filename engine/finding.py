"""Findings: what a response does that the rulebook does not expect, and the rules that say so."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache

import msgspec

from ..rules.model import Rulebook
from .baseline import BaselineMatch, EntryStatus
from .context import Context, implied_facts
from .expectation import Expectation


class Severity(StrEnum):
    """The severity of a finding; only an error makes a response violating."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def order(self) -> int:
        """0 for what comes first."""
        return _ORDER[self]


_ORDER = {severity: order for order, severity in enumerate(Severity)}


class Rule(msgspec.Struct, frozen=True):
    """A way in which a response can differ from what is expected."""

    id: str
    severity: Severity
    when: str
    meaning: str
    remedy: str


class Finding(msgspec.Struct, frozen=True, cache_hash=True):
    """One rule that a response breaks, with every line where it does.

    ``path`` and ``element`` are None where the finding is not about an element, ``expectation`` and ``marker``
    where it is not about a row. ``cause`` is the path of the nearest enclosing element that explains it.
    ``because`` is the ground alone, the same for all rows that are decided alike.
    ``explains`` is what `explain` has to be asked about: a path or the rule's id. ``id`` is the same in every
    run, wherever the element stands. ``baseline`` is set where a baseline has an entry about it.
    """

    rule: str
    severity: Severity
    path: str | None
    element: str | None
    message: str
    id: str
    explain_target: str
    lines: tuple[int, ...] = ()
    expectation: Expectation | None = None
    marker: str | None = None
    cause: str | None = None
    because: str = ""
    baseline: BaselineMatch | None = None

    @property
    def accepted(self) -> bool:
        """True if a baseline accepts it, so that it does not count."""
        return self.baseline is not None and self.baseline.status is EntryStatus.ACCEPTED

    @property
    def effective_severity(self) -> Severity:
        """The severity that counts in this run: a note if a baseline accepts the finding."""
        return Severity.NOTE if self.accepted else self.severity


@lru_cache(4096)
def context_id(rulebook: Rulebook, context: Context) -> str:
    """Name a context: its values in order, except for those that follow from others.

    For example ``COLUMN/first-value/unknown``, where a third fact follows from the second.
    """
    implied = implied_facts(rulebook, context)
    return "/".join(value for fact, value in context.items() if fact not in implied)


def row_id(path: str) -> str:
    """Write a path as one segment: ``parent.child`` for ``parent/child``."""
    return ".".join(name.replace("%", "%25").replace(".", "%2E") for name in path.split("/"))


def path_of_row_id(segment: str) -> str:
    """Return the path that `row_id` wrote as one segment."""
    names = segment.split(".")
    return "/".join(name.replace("%2E", ".").replace("%25", "%") for name in names)


def finding_id(rulebook: Rulebook, context: Context, path: str | None, about: str = "") -> str:
    """Return the identity of a finding: rulebook, context and path, never a line.

    ``about`` is added for what is not the row itself, so that two findings on one path stay two.
    """
    parts = [f"{rulebook.id}:{context_id(rulebook, context)}"]
    if path is not None:
        parts.append(row_id(path))
    return "/".join(parts) + (f"#{about}" if about else "")
