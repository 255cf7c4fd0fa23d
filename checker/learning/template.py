"""The frame around the rows of a learnt rulebook: its facts, how they follow from each other, and its wire format."""

from __future__ import annotations

import msgspec

from ...engine.learning.evidence import Evidence
from ...engine.learning.implications import implication_candidates, select_implications
from ...engine.learning.space import FactSpace, Implied, require_few
from ...rules.model import Document, Implication, Interpretation, Rulebook
from .reading import EvidenceBatch, Source
from .vocabulary import Vocabulary


def template_of(source: Source, base: Rulebook | None, batch: EvidenceBatch) -> Document:
    """Return the document of the base, or one with the facts that the recordings state."""
    if base is not None:
        return base.document
    vocabulary = Vocabulary(source.column)
    for fact, values in batch.stated.items():
        for value in values:
            vocabulary.add({fact: value})
    if source.wire is None:
        raise ValueError("without a base the wire has to be known")
    return vocabulary.document(source.wire)


def require_few_contexts(source: Source, batch: EvidenceBatch, left_out: tuple[str, ...]) -> None:
    """Raise TooManyContextsError if the values that recordings without a base state come to too many contexts already."""
    if source.rules is None:
        known = batch.known - {source.column, *left_out}
        require_few({fact: values for fact, values in batch.stated.items() if fact in known})


def fact_space(
    template: Document, batch: EvidenceBatch, left_out: tuple[str, ...], notes: list[str]
) -> FactSpace:
    """Return the space of contexts; what it leaves out is noted."""
    column = template.columns.fact
    values = {}
    for fact in template.facts:
        if fact.id == column or fact.id in left_out:
            continue
        if fact.id in batch.known:
            values[fact.id] = fact.value_ids
        else:
            notes.append(f"no recording tells `{fact.id}`, so nothing is learnt about it")
    columns = [entry.id for entry in template.columns.values]
    if len(columns) == 1:
        notes.append(f"`{column}` has one value, so the table has one column")
    implied = [Implied(entry.when, entry.then) for entry in template.implications]
    return FactSpace(column, columns, values, implied)


def with_implications(
    template: Document, evidence: Evidence, left_out: tuple[str, ...], notes: list[str]
) -> Document:
    """Add the facts that follow from others: combinations that never come up are no contexts."""
    facts = [fact.id for fact in template.facts if fact.id not in (template.columns.fact, *left_out)]
    found = list(implication_candidates(evidence, template.columns.fact, facts))
    kept = select_implications(found)
    for each in found:
        premise, conclusion = f"{each.fact} {each.value}", f"{each.then} {each.then_value}"
        if each in kept:
            notes.append(
                f"{premise} always came with {conclusion}, so other combinations count as impossible; "
                "remove the implication from rulebook.toml if they are not"
            )
        elif not each.certain and not any(
            (other.fact, other.then) == (each.then, each.fact) for other in kept
        ):
            notes.append(
                f"{premise} only came with {conclusion}; if that is a rule, state it as an implication of a base"
            )
    return msgspec.structs.replace(
        template,
        implications=tuple(
            Implication(
                when={each.fact: each.value},
                then={each.then: each.then_value},
                text=f"{each.fact} {each.value} has {each.then} {each.then_value}",
                cite="L1",
            )
            for each in kept
        ),
        interpretations=(_L1,) if kept else (),
    )


_L1 = Interpretation(
    id="L1",
    title="Combinations of facts that were never recorded do not occur",
    text="Facts that always came together in the recordings, though others did not, count as following from each other.",
    basis="inferred",
)
