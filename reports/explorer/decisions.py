"""Every decision and every explanation of a rulebook as data, without repetition.

A context is identified by its code: a number whose digits are the indices of its values in the facts' lists of
values, `unknown` first; the first fact is the most significant digit. The engine decides and the shared wording of
reports phrases everything that the page shows of a decision; the page only looks it up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import Any

from ...engine.context import Context, ContextError, all_contexts, context_of
from ...engine.expectation import Evaluator, Expectation
from ...engine.explain.explain import Explanation, Reason, explain, explain_unlisted
from ...engine.explain.reasons import grounds
from ...rules.model import UNKNOWN, Row, Rulebook
from ..text.remedies import RemedyAdvice, RemedyStep, remedy_advice
from .texts import InternTable, share

CONTEXT_LIMIT = 5_000
"""Combinations of values that fit into a page."""


class TooManyContexts(ValueError):  # noqa: N818 - the name of the condition, which callers catch
    """A rulebook has more contexts than fit into a page."""


@dataclass(slots=True)
class _Tables:
    """Entries that explanations share, each stored once."""

    texts: InternTable[str] = field(default_factory=InternTable)
    lists: InternTable[tuple[int, ...]] = field(default_factory=InternTable)
    remedies: InternTable[tuple[Any, ...]] = field(default_factory=InternTable)
    explanations: InternTable[tuple[int, ...]] = field(default_factory=InternTable)
    columns: InternTable[tuple[int, ...]] = field(default_factory=InternTable)
    decisions: InternTable[str] = field(default_factory=InternTable)


class Codes:
    """Numbering of contexts."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.values = {fact.id: (UNKNOWN, *fact.value_ids) for fact in rulebook.facts}
        if (number := prod(map(len, self.values.values()))) > CONTEXT_LIMIT:
            raise TooManyContexts(
                f"the rulebook has {number:,} combinations of facts, but a page holds at most {CONTEXT_LIMIT:,}"
            )

    def code(self, context: Context) -> int:
        """Return the code of a context."""
        code = 0
        for fact, value in context.items():
            code = code * len(self.values[fact]) + self.values[fact].index(value)
        return code

    def combinations(self) -> Iterator[dict[str, str]]:
        """Yield every combination of values in the order of its code, including contradictory ones."""
        for values in product(*self.values.values()):
            yield dict(zip(self.values, values, strict=True))


def decisions_data(evaluator: Evaluator) -> dict[str, Any]:
    """Return all decisions and explanations; raises TooManyContexts.

    ``closure`` maps each combination of values to the code of its context, or to ``-1 - index`` of the text that says
    why it is contradictory. ``decided`` has for each context with a column the index of its decisions, a letter for
    each row. ``explained`` has for each row the index of its list of explanations, in the order of ``contexts``.
    """
    rulebook = evaluator.rulebook
    codes = Codes(rulebook)
    tables = _Tables()
    closure = [_closure(rulebook, codes, tables, facts) for facts in codes.combinations()]
    contexts = list(all_contexts(rulebook))
    decided = [tables.decisions.index_of(_letters(evaluator, context)) for context in contexts]
    by_context = [
        [_explanation(evaluator, tables, row, context) for row in rulebook.rows] for context in contexts
    ]
    explained = [tables.columns.index_of(column) for column in zip(*by_context, strict=True)]
    first = contexts[0]
    unlisted = [
        {"path": path, **_unlisted_object(explain_unlisted(rulebook, path, first))}
        for path in rulebook.document.unlisted.paths
    ]
    return {
        "letters": {letter: expectation for expectation, letter in _LETTERS.items()},
        "closure": closure,
        "contexts": [codes.code(context) for context in contexts],
        "decisions": tables.decisions.entries(),
        "decided": decided,
        "explained": explained,
        "columnsOfExplanations": tables.columns.entries(),
        "explanations": tables.explanations.entries(),
        "remedies": tables.remedies.entries(),
        "lists": tables.lists.entries(),
        "texts": tables.texts.entries(),
        "unlisted": unlisted,
    }


_LETTERS = {
    Expectation.MUST: "m",
    Expectation.SHOULD: "s",
    Expectation.MAY: "o",
    Expectation.MASKED: "k",
    Expectation.MUST_NOT: "x",
}


def _letters(evaluator: Evaluator, context: Context) -> str:
    return "".join(_LETTERS[expectation] for expectation in evaluator.expectations(context).values())


def _closure(rulebook: Rulebook, codes: Codes, tables: _Tables, facts: dict[str, str]) -> int:
    try:
        return codes.code(context_of(rulebook, facts))
    except ContextError as error:
        return -1 - tables.texts.index_of(str(error))


def _explanation(evaluator: Evaluator, tables: _Tables, row: Row, context: Context) -> int:
    """Store an explanation and return its index.

    Its parts are summary, grounds, reasons, interpretations, notes, other columns, remedies and undecided facts.
    """
    rulebook = evaluator.rulebook
    explanation = explain(evaluator, row, context)

    def text(sentence: str) -> int:
        return tables.texts.index_of(share(rulebook, row, sentence))

    def reasons(entries: Sequence[Reason]) -> int:
        return tables.lists.index_of(
            tuple(text(part) for reason in entries for part in (reason.text, reason.cite))
        )

    order = list(rulebook.interpretations)
    parts = (
        text(explanation.summary),
        text(grounds(evaluator, row, context)),
        reasons(explanation.because),
        tables.lists.index_of(tuple(order.index(entry.id) for entry in explanation.interpretations)),
        reasons(explanation.notes),
        text(explanation.elsewhere),
        tables.remedies.index_of(_remedies(rulebook, tables, remedy_advice(rulebook, explanation))),
        tables.lists.index_of(tuple(rulebook.fact_ids.index(fact) for fact in explanation.undecided_facts)),
    )
    return tables.explanations.index_of(parts)


def _remedies(rulebook: Rulebook, tables: _Tables, advice: RemedyAdvice) -> tuple[Any, ...]:
    """Return remedies as data: the answer, steps here, and for other columns their text, columns and steps."""
    columns = [column.id for column in rulebook.columns]
    return (
        tables.texts.index_of(advice.text),
        tuple(_step(rulebook, tables, step) for step in advice.here),
        tuple(
            (
                tables.texts.index_of(elsewhere.text),
                tuple(columns.index(column) for column in elsewhere.columns),
                tuple(_step(rulebook, tables, step) for step in elsewhere.steps),
            )
            for elsewhere in advice.elsewhere
        ),
    )


def _step(rulebook: Rulebook, tables: _Tables, step: RemedyStep) -> tuple[int, ...]:
    """Return a step as data: its text, then the index of fact and value for each change except the column."""
    changes = [
        (rulebook.fact_ids.index(fact), rulebook.fact(fact).value_ids.index(value) + 1)
        for fact, value in step.remedy.changes.items()
        if fact != rulebook.column_fact
    ]
    return (tables.texts.index_of(step.text), *(number for pair in changes for number in pair))


def _unlisted_object(explanation: Explanation) -> dict[str, Any]:
    return {
        "summary": explanation.summary,
        "because": [(reason.text, reason.cite) for reason in explanation.because],
        "interpretations": [entry.id for entry in explanation.interpretations],
    }
