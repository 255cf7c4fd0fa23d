"""Elements in no row: near misses of a row's name, names of rows in another place, and others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...rules.names import join_words
from ..expectation import Expectation
from ..finding import Severity
from ..near_miss import NearMiss
from ..places import Place
from .base import Hit, PlaceRule

if TYPE_CHECKING:
    from ..judge import Judge


def _find_near_miss(judge: Judge, place: Place) -> Hit | None:
    near = judge.near_miss(place)
    if near is None:
        return None
    text = f"is in no row of {judge.rulebook.table_title}, but like `{near.path}`: {near.difference}"
    severity = _severity_of(judge, near)
    return _hit(place, text, text.removeprefix("is "), near.path, severity)


def _severity_of(judge: Judge, near: NearMiss) -> Severity:
    """Return the severity of a near miss: clients that fold names read it as the row."""
    leaks = near.is_spelling and judge.expected[near.path] is Expectation.MUST_NOT
    return Severity.ERROR if leaks else Severity.WARNING


def _find_misplaced(judge: Judge, place: Place) -> Hit | None:
    paths = judge.misplaced(place)
    if not paths:
        return None
    bearing = join_words([f"`{path}`" for path in paths])
    leaks = all(judge.expected[path] is Expectation.MUST_NOT for path in paths)
    is_common = place.name.removeprefix("@") in judge.rulebook.document.unlisted.common
    counts = (leaks and not is_common) or judge.policy.unlisted is Severity.ERROR
    says = "which must not be there" if leaks else "in a place that is not its own"
    text = f"has the name of {bearing}, {says}"
    return _hit(place, text, text, paths[0], Severity.ERROR if counts else Severity.WARNING)


def _find_unlisted(judge: Judge, place: Place) -> Hit | None:
    if judge.policy.unlisted is None:
        return None
    is_text = "text between elements, " if place.is_text else ""
    text = f"{is_text}in no row of {judge.rulebook.table_title}; it is not judged"
    is_known = place.path in judge.rulebook.document.unlisted.paths
    return _hit(place, f"is {text}", text, place.path if is_known else "unlisted")


def _hit(place: Place, text: str, because: str, target: str, severity: Severity | None = None) -> Hit:
    return Hit(place.path, text, because, cause=_cause(place), target=target, severity=severity)


def _cause(place: Place) -> str | None:
    parent = place.parent
    return parent.path or None if parent is not None and parent.is_unlisted else None


NEAR_MISS = PlaceRule(
    id="near-miss",
    severity=Severity.WARNING,
    when="unlisted, but like a listed name",
    meaning="The response holds an element that no row lists, with a name like one that is listed.",
    remedy="Correct letter case, spelling or namespace; clients look for the listed name.",
    find=_find_near_miss,
)

MISPLACED = PlaceRule(
    id="misplaced",
    severity=Severity.WARNING,
    when="a listed name in another place",
    meaning=(
        "The response shows an element or attribute with the name of a row in a place that is not that row's. "
        "It is an error if no row of that name may be there."
    ),
    remedy="Find out what it shows, and to whom; if it is the row's value, stop the server from returning it there.",
    find=_find_misplaced,
)

UNLISTED = PlaceRule(
    id="unlisted",
    severity=Severity.NOTE,
    when="present, in no row",
    meaning="The response holds an element that no row of the table lists, or text between elements; it is not judged.",
    remedy="Nothing has to be done; --unlisted error|warning|note|ignore sets how much it counts.",
    find=_find_unlisted,
)

RULES = (MISPLACED, NEAR_MISS, UNLISTED)
