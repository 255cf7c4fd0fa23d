"""The page explains as `explain` does: every row in every context, word for word."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from support.command import whosees
from whosees.engine.context import Context, all_contexts, context_of
from whosees.engine.diff.contexts import differences
from whosees.engine.explain.explain import explain
from whosees.engine.explain.reasons import grounds
from whosees.reports.explorer.fragment import fragment
from whosees.reports.text.remedies import RemedyStep, remedy_advice
from whosees.rules.model import Row

from .browsing import Explorer
from .messages import EVALUATOR, RULEBOOK

CONTEXTS = list(all_contexts(RULEBOOK))


def explained(row: Row, context: Context) -> dict[str, Any]:
    """Return the engine's explanation as the page gives it."""
    said = explain(EVALUATOR, row, context)
    ways = remedy_advice(RULEBOOK, said)

    def step(entry: RemedyStep) -> dict[str, Any]:
        changes = {
            fact: value for fact, value in entry.remedy.changes.items() if fact != RULEBOOK.column_fact
        }
        return {"text": entry.text, "changes": changes}

    return {
        "path": row.path,
        "expectation": said.expectation,
        "marker": said.marker,
        "summary": said.summary,
        "grounds": grounds(EVALUATOR, row, context),
        "because": [{"text": reason.text, "cite": reason.cite} for reason in said.because],
        "interpretations": [
            {"id": entry.id, "title": entry.title, "text": entry.text, "basis": entry.basis}
            for entry in said.interpretations
        ],
        "notes": [{"text": note.text, "cite": note.cite} for note in said.notes],
        "elsewhere": said.elsewhere,
        "dependsOn": list(said.undecided_facts),
        "ways": {
            "text": ways.text,
            "here": [step(entry) for entry in ways.here],
            "elsewhere": [
                {
                    "text": entry.text,
                    "columns": [
                        {"id": column.id, "printed": column.printed, "title": column.title}
                        for column in map(RULEBOOK.column, entry.columns)
                    ],
                    "steps": [step(way) for way in entry.steps],
                }
                for entry in ways.elsewhere
            ],
        },
    }


def test_the_page_knows_the_contexts_of_the_engine(explorer: Explorer) -> None:
    assert explorer.run("return window.whosees.contexts()") == [dict(context.items()) for context in CONTEXTS]


@pytest.mark.parametrize("column", [column.id for column in RULEBOOK.columns])
def test_every_explanation_is_the_engines(explorer: Explorer, column: str) -> None:
    contexts = [context for context in CONTEXTS if context[RULEBOOK.column_fact] == column]
    script = (
        "return arguments[0].map((facts) => arguments[1].map((path) => window.whosees.explain(path, facts)))"
    )
    paths = [row.path for row in RULEBOOK.rows]
    given = explorer.run(script, [dict(context.items()) for context in contexts], paths)
    differing = [
        (row.path, context.values)
        for context, answers in zip(contexts, given, strict=True)
        for row, answer in zip(RULEBOOK.rows, answers, strict=True)
        if answer != explained(row, context)
    ]
    assert len(contexts) == 39
    assert differing == []


SHOWN = [
    ("metaData/agenda", {"service": "MC", "caller": "anonymous", "password": "not-supplied"}),
    ("metaData/agenda", {"service": "AO", "caller": "authenticated", "role": "none"}),
    ("material/document/size", {"service": "EC"}),
    ("programName", {"service": "AO"}),
    ("sipURL", {"service": "SC", "role": "host"}),
    ("telephony/labels/participantLimitedAccessLabel", {"service": "MC", "caller": "anonymous"}),
    ("accessControl/registration", {"service": "SC", "password": "supplied"}),
    ("host/webExId", {"service": "TC"}),
    ("test/status", {"service": "TC", "role": "panelist"}),
    ("hostKey", {"service": "MC"}),
]


@pytest.mark.parametrize(("path", "facts"), SHOWN)
def test_the_panel_holds_the_text_of_the_command(
    explorer: Explorer, path: str, facts: dict[str, str]
) -> None:
    words = [part for fact, value in facts.items() for part in (f"--{fact}", value)]
    printed = whosees("explain", path, *words).out
    explorer.open(fragment(RULEBOOK, context_of(RULEBOOK, facts), path))
    explorer.run("document.querySelectorAll('.explanation details').forEach((part) => { part.open = true; })")
    # Backticks are set as code, brackets as labels, and the page begins sentences with a capital letter.
    shown = plain(explorer.text(".explanation").replace("compare", ""))
    paragraphs = paragraphs_of(printed)
    assert len(paragraphs) >= 4
    for paragraph in paragraphs:
        assert plain(paragraph) in shown, paragraph


def paragraphs_of(printed: str) -> list[str]:
    """Return the sentences of the command's text: all but headings."""
    joined: list[str] = []
    for line in printed.splitlines()[2:]:
        if not line.strip() or line.strip() == "why":
            joined.append("")
        elif line.startswith("    - ") or not line.startswith("      "):
            joined.append(line)
        else:
            joined[-1] += f" {line.strip()}"
    return [entry.strip() for entry in joined if entry.strip() and not entry.strip().startswith("for ")]


def plain(text: str) -> str:
    """Leave only what is said: no marks, no case, no blanks."""
    return "".join(letter for letter in text.casefold() if letter.isalnum() or letter in "=✓$‘’")


def test_two_contexts_differ_as_the_engine_has_it(explorer: Explorer) -> None:
    chosen = CONTEXTS[::31]
    for before, after in pairwise(chosen):
        explorer.open(fragment(RULEBOOK, before, versus=after))
        shown = explorer.run(
            "return [...document.querySelectorAll('[role=treeitem]')].filter((item) => item.querySelector(':scope > .changed'))"
            ".map((item) => [item.dataset.path, ...[...item.querySelectorAll(':scope > .line .badge')].map((badge) => badge.classList[1])])"
        )
        expected = [
            [entry.row.path, entry.before, entry.after] for entry in differences(EVALUATOR, before, after)
        ]
        assert sorted(shown) == sorted(expected)
