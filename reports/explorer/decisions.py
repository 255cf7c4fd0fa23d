"""Every decision and every explanation of a rulebook as data, each said once.

A context is known by its code: its values' places in the facts' lists of values, `unknown` first, as digits of a
number whose first digit is the first fact's. All that the page shows of a decision was decided and worded here, by
the engine and the shared wording of reports; the page looks up.
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
from ..text.remedies import Step, WaysOut, ways_out
from .texts import Pool, shared

CONTEXT_LIMIT = 5_000
"""How many combinations of values a page can hold."""


class TooManyContexts(ValueError):  # noqa: N818 - what is wrong with a rulebook for a page
    """A rulebook has more contexts than a page can hold."""


@dataclass(slots=True)
class _Pools:
    """What explanations share."""

    texts: Pool[str] = field(default_factory=Pool)
    lists: Pool[tuple[int, ...]] = field(default_factory=Pool)
    ways: Pool[tuple[Any, ...]] = field(default_factory=Pool)
    explanations: Pool[tuple[int, ...]] = field(default_factory=Pool)
    columns: Pool[tuple[int, ...]] = field(default_factory=Pool)
    decisions: Pool[str] = field(default_factory=Pool)


class Codes:
    """The numbers by which contexts are known."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.values = {fact.id: (UNKNOWN, *fact.value_ids) for fact in rulebook.facts}
        if (number := prod(map(len, self.values.values()))) > CONTEXT_LIMIT:
            raise TooManyContexts(
                f"the rulebook has {number:,} combinations of facts, and a page holds {CONTEXT_LIMIT:,}"
            )

    def code(self, context: Context) -> int:
        """Give a context's number."""
        code = 0
        for fact, value in context.items():
            code = code * len(self.values[fact]) + self.values[fact].index(value)
        return code

    def combinations(self) -> Iterator[dict[str, str]]:
        """Give every combination of values in the order of its number, also those that exclude each other."""
        for values in product(*self.values.values()):
            yield dict(zip(self.values, values, strict=True))


def decisions_data(evaluator: Evaluator) -> dict[str, Any]:
    """Give all decisions and explanations; raises TooManyContexts.

    ``closure`` gives for each combination of values the context that it comes to, or, as ``-1 - place``, the text
    that says why there is none. ``decided`` gives for each context with a column the place of its decisions: a
    letter for each row. ``explained`` gives for each row the place of its list of explanations, which follow
    ``contexts``.
    """
    rulebook = evaluator.rulebook
    codes = Codes(rulebook)
    pools = _Pools()
    closure = [_closed(rulebook, codes, pools, facts) for facts in codes.combinations()]
    contexts = list(all_contexts(rulebook))
    decided = [pools.decisions.place(_letters(evaluator, context)) for context in contexts]
    by_context = [
        [_explained(evaluator, pools, row, context) for row in rulebook.rows] for context in contexts
    ]
    explained = [pools.columns.place(column) for column in zip(*by_context, strict=True)]
    first = contexts[0]
    unlisted = [
        {"path": path, **_unlisted(explain_unlisted(rulebook, path, first))}
        for path in rulebook.document.unlisted.paths
    ]
    return {
        "letters": {letter: expectation for expectation, letter in _LETTERS.items()},
        "closure": closure,
        "contexts": [codes.code(context) for context in contexts],
        "decisions": pools.decisions.things(),
        "decided": decided,
        "explained": explained,
        "columnsOfExplanations": pools.columns.things(),
        "explanations": pools.explanations.things(),
        "ways": pools.ways.things(),
        "lists": pools.lists.things(),
        "texts": pools.texts.things(),
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


def _closed(rulebook: Rulebook, codes: Codes, pools: _Pools, facts: dict[str, str]) -> int:
    try:
        return codes.code(context_of(rulebook, facts))
    except ContextError as error:
        return -1 - pools.texts.place(str(error))


def _explained(evaluator: Evaluator, pools: _Pools, row: Row, context: Context) -> int:
    """Keep an explanation: summary, grounds, reasons, interpretations, notes, what is elsewhere, ways, open facts."""
    rulebook = evaluator.rulebook
    explanation = explain(evaluator, row, context)

    def text(said: str) -> int:
        return pools.texts.place(shared(rulebook, row, said))

    def reasons(given: Sequence[Reason]) -> int:
        return pools.lists.place(tuple(text(part) for reason in given for part in (reason.text, reason.cite)))

    order = list(rulebook.interpretations)
    parts = (
        text(explanation.summary),
        text(grounds(evaluator, row, context)),
        reasons(explanation.because),
        pools.lists.place(tuple(order.index(entry.id) for entry in explanation.interpretations)),
        reasons(explanation.notes),
        text(explanation.elsewhere),
        pools.ways.place(_ways(rulebook, pools, ways_out(rulebook, explanation))),
        pools.lists.place(tuple(rulebook.fact_ids.index(fact) for fact in explanation.undecided_facts)),
    )
    return pools.explanations.place(parts)


def _ways(rulebook: Rulebook, pools: _Pools, out: WaysOut) -> tuple[Any, ...]:
    """Keep ways out: the answer, steps here, and for other columns text, columns and steps."""
    columns = [column.id for column in rulebook.columns]
    return (
        pools.texts.place(out.text),
        tuple(_step(rulebook, pools, step) for step in out.here),
        tuple(
            (
                pools.texts.place(elsewhere.text),
                tuple(columns.index(column) for column in elsewhere.columns),
                tuple(_step(rulebook, pools, step) for step in elsewhere.steps),
            )
            for elsewhere in out.elsewhere
        ),
    )


def _step(rulebook: Rulebook, pools: _Pools, step: Step) -> tuple[int, ...]:
    """Keep a step: its text, then (fact, value) for each fact that it changes, save for the column."""
    changes = [
        (rulebook.fact_ids.index(fact), rulebook.fact(fact).value_ids.index(value) + 1)
        for fact, value in step.way.changes.items()
        if fact != rulebook.column_fact
    ]
    return (pools.texts.place(step.text), *(number for pair in changes for number in pair))


def _unlisted(explanation: Explanation) -> dict[str, Any]:
    return {
        "summary": explanation.summary,
        "because": [(reason.text, reason.cite) for reason in explanation.because],
        "interpretations": [entry.id for entry in explanation.interpretations],
    }
