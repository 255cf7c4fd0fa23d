"""Elements in no row: near misses of a row's name, names of rows in another place, and others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..expectation import Expectation
from ..finding import Severity
from ..near_miss import NearMiss
from ..observation import Observation
from ..places import Place
from .base import FindingRule, Hit

if TYPE_CHECKING:
    from ..judge import Judge


def _find_near_misses(judge: Judge, seen: Observation) -> Iterator[Hit]:
    for place, at in judge.others(seen):
        near = judge.near_miss(place)
        if near is not None:
            text = f"is in no row of {judge.rulebook.table_title}, but like `{near.path}`: {near.difference}"
            severity = _severity_of(judge, near)
            yield Hit(
                place.path,
                [at],
                text,
                text.removeprefix("is "),
                cause=_cause(place),
                target=near.path,
                severity=severity,
            )


def _severity_of(judge: Judge, near: NearMiss) -> Severity:
    """Return the severity of a near miss: clients that fold names read it as the row."""
    leaks = near.is_spelling and judge.expected[near.path] is Expectation.MUST_NOT
    return Severity.ERROR if leaks else Severity.WARNING


def _find_misplaced(judge: Judge, seen: Observation) -> Iterator[Hit]:
    for place, at in judge.others(seen):
        paths = judge.misplaced(place)
        if paths:
            bearing = " and ".join(f"`{path}`" for path in paths)
            leaks = all(judge.expected[path] is Expectation.MUST_NOT for path in paths)
            is_common = place.name.removeprefix("@") in judge.rulebook.document.unlisted.common
            counts = (leaks and not is_common) or judge.policy.unlisted is Severity.ERROR
            says = "which must not be there" if leaks else "in a place that is not its own"
            text = f"has the name of {bearing}, {says}"
            yield Hit(
                place.path, [at], text, text, cause=_cause(place), target=paths[0],
                severity=Severity.ERROR if counts else Severity.WARNING,
            )  # fmt: skip


def _find_unlisted(judge: Judge, seen: Observation) -> Iterator[Hit]:
    if judge.policy.unlisted is None:
        return
    text = f"is in no row of {judge.rulebook.table_title}; it is not judged"
    known = judge.rulebook.document.unlisted.paths
    for place, at in judge.others(seen):
        if judge.near_miss(place) is None and not judge.misplaced(place):
            target = place.path if place.path in known else "unlisted"
            yield Hit(place.path, [at], text, text.removeprefix("is "), cause=_cause(place), target=target)


def _cause(place: Place) -> str | None:
    parent = place.parent
    return parent.path if parent is not None and parent.is_unlisted else None


NEAR_MISS = FindingRule(
    id="near-miss",
    severity=Severity.WARNING,
    when="unlisted, but like a listed name",
    meaning="The response holds an element that no row lists, with a name like one that is listed.",
    remedy="Correct letter case, spelling or namespace; clients look for the listed name.",
    find=_find_near_misses,
)

MISPLACED = FindingRule(
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

UNLISTED = FindingRule(
    id="unlisted",
    severity=Severity.NOTE,
    when="present, in no row",
    meaning="The response holds an element that no row of the table lists; it is not judged.",
    remedy="Nothing has to be done; --unlisted error|warning|note|ignore sets how much it counts.",
    find=_find_unlisted,
)

RULES = (MISPLACED, NEAR_MISS, UNLISTED)
