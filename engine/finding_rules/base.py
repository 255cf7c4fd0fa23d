"""Finding rules, and what they find."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import msgspec

from ...rules.model import Row, Rulebook
from ..context import Claim, Conflict, Context
from ..finding import Finding, Rule, Severity
from ..observation import Observation

if TYPE_CHECKING:
    from ..judge import Judge


MESSAGES = {
    "leaked": "is there, and must not be",
    "missing": "is not there, and must be",
    "omitted": "is not there, and should be",
}
"""The messages of findings about rows."""


class Hit(msgspec.Struct, frozen=True, eq=False):
    """A place where a rule holds; hits of one rule and path make one finding.

    ``at`` are positions in the observation. ``row`` is the row that it is about, None if it is about an element in no row;
    ``text`` follows the path in the message, and ``because`` is the reason alone. ``cause`` is the path of the nearest ancestor
    that explains it, ``target`` what `explain` is asked about.
    """

    path: str
    at: list[int]
    text: str
    because: str
    row: Row | None = None
    cause: str | None = None
    target: str = ""
    severity: Severity | None = None


class FindingRule(Rule, frozen=True, kw_only=True):
    """A rule with the function that finds where it holds."""

    find: Callable[[Judge, Observation], Iterable[Hit]]


class CallFacts(msgspec.Struct, frozen=True, eq=False):
    """The facts of a call beside what its response shows.

    ``expects_failure`` is the source that expects the call to fail, ``refused`` are the claims that something was sent that the
    server has to refuse. ``other_session`` has the path of the element by which the response names another session than the
    request, with its lines; ``variables`` the path of an element that still contains printed variables, their names and lines.
    """

    rulebook: Rulebook
    context: Context
    conflicts: tuple[Conflict, ...] = ()
    expects_failure: str | None = None
    refused: tuple[Claim, ...] = ()
    other_session: tuple[str, tuple[int, ...]] | None = None
    variables: tuple[str, tuple[str, ...], tuple[int, ...]] | None = None


class CallRule(Rule, frozen=True, kw_only=True):
    """A rule about a call as a whole, with the function that finds where it holds."""

    find: Callable[[CallFacts], Iterable[Finding]]
