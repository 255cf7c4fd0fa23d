"""How the ways out of an explanation are said: one wording for every medium."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ...engine.explain.explain import Explanation
from ...engine.explain.remedies import Remedy
from ...rules.model import Rulebook
from .style import listing


class Step(msgspec.Struct, frozen=True):
    """A way out in words, with the facts that it changes."""

    text: str
    way: Remedy


class Elsewhere(msgspec.Struct, frozen=True):
    """What is not the caller's to choose: columns that show the element, and what else it takes there.

    Without columns it is about the same column, and the steps are what others would have to change.
    """

    text: str
    columns: tuple[str, ...]
    steps: tuple[Step, ...]


class WaysOut(msgspec.Struct, frozen=True):
    """All that would make an element appear: the answer, what to do in the same column, and the other columns."""

    text: str
    here: tuple[Step, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()


def ways_out(rulebook: Rulebook, explanation: Explanation) -> WaysOut:
    """Say what would make a row appear; of an explanation whose element is a row."""
    fact = rulebook.column_fact
    if explanation.expectation is not None and explanation.expectation.is_expected:
        return WaysOut("it appears as things are; nothing has to change")
    if not explanation.remedies:
        return WaysOut(f"nothing would make it appear, whatever the {fact}")
    in_column = [way for way in explanation.remedies if fact not in way.changes]
    here = tuple(_step(way) for way in in_column if way.caller_can)
    limit_exceeded = tuple(_step(way) for way in in_column if not way.caller_can)
    by_columns = _by_columns(rulebook, [way for way in explanation.remedies if fact in way.changes])
    elsewhere = [_elsewhere(rulebook, columns, ways) for columns, ways in by_columns.items()]
    if limit_exceeded:
        text = "what the caller cannot choose would make it appear" + (" too" if here else "")
        elsewhere.insert(0, Elsewhere(text, (), limit_exceeded))
    return WaysOut(
        "it would appear if the caller did one of these"
        if here
        else "nothing that the caller can do would make it appear",
        here,
        tuple(elsewhere),
    )


def _elsewhere(rulebook: Rulebook, columns: tuple[str, ...], ways: Sequence[Remedy]) -> Elsewhere:
    fact = rulebook.column_fact
    names = listing([rulebook.column(column).title for column in columns], "or")
    if any(len(way.changes) == 1 for way in ways):
        return Elsewhere(f"another {fact} shows it: {names}", columns, ())
    text = f"another {fact} shows it: {names}, to a caller who did one of these"
    return Elsewhere(text, columns, tuple(_step(way, without=fact) for way in ways))


def _by_columns(rulebook: Rulebook, ways: Sequence[Remedy]) -> dict[tuple[str, ...], list[Remedy]]:
    """Put together the ways that differ in the column only: which columns, and for one of them what else it takes."""
    columns: dict[tuple[tuple[str, str], ...], list[Remedy]] = {}
    for way in ways:
        rest = tuple((fact, value) for fact, value in way.changes.items() if fact != rulebook.column_fact)
        columns.setdefault(rest, []).append(way)
    groups: dict[tuple[str, ...], list[Remedy]] = {}
    for alike in columns.values():
        groups.setdefault(tuple(way.changes[rulebook.column_fact] for way in alike), []).append(alike[0])
    return groups


def _step(way: Remedy, without: str | None = None) -> Step:
    steps = [step for fact, step in way.steps.items() if fact != without]
    facts = [f"{fact}={value}" for fact, value in way.changes.items() if fact != without]
    return Step(f"{' and '.join(steps)} ({', '.join(facts)}): {way.expectation}", way)
