"""The reading of responses in which any container repeats: each occurrence is judged by itself, in a row or not.

`reading.judge` reads a repeated container in one way, this module in another: row by row, from the body down. Where
both can be asked, a test sees that they agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .reading import (
    MAY,
    MUST,
    MUST_NOT,
    ROW,
    ROWS,
    Context,
    Finding,
    Places,
    Response,
    ancestors,
    expected,
    plain,
)


class _Holder(NamedTuple):
    """The place that a row would have: the innermost listed place that is there, and the first container that is not."""

    place: str
    absent: str | None


class _Wrong(NamedTuple):
    rule: str
    cause: str | None
    place: str


def judge_each(response: Response, context: Context) -> set[Finding]:
    """The findings leaked, missing and omitted: one for each rule and path, with all places where it holds."""
    places: Places = {}
    for place in response:
        places.setdefault(plain(place), set()).add(place)
    found: set[Finding] = set()
    for row in ROWS:
        by_rule: dict[str, list[_Wrong]] = {}
        for wrong in _judge_row(row.path, places, context):
            by_rule.setdefault(wrong.rule, []).append(wrong)
        for rule, all_wrong in by_rule.items():
            (cause,) = {wrong.cause for wrong in all_wrong}
            found.add(Finding(rule, row.path, cause, frozenset(wrong.place for wrong in all_wrong)))
    return found


def _judge_row(path: str, places: Places, context: Context) -> Iterator[_Wrong]:
    what = expected(context, path)
    listed = [above for above in ancestors(path) if above in ROW]
    for holder in _holders("", listed[::-1], places):
        if what == MUST_NOT:
            leaking = [above for above in listed if expected(context, above) == MUST_NOT]
            for place in _inside(path, holder.place, places):
                yield _Wrong("leaked", (*leaking, None)[0], place)
        elif what != MAY:
            rule = "missing" if what == MUST else "omitted"
            if holder.absent is None:
                between = [above for above in ancestors(path) if len(above) > len(plain(holder.place))]
                for place in _lacking(path, holder.place, between[::-1], places):
                    yield _Wrong(rule, None, place)
            else:
                lost = listed[: listed.index(holder.absent) + 1]
                if MAY not in {expected(context, above) for above in lost}:
                    yield _Wrong(rule, lost[0], holder.place)


def _holders(place: str, containers: list[str], places: Places) -> Iterator[_Holder]:
    """Go down through each occurrence of each container, as far as there are any."""
    if not containers:
        yield _Holder(place, None)
        return
    within = _inside(containers[0], place, places)
    if not within:
        yield _Holder(place, containers[0])
    for each in within:
        yield from _holders(each, containers[1:], places)


def _inside(path: str, place: str, places: Places) -> list[str]:
    """The places of a path that stand in a place; "" is the body."""
    return [each for each in places.get(path, ()) if not place or each.startswith(f"{place}/")]


def _lacking(path: str, place: str, between: list[str], places: Places) -> Iterator[str]:
    """Return the innermost places without a row: containers that no row lists can stand between it and its listed container."""
    within = _inside(between[0], place, places) if between else []
    for each in within:
        yield from _lacking(path, each, between[1:], places)
    if not within and not _inside(path, place, places):
        yield place


def noted_places(response: Response, context: Context) -> dict[str, set[str]]:
    """The places of what no row lists, by path; what stands in a leak belongs to that leak."""
    noted: dict[str, set[str]] = {}
    for place in response:
        path = plain(place)
        if path not in ROW and not any(
            above in ROW and expected(context, above) == MUST_NOT for above in ancestors(path)
        ):
            noted.setdefault(path, set()).add(place)
    return noted
