"""Explanations: why an element is present or absent, in the rulebook's words, and what would change that."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ...rules.model import CitedFor, Interpretation, Row, Rulebook
from ...rules.names import join_words
from ...rules.paths import ANY_NAME
from ..context import Context
from ..expectation import Evaluator, Expectation
from ..observation import Observation
from .observed import Observed, compare, condition_of, observe, observe_unlisted
from .reasons import deciding_facts, describe_fact, grounds, premise
from .remedies import Remedy, find_remedies, forbidden_container, may_appear_after_change


class Reason(msgspec.Struct, frozen=True):
    """A step of an explanation and its citation."""

    text: str
    cite: str


class Explanation(msgspec.Struct, frozen=True):
    """The reasons for the expectation of an element in a context.

    ``expectation`` and ``marker`` are None for an element that no row lists. ``because`` is never empty.
    ``interpretations`` are those that the decision rests on. ``elsewhere`` describes the other columns.
    ``remedies`` are the changes that would make the element appear; none if it appears, or if no change would;
    ``may_appear`` tells whether some change at least allows it then. ``forbidden_container`` is the enclosing element that
    must not be there, although this one may be. ``source`` names the response that was observed.
    """

    path: str
    element: str
    context: Context
    expectation: Expectation | None
    marker: str | None
    summary: str
    because: tuple[Reason, ...]
    interpretations: tuple[Interpretation, ...] = ()
    notes: tuple[Reason, ...] = ()
    elsewhere: str = ""
    undecided_facts: tuple[str, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    may_appear: bool = False
    forbidden_container: str | None = None
    observed: Observed | None = None
    source: str = ""


def explain(
    evaluator: Evaluator, row: Row, context: Context, observation: Observation | None = None
) -> Explanation:
    """Explain a row in a context with a column; with an observation, compare it with the response.

    Raises ValueError if the context has no column.
    """
    rulebook = evaluator.rulebook
    expectation = evaluator.expectation(row.path, context)
    marker = evaluator.marker(row, context)
    remedies = find_remedies(evaluator, row, context)
    undecided_facts = evaluator.undecided_facts(row, context)
    observed = observe(evaluator, row, context, observation)
    return Explanation(
        path=row.path,
        element=row.element,
        context=context,
        expectation=expectation,
        marker=marker.id,
        summary=_summary(evaluator, row, context, remedies, observed),
        because=tuple(_because(evaluator, row, context, undecided_facts)),
        interpretations=tuple(
            entry
            for entry in rulebook.document.interpretations
            if entry.cited_for is not None and applies(rulebook, entry.cited_for, row, context, expectation)
        ),
        notes=tuple(
            Reason(note.text, note.cite) for note in rulebook.document.notes if row.path in note.rows
        ),
        elsewhere=_elsewhere(rulebook, row, context),
        undecided_facts=undecided_facts,
        remedies=remedies,
        may_appear=not remedies and may_appear_after_change(evaluator, row, context),
        forbidden_container=None
        if expectation is Expectation.MUST_NOT
        else forbidden_container(evaluator, row, context),
        observed=observed,
    )


def explain_unlisted(
    rulebook: Rulebook, path: str, context: Context, observation: Observation | None = None
) -> Explanation:
    """Explain an element that no row lists."""
    known = path in rulebook.document.unlisted.paths
    note = rulebook.document.unlisted.notes.get(path, "")
    because = [Reason(f"`{path}` is in no row of {rulebook.table_title}.", rulebook.table_title)]
    if known:
        text = f"Real responses contain it. {note}".strip()
        because.append(Reason(text, rulebook.document.unlisted.source))
    cite = rulebook.document.unlisted.cite
    return Explanation(
        path=path,
        element=path.rpartition("/")[2],
        context=context,
        expectation=None,
        marker=None,
        summary=f"`{path}` is not judged: {rulebook.table_title} does not list it, so it is not known who may see it.",
        because=tuple(because),
        interpretations=(rulebook.interpretations[cite],) if cite else (),
        observed=observe_unlisted(path, observation),
    )


def cited_for_finding(rulebook: Rulebook, rule: str) -> tuple[Reason, ...]:
    """Return the statements and interpretations that findings of a rule rest on, each with its citation."""
    document = rulebook.document
    texts = [
        *((entry.cited_for, Reason(entry.text, entry.cite)) for entry in document.statements),
        *((entry.cited_for, Reason(entry.text, entry.id)) for entry in document.interpretations),
    ]
    return tuple(reason for scope, reason in texts if scope is not None and rule in scope.findings)


_OBLIGATION = {
    Expectation.MUST: "must be there",
    Expectation.SHOULD: "should be there",
    Expectation.MAY: "may be there or not",
    Expectation.MASKED: "must be there, masked",
    Expectation.MUST_NOT: "must not be there",
}
_OF_MEMBERS = "may be there, under any name"


def _summary(
    evaluator: Evaluator, row: Row, context: Context, remedies: tuple[Remedy, ...], observed: Observed | None
) -> str:
    """Return the answer in one or two sentences."""
    expectation = evaluator.expectation(row.path, context)
    obligation = _OF_MEMBERS if row.is_free_key and expectation.is_expected else _OBLIGATION[expectation]
    if evaluator.is_masked_at_most(row, context):
        obligation = "may be there only masked"
    expected = f"{obligation}: {grounds(evaluator, row, context)}."
    container = forbidden_container(evaluator, row, context)
    if container is not None and expectation is not Expectation.MUST_NOT:
        expected += f" But `{container}`, which encloses it, must not be there: the table contradicts itself."
    is_hidden = (
        expectation is Expectation.MUST_NOT or container is not None or evaluator.is_undecided(row, context)
    )
    if (
        is_hidden
        and not any(remedy.caller_can for remedy in remedies)
        and not may_appear_after_change(evaluator, row, context, by_caller=True)
    ):
        column = evaluator.rulebook.column(context[evaluator.rulebook.column_fact])
        expected += (
            f" Nothing that the caller can do would make it appear for {column.printed} ({column.title})."
        )
    if observed is None:
        return f"`{row.path}` {expected}"
    return compare(evaluator, row, context, expected, observed)


def _because(
    evaluator: Evaluator, row: Row, context: Context, undecided_facts: tuple[str, ...]
) -> Iterator[Reason]:
    """Return the steps from the printed cell to the decision."""
    rulebook, marker = evaluator.rulebook, evaluator.marker(row, context)
    expectation = evaluator.expectation(row.path, context)
    column = rulebook.column(context[rulebook.column_fact])
    text = f"{row.element} is printed {marker.printed} for {column.printed} ({column.title})."
    yield Reason(text, _cell(rulebook, row.path, context))
    statement = rulebook.statements[marker.statement]
    yield Reason(statement.text, statement.cite)
    for fact in deciding_facts(marker, context, expectation):
        yield _fact_reason(rulebook, context, fact)
    if marker.undecided is not None and expectation is Expectation.MAY and not undecided_facts:
        text = f"So it may be there or not: {marker.meaning}."
        yield Reason(text, f"{rulebook.table_title}, {marker.printed}")
    elif undecided_facts:
        are = "is" if len(undecided_facts) == 1 else "are"
        text = f"So it is undecided: it depends on {join_words(undecided_facts)}, which {are} not known."
        yield Reason(text, f"{rulebook.table_title}, {marker.printed}")
    if expectation.expects_presence and (condition := condition_of(rulebook, row)):
        yield Reason(f"It is expected only if {condition}.", f"the condition of row {row.number}")
    if expectation.expects_presence and ANY_NAME in row.path.split("/"):
        text = "`*` stands for any name: this holds for each member that is there, and none need be there."
        yield Reason(text, f"the path of row {row.number}")
    for quoted in rulebook.document.statements:
        if quoted.cited_for is not None and applies(rulebook, quoted.cited_for, row, context, expectation):
            yield Reason(quoted.text, quoted.cite)
    if row.container is not None and (undecided_facts or expectation is Expectation.MUST_NOT):
        yield from _container(evaluator, row.container, context, expectation)
    elif container := forbidden_container(evaluator, row, context):
        yield Reason(f"It is in {container}, which must not be there.", _cell(rulebook, container, context))


def _fact_reason(rulebook: Rulebook, context: Context, fact: str) -> Reason:
    """Return the reason that a fact is, or that the fact from which it follows is."""
    source = premise(rulebook, context, fact)
    text = describe_fact(rulebook, context, source)
    if source != fact:
        text += f", and {_implication_text(rulebook, source, fact)}"
    return Reason(f"{text[0].upper()}{text[1:]}.", f"{source}={context[source]}")


def _container(
    evaluator: Evaluator, path: str, context: Context, expectation: Expectation
) -> Iterator[Reason]:
    """Return the reason that the enclosing element is, if it has the same expectation."""
    rulebook = evaluator.rulebook
    undecided = evaluator.is_undecided(rulebook.row_by_path[path], context)
    if evaluator.expectation(path, context) is expectation and undecided is (expectation is Expectation.MAY):
        same = "must not be there either" if expectation is Expectation.MUST_NOT else "is undecided too"
        yield Reason(f"It is in {path}, which {same}.", _cell(rulebook, path, context))


def _cell(rulebook: Rulebook, path: str, context: Context) -> str:
    """Return the place of a row's cell in the table, to cite it."""
    printed = rulebook.column(context[rulebook.column_fact]).printed
    return f"{rulebook.table_title}, row {rulebook.row_by_path[path].number}, column {printed}"


def _implication_text(rulebook: Rulebook, premise_fact: str, fact: str) -> str:
    return next(
        f"{entry.text} ({entry.cite})"
        for entry in rulebook.document.implications
        if premise_fact in entry.when and fact in entry.then
    )


def applies(
    rulebook: Rulebook, scope: CitedFor, row: Row, context: Context, expectation: Expectation
) -> bool:
    """Return whether a text with this scope is cited for this decision: every key of the scope has to apply."""
    column = context[rulebook.column_fact]
    return (
        not scope.findings
        and (not scope.rows or row.path in scope.rows)
        and (not scope.columns or column in scope.columns)
        and (not scope.markers or row.cells[column] in scope.markers)
        and (not scope.expectations or expectation in scope.expectations)
        and all(context[fact] in values for fact, values in scope.facts.items())
    )


def _elsewhere(rulebook: Rulebook, row: Row, context: Context) -> str:
    """Return the markers of the other columns for this row, with their columns."""
    here = context[rulebook.column_fact]
    groups: dict[str, list[str]] = {}
    for column in rulebook.columns:
        if column.id != here:
            groups.setdefault(row.cells[column.id], []).append(column.printed)
    return "; ".join(
        f"{', '.join(columns)}: {rulebook.markers[marker].printed} ({rulebook.markers[marker].meaning})"
        for marker, columns in groups.items()
    )
