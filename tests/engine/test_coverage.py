"""Coverage: which obligations of the table were exercised."""

from __future__ import annotations

from collections import Counter

from sightline.engine.context import all_contexts, context_of
from sightline.engine.coverage import exercised, obligations
from sightline.engine.expectation import Evaluator
from sightline.rules import builtin_rulebook

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
