"""Coverage: which obligations of the table were exercised."""

from __future__ import annotations

from collections import Counter

import pytest

from whosees.engine.context import all_contexts, context_of
from whosees.engine.coverage import Kind, Ratio, exercised, measure, obligations
from whosees.engine.expectation import Evaluator, Expectation
from whosees.rules import builtin_rulebook

RULEBOOK = builtin_rulebook()
EVALUATOR = Evaluator(RULEBOOK)


def test_there_are_351_obligations() -> None:
    """✓ 117, X 102, PW granted 66 and withheld 66."""
    counted = Counter((o.marker, o.expectation) for o in obligations(RULEBOOK))
    assert counted == {
        ("always", "must"): 117,
        ("never", "must-not"): 102,
        ("pw", "should"): 66,
        ("pw", "must-not"): 66,
    }


def test_all_contexts_exercise_all_of_them_and_none_exercises_none() -> None:
    assert exercised(EVALUATOR, all_contexts(RULEBOOK)) == set(obligations(RULEBOOK))
    assert exercised(EVALUATOR, []) == set()


def test_what_is_left_open_is_not_exercised() -> None:
    """Two contexts a service are enough: one that is granted, one that is withheld."""
    open_ = exercised(EVALUATOR, [context_of(RULEBOOK, {"service": "MC"})])
    assert {o.marker for o in open_} == {"always", "never"}
    granted = context_of(RULEBOOK, {"service": "MC", "role": "host"})
    withheld = context_of(RULEBOOK, {"service": "MC", "caller": "anonymous", "password": "not-supplied"})
    of_mc = {o for o in obligations(RULEBOOK) if o.column == "MC"}
    assert exercised(EVALUATOR, [granted, withheld]) == of_mc


PW = Kind("pw", Expectation.SHOULD), Kind("pw", Expectation.MUST_NOT)
ALWAYS, NEVER = Kind("always", Expectation.MUST), Kind("never", Expectation.MUST_NOT)
CELLS = {
    "MC": {"always": 23, "never": 20, "pw": 14},
    "SC": {"always": 20, "never": 22, "pw": 15},
    "TC": {"always": 26, "never": 9, "pw": 22},
    "EC": {"always": 29, "never": 24, "pw": 4},
    "AO": {"always": 19, "never": 27, "pw": 11},
}
"""The number of times that each marker is printed in each column."""


def test_what_is_exercised_is_counted_of_all_and_by_column_and_by_kind() -> None:
    """A host of MC is shown what is PW, and nobody was refused it; of the other services nothing was seen."""
    host = context_of(RULEBOOK, {"service": "MC", "role": "host"})
    measured = measure(EVALUATOR, [host, host])
    of_all = Counter(
        cell for column in CELLS.values() for marker, n in column.items() for cell in [marker] * n
    )
    assert of_all == {"always": 117, "never": 102, "pw": 66}
    mc = CELLS["MC"]
    assert measured.total == Ratio(351, 57)
    assert measured.by_column == {
        column: Ratio(cells["always"] + cells["never"] + 2 * cells["pw"], 57 if column == "MC" else 0)
        for column, cells in CELLS.items()
    }
    assert measured.by_kind == {
        ALWAYS: Ratio(117, mc["always"]),
        NEVER: Ratio(102, mc["never"]),
        PW[0]: Ratio(66, mc["pw"]),
        PW[1]: Ratio(66, 0),
    }
    assert list(measured.by_kind) == [ALWAYS, NEVER, *PW]
    assert list(measured.by_column) == list(CELLS)
    assert measured.by_cell == {
        (column, kind): Ratio(
            cells[kind.marker], cells[kind.marker] if column == "MC" and kind != PW[1] else 0
        )
        for column, cells in CELLS.items()
        for kind in (ALWAYS, NEVER, *PW)
    }


PERCENT = {(0, 0): 100.0, (351, 0): 0.0, (351, 350): 99.7, (351, 351): 100.0, (3, 1): 33.3, (1000, 999): 99.9}


@pytest.mark.parametrize("share", PERCENT)
def test_a_share_is_rounded_down_so_that_100_means_all(share: tuple[int, int]) -> None:
    assert Ratio(*share).percent == PERCENT[share]


def test_a_share_reaches_what_it_is_without_rounding() -> None:
    assert Ratio(3, 1).reaches(33.3)
    assert not Ratio(3, 1).reaches(33.4)
    assert Ratio(200, 100).reaches(50)
    assert not Ratio(200, 99).reaches(50)
    assert Ratio(351, 351).reaches(100)
    assert not Ratio(351, 350).reaches(100)
    assert Ratio().reaches(100)
    assert Ratio() == Ratio(0, 0)
