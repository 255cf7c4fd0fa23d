"""Explanations of an element in each of several contexts: those of its responses, or one for each column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import structs

from ...rules.model import UNKNOWN, Rulebook
from ..claims import Claim, resolve_claims
from ..context import Context, context_of
from ..expectation import Evaluator
from ..observation import Observation
from .explain import Explanation, explain, explain_unlisted

ObservedContext = tuple[Context, Observation | None, str]
"""A context, the observation of a response in it, and the response's name for people."""


def unobserved_contexts(rulebook: Rulebook, claims: Sequence[Claim]) -> list[ObservedContext]:
    """Return the context of the claims without a response, or one for each column if they name none."""
    context = resolve_claims(rulebook, claims).context
    if context[rulebook.column_fact] != UNKNOWN:
        return [(context, None, "")]
    facts = dict(context.items())
    contexts = [
        context_of(rulebook, facts | {rulebook.column_fact: column.id}) for column in rulebook.columns
    ]
    return [(context, None, "") for context in contexts]


def observed_paths(element: str, seen: Iterable[ObservedContext]) -> tuple[str, ...]:
    """Return the path itself if a response contains such an element that the rulebook does not list."""
    path = element.strip("/")
    return (path,) if any(o is not None and o.lines(path) for _, o, _ in seen) else ()


def explain_each(
    rulebook: Rulebook, paths: Iterable[str], seen: Sequence[ObservedContext]
) -> Iterator[Explanation]:
    """Explain each path in each context, but an unlisted one without responses once: every column says the same."""
    evaluator = Evaluator(rulebook)
    in_general = all(observation is None for _, observation, _ in seen)
    for path in paths:
        row = rulebook.row_by_path.get(path)
        for context, observation, source in seen[:1] if in_general and row is None else seen:
            if row is not None:
                explanation = explain(evaluator, row, context, observation)
            else:
                explanation = explain_unlisted(rulebook, path, context, observation)
            yield structs.replace(explanation, source=source)
