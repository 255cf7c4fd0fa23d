"""Finding rules, and what they find."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec

from ...rules.model import Row, Rulebook
from ..claims import Claim, Conflict
from ..context import Context
from ..finding import Finding, Rule, Severity
from ..observation import Occurrence
from ..places import Place

if TYPE_CHECKING:
    from ..judge import Judge


MESSAGES = {
    "leaked": "is there, and must not be",
    "missing": "is not there, and must be",
    "omitted": "is not there, and should be",
}
"""The messages of findings about rows."""


class Within(msgspec.Struct, frozen=True):
    """The deepest element that is there on the way from an occurrence of a container to a path."""

    occurrence: Occurrence
    path: str


class Hit(msgspec.Struct, frozen=True, eq=False):
    """A place where a rule applies; hits of one rule and path make one finding.

    ``text`` follows the path in the message, and ``because`` is the reason alone. ``row`` is the row that it is about, None if it is
    about an element in no row. ``at`` is where that is, in terms that hold for every response that shows the same: an occurrence of
    a container, the way from there to a path, or None for all elements of the hit's own path. ``cause`` is the path of the nearest
    ancestor that explains it, ``target`` what `explain` is asked about.
    """

    path: str
    text: str
    because: str
    row: Row | None = None
    at: Occurrence | Within | None = None
    cause: str | None = None
    target: str = ""
    severity: Severity | None = None

    @property
    def lacking_container(self) -> str | None:
        """The path of the container that lacks the row; None for the body, and of a row that is there."""
        occurrence = self.at.occurrence if isinstance(self.at, Within) else self.at
        return occurrence.path if occurrence is not None else None


class RowRule(Rule, frozen=True, kw_only=True):
    """A rule about rows, with the function that finds where it holds among the containers that are there.

    What it finds is remembered for other responses in which the same is there, so it may rest on nothing else.
    """

    find: Callable[[Judge, Sequence[Occurrence]], Iterable[Hit]]


class PlaceRule(Rule, frozen=True, kw_only=True):
    """A rule about elements in no row, with the function that says whether it holds of one at some place."""

    find: Callable[[Judge, Place], Hit | None]


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
