"""Decisions: contradictory, unreachable and redundant rows, columns and conditions.

No condition is interpreted here: the evaluator decides for variants of the rulebook, and the decisions are compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import msgspec

from ...rules.model import Document, Implication, Marker, Row, Rulebook
from ..context import Context, all_contexts, change_facts
from ..expectation import Evaluator, Expectation
from ..finding import Severity, context_id
from .diagnostic import Diagnostic

Decisions = dict[Context, dict[str, Expectation]]


def check_decisions(evaluator: Evaluator) -> Iterator[Diagnostic]:
    """Return the diagnostics of decisions."""
    contexts = tuple(all_contexts(evaluator.rulebook))
    yield from _contradictory(evaluator, contexts)
    yield from _values_excluded(evaluator.rulebook, contexts)
    yield from _markers(evaluator.rulebook, contexts)
    yield from _implications(evaluator.rulebook, contexts)
    yield from _facts_without_effect(evaluator, contexts)
    yield from _rows_never_shown(evaluator, contexts)
    yield from _columns_alike(evaluator.rulebook)


def _contradictory(evaluator: Evaluator, contexts: tuple[Context, ...]) -> Iterator[Diagnostic]:
    """Report each row that can be shown where its container must not be, which the table cannot mean.

    A row that is always in an optional container is no contradiction: it is missing only from a container that is there.
    """
    for row in evaluator.rulebook.rows:
        if row.container is None:
            continue
        for context in contexts:
            inner = evaluator.expectation(row.path, context)
            outer = evaluator.expectation(row.container, context)
            if outer is Expectation.MUST_NOT and inner is not Expectation.MUST_NOT:
                text = f"`{row.path}` is `{inner}`, but `{row.container}`, which encloses it, is `{outer}`"
                yield Diagnostic(
                    "contradictory", Severity.ERROR, text, context_id(evaluator.rulebook, context)
                )
                break


def _values_excluded(rulebook: Rulebook, contexts: tuple[Context, ...]) -> Iterator[Diagnostic]:
    for fact in rulebook.facts:
        possible = {context[fact.id] for context in contexts}
        for value in fact.value_ids:
            if value not in possible:
                kind = "column" if fact.id == rulebook.column_fact else f"value of `{fact.id}`"
                text = f"no context has the {kind} `{value}`: the implications exclude it"
                yield Diagnostic("unreachable", Severity.WARNING, text, f"none of {len(contexts):,} contexts")


def _markers(rulebook: Rulebook, contexts: tuple[Context, ...]) -> Iterator[Diagnostic]:
    cells = [marker for row in rulebook.rows for marker in row.cells.values()]
    used = [marker for marker in rulebook.document.markers if marker.id in cells]
    for marker in rulebook.document.markers:
        if (
            marker not in used and rulebook.document.rulebook.reviewed
        ):  # a draft offers markers to choose from
            text = f"no cell has the marker `{marker.id}`"
            yield Diagnostic("unused-marker", Severity.WARNING, text, f"none of {len(cells):,} cells")
    decided = _by_marker(rulebook.document, contexts)
    for marker in used:
        if marker.granted_if and marker.undecided is None:
            yield from _check_one_sided(marker, decided, contexts)
            yield from _redundant_conditions(rulebook.document, marker, decided)
    # Markers that nobody has decided yet are no last word, and may well come to the same.
    yield from _markers_alike([marker for marker in used if marker.undecided is None], decided)


def _by_marker(document: Document, contexts: tuple[Context, ...]) -> Decisions:
    """Return the decisions of each marker: those of a table with a row for each, which has it in every column."""
    columns = [column.id for column in document.columns.values]
    rows = tuple(
        Row(
            number=number,
            element=marker.id,
            path=marker.id,
            container=None,
            steps=(marker.id,),
            cells=dict.fromkeys(columns, marker.id),
        )
        for number, marker in enumerate(document.markers, start=1)
    )
    evaluator = Evaluator(Rulebook(document=document, rows=rows))
    return {context: evaluator.expectations(context) for context in contexts}


def _check_one_sided(
    marker: Marker, decided: Decisions, contexts: tuple[Context, ...]
) -> Iterator[Diagnostic]:
    outcomes = {decided[context][marker.id] for context in contexts}
    if len(outcomes) == 1:
        outcome = outcomes.pop()
        side = "granted" if outcome == marker.when_granted else "withheld"
        text = f"the conditions of the marker `{marker.id}` have no effect: it is always {side}"
        yield Diagnostic(
            "redundant", Severity.WARNING, text, f"`{outcome}` in all {len(contexts):,} contexts"
        )


def _redundant_conditions(document: Document, marker: Marker, decided: Decisions) -> Iterator[Diagnostic]:
    """Report each condition without which every decision is the same."""
    contexts = tuple(decided)
    witness = f"without it, the decisions in all {len(contexts):,} contexts are the same"
    for number, entry in enumerate(marker.granted_if):
        others = (*marker.granted_if[:number], *marker.granted_if[number + 1 :])
        place = f"entry {number + 1} of `markers.{marker.id}.granted_if`"
        if others and _by_marker(_with_conditions(document, marker, others), contexts) == decided:
            text = f"{place} grants nothing that the others do not grant"
            yield Diagnostic("redundant", Severity.WARNING, text, witness)
            continue
        for fact, values in entry.items():
            for value in values:
                fewer = {**entry, fact: tuple(other for other in values if other != value)}
                changed = (*marker.granted_if[:number], fewer, *marker.granted_if[number + 1 :])
                if (
                    fewer[fact]
                    and _by_marker(_with_conditions(document, marker, changed), contexts) == decided
                ):
                    text = f"`{value}` of `{fact}` in {place} grants nothing that the rest does not grant"
                    yield Diagnostic("redundant", Severity.WARNING, text, witness)


def _with_conditions(
    document: Document, marker: Marker, conditions: tuple[dict[str, tuple[str, ...]], ...]
) -> Document:
    changed = msgspec.structs.replace(marker, granted_if=conditions)
    markers = tuple(changed if other.id == marker.id else other for other in document.markers)
    return msgspec.structs.replace(document, markers=markers)


def _markers_alike(markers: list[Marker], decided: Decisions) -> Iterator[Diagnostic]:
    first: dict[tuple[Expectation, ...], Marker] = {}
    for marker in markers:
        outcomes = tuple(by_marker[marker.id] for by_marker in decided.values())
        if (other := first.setdefault(outcomes, marker)) is not marker:
            text = f"the markers `{other.id}` and `{marker.id}` lead to the same decisions"
            yield Diagnostic("alike", Severity.NOTE, text, f"in all {len(decided):,} contexts")


def _implications(rulebook: Rulebook, contexts: tuple[Context, ...]) -> Iterator[Diagnostic]:
    implications = rulebook.document.implications
    for number, implication in enumerate(implications):
        others = (*implications[:number], *implications[number + 1 :])
        without = msgspec.structs.replace(
            rulebook, document=msgspec.structs.replace(rulebook.document, implications=others)
        )
        if set(all_contexts(without)) == set(contexts):
            text = f"the implication {_describe(implication)} adds nothing to the others"
            witness = f"without it, the same {len(contexts):,} contexts remain"
            yield Diagnostic("redundant", Severity.WARNING, text, witness)


def _describe(implication: Implication) -> str:
    when, then = (
        " and ".join(f"{fact} `{value}`" for fact, value in facts.items())
        for facts in (implication.when, implication.then)
    )
    return f"from {when} to {then}"


def _facts_without_effect(evaluator: Evaluator, contexts: tuple[Context, ...]) -> Iterator[Diagnostic]:
    """Report each fact whose value changes no decision."""
    rulebook = evaluator.rulebook
    for fact in rulebook.facts:
        if fact.id != rulebook.column_fact and not any(
            evaluator.expectations(changed) != evaluator.expectations(context)
            for context in contexts
            for value in fact.value_ids
            if (changed := change_facts(rulebook, context, {fact.id: value})) is not None
        ):
            text = f"the fact `{fact.id}` has no effect, whatever its value"
            witness = f"no decision in {len(contexts):,} contexts changes with it"
            yield Diagnostic("unused-fact", Severity.WARNING, text, witness)


def _rows_never_shown(evaluator: Evaluator, contexts: tuple[Context, ...]) -> Iterator[Diagnostic]:
    hidden = {
        row.path: row
        for row in evaluator.rulebook.rows
        if all(evaluator.expectation(row.path, context) is Expectation.MUST_NOT for context in contexts)
    }
    for path, row in hidden.items():
        why = f", like `{row.container}`, which encloses it" if row.container in hidden else ""
        text = f"`{path}` is shown to nobody{why}"
        yield Diagnostic("unreachable", Severity.NOTE, text, f"`must-not` in all {len(contexts):,} contexts")


def _columns_alike(rulebook: Rulebook) -> Iterator[Diagnostic]:
    alike: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for column in rulebook.columns:
        cells = tuple(row.cells[column.id] for row in rulebook.rows)
        if all(rulebook.markers[marker].undecided is None for marker in cells):
            alike[cells].append(column.id)
    for ids in alike.values():
        for other in ids[1:]:
            text = f"the columns `{ids[0]}` and `{other}` have the same marker in every row"
            yield Diagnostic("alike", Severity.NOTE, text, f"in all {len(rulebook.rows):,} rows")
