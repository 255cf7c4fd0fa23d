"""Wording of remedies, the changes that would make an element appear; the same in every format."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ...engine.explain.explain import Explanation
from ...engine.explain.observed import Observed
from ...engine.explain.remedies import Remedy
from ...rules.model import Rulebook
from ...rules.names import join_words


class RemedyStep(msgspec.Struct, frozen=True):
    """A remedy in words, with the facts that it changes."""

    text: str
    remedy: Remedy


class OtherColumns(msgspec.Struct, frozen=True):
    """Remedies in other columns: which columns show the element, and what else they require.

    Without columns, the steps are changes in the same column that the caller cannot make.
    """

    text: str
    columns: tuple[str, ...]
    steps: tuple[RemedyStep, ...]


class RemedyAdvice(msgspec.Struct, frozen=True):
    """Everything that would make an element appear: a summary, steps in the same column, and other columns."""

    text: str
    here: tuple[RemedyStep, ...] = ()
    elsewhere: tuple[OtherColumns, ...] = ()


def remedy_advice(rulebook: Rulebook, explanation: Explanation) -> RemedyAdvice:
    """Word the remedies of an explanation, whose element must be a row of the table."""
    fact = rulebook.column_fact
    is_expected = explanation.expectation is not None and explanation.expectation.is_expected
    if is_expected and explanation.forbidden_container is None:
        return RemedyAdvice(_nothing_to_change(explanation.observed))
    if not explanation.remedies and explanation.may_appear:
        return RemedyAdvice(
            f"no change would make it certain to appear, in any {fact}: at most it may be there"
        )
    if not explanation.remedies:
        return RemedyAdvice(f"no change would make it appear, in any {fact}")
    in_column = [remedy for remedy in explanation.remedies if fact not in remedy.changes]
    here = tuple(_step(remedy) for remedy in in_column if remedy.caller_can)
    by_others = tuple(_step(remedy) for remedy in in_column if not remedy.caller_can)
    by_columns = _by_columns(rulebook, [remedy for remedy in explanation.remedies if fact in remedy.changes])
    elsewhere = [_elsewhere(rulebook, columns, remedies) for columns, remedies in by_columns.items()]
    if by_others:
        also = "also " if here else ""
        text = f"it would {also}appear after a change that the caller cannot make"
        elsewhere.insert(0, OtherColumns(text, (), by_others))
    return RemedyAdvice(
        "it would appear after any of these changes by the caller"
        if here
        else "no change by the caller would make it appear",
        here,
        tuple(elsewhere),
    )


def _nothing_to_change(observed: Observed | None) -> str:
    if observed is not None and observed.absences:
        return "nothing in the call has to change; the response lacks what this caller is to be shown"
    if observed is not None and not observed.present and (observed.is_exempt or observed.absent_container):
        return "no change of the call would make it appear in this response"
    return "it already appears; nothing has to change"


def _elsewhere(rulebook: Rulebook, columns: tuple[str, ...], remedies: Sequence[Remedy]) -> OtherColumns:
    fact = rulebook.column_fact
    names = join_words([rulebook.column(column).title for column in columns], "or")
    if any(len(remedy.changes) == 1 for remedy in remedies):
        return OtherColumns(f"another {fact} shows it: {names}", columns, ())
    text = f"another {fact} shows it after any of these changes: {names}"
    return OtherColumns(text, columns, tuple(_step(remedy, without=fact) for remedy in remedies))


def _by_columns(rulebook: Rulebook, remedies: Sequence[Remedy]) -> dict[tuple[str, ...], list[Remedy]]:
    """Group remedies that differ in the column only: the columns, and the remedies of one of them."""
    columns: dict[tuple[tuple[str, str], ...], list[Remedy]] = {}
    for remedy in remedies:
        rest = tuple((fact, value) for fact, value in remedy.changes.items() if fact != rulebook.column_fact)
        columns.setdefault(rest, []).append(remedy)
    groups: dict[tuple[str, ...], list[Remedy]] = {}
    for alike in columns.values():
        groups.setdefault(tuple(remedy.changes[rulebook.column_fact] for remedy in alike), []).append(
            alike[0]
        )
    return groups


def _step(remedy: Remedy, without: str | None = None) -> RemedyStep:
    steps = [step for fact, step in remedy.steps.items() if fact != without]
    facts = [f"{fact}={value}" for fact, value in remedy.changes.items() if fact != without]
    return RemedyStep(f"{' and '.join(steps)} ({', '.join(facts)}): {remedy.expectation}", remedy)
