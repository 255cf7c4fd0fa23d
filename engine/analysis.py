"""Analysis of a rulebook by enumeration: what is valid and still cannot be meant, each with a witness."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .context import all_contexts
from .expectation import Evaluator, Expectation
from .finding import Severity, case_id

_VISIBILITY = (Expectation.MUST_NOT, Expectation.MAY, Expectation.SHOULD, Expectation.MUST)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a rulebook that its author should look at; ``witness`` is a case that shows it."""

    id: str
    severity: Severity
    text: str
    witness: str | None = None


def analyse(evaluator: Evaluator) -> tuple[Remark, ...]:
    """Give the remarks on a rulebook, errors first."""
    remarks = [*_contradictory(evaluator), *_unused_markers(evaluator)]
    return tuple(sorted(remarks, key=lambda remark: remark.severity.order))


def _contradictory(evaluator: Evaluator) -> Iterator[Remark]:
    """A row that is more visible than what encloses it can never be seen as the table says."""
    for row in evaluator.rulebook.rows:
        if row.container is None:
            continue
        for context in all_contexts(evaluator.rulebook):
            inner = evaluator.expectation(row.path, context)
            outer = evaluator.expectation(row.container, context)
            if _VISIBILITY.index(inner) > _VISIBILITY.index(outer):
                text = f"`{row.path}` is `{inner}` where `{row.container}`, which encloses it, is `{outer}`"
                yield Remark("contradictory", Severity.ERROR, text, case_id(evaluator.rulebook, context))
                break


def _unused_markers(evaluator: Evaluator) -> Iterator[Remark]:
    used = {marker for row in evaluator.rulebook.rows for marker in row.cells.values()}
    for marker in evaluator.rulebook.document.markers:
        if marker.id not in used:
            yield Remark("unused-marker", Severity.WARNING, f"no cell has the marker `{marker.id}`")
