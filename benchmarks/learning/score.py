"""The accuracy of a learnt matrix against its ground truth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

from whosees.engine.expectation import Evaluator, Expectation
from whosees.engine.learning.cells import Matrix
from whosees.engine.learning.space import FactSpace, Implied
from whosees.rules.model import Rulebook

from .traffic import Sample, known_contexts


@dataclass(slots=True)
class Score:
    """Counts of decisions, one for each row and context, and of wrong recordings."""

    cells: int = 0
    cells_decided: int = 0
    cells_right: int = 0
    decisions: int = 0
    right: int = 0
    obligation: int = 0
    abstained: int = 0
    hidden: int = 0
    over: int = 0
    under: int = 0
    leaks: int = 0
    named: int = 0

    def add(self, other: Score) -> None:
        """Add other counts."""
        for field in fields(self):
            setattr(self, field.name, getattr(self, field.name) + getattr(other, field.name))


def space_of(rulebook: Rulebook) -> FactSpace:
    """Return the space of a rulebook's contexts."""
    values = {fact.id: fact.value_ids for fact in rulebook.facts if fact.id != rulebook.column_fact}
    implied = [Implied(entry.when, entry.then) for entry in rulebook.document.implications]
    columns = [column.id for column in rulebook.columns]
    return FactSpace(rulebook.column_fact, columns, values, implied)


def score(truth: Rulebook, matrix: Matrix, made: Iterable[Sample]) -> Score:
    """Compare a matrix with the rulebook that its recordings were made from."""
    result = Score()
    wrong: dict[tuple[str, str], bool] = {}
    evaluator, space = Evaluator(truth), matrix.space
    for context in known_contexts(truth):
        facts = dict(context.items())
        column = facts.pop(truth.column_fact)
        number = space.index[tuple(facts[fact] for fact in space.facts)]
        for path, wanted in evaluator.expectations(context).items():
            learnt = _learnt(matrix, path, column, number)
            _count(result, wanted, learnt)
            different = learnt is not None and (learnt is MUST_NOT) != (wanted is MUST_NOT)
            wrong[path, column] = wrong.get((path, column), False) or different
    for where, is_wrong in wrong.items():
        cell = matrix.cells.get(where)
        decided = cell is not None and not cell.unknown
        result.cells += 1
        result.cells_decided += decided
        result.cells_right += decided and not is_wrong
    _count_names(result, matrix, made)
    return result


MUST_NOT = Expectation.MUST_NOT


def _learnt(matrix: Matrix, path: str, column: str, number: int) -> Expectation | None:
    cell = matrix.cells.get((path, column))
    if cell is None or cell.unknown >> number & 1:
        return None
    if not cell.granted >> number & 1:
        return MUST_NOT
    return Expectation.MUST if cell.required else Expectation.SHOULD


def _count(result: Score, wanted: Expectation, learnt: Expectation | None) -> None:
    result.decisions += 1
    result.hidden += wanted is MUST_NOT
    result.abstained += learnt is None
    wanted = (
        Expectation.SHOULD if wanted is Expectation.MAY else wanted
    )  # what is allowed is shown if it is set
    result.right += learnt is wanted
    if learnt is not None and learnt is not wanted:
        result.over += wanted is MUST_NOT
        result.under += learnt is MUST_NOT
        result.obligation += MUST_NOT not in (wanted, learnt)


def _count_names(result: Score, matrix: Matrix, made: Iterable[Sample]) -> None:
    named = {source for outlier in matrix.outliers for source in outlier.sources if outlier.leaked}
    doubted = {source for found in (*matrix.contradictions, *matrix.thin) for source in found.sources}
    rare = set(matrix.rare)
    for recording in made:
        source = recording.presence.source
        if recording.leaked:
            result.leaks += 1
            result.named += source in named | doubted or bool(rare & set(recording.leaked))
