"""Explanations of GetSessionInfo's rows, for tests."""

from __future__ import annotations

from whosees.engine.context import context_of
from whosees.engine.expectation import Evaluator
from whosees.engine.explain.explain import Explanation, explain
from whosees.engine.observation import Observation

from .judging import RULEBOOK

EVALUATOR = Evaluator(RULEBOOK)
PW_SENTENCE = (
    "‘PW’ means that an element that is returned only if the meeting password has been supplied; "
    "or if the caller is the session host, an invited attendee, a panelist or a presenter."
)
"""The page's sentence about the marker PW."""


def explained(path: str, facts: dict[str, str], observation: Observation | None = None) -> Explanation:
    """Explain a row in a context."""
    return explain(EVALUATOR, RULEBOOK.row_by_path[path], context_of(RULEBOOK, facts), observation)
