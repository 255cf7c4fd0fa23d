"""What a learnt matrix is worth against its ground truth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

from whosees.engine.expectation import Evaluator, Expectation
from whosees.engine.learning.cells import Matrix
from whosees.engine.learning.space import FactSpace, Implied
from whosees.rules.model import Rulebook

from .traffic import Made, known_contexts


@dataclass(slots=True)
class Score:
    """Counts of decisions, one for each row and context, and of wrong recordings."""

    decisions: int = 0
    right: int = 0
    obligation: int = 0
    abstained: int = 0
    hidden: int = 0
    over: int = 0
    under: int = 0
    leaks: int = 0
    named: int = 0
    false_outliers: int = 0

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


def score(truth: Rulebook, matrix: Matrix, made: Iterable[Made]) -> Score:
    """Hold a matrix against the rulebook that its recordings were made from."""
    evaluator, result = Evaluator(truth), Score()
    for context in known_contexts(truth):
        facts = dict(context.items())
        column = facts.pop(truth.column_fact)
        (number,) = (
            n for n, a in enumerate(matrix.space.contexts) if a == tuple(facts[f] for f in matrix.space.facts)
        )
        expected = evaluator.expectations(context)
        for row in truth.rows:
            result.decisions += 1
            wanted = expected[row.path]
            result.hidden += wanted is Expectation.MUST_NOT
            cell = matrix.cells.get((row.path, column))
            if cell is None or cell.unknown >> number & 1:
                result.abstained += 1
            elif cell.granted >> number & 1:
                got = Expectation.MUST if cell.required else Expectation.SHOULD
                result.right += got is wanted
                result.over += wanted is Expectation.MUST_NOT
                result.obligation += wanted is not Expectation.MUST_NOT and got is not wanted
            else:
                result.right += wanted is Expectation.MUST_NOT
                result.under += wanted is not Expectation.MUST_NOT
    named = {source for outlier in matrix.outliers for source in outlier.sources if outlier.leaked}
    doubted = {source for found in matrix.contradictions for source in found.sources}
    for recording in made:
        if recording.leaked:
            result.leaks += 1
            result.named += recording.presence.source in named | doubted
        elif recording.presence.source in named:
            result.false_outliers += 1
    return result
