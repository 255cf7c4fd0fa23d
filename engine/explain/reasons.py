"""The grounds of a decision, in the rulebook's words."""

from __future__ import annotations

from ...rules.model import UNKNOWN, Marker, Row, Rulebook
from ...rules.names import join_words
from ..context import Context
from ..expectation import Evaluator, Expectation


def describe_fact(rulebook: Rulebook, context: Context, fact_id: str) -> str:
    """Return a sentence about the value of a fact."""
    fact = rulebook.fact(fact_id)
    value = context[fact_id]
    return fact.state_unknown if value == UNKNOWN else fact.value(value).state


def premise(rulebook: Rulebook, context: Context, fact_id: str) -> str:
    """Return the fact that implies this one in the context, or this fact itself."""
    for implication in rulebook.document.implications:
        if fact_id in implication.then and all(context[f] == v for f, v in implication.when.items()):
            return next(iter(implication.when))
    return fact_id


def deciding_facts(marker: Marker, context: Context, expectation: Expectation) -> tuple[str, ...]:
    """Return the facts that a decision rests on: those of the condition that applies, or of all conditions."""
    if expectation.is_expected:
        for entry in marker.granted_if:
            if all(context[fact] in values for fact, values in entry.items()):
                return tuple(entry)
    return tuple(dict.fromkeys(fact for entry in marker.granted_if for fact in entry))


def grounds(evaluator: Evaluator, row: Row, context: Context) -> str:
    """Return the grounds of a decision: marker, column, and the facts that it rests on."""
    rulebook = evaluator.rulebook
    marker = evaluator.marker(row, context)
    column = rulebook.column(context[rulebook.column_fact])
    facts = deciding_facts(marker, context, evaluator.expectation(row.path, context))
    premises = {premise(rulebook, context, fact) for fact in facts}
    stated = [describe_fact(rulebook, context, fact) for fact in rulebook.fact_ids if fact in premises]
    because = f"{rulebook.table_title} has {marker.printed} for {column.printed} ({column.title})"
    return join_words([because, *stated])
