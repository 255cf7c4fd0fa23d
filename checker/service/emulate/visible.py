"""The rows that a caller is shown, whatever the wire format."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator

from ....engine.context import Context
from ....engine.expectation import Evaluator, Expectation
from .faults import FaultKind, Faults


def visible_rows(
    evaluator: Evaluator, context: Context, faults: Faults, absent: Collection[str] = ()
) -> Iterator[str]:
    """Yield the rows that a response shows in a context: those that the rulebook shows, except for the faults.

    A row is shown inside rows that are shown, and not masked. ``absent`` are elements that there is no value for.
    """
    leaked = faults.paths(FaultKind.LEAK)
    absent = {*absent, *faults.paths(FaultKind.OMIT)}
    shown = _visible_rows(evaluator, context)
    masked = Expectation.MASKED
    open_ = {path for path in shown if evaluator.expectation(path, context) is not masked}
    rows = evaluator.rulebook.row_by_path
    for path in rows:
        above = ancestors(path)
        is_inside = all(outer in open_ or outer in leaked for outer in above if outer in rows)
        if path in leaked or (path in shown and is_inside and absent.isdisjoint((path, *above))):
            yield path


def _visible_rows(evaluator: Evaluator, context: Context) -> set[str]:
    """Return the rows that are there: an element that may be there is, unless that depends on a fact that is not known."""
    undecided = evaluator.undecided_rows(context)
    return {
        path
        for path, expectation in evaluator.expectations(context).items()
        if expectation is not Expectation.MUST_NOT and path not in undecided
    }


@functools.cache
def ancestors(path: str) -> tuple[str, ...]:
    """Return the paths of an element's ancestors, outermost first."""
    names = path.split("/")
    return tuple("/".join(names[:length]) for length in range(1, len(names)))
