"""Two contexts held against each other."""

from __future__ import annotations

from whosees.engine.context import context_of
from whosees.engine.diff.contexts import Difference, differences
from whosees.engine.expectation import Evaluator, Expectation
from whosees.rules import builtin_rulebook

RULEBOOK = builtin_rulebook()
EVALUATOR = Evaluator(RULEBOOK)
ANONYMOUS = context_of(RULEBOOK, {"service": "MC", "caller": "anonymous", "password": "not-supplied"})
HOST = context_of(RULEBOOK, {"service": "MC", "role": "host"})


def test_what_the_host_sees_of_a_meeting_and_others_do_not_is_what_is_marked_pw() -> None:
    expected = [
        Difference(row, Expectation.MUST_NOT, Expectation.SHOULD)
        for row in RULEBOOK.rows
        if row.cells["MC"] == "pw"
    ]
    assert list(differences(EVALUATOR, ANONYMOUS, HOST)) == expected
    assert [(d.row, d.after, d.before) for d in differences(EVALUATOR, HOST, ANONYMOUS)] == [
        (d.row, d.before, d.after) for d in expected
    ]


def test_a_context_does_not_differ_from_itself() -> None:
    assert differences(EVALUATOR, HOST, HOST) == ()
