"""The wording of the ways out, which `explain` and the explorer share."""

from __future__ import annotations

import shutil
from pathlib import Path

import whosees.rules.getsessioninfo as builtin
from whosees.engine.context import all_contexts, context_of
from whosees.engine.expectation import Evaluator
from whosees.engine.explain.explain import explain
from whosees.reports.text.remedies import RemedyAdvice, remedy_advice
from whosees.rules.load import load_rulebook

from .messages import EVALUATOR, RULEBOOK


def advice(path: str, **facts: str) -> RemedyAdvice:
    """Return the ways out of a row in a context."""
    context = context_of(RULEBOOK, facts)
    return remedy_advice(RULEBOOK, explain(EVALUATOR, RULEBOOK.row_by_path[path], context))


def test_what_appears_needs_no_way_out() -> None:
    assert advice("host", service="MC") == RemedyAdvice("it already appears; nothing has to change")


def test_what_the_caller_can_do_is_said_with_the_facts_that_change() -> None:
    ways = advice("metaData/agenda", service="MC", caller="authenticated", role="none", password="unknown")
    assert ways.text == "it would appear after any of these changes by the caller"
    assert ways.here[0].text == "supply the meeting password (password=supplied): should"
    assert ways.elsewhere == ()


def test_columns_with_the_same_condition_are_said_together() -> None:
    ways = advice("metaData/agenda", service="EC", caller="anonymous")
    assert ways.text == "no change by the caller would make it appear"
    (elsewhere,) = ways.elsewhere
    assert elsewhere.columns == ("MC", "SC", "TC")
    assert elsewhere.text == (
        "another service shows it after any of these changes: Meeting Center, Sales Center or Training Center"
    )
    assert elsewhere.steps[0].text == "supply the meeting password (password=supplied): should"


def test_what_nothing_shows_is_said_to_be_shown_by_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    shutil.copytree(next(iter(builtin.__path__)), folder)
    table = folder / "table-4-3.csv"
    text = table.read_text(encoding="utf-8").replace(
        "presenter,presenter,X,X,✓,X,X", "presenter,presenter,X,X,X,X,X"
    )
    table.write_text(text, encoding="utf-8")
    rulebook = load_rulebook(str(folder / "rulebook.toml"))
    evaluator = Evaluator(rulebook)
    row = rulebook.row_by_path["presenter"]
    assert {
        remedy_advice(rulebook, explain(evaluator, row, context)) for context in all_contexts(rulebook)
    } == {RemedyAdvice("no change would make it appear, in any service")}
