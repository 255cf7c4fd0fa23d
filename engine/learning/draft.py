"""A draft of a rulebook: a learnt matrix as rows and markers, which load as any other."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ...rules.model import UNKNOWN, Marker, Row, Rulebook, Statement
from ..context import Context
from ..expectation import Evaluator
from .cells import Cell, CellKind, Matrix
from .conditions import Condition, Minimizer
from .space import FactSpace, bits

SOURCE = "recordings"
"""The id of the source that learnt markers rest on."""

_MAX_SLUG = 40


@dataclass(frozen=True, slots=True)
class _Meaning:
    """The meaning of a learnt marker: its obligation, when it applies, and when that is unknown."""

    granted: str
    condition: Condition | None
    undecided_if: Condition | None
    undecided: str | None


@dataclass(slots=True)
class Draft:
    """Markers, statements and rows; ``marker_of`` has the marker of each cell, by path and column."""

    markers: tuple[Marker, ...] = ()
    statements: tuple[Statement, ...] = ()
    rows: tuple[Row, ...] = ()
    marker_of: Mapping[tuple[str, str], str] = field(default_factory=dict)


def draft(
    matrix: Matrix,
    base: Rulebook | None = None,
    kept: Callable[[str, str], str | None] = lambda _path, _column: None,
) -> Draft:
    """Make rows and markers of a matrix; markers of ``base`` that decide the same are taken over.

    ``kept`` returns the marker of ``base`` that a cell is to keep whatever was learnt, or None.
    """
    return _Drafter(matrix, base, kept).draft()


class _Drafter:
    def __init__(self, matrix: Matrix, base: Rulebook | None, kept: Callable[[str, str], str | None]) -> None:
        self._matrix, self._base, self._kept = matrix, base, kept
        self._minimizer = Minimizer(matrix.space)
        self._names: dict[_Meaning, str] = {}
        self._markers: dict[str, Marker] = {}
        self._statements: dict[str, Statement] = {}
        self._taken = {} if base is None else _decisions_of_markers(base, matrix.space)

    def draft(self) -> Draft:
        """Name the markers of all cells, then write the rows."""
        marker_of = {}
        for path in self._matrix.paths:
            for column in self._matrix.space.columns:
                kept = self._kept(path, column)
                marker_of[path, column] = (
                    self._take_over(kept) if kept else self._marker(self._matrix.cell(path, column))
                )
        return Draft(
            markers=tuple(self._markers.values()),
            statements=tuple(self._statements.values()),
            rows=tuple(self._rows(marker_of)),
            marker_of=marker_of,
        )

    def _rows(self, marker_of: Mapping[tuple[str, str], str]) -> list[Row]:
        rows: list[Row] = []
        paths = set(self._matrix.paths)
        for number, path in enumerate(self._matrix.paths, start=1):
            names = path.split("/")
            above = ("/".join(names[:length]) for length in range(len(names) - 1, 0, -1))
            container = next((outer for outer in above if outer in paths), None)
            known = None if self._base is None else self._base.row_by_path.get(path)
            rows.append(
                Row(
                    number=number,
                    element=known.element if known else names[-1],
                    path=path,
                    container=container,
                    steps=tuple(names[container.count("/") + 1 if container else 0 :]),
                    cells={column: marker_of[path, column] for column in self._matrix.space.columns},
                    comment=known.comment if known else "",
                )
            )
        return rows

    def _marker(self, cell: Cell) -> str:
        decided = _decisions(cell)
        for marker, decisions in self._taken.items():
            if all(decisions[column_context] == decision for column_context, decision in decided.items()):
                return self._take_over(marker)
        meaning = self._meaning(cell)
        if meaning not in self._names:
            name = _free(_slug(meaning), {*self._markers, *(self._base.markers if self._base else ())})
            self._names[meaning] = name
            self._markers[name] = _as_marker(name, meaning)
            self._statements[name] = _as_statement(name, meaning)
        return self._names[meaning]

    def _take_over(self, marker: str) -> str:
        if self._base is None:
            raise ValueError("without a base no marker can be taken over")
        found = self._base.markers[marker]
        self._markers[marker] = found
        self._statements[found.statement] = self._base.statements[found.statement]
        return marker

    def _meaning(self, cell: Cell) -> _Meaning:
        undecided = None
        if cell.unknown or not cell.possible:
            contradictory = cell.kind is CellKind.CONTRADICTORY
            undecided = CellKind.CONTRADICTORY.value if contradictory else CellKind.UNOBSERVED.value
        if not cell.granted and not cell.withheld:
            return _Meaning("may", None, None, undecided)
        undecided_if = None
        if cell.unknown:
            undecided_if = self._minimizer.shortest(cell.unknown, cell.granted | cell.withheld)[0]
        if not cell.granted:
            return _Meaning("must-not", None, undecided_if, undecided)
        condition = self._minimizer.shortest(cell.granted, cell.withheld)[0] if cell.withheld else None
        return _Meaning("must" if cell.required else "should", condition, undecided_if, undecided)


def _decisions(cell: Cell) -> dict[tuple[str, int], str]:
    """Return the decision of a cell for each of its contexts."""
    decided = {}
    for context in bits(cell.possible):
        if cell.granted >> context & 1:
            decided[cell.column, context] = "must" if cell.required else "should"
        else:
            decided[cell.column, context] = "must-not" if cell.withheld >> context & 1 else "may"
    return decided


def _decisions_of_markers(base: Rulebook, space: FactSpace) -> dict[str, dict[tuple[str, int], str]]:
    """Return for each marker of a rulebook what it decides in every context of the space."""
    found: dict[str, dict[tuple[str, int], str]] = {}
    for marker in base.document.markers:
        row = Row(
            number=1,
            element="element",
            path="element",
            container=None,
            steps=("element",),
            cells=dict.fromkeys(space.columns, marker.id),
        )
        evaluator = Evaluator(Rulebook(document=base.document, rows=(row,)))
        found[marker.id] = {
            (column, number): evaluator.expectation("element", context_in(base, space, column, number)).value
            for column in space.columns
            for number in bits(space.possible[column])
        }
    return found


def context_in(rulebook: Rulebook, space: FactSpace, column: str, number: int) -> Context:
    """Return a context of a space as a rulebook has it; facts that the space does not know are unknown."""
    facts = {**space.facts_of(number), space.column: column}
    return Context(rulebook.fact_ids, tuple(facts.get(fact, UNKNOWN) for fact in rulebook.fact_ids))


def _slug(meaning: _Meaning) -> str:
    """Return a name for a marker, made of what it means."""
    if meaning.granted == "may":
        return meaning.undecided or "unobserved"
    if meaning.condition is None:
        name = {"must": "always", "should": "optional", "must-not": "never"}[meaning.granted]
    else:
        parts = (
            "-and-".join(f"{fact}-{values[0]}" if len(values) == 1 else fact for fact, values in term.where)
            for term in meaning.condition.terms
        )
        name = ("if-" if meaning.granted == "should" else "must-if-") + "-or-".join(parts)
        name = re.sub(r"[^A-Za-z0-9]+", "-", name)[:_MAX_SLUG].strip("-")
    return f"{name}-so-far" if meaning.undecided else name


def _free(name: str, taken: set[str]) -> str:
    number = 2
    free = name
    while free in taken:
        free = f"{name}-{number}"
        number += 1
    return free


def _as_marker(name: str, meaning: _Meaning) -> Marker:
    return Marker(
        id=name,
        printed=name,
        statement=name,
        meaning=describe(meaning.granted, meaning.condition, meaning.undecided_if, meaning.undecided),
        when_granted=meaning.granted,  # type: ignore[arg-type]  # an expectation's value
        undecided=meaning.undecided,  # type: ignore[arg-type]  # an expectation's value
        granted_if=_entries(meaning.condition),
        undecided_if=_entries(meaning.undecided_if),
    )


def _entries(condition: Condition | None) -> tuple[dict[str, tuple[str, ...]], ...]:
    return () if condition is None else tuple(dict(term.where) for term in condition.terms)


def _as_statement(name: str, meaning: _Meaning) -> Statement:
    said = describe(meaning.granted, meaning.condition, meaning.undecided_if, meaning.undecided)
    return Statement(
        id=name, source=SOURCE, cite="Recordings", text=f"In the recordings these elements are {said}."
    )


def describe(
    granted: str, condition: Condition | None, undecided_if: Condition | None, undecided: str | None
) -> str:
    """Return what a learnt marker means, for people."""
    if granted == "may":
        return f"not decided ({undecided})"
    text = {"must": "always shown", "should": "shown, unless they are not set", "must-not": "never shown"}[
        granted
    ]
    if condition is not None:
        text = f"{'always ' if granted == 'must' else ''}shown if {condition}"
    if undecided_if is not None:
        text += f"; not decided ({undecided}) if {undecided_if}"
    return text
